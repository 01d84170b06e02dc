//! Goes round the sources.

use super::connector::{Connector, Deed as ProcessDeed, Told};
use super::files::Files;
use super::mounts::Mounts;
use super::notify::{Report, Scene};
use super::paths::Paths;
use super::processes::Processes;
use super::sockets;
use super::tell::{Deed, Teller};
use super::watches::Watches;
use super::wishes::Wishes;
use crate::proc::Host;
use crate::snapshot::Snapshot;
use crate::stream::{Stream, now};
use capture_event::option::Origin;
use rustc_hash::FxHashMap;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// How often namespaces are looked after, and how long the sources are waited for at most.
const TICK: Duration = Duration::from_millis(100);

/// Why reports on files are missing.
const FULL: &str = "the queue of the file notification was full";

/// So many processes are looked at each time.
const AT_ONCE: usize = 256;

/// So many reports on files are read before they are told: what a program was, and where a deleted directory, may stand
/// behind what asks for it.
const REPORTS: usize = 1 << 12;

/// The sources, as far as we may use them.
#[derive(Debug)]
pub struct Sources {
    wishes: Wishes,
    files: Option<Files>,
    connector: Option<Connector>,
    /// Why something is not recorded, a sentence each.
    missing: Vec<String>,
}

/// Records what happens on the whole host.
pub struct Recorder {
    wishes: Wishes,
    files: Option<Files>,
    connector: Option<Connector>,
    missing: Vec<String>,
    mounts: Mounts,
    paths: Paths,
    processes: Processes,
    stream: Stream,
    teller: Teller,
    own: i32,
    /// Processes that have ended. Readers are told when all that was reported of files before is told.
    ended: Vec<Told>,
    looked: Instant,
    /// Processes that are to be looked at next.
    due: Vec<i32>,
    groups: Option<Sender<Arc<[u8]>>>,
    watches: Watches,
    /// Reports on files that were read before their turn: they are told behind what the connector tells next.
    ahead: Vec<Report>,
}

impl Sources {
    /// Opens the sources. From now on the kernel keeps what processes do for us.
    pub fn open(wishes: Wishes) -> Sources {
        let mut missing = Vec::new();
        let files = Files::open(wishes).map_err(|error| missing.push(cannot("files", "CAP_SYS_ADMIN", &error))).ok();
        let connector = Connector::open();
        let connector = connector.map_err(|error| missing.push(cannot("processes", "CAP_NET_ADMIN", &error))).ok();
        if wishes.sockets
            && let Err(error) = sockets::may_move()
        {
            missing.push(cannot("sockets of other network namespaces", "CAP_SYS_ADMIN", &error));
        }
        Sources { wishes, files, connector, missing }
    }
}

fn cannot(what: &str, capability: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => format!("what happens to {what} is not seen: that needs {capability}"),
        _ => format!("what happens to {what} is not seen: {error}"),
    }
}

impl Recorder {
    /// Begins with the host as it is. `env`: whether the environment of programs is recorded.
    pub fn begin(
        sources: Sources,
        host: Host,
        snapshot: &Snapshot,
        stream: Stream,
        watches: Watches,
        env: bool,
    ) -> Recorder {
        let Sources { wishes, mut files, connector, missing } = sources;
        let listed = snapshot.threads.iter().map(|thread| thread.facts.clone());
        let processes = Processes::new(host, listed);
        let mounts = Mounts::new(&processes);
        if let Some(files) = &mut files {
            files.mark(&mounts);
        }
        Recorder {
            wishes,
            files,
            connector,
            missing,
            mounts,
            paths: Paths::default(),
            processes,
            teller: Teller::new(stream.clone(), env),
            stream,
            own: std::process::id() as i32,
            ended: Vec::new(),
            looked: Instant::now(),
            due: Vec::new(),
            groups: None,
            watches,
            ahead: Vec::new(),
        }
    }

    /// Tells of the control groups of each process that is met.
    pub fn tell_of_groups(&mut self, sender: Sender<Arc<[u8]>>) {
        self.groups = Some(sender);
    }

    /// Whether there is anything that can be recorded.
    pub fn is_of_use(&self) -> bool {
        self.files.is_some() || self.connector.is_some()
    }

    /// The sources that are used.
    pub fn origins(&self) -> Vec<Origin> {
        let files = self.files.as_ref().map(|_| Origin::Fanotify);
        let connector = self.connector.as_ref().map(|_| Origin::Connector);
        let sockets = self.wishes.sockets.then_some(Origin::SockDiag);
        files.into_iter().chain(connector).chain(sockets).collect()
    }

