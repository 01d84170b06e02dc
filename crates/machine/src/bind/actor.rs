//! A thread's own part.

use super::{Binder, NO_LIVE};
use crate::containers::Category;
use crate::replay::EnterAt;
use crate::{Machine, Thread};
use capture_batch::{Id, Lineage, Own, OwnFlags, ProbeKind, Text};

/// What binding remembers of a thread.
#[derive(Clone, Copy)]
pub struct ThreadMemo {
    /// The segment that the ids below are of, plus one; 0 for none.
    pub(super) segment: u64,
    made_of: MadeOf,
    own: Id<Own>,
    /// The epoch of the lineage, plus one; 0 for none.
    pub(super) epoch: u64,
    pub(super) lineage: Id<Lineage>,
    /// The batch of the live values.
    pub(super) batch: u64,
    pub(super) live: u32,
    /// Where its last enter event is.
    pub(crate) enter: EnterAt,
}

/// The versions of all that a thread's own part is made of.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct MadeOf {
    own: u32,
    leader: u64,
    leaders: u32,
    users: u64,
    containers: u64,
}

impl Default for ThreadMemo {
    fn default() -> Self {
        ThreadMemo {
            segment: 0,
            made_of: MadeOf::default(),
            own: Id::NONE,
            epoch: 0,
            lineage: Id::NONE,
            batch: 0,
            live: NO_LIVE,
            enter: EnterAt::default(),
        }
    }
}

fn made_of(machine: &Machine, thread: &Thread) -> MadeOf {
    let leader = machine.main_thread_from(thread);
    MadeOf {
        own: thread.id.version(),
        leader: leader.map_or(0, |leader| leader.serial),
        leaders: leader.map_or(0, |leader| leader.id.version()),
        users: machine.users.version(),
        containers: machine.containers.version(),
    }
}

impl Binder {
    /// The own part of a thread of the table, if it is still what it was bound to last.
    #[inline]
    pub(crate) fn known_own(&self, machine: &Machine, thread: &Thread) -> Option<Id<Own>> {
        let memo = &thread.memo.0;
        (memo.segment == self.segment.serial + 1 && memo.made_of == made_of(machine, thread)).then_some(memo.own)
    }

    /// The own part of a thread of the table.
    pub(super) fn own(&mut self, machine: &mut Machine, tid: i64) -> Id<Own> {
        let Some(thread) = machine.threads.get(tid) else { return Id::NONE };
        if let Some(known) = self.known_own(machine, thread) {
            return known;
        }
        let (segment, made_of, memo) = (self.segment.serial + 1, made_of(machine, thread), thread.memo.0);
        let own = self.describe(machine, Subject::Known(tid));
        let last = self.segment.owns.get(memo.own).filter(|_| memo.segment == segment);
        let id = match last {
            Some(last) if *last == own => memo.own,
            _ => self.segment.owns.push(own).unwrap_or(Id::NONE),
        };
        if let Some(thread) = machine.threads.get_mut(tid) {
            let memo = &mut thread.memo.0;
            if memo.segment != segment {
                *memo = ThreadMemo { segment, enter: memo.enter, ..ThreadMemo::default() };
            }
            (memo.made_of, memo.own) = (made_of, id);
        }
        id
    }

    /// The own part of a thread that is in no table.
    pub(super) fn own_of_stand_in(&mut self, machine: &mut Machine, thread: &Thread) -> Id<Own> {
        let own = self.describe(machine, Subject::StandIn(thread));
        self.segment.owns.push(own).unwrap_or(Id::NONE)
    }

