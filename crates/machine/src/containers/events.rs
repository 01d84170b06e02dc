//! The events that tell of containers, and those after which a thread's container is sought.

use super::cgroups::own;
use super::metadata::{self, Lookup};
use super::resolve::resolve;
use crate::steps::Handler;
use crate::{Applied, Machine, Thread};
use capture_batch::{Container, RowFlags, Text, View};
use capture_event::event::until_nul;
use capture_event::{Event, code};
use std::sync::Arc;

/// Whether an event of this type, standing before all others in a capture, tells what was there before.
fn tells_the_beginning(view: View, code: u16) -> bool {
    match view {
        View::Classic => matches!(code, code::CONTAINER_E | code::CONTAINER_JSON_E | code::CONTAINER_JSON_2_E),
        View::Exit => matches!(
            code,
            code::CONTAINER_JSON_2_E
                | code::USER_ADDED_E
                | code::USER_DELETED_E
                | code::GROUP_ADDED_E
                | code::GROUP_DELETED_E
                | code::ASYNCEVENT_E
        ),
    }
}

/// Looks at the process list when the first event comes that does not belong to the beginning. To be called before
/// every event, those included that the exit view drops.
#[inline]
pub fn begin(machine: &mut Machine, code: u16) {
    if !machine.containers.begun && !tells_the_beginning(machine.view, code) {
        look(machine);
    }
}

fn look(machine: &mut Machine) {
    machine.containers.begun = true;
    if std::mem::replace(&mut machine.containers.has_looked, true) {
        return;
    }
    let mut tids: Vec<_> = machine.threads.iter().map(|thread| (thread.serial, thread.tid)).collect();
    tids.sort_unstable();
    tids.into_iter().for_each(|(_, tid)| resolve(machine, tid));
}

/// Another piece of the same recording begins: it tells once more what was there before.
pub fn begin_again(machine: &mut Machine) {
    machine.containers.begun = false;
}

/// What applies the events that tell of a container, or after which a thread's container is sought.
pub(crate) fn handler(view: View, code: u16) -> Option<Handler> {
    Some(match code {
        code::CONTAINER_E => oldest,
        code::CONTAINER_JSON_E | code::CONTAINER_JSON_2_E => json,
        code::K8S_E if view == View::Classic => cluster,
        code::ASYNCEVENT_E if view == View::Exit => plugin_event,
        code::EXECVE_16_X
        | code::EXECVE_17_X
        | code::EXECVE_18_X
        | code::EXECVE_19_X
        | code::EXECVEAT_X
        | code::CHROOT_X => resolve_own,
        // In the classic view the handler of the clone asks for the child.
        code::CLONE_20_X | code::FORK_20_X | code::VFORK_20_X | code::CLONE3_X if view == View::Exit => resolve_own,
        _ => return None,
    })
}

fn json(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if let Some((container, lookup)) = event.bytes(0).and_then(metadata::parse) {
        recorded(machine, container, lookup, applied);
    }
}

fn cluster(machine: &mut Machine, event: &Event<'_>, _: &mut Applied) {
    if let Some(json) = event.bytes(0) {
        machine.containers.cluster.apply(json);
    }
}

fn resolve_own(machine: &mut Machine, event: &Event<'_>, _: &mut Applied) {
    if event.i64(0).is_some_and(|result| result >= 0) {
        resolve(machine, event.tid);
    }
}

/// The oldest container event: four parameters. Only the classic view sees it, the converter makes it JSON.
fn oldest(machine: &mut Machine, event: &Event<'_>, _: &mut Applied) {
    let text = |i| event.str(i).map(Text::from).unwrap_or_default();
    let container = Container {
        id: text(0),
        kind: event.u32(1).unwrap_or(metadata::KIND_UNKNOWN),
        name: text(2),
        image: text(3),
        privileged: Some(false),
        ..Container::default()
    };
    machine.containers.put(container, Lookup::Successful);
}

fn recorded(machine: &mut Machine, container: Container, lookup: Lookup, applied: &mut Applied) {
    let is_news = own::is_own(container.kind) && !machine.containers.contains(&container.id);
    let id = container.id.clone();
    put(machine, container, lookup, applied);
    if is_news {
        join(machine, &id);
    }
}

/// A container of a type that counts only from its event on: threads may have been in it before. Where too many such
/// events come, they are in it from their next exec on.
fn join(machine: &mut Machine, id: &[u8]) {
    if !machine.allowance.draw(machine.threads.len()) {
        return;
    }
    let is_in = |thread: &&Thread| own::container(&thread.id.cgroups).is_some_and(|(own, _)| *own == *id);
    let mut tids: Vec<_> = machine.threads.iter().filter(is_in).map(|thread| (thread.serial, thread.tid)).collect();
    tids.sort_unstable();
    tids.into_iter().for_each(|(_, tid)| resolve(machine, tid));
}

fn put(machine: &mut Machine, container: Container, lookup: Lookup, applied: &mut Applied) {
    match machine.view {
        View::Classic => {
            if lookup == Lookup::Failed {
                applied.marks |= RowFlags::UNRESOLVED;
            }
            applied.stand_in = Some(Box::new(stand_in(&container.id)));
            machine.containers.put(container, lookup);
        }
        View::Exit => {
            machine.containers.put(container.clone(), Lookup::Successful);
            applied.container = Some(Arc::new(machine.containers.with_pod(&container)));
        }
    }
}

/// The thread that libs 0.29 make up for a container event.
fn stand_in(id: &Text) -> Thread {
    let mut thread = Thread::new(-1);
    thread.id.comm = Text::from([b"container:", &**id].concat());
    thread.id.container_id = id.clone();
    thread.id.ptid = 0;
    (thread.id.uid, thread.id.gid, thread.id.loginuid) = (0, 0, 0);
    thread.id.vtid = -2;
    thread.id.vpid = -2;
    thread
}

/// An event that a plugin made. Those of the container plugin are called `container` and `container_removed`.
fn plugin_event(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let Some((container, lookup)) = event.bytes(2).and_then(|data| match event.str(1)? {
        b"container" | b"container_removed" => metadata::parse(until_nul(data)),
        _ => None,
    }) else {
        return;
    };
    if event.str(1) == Some(b"container_removed") {
        machine.containers.remove(&container.id);
        applied.container = Some(Arc::new(machine.containers.with_pod(&container)));
    } else {
        recorded(machine, container, lookup, applied);
    }
}
