//! What the parameters of an event refer to: descriptors, threads, users and groups, as they are after the event.

use super::ObjectBinder;
use crate::{Machine, View};
use capture_batch::{Id, Reference, Segment, Target, Text};
use capture_event::{Event, EventInfo, ParamInfo, ParamType};
use rustc_hash::FxHashMap;

/// The size of an item of a descriptor list: `i64` number, `i16` flags.
const LIST_ITEM: usize = 10;

/// Interns names into one segment after the other.
#[derive(Default)]
struct NameBinder {
    segment: u64,
    known: FxHashMap<Text, Id<Text>>,
}

impl NameBinder {
    fn bind(&mut self, name: &Text, segment: &Segment) -> Option<Id<Text>> {
        if self.segment != segment.serial {
            self.segment = segment.serial;
            self.known.clear();
        }
        if let Some(&id) = self.known.get(name) {
            return Some(id);
        }
        let id = segment.names.push(name.clone())?;
        self.known.insert(name.clone(), id);
        Some(id)
    }
}

/// Finds and interns what parameters refer to.
#[derive(Default)]
pub struct ReferenceBinder {
    names: NameBinder,
}

/// The event that was just applied, and where its references go.
pub struct BoundEvent<'a> {
    /// The state as after the event.
    pub machine: &'a mut Machine,
    /// Where objects are interned.
    pub objects: &'a mut ObjectBinder,
    /// What rows refer to.
    pub segment: &'a Segment,
    /// The event.
    pub event: &'a Event<'a>,
    /// What the view's schema says of its type.
    pub info: &'a EventInfo,
    /// The row that it became.
    pub row: u32,
}

impl ReferenceBinder {
    /// Adds what the parameters of an event refer to, in the order of parameter and item.
    pub fn bind(&mut self, mut at: BoundEvent<'_>, found: &mut Vec<Reference>) {
        for ((i, param), bytes) in (0u16..).zip(at.info.params.iter()).zip(at.event.params) {
            let (ty, bytes) = inner(param, bytes);
            let row = at.row;
            let mut add = |item: u16, target| found.push(Reference { row, param: i, item, target });
            let only = match ty {
                ParamType::FdList => {
                    at.list(bytes, &mut add);
                    None
                }
                ParamType::Fd | ParamType::Fd32 => at.descriptor(signed(bytes)),
                ParamType::Pid | ParamType::Pid32 => self.name(at.comm(signed(bytes)), at.segment),
                ParamType::Uid | ParamType::Gid => self.name(at.account(ty, bytes), at.segment),
                _ => None,
            };
            if let Some(target) = only {
                add(0, target);
            }
        }
    }

    fn name(&mut self, name: Option<Text>, segment: &Segment) -> Option<Target> {
        self.names.bind(&name?, segment).map(Target::Name)
    }
}

/// The type and bytes of the value in a parameter that says itself what it holds; of others, their own.
fn inner<'b>(param: &ParamInfo, bytes: &'b [u8]) -> (ParamType, &'b [u8]) {
    let chosen = param.dynamic.and_then(|table| {
        let (&index, rest) = bytes.split_first()?;
        Some((table.types.get(usize::from(index))?.0, rest))
    });
    chosen.unwrap_or((param.ty, bytes))
}

fn signed(bytes: &[u8]) -> Option<i64> {
    match bytes.len() {
        4 => bytes.try_into().ok().map(|bytes| i64::from(i32::from_le_bytes(bytes))),
        _ => bytes.try_into().ok().map(i64::from_le_bytes),
    }
}

impl BoundEvent<'_> {
    fn descriptor(&mut self, number: Option<i64>) -> Option<Target> {
        let key = self.machine.look_up_fd(self.event.tid, number?)?;
        let id = self.objects.bind(self.machine, key, self.segment);
        (!id.is_none()).then_some(Target::Object(id))
    }

    fn list(&mut self, bytes: &[u8], add: &mut impl FnMut(u16, Target)) {
        let Some((count, items)) = bytes.split_first_chunk() else { return };
        for (i, item) in (0..u16::from_le_bytes(*count)).zip(items.chunks_exact(LIST_ITEM)) {
            let number = item.first_chunk().map(|number| i64::from_le_bytes(*number));
            if let Some(target) = self.descriptor(number) {
                add(i, target);
            }
        }
    }

    fn comm(&self, tid: Option<i64>) -> Option<Text> {
        self.machine.threads.get(tid?).map(|thread| thread.id.comm.clone())
    }

    /// The name of a user or group as the event's thread sees it.
    fn account(&self, ty: ParamType, bytes: &[u8]) -> Option<Text> {
        let number = bytes.try_into().ok().map(u32::from_le_bytes)?;
        let thread = self.machine.threads.get(self.event.tid);
        if thread.is_none() && self.machine.view == View::Exit {
            return None;
        }
        let container = thread.map(|thread| thread.id.container_id.clone()).unwrap_or_default();
        let account = match ty {
            ParamType::Uid => self.machine.users.user(&container, number),
            _ => self.machine.users.group(&container, number),
        };
        let name = account.map(|account| account.name.clone());
        name.filter(|name| self.machine.view == View::Classic || !name.is_empty())
    }
}
