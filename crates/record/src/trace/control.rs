//! How others tell the tracer to stop, which mostly waits in the kernel.

use crate::sys::ptrace::Tid;
use crate::sys::signal;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A word with the tracer. All clones are one.
#[derive(Clone, Default)]
pub struct Control(Arc<Shared>);

#[derive(Default)]
struct Shared {
    is_to_stop: AtomicBool,
    is_to_look: AtomicBool,
    newcomers: Mutex<Vec<Tid>>,
    /// The tracer's thread; 0 when it does not run.
    tracer: AtomicI32,
}

impl Control {
    /// The tracer stops following as soon as it can. Those who were followed run on. To be called again until
    /// [`Control::is_running`] says that it did: it may have been about to wait as it was called.
    pub fn stop(&self) {
        self.0.is_to_stop.store(true, Ordering::SeqCst);
        self.kick();
    }

    /// The tracer looks whether all is well with those who have not stopped for long. To be called a few times a
    /// second.
    pub fn look(&self) {
        self.0.is_to_look.store(true, Ordering::SeqCst);
        self.kick();
    }

    /// The tracer follows this process too. It does so when it is told to look, if not at once.
    pub fn follow(&self, pid: Tid) {
        self.0.newcomers.lock().unwrap_or_else(PoisonError::into_inner).push(pid);
        self.kick();
    }

    fn kick(&self) {
        match self.0.tracer.load(Ordering::SeqCst) {
            0 => {}
            tid => signal::kick(tid),
        }
    }

    /// Whether the tracer is to stop.
    pub fn is_to_stop(&self) -> bool {
        self.0.is_to_stop.load(Ordering::Relaxed)
    }

    /// Whether the tracer is to look, once.
    pub(super) fn is_to_look(&self) -> bool {
        self.0.is_to_look.load(Ordering::Relaxed) && self.0.is_to_look.swap(false, Ordering::SeqCst)
    }

    /// Processes that the tracer is to follow too, once.
    pub(super) fn newcomers(&self) -> Vec<Tid> {
        std::mem::take(&mut *self.0.newcomers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the tracer follows somebody.
    pub fn is_running(&self) -> bool {
        self.0.tracer.load(Ordering::SeqCst) != 0
    }

    /// The tracer begins, or ends.
    pub(super) fn set_tracer(&self, tid: Tid) {
        self.0.tracer.store(tid, Ordering::SeqCst);
    }
}
