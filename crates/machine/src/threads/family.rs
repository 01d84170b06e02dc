//! The exit view's relations: thread groups, children, and who adopts them.

use super::MAX_ANCESTORS;
use crate::{Machine, Thread};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many threads a group's list names at least when it is cleaned.
const MIN_CLEANED: usize = 16;
/// Children that are gone and may still be named before a list of children is cleaned.
const MAX_GONE: u64 = 10;

/// One thread in the lists of others: it is gone when the table has no thread of that id and serial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadKey {
    /// Thread id.
    pub tid: i64,
    /// Its serial.
    pub serial: u64,
}

/// The number of a thread group; never used twice in a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(u64);

/// A thread's place among its relatives.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Its thread group.
    pub group: Option<GroupId>,
    /// Its children; may name some that are gone.
    pub children: Vec<ThreadKey>,
    /// How many of the children are not gone, as the reference implementation counts.
    pub live_children: u64,
    /// Who gets its children when it dies; -1 if not said.
    pub reaper: i64,
}

impl Default for Family {
    fn default() -> Self {
        Family { group: None, children: Vec::new(), live_children: 0, reaper: -1 }
    }
}

/// One thread group.
#[derive(Debug, Clone, PartialEq, Default)]
struct Group {
    /// Threads that are alive.
    alive: u64,
    /// Whether it adopts the children of descendants that die.
    reaper: bool,
    /// Its threads, the leader first if it is known; may name some that are gone.
    threads: Vec<ThreadKey>,
    /// How long the list may become before those that are gone are taken out.
    clean_at: usize,
    /// Threads of the table that name it.
    members: u64,
}

/// All thread groups.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Groups {
    groups: FxHashMap<GroupId, Group>,
    by_pid: FxHashMap<i64, GroupId>,
    made: u64,
}

impl Groups {
    fn of(&self, thread: &Thread) -> Option<&Group> {
        self.groups.get(&thread.family.group?)
    }

    fn of_mut(&mut self, thread: &Thread) -> Option<&mut Group> {
        self.groups.get_mut(&thread.family.group?)
    }

    /// The first thread in a thread's group: its leader, if that is known.
    pub fn first(&self, thread: &Thread) -> Option<ThreadKey> {
        self.of(thread)?.threads.first().copied()
    }

    /// How many threads of a thread's group are alive.
    pub fn alive(&self, thread: &Thread) -> u64 {
        self.of(thread).map_or(0, |group| group.alive)
    }

    /// The threads of a thread's group; may name some that are gone.
    pub fn threads(&self, thread: &Thread) -> Vec<ThreadKey> {
        self.of(thread).map(|group| group.threads.clone()).unwrap_or_default()
    }

    /// One thread of a thread's group came back to life.
    pub fn revive(&mut self, thread: &Thread) {
        if let Some(group) = self.of_mut(thread) {
            group.alive = group.alive.wrapping_add(1);
        }
    }

    /// Whether a thread's group adopts orphans.
    pub fn set_reaper(&mut self, thread: &Thread, reaper: bool) {
        if let Some(group) = self.of_mut(thread) {
            group.reaper = reaper;
        }
    }

    /// Makes a thread part of the group of its process.
    fn join(&mut self, thread: &Thread) -> GroupId {
        let key = thread.key();
        let known = self.by_pid.get(&thread.id.pid).copied().filter(|id| self.groups.contains_key(id));
        let id = known.unwrap_or_else(|| {
            self.made += 1;
            GroupId(self.made)
        });
        let is_new = known.is_none();
        let group = self.groups.entry(id).or_default();
        group.alive = group.alive.wrapping_add(1);
        group.members += 1;
        let front = if thread.is_leader() { 0 } else { group.threads.len() };
        group.threads.insert(front, key);
        if is_new {
            group.reaper = thread.id.pid == 1 || thread.id.vpid == 1;
            self.by_pid.insert(thread.id.pid, id);
        }
        id
    }

    /// A thread leaves the table.
    pub(crate) fn leave(&mut self, thread: &Thread) {
        let Some(id) = thread.family.group else { return };
        let Some(group) = self.groups.get_mut(&id) else { return };
        group.members = group.members.saturating_sub(1);
        if group.members == 0 && self.by_pid.get(&thread.id.pid) != Some(&id) {
            self.groups.remove(&id);
        }
    }
}

impl Machine {
    pub(super) fn add_newest(&mut self, thread: Thread) {
        let tid = thread.tid;
        self.put_thread(thread);
        self.relate(tid, true);
    }

    /// Gives a thread its group and its parent, once. `fresh`: it was just put into the table and cannot be its own
    /// parent.
    pub(crate) fn relate(&mut self, tid: i64, fresh: bool) {
        let Some(thread) = self.threads.get(tid) else { return };
        if thread.is_invalid() || thread.family.group.is_some() {
            return;
        }
        let group = self.groups.join(thread);
        let (key, pid, ptid) = (thread.key(), thread.id.pid, thread.id.ptid);
        if let Some(thread) = self.threads.get_mut(tid) {
            thread.family.group = Some(group);
        }
        if pid == 1 {
            return;
        }
        let parent = self.threads.get(ptid).filter(|parent| !(parent.is_invalid() || fresh && ptid == tid));
        match parent.map(|parent| parent.tid) {
            Some(parent) => self.adopt(parent, key),
            None => self.set_parent(tid, 0),
        }
        self.epochs.lineage += 1;
    }

