//! Follows threads with ptrace, and makes events of what they do.
//!
//! One thread of ours does all of it, since the kernel lets only the thread trace that began to. It waits for a thread
//! to stop, looks why, appends events to the [`Stream`], and lets it run on.

mod attach;
mod birth;
mod control;
pub(crate) mod events;
pub mod place;
pub mod process;
mod thread;
mod wanted;

pub use attach::AttachError;
pub use control::Control;
pub use wanted::Calls;

use crate::calls::{self, Call, Extent};
use crate::stream::{Stream, now};
use crate::sys::ptrace::{self, Boundary, Entry, Tid};
use crate::sys::signal;
use crate::sys::wait::{self, Status};
use capture_event::schema::code::GENERIC_E;
use capture_event::tables::syscall::{self, Arch};
use place::{Place, Places};
use process::{Proc, Process};
use rustc_hash::FxHashMap;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use thread::{Made, Thread};
use wanted::OWN_CALLS;

/// Follows threads until none is left.
pub struct Tracer {
    threads: FxHashMap<Tid, Thread>,
    processes: FxHashMap<Tid, Process>,
    proc: Proc,
    /// Threads that stopped before the event that says whose they are.
    early: Vec<Tid>,
    /// Processes that were there before they were followed, and were not told of yet.
    late: Vec<Tid>,
    stream: Stream,
    extent: Extent,
    wanted: Calls,
    /// Whether all calls are seen after which a descriptor may be something else.
    sees_closing: bool,
    /// Whether threads stop at wanted calls only, and die with us: a filter of ours asks the kernel for it.
    is_fast: bool,
    /// Whom to tell what users should know.
    notes: Option<Box<dyn FnMut(Note) + Send>>,
    /// Who wants to know of control groups that threads are in.
    groups: Option<Sender<Arc<[u8]>>>,
    told_groups: Option<Arc<[u8]>>,
    /// Whether we may trace programs that gain privileges.
    is_root: bool,
    control: Control,
    /// Where threads run, if that is ours to decide.
    places: Option<Places>,
    /// When the last thread stopped: ns since the epoch.
    now: u64,
    /// The command, if we started it, and how it ended.
    command: Option<Tid>,
    ended: Option<Ended>,
    followed: Followed,
}

/// How many were followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Followed {
    /// Processes.
    pub processes: u64,
    /// Their threads.
    pub threads: u64,
}

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With this status.
    Exited(i32),
    /// By this signal.
    Killed(i32),
}

/// What users should know of those who are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// This program would have gained privileges; since an ordinary user traces it, it does not.
    LosesPrivilege(PathBuf),
}

/// What a stopped thread is to do next.
enum Next {
    /// Run on to the boundary of a call, with a signal if it is not 0.
    Run(i32),
    /// Stay stopped until something happens to it: job control.
    Listen,
    /// Stay stopped.
    Stay,
}

impl Tracer {
    /// A tracer that follows nobody yet.
    pub fn new(stream: Stream, extent: Extent, wanted: Calls, control: Control) -> Tracer {
        let (threads, processes, early, late) = Default::default();
        let (places, command, ended) = (None, None, None);
        Tracer {
            threads,
            processes,
            proc: Proc::default(),
            early,
            late,
            stream,
            extent,
            sees_closing: wanted.sees_closing(),
            wanted,
            is_fast: false,
            notes: None,
            groups: None,
            told_groups: None,
            is_root: rustix::process::geteuid().is_root(),
            control,
            places,
            now: 0,
            command,
            ended,
            followed: Followed::default(),
        }
    }

    /// How many were followed so far.
    pub fn followed(&self) -> Followed {
        self.followed
    }

    /// Decides where the threads run that are followed.
    pub fn keep_together(&mut self, places: Option<Places>) {
        self.places = places;
    }

    /// Tells what users should know.
    pub fn tell(&mut self, notes: impl FnMut(Note) + Send + 'static) {
        self.notes = Some(Box::new(notes));
    }

    /// Tells of the control groups of each thread that is met.
    pub fn tell_of_groups(&mut self, sender: Sender<Arc<[u8]>>) {
        self.groups = Some(sender);
    }