    /// What is not recorded that could be with more rights.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// What is not seen, a sentence each.
    pub fn blind(&self) -> Vec<String> {
        let files = self.files.as_ref().map(Files::blind).unwrap_or_default();
        self.missing.iter().cloned().chain(files).collect()
    }

    /// Records until it is to stop. Sockets are asked for at this interval.
    pub fn run(&mut self, interval: Duration, is_to_stop: impl Fn() -> bool + Sync) -> io::Result<()> {
        if !self.wishes.sockets {
            return self.go_round(is_to_stop);
        }
        let (teller, ended) = (self.teller.clone(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let asking =
                scope.spawn(|| sockets::follow(&teller, interval, || is_to_stop() || ended.load(Ordering::Relaxed)));
            let result = self.go_round(&is_to_stop);
            ended.store(true, Ordering::Relaxed);
            // A fault of ours in there must not look like its end.
            asking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            result
        })
    }

    fn go_round(&mut self, is_to_stop: impl Fn() -> bool) -> io::Result<()> {
        while !is_to_stop() {
            self.wait()?;
            while self.round()? && !is_to_stop() {}
            if self.looked.elapsed() >= TICK {
                self.look_after();
            }
        }
        // What was done before the end.
        let deadline = Instant::now() + TICK;
        while self.round()? && Instant::now() < deadline {}
        Ok(())
    }