    fn set_parent(&mut self, tid: i64, parent: i64) {
        if let Some(thread) = self.threads.get_mut(tid) {
            thread.id.ptid = parent;
        }
    }

    fn adopt(&mut self, parent: i64, child: ThreadKey) {
        if let Some(parent) = self.threads.get_mut(parent) {
            parent.family.children.push(child);
            parent.family.live_children = parent.family.live_children.wrapping_add(1);
        }
        self.set_parent(child.tid, parent);
    }

    /// A thread of a group died: one less is alive.
    pub(crate) fn dies(&mut self, tid: i64) {
        let Some(thread) = self.threads.get(tid).filter(|thread| !thread.is_dead()) else { return };
        let Some(group) = self.groups.of_mut(thread) else { return };
        group.alive = group.alive.wrapping_sub(1);
        if group.threads.len() >= group.clean_at {
            let threads = &self.threads;
            group.threads.retain(|&key| threads.find(key).is_some());
            group.clean_at = 2 * group.threads.len() + MIN_CLEANED;
        }
    }

    pub(super) fn remove_newest(&mut self, tid: i64) {
        let Some(thread) = self.threads.get(tid) else { return };
        let (pid, ptid) = (thread.id.pid, thread.id.ptid);
        if thread.is_invalid() || thread.family.group.is_none() {
            self.child_is_gone(ptid);
            self.take_thread(tid);
            return;
        }
        self.dies(tid);
        if let Some(thread) = self.threads.get_mut(tid) {
            thread.id.flags |= capture_event::tables::thread::ThreadFlags::CLOSED;
        }
        self.give_children_away(tid);
        let Some(thread) = self.threads.get(tid) else { return };
        let is_leader = thread.is_leader();
        let is_last = self.groups.alive(thread) == 0;
        if is_last {
            self.child_is_gone(ptid);
            self.groups.by_pid.remove(&pid);
            self.take_thread(pid);
        }
        if !is_leader {
            self.child_is_gone(ptid);
            self.take_thread(tid);
        }
    }

    fn child_is_gone(&mut self, parent: i64) {
        let Some(parent) = self.threads.get_mut(parent) else { return };
        let tid = parent.tid;
        let family = &mut parent.family;
        family.live_children = family.live_children.wrapping_sub(1);
        if (family.children.len() as u64).wrapping_sub(family.live_children) >= MAX_GONE
            && self.allowance.draw(family.children.len())
        {
            let mut children = std::mem::take(&mut family.children);
            children.retain(|&key| self.threads.find(key).is_some());
            if let Some(parent) = self.threads.get_mut(tid) {
                parent.family.children = children;
            }
        }
    }

    /// A thread that dies leaves its children to the reaper that the kernel named, or to the one found here.
    fn give_children_away(&mut self, tid: i64) {
        let Some(thread) = self.threads.get(tid).filter(|thread| !thread.family.children.is_empty()) else { return };
        let pid = thread.id.pid;
        let said = Some(thread.family.reaper).filter(|&reaper| reaper > 0);
        let said = said.and_then(|reaper| self.thread_or_placeholder(reaper));
        let said = said.filter(|&reaper| self.threads.get(reaper).is_some_and(|reaper| !reaper.is_invalid()));
        let reaper = said.or_else(|| self.find_reaper(tid)).filter(|&reaper| reaper != tid);
        if let Some(reaper) = reaper
            && let Some(reaper) = self.threads.get(reaper)
            && reaper.id.pid != pid
        {
            self.groups.set_reaper(reaper, true);
        }
        let Some(thread) = self.threads.get_mut(tid) else { return };
        thread.family.reaper = reaper.unwrap_or(thread.family.reaper);
        thread.family.live_children = 0;
        if !self.allowance.draw(thread.family.children.len()) {
            return;
        }
        for child in std::mem::take(&mut thread.family.children) {
            match (self.threads.find(child).is_some(), reaper) {
                (false, _) => {}
                (true, Some(reaper)) => self.adopt(reaper, child),
                (true, None) => self.set_parent(child.tid, 0),
            }
        }
        self.epochs.lineage += 1;
    }

    /// As the kernel does it: another thread of the process, else the nearest ancestor that adopts, in the same pid
    /// namespace as far as that is known.
    fn find_reaper(&mut self, tid: i64) -> Option<i64> {
        let thread = self.threads.get(tid)?;
        let (threads, groups, allowance) = (&self.threads, &self.groups, &mut self.allowance);
        let mut living = |thread: &Thread, except: i64| {
            let group = groups.of(thread).filter(|group| group.alive > 0 && allowance.draw(group.threads.len()))?;
            let mut living = group.threads.iter().filter_map(|&key| threads.find(key)).filter(|found| !found.is_dead());
            living.find(|found| found.tid != except).map(|found| found.tid)
        };
        if let Some(sibling) = living(thread, tid) {
            return Some(sibling);
        }
        let mut seen = FxHashSet::from_iter([tid]);
        let mut ancestor = threads.get(thread.id.ptid);
        while let Some(candidate) = ancestor.filter(|ancestor| seen.insert(ancestor.tid)) {
            if candidate.is_in_pid_namespace() != thread.is_in_pid_namespace() || seen.len() > MAX_ANCESTORS {
                break;
            }
            if groups.of(candidate).is_some_and(|group| group.reaper)
                && let Some(found) = living(candidate, i64::MIN)
            {
                return Some(found);
            }
            ancestor = threads.get(candidate.id.ptid);
        }
        None
    }
}
