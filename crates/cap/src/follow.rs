//! Who knows what events are bound to, at work on a thread of its own: what a batch is bound to is found out while the
//! batch before is encoded, and the next one collected.

use crate::batch::{EventBlocks, Events};
use crate::bind::VIEWS;
use capture_batch::Batch;
use capture_scap::Content;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

/// Knows what events are bound to: follows a capture for each view.
pub trait Bind: Send {
    /// Hears of the next block, which is no event.
    fn see(&mut self, content: &Content<'_>);

    /// What each of [`VIEWS`] binds to the next events: batches that say which stored events their rows are
    /// ([`capture_batch::Needs::STORED`]). Of the events themselves they need hold nothing.
    fn bind(&mut self, events: &EventBlocks<'_>) -> [Batch; VIEWS.len()];

    /// The numbers, among all events so far, of those that later ones may take parameters from.
    fn awaited(&self) -> Vec<u64>;
}

/// Events, and what is bound to them.
pub(crate) struct Bound {
    /// The number of the first event in the capture.
    pub(crate) first: u64,
    pub(crate) events: Events,
    pub(crate) batches: [Batch; VIEWS.len()],
    /// As of their end: [`Bind::awaited`].
    pub(crate) awaited: Vec<u64>,
}

impl Bound {
    fn of(bind: &Mutex<Box<dyn Bind>>, first: u64, mut events: Events) -> Bound {
        let mut bind = locked(bind);
        let batches = events.as_blocks(first, |events| bind.bind(events));
        Bound { first, batches, awaited: bind.awaited(), events }
    }
}

/// Follows a capture.
pub(crate) struct Following {
    bind: Arc<Mutex<Box<dyn Bind>>>,
    thread: Option<Thread>,
    /// What was begun and is not ended, if it is not on the thread.
    bound: Option<Bound>,
    /// How large the events are that are on the thread: [`Events::size`].
    under_way: Option<u64>,
    /// How many events there were so far.
    events: u64,
}

/// The thread: takes events and the number of the first, and gives them back with what they are bound to.
struct Thread {
    to: Sender<(u64, Events)>,
    from: Receiver<Bound>,
    handle: JoinHandle<()>,
}

impl Following {
    pub(crate) fn new(bind: Box<dyn Bind>) -> Following {
        let bind = Arc::new(Mutex::new(bind));
        Following { bind, thread: None, bound: None, under_way: None, events: 0 }
    }

    /// Hears of the next block, which is no event. Nothing is under way.
    pub(crate) fn see(&mut self, content: &Content<'_>) {
        locked(&self.bind).see(content);
    }

    /// Finds out what the next events are bound to. Nothing is under way.
    pub(crate) fn bind(&mut self, events: Events) -> Bound {
        let first = self.count(&events);
        Bound::of(&self.bind, first, events)
    }

    /// Begins to find out what the next events are bound to. Nothing is under way.
    pub(crate) fn begin(&mut self, events: Events) {
        self.thread = self.thread.take().or_else(|| Thread::begin(self.bind.clone()));
        let Some(thread) = self.thread.take() else {
            self.bound = Some(self.bind(events));
            return;
        };
        let (size, first) = (events.size(), self.count(&events));
        match thread.to.send((first, events)) {
            Ok(()) => (self.under_way, self.thread) = (Some(size), Some(thread)),
            Err(_) => thread.fail(),
        }
    }

    /// What was begun.
    pub(crate) fn end(&mut self) -> Option<Bound> {
        if self.under_way.take().is_some()
            && let Some(thread) = self.thread.take()
        {
            match thread.from.recv() {
                Ok(bound) => (self.bound, self.thread) = (Some(bound), Some(thread)),
                Err(_) => thread.fail(),
            }
        }
        self.bound.take()
    }

    /// How many bytes the events have that were begun and not ended.
    pub(crate) fn waiting(&self) -> u64 {
        self.under_way.or_else(|| Some(self.bound.as_ref()?.events.size())).unwrap_or(0)
    }

    /// The number of the first of these events.
    fn count(&mut self, events: &Events) -> u64 {
        let first = self.events;
        self.events += events.len() as u64;
        first
    }
}

impl Thread {
    /// `None` if there can be no more threads.
    fn begin(bind: Arc<Mutex<Box<dyn Bind>>>) -> Option<Thread> {
        let (to, jobs) = channel::<(u64, Events)>();
        let (done, from) = channel();
        let work = move || {
            for (first, events) in jobs {
                if done.send(Bound::of(&bind, first, events)).is_err() {
                    // Nobody waits for it any more.
                    break;
                }
            }
        };
        let handle = Builder::new().name("bind".to_owned()).spawn(work).ok()?;
        Some(Thread { to, from, handle })
    }

    /// It ended too early: it panicked.
    fn fail(self) {
        if let Err(panic) = self.handle.join() {
            resume_unwind(panic);
        }
    }
}

fn locked(bind: &Mutex<Box<dyn Bind>>) -> MutexGuard<'_, Box<dyn Bind>> {
    bind.lock().unwrap_or_else(PoisonError::into_inner)
}
