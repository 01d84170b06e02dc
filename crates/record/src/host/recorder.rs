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
use crate::proc::Host;
use crate::snapshot::Snapshot;
use crate::stream::{Stream, now};
use capture_event::option::Origin;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// How often namespaces are looked after, and how long the sources are waited for at most.
const TICK: Duration = Duration::from_millis(100);

/// The sources, as far as we may use them.
#[derive(Debug)]
pub struct Sources {
    files: Option<Files>,
    connector: Option<Connector>,
    /// Why something is not recorded, a sentence each.
    missing: Vec<String>,
}

/// Records what happens on the whole host.
pub struct Recorder {
    files: Option<Files>,
    connector: Option<Connector>,
    missing: Vec<String>,
    mounts: Mounts,
    paths: Paths,
    processes: Processes,
    teller: Teller,
    own: i32,
    /// Processes that have ended. Readers are told when all that was reported of files before is told.
    ended: Vec<Told>,
    lost: u64,
    looked: Instant,
    groups: Option<Sender<Arc<[u8]>>>,
    watches: Watches,
}

impl Sources {
    /// Opens the sources. From now on the kernel keeps what processes do for us.
    pub fn open() -> Sources {
        let mut missing = Vec::new();
        let files = Files::open().map_err(|error| missing.push(cannot("files", "CAP_SYS_ADMIN", &error))).ok();
        let connector = Connector::open();
        let connector = connector.map_err(|error| missing.push(cannot("processes", "CAP_NET_ADMIN", &error))).ok();
        if let Err(error) = sockets::may_move() {
            missing.push(cannot("sockets of other network namespaces", "CAP_SYS_ADMIN", &error));
        }
        Sources { files, connector, missing }
    }
}

fn cannot(what: &str, capability: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => format!("what happens to {what} is not seen: that needs {capability}"),
        _ => format!("what happens to {what} is not seen: {error}"),
    }
}

impl Recorder {
    /// Begins with the host as it is.
    pub fn begin(sources: Sources, host: Host, snapshot: &Snapshot, stream: Stream, watches: Watches) -> Recorder {
        let Sources { mut files, connector, missing } = sources;
        let listed = snapshot.threads.iter().map(|thread| thread.facts.clone());
        let processes = Processes::new(host, listed);
        let mounts = Mounts::new(&processes);
        if let Some(files) = &mut files {
            files.mark(&mounts);
        }
        Recorder {
            files,
            connector,
            missing,
            mounts,
            paths: Paths::default(),
            processes,
            teller: Teller::new(stream),
            own: std::process::id() as i32,
            ended: Vec::new(),
            lost: 0,
            looked: Instant::now(),
            groups: None,
            watches,
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
        files.into_iter().chain(connector).chain([Origin::SockDiag]).collect()
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

    /// Records until it is to stop. Sockets are asked for at this interval. How many events were lost, as far as that is known.
    pub fn run(&mut self, interval: Duration, is_to_stop: impl Fn() -> bool + Sync) -> io::Result<u64> {
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

    fn go_round(&mut self, is_to_stop: impl Fn() -> bool) -> io::Result<u64> {
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
        Ok(self.lost)
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
            changed.into_iter().for_each(|inode| self.mounts.changed(inode));
            self.mark();
        }
        Ok(())
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
    }

    /// Takes what the sources have. Whether there may be more.
    ///
    /// Who did something to a file was told of by the connector before that; so the connector is read behind the
    /// files, and told before them. Only that somebody ended is told when no more of his files can come.
    fn round(&mut self) -> io::Result<bool> {
        let due = self.ended.len();
        let mut reports = Vec::new();
        let own = self.own;
        let has_files = match &mut self.files {
            Some(files) => files.read(|event| reports.extend(Report::of(event, own)))?,
            None => false,
        };
        self.learn_programs(&reports);
        let has_told = self.read_connector()?;
        self.tell_files(reports);
        if !has_files {
            let ended: Vec<Told> = self.ended.drain(..due).collect();
            ended.into_iter().for_each(|told| self.tell_end(told));
        }
        Ok(has_files || has_told || !self.ended.is_empty())
    }

    /// Which files were opened to be executed: of a process that is gone already nothing else tells what it was.
    fn learn_programs(&mut self, reports: &[Report]) {
        let Some(files) = &self.files else { return };
        for report in reports {
            if let Some((pid, path)) = report.program(files, &self.mounts, &mut self.paths) {
                self.processes.opened_program(pid, path);
            }
        }
    }

    fn read_connector(&mut self) -> io::Result<bool> {
        let Some(connector) = &mut self.connector else { return Ok(false) };
        let mut told = Vec::new();
        if connector.read(|deed| told.push(deed))? {
            self.teller.gap(now(), Origin::Connector, 0, "the process connector was not read in time");
        }
        let is_any = !told.is_empty();
        let offset = clock_offset();
        for told in told {
            self.tell_process(Told { time: told.time.saturating_add(offset), ..told });
        }
        Ok(is_any)
    }

    fn tell_files(&mut self, reports: Vec<Report>) {
        let Some(files) = &self.files else { return };
        let before = self.lost;
        let mut is_overflow = false;
        let mut scene = Scene {
            files,
            mounts: &self.mounts,
            paths: &mut self.paths,
            processes: &mut self.processes,
            teller: &self.teller,
            watches: &self.watches,
            lost: &mut self.lost,
        };
        for report in reports {
            if report.is_overflow() {
                is_overflow = true;
            } else {
                report.tell(&mut scene);
            }
        }
        self.paths.close();
        let lost = self.lost - before;
        if lost > 0 {
            let reason = "files whose directories were gone before their paths could be read";
            self.teller.gap(now(), Origin::Fanotify, lost, reason);
        }
        if is_overflow {
            self.teller.gap(now(), Origin::Fanotify, 0, "the queue of the file notification was full");
        }
    }

    fn tell_process(&mut self, told: Told) {
        let deed = |tid: i32| deed_of(&told, tid);
        let boot_ts = self.processes.boot_ts();
        match told.deed {
            ProcessDeed::Fork { child, .. } if child.pid == self.own => {}
            ProcessDeed::Fork { parent, child } => {
                self.tell_ends_of(child.tid);
                if let Some((of_parent, of_child)) = self.processes.forked(parent, child) {
                    self.teller.cloned(&deed(parent.tid), &of_parent, &of_child, boot_ts);
                    self.met(child.pid);
                }
            }
            ProcessDeed::Exec { who } => {
                if let Some(process) = self.processes.executed(who) {
                    self.teller.executed(&deed(who.pid), &process.facts);
                    self.met(who.pid);
                }
            }
            ProcessDeed::Exit { who, .. } if who.pid == self.own => {}
            ProcessDeed::Exit { .. } => self.ended.push(told),
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
            if who.tid == who.pid {
                self.processes.ended(who.pid);
            }
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