    /// Follows a command that was started and is held. `is_fast`: it has a filter that stops it at [`Calls::stops`].
    pub fn follow_command(&mut self, tid: Tid, is_fast: bool) -> io::Result<()> {
        ptrace::seize(tid, is_fast)?;
        self.is_fast = is_fast;
        self.add(tid, tid, Place::default());
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.is_recorded = false;
        }
        // It waits in a call, of which only the exit would be seen.
        ptrace::interrupt(tid)?;
        self.command = Some(tid);
        Ok(())
    }

    fn add(&mut self, tid: Tid, pid: Tid, place: Place) {
        self.threads.insert(tid, Thread::new(pid, place));
        self.followed.threads += 1;
        self.processes.entry(pid).or_insert_with(|| {
            self.followed.processes += 1;
            Process::new(pid)
        });
    }

    /// Records until no followed thread is left, or until it is told to stop; to be called on the thread that began to
    /// follow. How the command ended, if it did.
    ///
    /// The kernel lets go of all that are still followed when that thread ends, without disturbing the calls that they
    /// are in.
    pub fn run(&mut self) -> io::Result<Option<Ended>> {
        signal::accept_kicks()?;
        signal::refuse_stops()?;
        self.control.set_tracer(signal::this_thread());
        let result = self.follow();
        self.settle();
        self.control.set_tracer(0);
        result.map(|()| self.ended)
    }

    fn follow(&mut self) -> io::Result<()> {
        self.tell_of_late();
        while !self.control.is_to_stop() && !self.threads.is_empty() {
            if self.control.is_to_look() {
                self.look_at_places();
            }
            for pid in self.control.newcomers() {
                self.newcomer(pid);
            }
            match wait::wait() {
                Ok(None) => {}
                Ok(Some((tid, status))) => self.happened(tid, status)?,
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Lets threads that do not stop any more run where they may.
    fn look_at_places(&mut self) {
        let now = now();
        let Some(places) = &mut self.places else { return };
        self.threads.iter_mut().for_each(|(tid, thread)| places.look_at(*tid, &mut thread.place, now));
    }

    /// Lets all that are still followed run where they may.
    fn settle(&mut self) {
        let Some(places) = &mut self.places else { return };
        self.threads.iter_mut().for_each(|(tid, thread)| places.let_go(*tid, &mut thread.place));
    }

    fn happened(&mut self, tid: Tid, status: Status) -> io::Result<()> {
        self.now = now();
        if let (Some(places), Some(thread)) = (&mut self.places, self.threads.get_mut(&tid)) {
            places.stopped(tid, &mut thread.place, self.now);
        }
        let next = match status {
            Status::AtCall => self.at_call(tid)?,
            Status::Event(event, signal) => self.at_event(tid, event, signal)?,
            Status::Signal(signal) => {
                self.signal(tid, signal);
                Next::Run(signal)
            }
            Status::Exited(status) => {
                self.ended(tid, Ended::Exited(status), false);
                Next::Stay
            }
            Status::Killed(signal, core) => {
                self.ended(tid, Ended::Killed(signal), core);
                Next::Stay
            }
            Status::Other => Next::Stay,
        };
        match next {
            Next::Run(signal) => self.let_run(tid, signal),
            Next::Listen => alive(ptrace::listen(tid)),
            Next::Stay => Ok(()),
        }
    }

    fn let_run(&mut self, tid: Tid, signal: i32) -> io::Result<()> {
        let thread = self.threads.get_mut(&tid);
        let is_in_call = thread.as_ref().is_some_and(|thread| thread.call.is_some());
        if let (Some(places), Some(thread)) = (&mut self.places, thread) {
            places.resuming(tid, &mut thread.place, self.now, is_in_call);
        }
        alive(if self.is_fast && !is_in_call { ptrace::go(tid, signal) } else { ptrace::go_to_boundary(tid, signal) })
    }

    fn at_call(&mut self, tid: Tid) -> io::Result<Next> {
        match alive_or(ptrace::boundary(tid), Boundary::Elsewhere)? {
            Boundary::Enter(entry) | Boundary::Filtered(entry) => self.entered(tid, &entry),
            Boundary::Exit(result) => self.left(tid, result),
            Boundary::Elsewhere => {}
        }
        Ok(Next::Run(0))
    }

    fn entered(&mut self, tid: Tid, entry: &Entry) {
        let Some(thread) = self.threads.get_mut(&tid) else { return };
        let Some((call, code)) = calls::call_of(tid, entry, self.now) else { return };
        if !thread.is_recorded {
            if code != capture_event::code::EXECVE_19_E {
                return;
            }
            thread.is_recorded = true;
        }
        if !self.wanted.contains(call.id, code) && !OWN_CALLS.iter().any(|nr| is_call(&call, *nr)) {
            return;
        }
        thread.kept.clear();
        let decoding = if code == GENERIC_E { None } else { calls::decoding(code) };
        let made = Made { call, decoding };
        thread.call = Some(made);
        self.write_enter(tid, &made);
    }

    fn left(&mut self, tid: Tid, result: i64) {
        let Some(made) = self.threads.get_mut(&tid).and_then(|thread| thread.call.take()) else { return };
        self.write_exit(tid, &made, result);
        self.tell_groups(tid);
        if result >= 0 && made.decoding.is_none() {
            self.hide_place(tid, &made.call, result);
        }
    }

    /// Answers a thread that asked where it may run as if nobody had moved it, and minds where threads are told to run.
    fn hide_place(&mut self, tid: Tid, call: &Call, result: i64) {
        let Some(places) = &mut self.places else { return };
        let [target, _, address, ..] = call.args;
        let target = if target as Tid == 0 { tid } else { target as Tid };
        let Some(thread) = self.threads.get_mut(&target) else { return };
        if is_call(call, libc::SYS_sched_getaffinity) {
            places.answer(tid, &thread.place, address, usize::try_from(result).unwrap_or(0));
        } else if is_call(call, libc::SYS_sched_setaffinity) {
            places.was_told(&mut thread.place);
        }
    }

    fn at_event(&mut self, tid: Tid, event: i32, signal: i32) -> io::Result<Next> {
        match event {
            libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
                let child = alive_or(ptrace::event_message(tid), 0)? as Tid;
                self.cloned(tid, child)?;
            }
            libc::PTRACE_EVENT_EXEC => {
                let former = alive_or(ptrace::event_message(tid), tid as u64)? as Tid;
                self.executed(tid, former);
            }
            libc::PTRACE_EVENT_EXIT => {
                let status = alive_or(ptrace::event_message(tid), 0)?;
                self.exiting(tid, status as i32);
            }
            libc::PTRACE_EVENT_SECCOMP => return self.at_call(tid),
            libc::PTRACE_EVENT_STOP if !self.threads.contains_key(&tid) => {
                self.early.push(tid);
                return Ok(Next::Stay);
            }
            libc::PTRACE_EVENT_STOP if is_job_control(signal) => return Ok(Next::Listen),
            libc::PTRACE_EVENT_STOP => self.begun(tid),
            _ => {}
        }
        Ok(Next::Run(0))
    }

    /// A thread made another one, which may have stopped already.
    fn cloned(&mut self, tid: Tid, child: Tid) -> io::Result<()> {
        if child <= 0 {
            return Ok(());
        }
        let parent = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
        // The leader of a process has a handle, another thread has none.
        let made = self.threads.get(&tid).and_then(|thread| thread.call);
        let is_thread = match made {
            Some(made) => made.has_flags(tid, libc::CLONE_THREAD as u64),
            None => crate::sys::socket::open_process(child).is_err(),
        };
        let place = match (&mut self.places, self.threads.get(&tid)) {
            (Some(places), Some(thread)) => places.inherited(child, &thread.place),
            _ => Place::default(),
        };
        self.add(child, if is_thread { parent } else { child }, place);
        self.born(tid, child);
        if let Some(at) = self.early.iter().position(|early| *early == child) {
            self.early.swap_remove(at);
            self.begun(child);
            self.let_run(child, 0)?;
        }
        Ok(())
    }

    fn forget(&mut self, tid: Tid) {
        if let (Some(mut thread), Some(places)) = (self.threads.remove(&tid), &mut self.places) {
            places.gone(&mut thread.place);
        }
    }

    /// A thread executes another program: it is the only one of its process now, and has the leader's id.
    fn executed(&mut self, tid: Tid, former: Tid) {
        if let Some(mut thread) = self.threads.remove(&former) {
            let others: Vec<Tid> = self.threads.iter().filter(|(_, t)| t.pid == tid).map(|(tid, _)| *tid).collect();
            others.into_iter().for_each(|other| self.forget(other));
            if let Some(places) = self.places.as_mut().filter(|_| former != tid) {
                places.gone(&mut thread.place);
                thread.place = places.inherited(tid, &thread.place);
            }
            self.threads.insert(tid, Thread { pid: tid, ..thread });
        }
        self.note_lost_privilege(tid);
        if let Some(process) = self.processes.get_mut(&tid) {
            process.executed();
        }
    }
}

impl Tracer {
    /// Says if a program was executed that an ordinary user may not trace with the privileges that it would gain.
    fn note_lost_privilege(&mut self, tid: Tid) {
        const GAINS: u32 = libc::S_ISUID | libc::S_ISGID;
        let Some(notes) = self.notes.as_mut().filter(|_| !self.is_root) else { return };
        let link = format!("/proc/{tid}/exe");
        let gains = std::fs::metadata(&link).is_ok_and(|file| file.mode() & GAINS != 0);
        if let (true, Ok(program)) = (gains, std::fs::read_link(link)) {
            notes(Note::LosesPrivilege(program));
        }
    }

    /// Tells of the control groups of a thread's process, if something was learnt of it and they are others than those
    /// told last.
    fn tell_groups(&mut self, tid: Tid) {
        let process = self.threads.get(&tid).and_then(|thread| self.processes.get_mut(&thread.pid));
        let Some(groups) = process.and_then(Process::new_groups) else { return };
        if self.told_groups.as_ref() != Some(groups) {
            self.told_groups = Some(groups.clone());
            // Nobody listens any more: then nobody wants to know.
            let _ = self.groups.as_ref().map(|sender| sender.send(groups.clone()));
        }
    }
}

/// Whether a call is the one that has this number in the machine's own interface.
fn is_call(call: &Call, nr: libc::c_long) -> bool {
    u16::try_from(nr).ok().and_then(|nr| syscall::native(nr, Arch::X86_64)).is_some_and(|(id, _)| id == call.id)
}

fn is_job_control(signal: i32) -> bool {
    matches!(signal, libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU)
}

/// A thread that was killed meanwhile cannot be asked any more; its end will be reported.
fn alive(result: io::Result<()>) -> io::Result<()> {
    alive_or(result, ())
}

fn alive_or<T>(result: io::Result<T>, otherwise: T) -> io::Result<T> {
    match result {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(otherwise),
        result => result,
    }
}
