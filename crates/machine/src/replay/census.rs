//! All threads of a moment as rows.

use super::follower::header_of;
use crate::Machine;
use crate::bind::{Binder, thread_of};
use capture_batch::{Batch, Head, NO_ROW, Needs, RowFlags};
use capture_event::{Event, code};

/// One row a thread, in the order of their ids. The machine stays as it is.
pub(super) fn census(machine: &Machine, head: &Head) -> Batch {
    let mut machine = machine.clone();
    let mut binder = Binder::new(machine.view, Needs::all());
    let mut batch = Batch::new(head.clone(), binder.segment().clone());
    let mut tids: Vec<i64> = machine.threads.iter().map(|thread| thread.tid).collect();
    tids.sort_unstable();
    for tid in tids {
        // Bookkeeping of the capture changes no state.
        let event = Event { ts: machine.now, tid, cpu: 0, code: code::PROCINFO_E, state_only: false, params: &[] };
        let applied = machine.apply(&event);
        batch.push_row(header_of(&event, 0, RowFlags::INTERNAL), NO_ROW);
        let tid = thread_of(&machine, &event, &applied);
        let actor = binder.actor(&mut machine, &applied, tid);
        let descriptor = binder.descriptor(&mut machine, &event, &applied, tid);
        binder.bind(&mut machine, &event, &applied, (actor, descriptor), &mut batch);
    }
    batch
}