    fn describe(&self, machine: &mut Machine, subject: Subject<'_>) -> Own {
        let own = match subject {
            Subject::StandIn(thread) => describe(thread, Some(thread), thread),
            Subject::Known(tid) => {
                let unknown = Thread::new(tid);
                let Some(thread) = machine.threads.get(tid) else { return describe(&unknown, None, &unknown) };
                let main = machine.main_thread(tid);
                describe(thread, main, with_environment(machine, thread, main))
            }
        };
        let user = |uid| machine.users.user(&own.container_id, uid).cloned();
        Own {
            user: user(own.uid),
            group: machine.users.group(&own.container_id, own.gid).cloned(),
            loginuser: user(own.loginuid),
            container: machine.containers.bind(&own.container_id, &self.segment),
            local_addresses: machine.containers.local_addresses(&own.container_id, &machine.addresses),
            ..own
        }
    }
}

/// Whom to describe.
enum Subject<'t> {
    /// A thread of the table.
    Known(i64),
    /// A thread of no table.
    StandIn(&'t Thread),
}

/// The thread that holds the environment: the leader. Where the leader's id now belongs to a thread of another process,
/// that one's leader.
fn with_environment<'t>(machine: &'t Machine, thread: &'t Thread, main: Option<&'t Thread>) -> &'t Thread {
    match main.filter(|_| !thread.is_leader()) {
        None => thread,
        Some(main) if main.is_leader() => main,
        Some(main) => machine.main_thread(main.tid).unwrap_or(main),
    }
}

/// What a thread, the main thread of its process and the one with its environment tell alone.
fn describe(thread: &Thread, main: Option<&Thread>, with_environment: &Thread) -> Own {
    let id = &*thread.id;
    Own {
        tid: thread.tid,
        pid: id.pid,
        vtid: id.vtid,
        vpid: id.vpid,
        sid: id.sid,
        pgid: id.pgid,
        vpgid: id.vpgid,
        comm: id.comm.clone(),
        exe: id.exe.clone(),
        exepath: id.exepath.clone(),
        args: id.args.clone(),
        env: with_environment.id.env.clone(),
        cgroups: id.cgroups.clone(),
        cwd: main.map_or_else(|| Text::from("./"), |main| main.id.cwd.clone()),
        root: id.root.clone(),
        uid: id.uid,
        gid: id.gid,
        loginuid: id.loginuid,
        user: None,
        group: None,
        loginuser: None,
        tty: id.tty,
        capabilities: id.capabilities,
        clone_ts: id.clone_ts,
        exec_ts: id.exec_ts,
        pidns_init_start_ts: id.pidns_init_start_ts,
        exe_ino: id.exe_ino,
        exe_ino_ctime: id.exe_ino_ctime,
        exe_ino_mtime: id.exe_ino_mtime,
        exe_ino_ctime_to_clone: id.exe_ino_ctime_to_clone,
        exe_ino_pidns_to_ctime: id.exe_ino_pidns_to_ctime,
        flags: flags(thread),
        container_id: id.container_id.clone(),
        container: None,
        local_addresses: None,
    }
}

fn flags(thread: &Thread) -> OwnFlags {
    let id = &*thread.id;
    let probe = match id.category {
        Category::Probe(ProbeKind::Healthcheck) => OwnFlags::HEALTHCHECK,
        Category::Probe(ProbeKind::Liveness) => OwnFlags::LIVENESS_PROBE,
        Category::Probe(ProbeKind::Readiness) => OwnFlags::READINESS_PROBE,
        Category::None | Category::Container => OwnFlags::empty(),
    };
    let mut flags = probe;
    flags.set(OwnFlags::MAIN_THREAD, thread.is_leader());
    flags.set(OwnFlags::EXE_WRITABLE, id.exe_writable);
    flags.set(OwnFlags::EXE_UPPER_LAYER, id.exe_upper_layer);
    flags.set(OwnFlags::EXE_LOWER_LAYER, id.exe_lower_layer);
    flags.set(OwnFlags::EXE_FROM_MEMFD, id.exe_from_memfd);
    flags.set(OwnFlags::UNKNOWN, thread.is_placeholder());
    flags.set(OwnFlags::IN_PIDNS, thread.is_in_pid_namespace());
    flags
}
