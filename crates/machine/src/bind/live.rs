//! Quantities of a thread and its process.

use super::Binder;
use crate::{Machine, Thread};
use capture_batch::{Batch, FdTypes, Id, Live, Needs, Object, View};
use rustc_hash::FxHashMap;

/// The interned lists of open descriptors.
pub(super) type FdTypesTable = FxHashMap<FdTypes, Id<FdTypes>>;

impl Binder {
    /// The quantities of a thread: those of its last row in the batch if they are the same.
    pub(super) fn live(&mut self, machine: &mut Machine, tid: i64, batch: &mut Batch) -> u32 {
        let Some(thread) = machine.threads.get(tid) else { return super::NO_LIVE };
        let mut live = quantities(machine, thread, machine.main_thread(tid));
        if self.needs.contains(Needs::STD_STREAMS) {
            live.std = self.std_streams(machine, tid);
        }
        if self.needs.contains(Needs::FD_TYPES) {
            live.fd_types = self.fd_types(machine, tid);
        }
        let Some(memo) = machine.threads.get_mut(tid).map(|thread| &mut thread.memo.0) else { return super::NO_LIVE };
        if memo.batch == self.batch && batch.lives.get(memo.live as usize) == Some(&live) {
            return memo.live;
        }
        let index = u32::try_from(batch.lives.len()).unwrap_or(super::NO_LIVE);
        batch.lives.push(live);
        (memo.batch, memo.live) = (self.batch, index);
        index
    }

    /// The quantities of a thread that is in no table.
    pub(super) fn live_of_stand_in(&mut self, machine: &Machine, thread: &Thread, batch: &mut Batch) -> u32 {
        let index = u32::try_from(batch.lives.len()).unwrap_or(super::NO_LIVE);
        batch.lives.push(quantities(machine, thread, Some(thread)));
        index
    }

    fn std_streams(&mut self, machine: &mut Machine, tid: i64) -> [Id<Object>; 3] {
        let owner = machine.fd_owner_if_known(tid);
        owner.map_or([Id::NONE; 3], |owner| self.objects.bind_standard(machine, owner, &self.segment))
    }

    fn fd_types(&mut self, machine: &Machine, tid: i64) -> Id<FdTypes> {
        let Some(owner) = machine.fd_owner_if_known(tid).and_then(|owner| machine.threads.get(owner)) else {
            return Id::NONE;
        };
        let types = FdTypes(owner.fds.iter().map(|(fd, state)| (fd, state.kind)).collect());
        if let Some(&id) = self.fd_types.get(&types) {
            return id;
        }
        let Some(id) = self.segment.fd_types.push(types.clone()) else { return Id::NONE };
        self.fd_types.insert(types, id);
        id
    }
}

fn quantities(machine: &Machine, thread: &Thread, leader: Option<&Thread>) -> Live {
    let (threads, children) = counts(machine, thread, leader);
    let own = &*thread.quantities;
    Live {
        vm_size: own.vm_size,
        vm_rss: own.vm_rss,
        vm_swap: own.vm_swap,
        pf_major: own.pf_major,
        pf_minor: own.pf_minor,
        fd_limit: leader.map_or(0, |leader| leader.quantities.fd_limit),
        fd_open: leader.map_or(0, |leader| leader.fds.len() as u64),
        threads,
        children,
        std: [Id::NONE; 3],
        fd_types: Id::NONE,
    }
}

/// Threads of the process; and what the view calls children, which are threads too, without the leader.
fn counts(machine: &Machine, thread: &Thread, leader: Option<&Thread>) -> (u64, u64) {
    match machine.view {
        View::Classic => {
            let threads = leader.map_or(0, |leader| leader.quantities.children.wrapping_add(1));
            (threads, thread.quantities.children)
        }
        View::Exit => {
            let threads = machine.groups.alive(thread);
            let leads = u64::from(thread.family.group.is_some() && leader.is_some_and(|leader| !leader.is_dead()));
            (threads, threads.wrapping_sub(leads))
        }
    }
}