    /// Waits until a source has something, or it is time to look after things.
    fn wait(&mut self) -> io::Result<()> {
        let files =
            self.files.iter().flat_map(Files::descriptors).map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        let connector = self.connector.iter().map(|connector| {
            let fd = connector.descriptor();
            PollFd::from_borrowed_fd(fd, PollFlags::IN)
        });
        let lists: Vec<_> = self.mounts.descriptors().collect();
        let changes = lists.iter().map(|(_, fd)| PollFd::from_borrowed_fd(*fd, PollFlags::PRI));
        let mut all: Vec<PollFd<'_>> = changes.chain(files).chain(connector).collect();
        let timeout = Timespec { tv_sec: 0, tv_nsec: TICK.subsec_nanos().into() };
        match poll(&mut all, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let has_changed = |poll: &PollFd<'_>| poll.revents().intersects(PollFlags::PRI | PollFlags::ERR);
        let changed: Vec<u64> =
            lists.iter().zip(&all).filter(|(_, poll)| has_changed(poll)).map(|((inode, _), _)| *inode).collect();
        if !changed.is_empty() {
            for inode in changed {
                let devices = self.mounts.changed(inode);
                self.files.iter_mut().for_each(|files| files.look_again(&devices));
            }
            self.mark();
        }
        Ok(())
    }

    /// Looks where these processes are: nobody tells when one goes into another mount namespace.
    fn look_at(&mut self, pids: impl IntoIterator<Item = i32>) {
        let now = Instant::now();
        for pid in pids {
            if self.processes.has_moved(pid, now) {
                self.met(pid);
            }
        }
    }

    fn mark(&mut self) {
        if let Some(files) = &mut self.files {
            files.mark(&self.mounts);
        }
        self.paths.close();
    }

    fn look_after(&mut self) {
        self.looked = Instant::now();
        self.mounts.tidy(&self.processes);
        if self.due.is_empty() {
            self.due = self.processes.all().map(|(pid, _)| pid).collect();
        }
        let rest = self.due.len().saturating_sub(AT_ONCE);
        let due = self.due.split_off(rest);
        self.look_at(due);
    }

    /// Takes what the sources have. Whether there may be more.
    ///
    /// Who did something to a file was told of by the connector before that; so the connector is read behind the
    /// files, and told before them. Only that somebody ended is told when no more of his files can come.
    fn round(&mut self) -> io::Result<bool> {
        let due = self.ended.len();
        let mut reports = std::mem::take(&mut self.ahead);
        let may_be_more = self.read_files(&mut reports)?;
        let has_files = !reports.is_empty();
        let has_told = self.read_connector()?;
        self.look_at(reports.iter().map(Report::pid));
        self.tell_files(reports);
        if !may_be_more {
            let ended: Vec<Told> = self.ended.drain(..due).collect();
            ended.into_iter().for_each(|told| self.tell_end(told));
        }
        Ok(has_files || has_told || !self.ended.is_empty())
    }

    /// Reads what was reported of files, and learns which of them were opened to be executed: of a process that is gone
    /// already nothing else tells what it was. Whether there may be more.
    fn read_files(&mut self, reports: &mut Vec<Report>) -> io::Result<bool> {
        let Some(files) = &mut self.files else { return Ok(false) };
        let (own, processes) = (self.own, &self.processes);
        let (known, mut may_be_more) = (reports.len(), true);
        while may_be_more && reports.len() < REPORTS {
            may_be_more =
                files.read(|event| reports.extend(Report::of(event, own, |pid| processes.get(pid).is_some())))?;
        }
        for report in reports.iter().skip(known) {
            if let Some((pid, path)) = report.program(files, &self.mounts, &mut self.paths) {
                self.processes.opened_program(pid, path);
            }
        }
        Ok(may_be_more)
    }

    fn read_connector(&mut self) -> io::Result<bool> {
        let Some(connector) = &mut self.connector else { return Ok(false) };
        let mut told = Vec::new();
        if let Some(lost) = connector.read(|deed| told.push(deed))? {
            self.stream.gap(Origin::Connector, lost, "the process connector was not read in time");
        }
        let is_any = !told.is_empty();
        if told.iter().any(|told| matches!(told.deed, ProcessDeed::Exec { .. })) {
            // Programs that were opened since the files were read.
            let mut ahead = std::mem::take(&mut self.ahead);
            self.read_files(&mut ahead)?;
            self.ahead = ahead;
        }
        let offset = clock_offset();
        let execs = told.iter().enumerate().filter(|(_, told)| matches!(told.deed, ProcessDeed::Exec { .. }));
        let last: FxHashMap<i32, usize> = execs.map(|(at, told)| (told.deed.whose().pid, at)).collect();
        for (at, told) in told.into_iter().enumerate() {
            let executes = last.get(&told.deed.whose().pid).is_some_and(|last| *last > at);
            self.tell_process(Told { time: told.time.saturating_add(offset), ..told }, executes);
        }
        Ok(is_any)
    }

    fn tell_files(&mut self, reports: Vec<Report>) {
        let Some(files) = &self.files else { return };
        reports.iter().rev().for_each(|report| report.learn_deleted(files, &self.mounts, &mut self.paths));
        let (mut lost, mut is_overflow) = (0, false);
        let mut scene = Scene {
            files,
            mounts: &self.mounts,
            paths: &mut self.paths,
            processes: &mut self.processes,
            teller: &self.teller,
            watches: &self.watches,
            lost: &mut lost,
        };
        for report in reports {
            if report.is_overflow() {
                is_overflow = true;
            } else {
                report.tell(&mut scene);
            }
        }
        self.paths.close();
        if lost > 0 {
            let reason = "files whose directories or file systems were gone before their paths could be read";
            self.stream.gap(Origin::Fanotify, lost, reason);
        }
        if is_overflow {
            self.stream.gap(Origin::Fanotify, 0, FULL);
        }
    }

    /// Tells what a process did. `executes`: it is known to execute something afterwards, of which `/proc` tells
    /// already.
    fn tell_process(&mut self, told: Told, executes: bool) {
        if told.deed.whose().pid == self.own {
            return;
        }
        let deed = |tid: i32| deed_of(&told, tid);
        let boot_ts = self.processes.boot_ts();
        match told.deed {
            ProcessDeed::Fork { parent, child } => {
                self.tell_ends_of(child.tid);
                if let Some((of_parent, of_child)) = self.processes.forked(parent, child, executes) {
                    self.teller.cloned(&deed(parent.tid), &of_parent, &of_child, boot_ts);
                    self.met(child.pid);
                }
            }
            ProcessDeed::Exec { who } => {
                if let Some((process, has_moved)) = self.processes.executed(who, executes) {
                    if has_moved {
                        self.teller.moved(&deed(who.pid), &process.facts.cwd);
                    }
                    self.teller.executed(&deed(who.pid), &process.facts);
                    self.met(who.pid);
                }
            }
            ProcessDeed::Exit { .. } => self.ended.push(told),
            ProcessDeed::Traced { who, by } => {
                self.processes.traced(who, by);
                self.teller.traces(&deed(by.tid), who.tid, true);
            }
            ProcessDeed::LetGo { who } => {
                let by = self.processes.let_go(who);
                self.teller.traces(&deed(by.map_or(-1, |by| by.tid)), who.tid, false);
            }
            ProcessDeed::User { who, effective } => self.teller.user(&deed(who.tid), effective),
            ProcessDeed::Group { who, effective } => self.teller.group(&deed(who.tid), effective),
            ProcessDeed::Session { who } => self.teller.session(&deed(who.tid), who.pid.into()),
            ProcessDeed::Name { who, name } => {
                let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
                self.teller.name(&deed(who.tid), name);
            }
        }
    }

    /// A process is new, or may be in other namespaces or groups. File systems of new mount namespaces are marked.
    fn met(&mut self, pid: i32) {
        let Some(process) = self.processes.get(pid) else { return };
        if let Some(groups) = &self.groups {
            // Nobody to hear it: the recording ends.
            let _ = groups.send(Arc::clone(&process.facts.cgroups));
        }
        if self.mounts.met(pid, process.mounts) {
            self.mark();
        }
    }

    /// The id of a thread that ended is given again: its end must be told before.
    fn tell_ends_of(&mut self, tid: i32) {
        let is_of = |told: &Told| matches!(told.deed, ProcessDeed::Exit { who, .. } if who.tid == tid);
        let (due, rest) = std::mem::take(&mut self.ended).into_iter().partition(is_of);
        self.ended = rest;
        Vec::into_iter(due).for_each(|told| self.tell_end(told));
    }

    fn tell_end(&mut self, told: Told) {
        if let ProcessDeed::Exit { who, word } = told.deed {
            self.teller.exited(&deed_of(&told, who.tid), word);
            self.processes.ended(who);
        }
    }
}

fn deed_of(told: &Told, tid: i32) -> Deed<'static> {
    let cpu = told.cpu as u16;
    Deed { ts: told.time, tid: tid.into(), cpu, origin: Origin::Connector, is_merged: false, key: None }
}

