//! Ancestors and leaders.

use super::Binder;
use crate::threads::{MAX_ANCESTORS, Tids};
use crate::{Machine, Thread};
use capture_batch::{Id, Lineage, Needs, Own, View};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// How many ancestors are named where they form a loop. Both programs go round for ever.
const MAX_IN_LOOP: usize = 64;

type Owns = SmallVec<[Id<Own>; 16]>;

/// A lineage before it is interned: the threads by id.
struct Relatives {
    ppid: i64,
    leader: Option<i64>,
    parent: Option<i64>,
    ancestors: Tids,
    searched: Tids,
    session: Option<i64>,
    group: Option<i64>,
    vgroup: Option<i64>,
    login_shell: Option<i64>,
}

impl Binder {
    /// The lineage of a thread of the table.
    pub(super) fn lineage(&mut self, machine: &mut Machine, tid: i64) -> Id<Lineage> {
        let Some(thread) = machine.threads.get(tid).filter(|_| self.needs.contains(Needs::LINEAGE)) else {
            return Id::NONE;
        };
        let (memo, segment, epoch) = (thread.memo.0, self.segment.serial + 1, machine.lineage_epoch());
        if memo.segment == segment && memo.epoch == epoch {
            return memo.lineage;
        }
        let relatives = relatives(machine, thread, machine.leader(tid));
        let lineage = self.describe_lineage(machine, &relatives, None);
        let last = self.segment.lineages.get(memo.lineage).filter(|_| memo.segment == segment);
        let id = match last {
            Some(last) if *last == lineage => memo.lineage,
            _ => self.segment.lineages.push(lineage).unwrap_or(Id::NONE),
        };
        if let Some(thread) = machine.threads.get_mut(tid) {
            (thread.memo.0.epoch, thread.memo.0.lineage) = (epoch, id);
        }
        id
    }

    /// The lineage of a thread that is in no table.
    pub(super) fn lineage_of_stand_in(&mut self, machine: &mut Machine, thread: &Thread, own: Id<Own>) -> Id<Lineage> {
        if !self.needs.contains(Needs::LINEAGE) {
            return Id::NONE;
        }
        let relatives = relatives(machine, thread, Some(thread));
        let lineage = self.describe_lineage(machine, &relatives, Some((thread.tid, own)));
        self.segment.lineages.push(lineage).unwrap_or(Id::NONE)
    }

    /// `stand_in`: a thread that is in no table, and its own part.
    fn describe_lineage(
        &mut self,
        machine: &mut Machine,
        relatives: &Relatives,
        stand_in: Option<(i64, Id<Own>)>,
    ) -> Lineage {
        let mut own = |tid: Option<i64>| match (tid, stand_in) {
            (None, _) => Id::NONE,
            (Some(tid), Some((stand_in, id))) if tid == stand_in => id,
            (Some(tid), _) => self.own(machine, tid),
        };
        let ancestors: Owns = relatives.ancestors.iter().map(|&tid| own(Some(tid))).collect();
        let searched: Option<Owns> = (relatives.searched != relatives.ancestors)
            .then(|| relatives.searched.iter().map(|&tid| own(Some(tid))).collect());
        Lineage {
            ppid: relatives.ppid,
            leader: own(relatives.leader),
            parent: own(relatives.parent),
            session: own(relatives.session),
            group: own(relatives.group),
            vgroup: own(relatives.vgroup),
            login_shell: relatives.login_shell,
            ancestors: ancestors.into_boxed_slice(),
            searched: searched.map(Owns::into_boxed_slice),
        }
    }
}

impl Machine {
    /// What must be equal for a lineage to be as it was.
    fn lineage_epoch(&self) -> u64 {
        self.epochs.lineage.wrapping_add(self.users.version()).wrapping_add(self.containers.version()).wrapping_add(1)
    }
}

fn relatives(machine: &Machine, thread: &Thread, leader: Option<&Thread>) -> Relatives {
    let searched = leader.map(|leader| machine.threads.search_up(leader)).unwrap_or_default();
    let is_exit = machine.view == View::Exit;
    Relatives {
        ppid: leader.unwrap_or(thread).id.ptid,
        leader: leader.map(|leader| leader.tid),
        parent: machine.threads.get(thread.id.ptid).map(|parent| parent.tid),
        ancestors: leader.map(|leader| chain(machine, leader)).unwrap_or_default(),
        session: match (machine.view, leader) {
            (View::Classic, Some(leader)) => Some(session(machine, thread, leader, &searched)),
            (View::Classic, None) => None,
            (View::Exit, _) => oldest(machine, thread, |thread| thread.id.sid, true),
        },
        group: Some(thread).filter(|_| is_exit).and_then(|thread| oldest(machine, thread, |t| t.id.pgid, false)),
        vgroup: Some(thread).filter(|_| is_exit).and_then(|thread| oldest(machine, thread, |t| t.id.vpgid, true)),
        login_shell: leader.and_then(|leader| login_shell(machine, leader, &searched)),
        searched,
    }
}

/// The ancestors of a process, parent first.
fn chain(machine: &Machine, leader: &Thread) -> Tids {
    let mut chain = Tids::new();
    let mut at = leader;
    while chain.len() < MAX_ANCESTORS
        && let Some(parent) = machine.threads.get(at.id.ptid)
        && let Some(parent) = if machine.view == View::Exit { machine.leader(parent.tid) } else { Some(parent) }
    {
        chain.push(parent.tid);
        at = parent;
    }
    if chain.len() == MAX_ANCESTORS {
        let mut seen = FxHashSet::from_iter([leader.tid]);
        if chain.iter().any(|&tid| !seen.insert(tid)) {
            chain.truncate(MAX_IN_LOOP);
        }
    }
    chain
}

/// Classic view: the thread with the session's id, or the oldest of a row of ancestors in the same session.
fn session(machine: &Machine, thread: &Thread, leader: &Thread, searched: &Tids) -> i64 {
    if let Some(session) = machine.threads.get(thread.id.sid) {
        return session.tid;
    }
    let is_in = |tid: &&i64| machine.threads.get(**tid).is_some_and(|ancestor| ancestor.id.sid == leader.id.sid);
    searched.iter().take_while(is_in).last().copied().unwrap_or(leader.tid)
}

/// Exit view: the thread that an id of a session or group names, or the oldest of a row of ancestors with that id. An
/// id from inside a pid namespace names no thread of ours.
fn oldest(machine: &Machine, thread: &Thread, id: impl Fn(&Thread) -> i64, is_virtual: bool) -> Option<i64> {
    let sought = Some(id(thread)).filter(|&sought| sought != -1)?;
    if (!is_virtual || !thread.is_in_pid_namespace())
        && let Some(found) = machine.threads.get(sought)
    {
        return Some(found.tid);
    }
    let has_id = |tid: &i64| machine.threads.get(*tid).is_some_and(|ancestor| id(ancestor) == sought);
    machine.threads.search_up(thread).into_iter().take_while(has_id).last()
}

fn login_shell(machine: &Machine, leader: &Thread, searched: &Tids) -> Option<i64> {
    let ancestors = searched.iter().filter_map(|&tid| machine.threads.get(tid));
    let mut shells = std::iter::once(leader).chain(ancestors).filter(|thread| thread.id.comm.ends_with(b"sh"));
    shells.next_back().map(|shell| shell.id.pid)
}