/// How much the clock of the day is ahead of the monotonic one, ns.
fn clock_offset() -> u64 {
    let monotonic = clock_gettime(ClockId::Monotonic);
    let since = (monotonic.tv_sec as u64).saturating_mul(1_000_000_000).saturating_add(monotonic.tv_nsec as u64);
    now().saturating_sub(since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::stream;
    use capture_batch::Types;
    use std::path::Path;

    #[test]
    fn a_program_is_known_that_was_opened_and_ended_since_the_files_were_read() {
        let watches = Watches::default();
        let sources = Sources::open(Wishes::of(&Types::ALL, &watches));
        if sources.files.is_none() || sources.connector.is_none() {
            eprintln!("skipped: only root is told of files and processes");
            return;
        }
        let mut host = Host::open(Path::new("/proc")).unwrap();
        let snapshot = Snapshot::take(&mut host).unwrap();
        let (stream, taker) = stream();
        let mut recorder = Recorder::begin(sources, host, &snapshot, stream.clone(), watches, true);
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("gone-by-now");
        capture_testkit::install("/bin/true", &program);
        assert!(std::process::Command::new(&program).status().unwrap().success());
        recorder.read_connector().unwrap();
        stream.close();
        let written: Vec<u8> = std::iter::from_fn(|| taker.take(Vec::new())).flatten().collect();
        assert!(memchr::memmem::find(&written, b"gone-by-now").is_some());
        assert!(!recorder.ahead.is_empty(), "what was read of files is told in its turn");
    }

    #[test]
    fn a_queue_that_is_full_is_a_gap() {
        let watches = Watches::default();
        let mut types = Types::NONE;
        types.insert(capture_event::code::CREAT_X);
        let wishes = Wishes::of(&types, &watches);
        // Queues with an end, which those of recordings have not.
        let Ok(files) = Files::with_queues(wishes, 0) else {
            eprintln!("skipped: only root is told of files");
            return;
        };
        let sources = Sources { wishes, files: Some(files), connector: None, missing: Vec::new() };
        let mut host = Host::open(Path::new("/proc")).unwrap();
        let snapshot = Snapshot::take(&mut host).unwrap();
        let (stream, taker) = stream();
        let mut recorder = Recorder::begin(sources, host, &snapshot, stream.clone(), watches, true);
        // Others do it: what we do ourselves is not told.
        let longest = std::fs::read_to_string("/proc/sys/fs/fanotify/max_queued_events").unwrap();
        let script = format!("cd $0 && seq -f f%.0f {} | xargs touch", longest.trim());
        let directory = tempfile::tempdir().unwrap();
        let done = std::process::Command::new("sh").arg("-c").arg(script).arg(directory.path()).status().unwrap();
        assert!(done.success());
        let is_told = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut written = Vec::new();
                while let Some(blocks) = taker.take(Vec::new()) {
                    written.extend(blocks);
                    is_told.store(memchr::memmem::find(&written, FULL.as_bytes()).is_some(), Ordering::Relaxed);
                }
            });
            let deadline = Instant::now() + Duration::from_secs(60);
            let run = recorder.run(TICK, || is_told.load(Ordering::Relaxed) || Instant::now() > deadline);
            stream.close();
            run.unwrap();
        });
        assert!(is_told.into_inner() && stream.lost().gaps > 0, "{:?}", stream.lost());
    }
}
