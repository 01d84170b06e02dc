//! What parameters refer to.

use super::Binder;
use crate::{Applied, FdKey, Machine};
use capture_batch::{Batch, Reference, Target, Text, View};
use capture_event::{Event, ParamInfo, ParamType, code};
use smallvec::SmallVec;
use std::sync::OnceLock;

/// What a parameter may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A descriptor of the process.
    Fd,
    /// A list of them.
    FdList,
    /// A descriptor, if its first byte says so.
    Dynamic,
    /// A thread: its command.
    Pid,
    /// A user's name.
    User,
    /// A group's name.
    Group,
}

impl Kind {
    fn of(param: &ParamInfo) -> Option<Kind> {
        Some(match param.ty {
            ParamType::Fd | ParamType::Fd32 => Kind::Fd,
            ParamType::FdList => Kind::FdList,
            ParamType::Dyn => Kind::Dynamic,
            ParamType::Pid | ParamType::Pid32 => Kind::Pid,
            ParamType::Uid => Kind::User,
            ParamType::Gid => Kind::Group,
            _ => return None,
        })
    }
}

/// The parameters that refer to something, by event type.
#[derive(Clone, Copy)]
pub(super) struct Parameters(&'static [Referring]);

/// The parameters of one event type that refer to something.
type Referring = SmallVec<[(u16, Kind); 4]>;

impl Parameters {
    pub(super) fn of(view: View) -> Self {
        static CLASSIC: OnceLock<Vec<Referring>> = OnceLock::new();
        static EXIT: OnceLock<Vec<Referring>> = OnceLock::new();
        let known = match view {
            View::Classic => &CLASSIC,
            View::Exit => &EXIT,
        };
        let of_event = |params: &[ParamInfo]| {
            (0..).zip(params).filter_map(|(i, param)| Kind::of(param).map(|kind| (i, kind))).collect()
        };
        Parameters(known.get_or_init(|| view.events().map(|info| of_event(&info.params)).collect()))
    }

    fn get(self, code: u16) -> &'static [(u16, Kind)] {
        self.0.get(usize::from(code)).map_or(&[], |params| params.as_slice())
    }
}

/// The row whose references are being bound.
struct At<'a> {
    machine: &'a mut Machine,
    /// The event's own descriptor, if it is one of its thread's: of a getsockopt, the classic view looks at the
    /// leader's.
    own: Option<FdKey>,
    /// The event's thread.
    tid: Option<i64>,
    row: u32,
    batch: &'a mut Batch,
}

impl At<'_> {
    fn push(&mut self, param: u16, item: u16, target: Target) {
        self.batch.references.push(Reference { row: self.row, param, item, target });
    }
}

impl Binder {
    pub(super) fn bind_references(
        &mut self,
        machine: &mut Machine,
        event: &Event<'_>,
        applied: &Applied,
        tid: Option<i64>,
        row: usize,
        batch: &mut Batch,
    ) {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        let own = applied.object.filter(|_| event.code != code::GETSOCKOPT_X);
        let mut at = At { machine, own, tid, row, batch };
        if let Some(container) = &applied.container {
            if let Some(id) = self.segment.containers.push((**container).clone()) {
                at.push(0, 0, Target::Container(id));
            }
            return;
        }
        for &(param, kind) in self.parameters.get(event.code) {
            self.bind_parameter(&mut at, event, param, kind);
        }
    }

    fn bind_parameter(&mut self, at: &mut At<'_>, event: &Event<'_>, param: u16, kind: Kind) {
        let i = usize::from(param);
        match kind {
            Kind::Fd => self.bind_fd(at, param, 0, event.signed(i)),
            Kind::Dynamic => {
                // Index 0 of the only table that has descriptors.
                let is_fd = at.machine.view.event(event.code).and_then(|info| info.params.get(i)).is_some_and(|info| {
                    info.dynamic.is_some_and(|table| table.types.first().is_some_and(|ty| ty.0 == ParamType::Fd))
                });
                if let (true, Some([0, fd @ ..])) = (is_fd, event.raw(i)) {
                    self.bind_fd(at, param, 0, fd.try_into().ok().map(i64::from_le_bytes));
                }
            }
            Kind::FdList => {
                let Some([_, _, list @ ..]) = event.raw(i) else { return };
                for (item, entry) in (0..=u16::MAX).zip(list.chunks_exact(10)) {
                    let fd = entry.first_chunk().copied().map(i64::from_le_bytes);
                    self.bind_fd(at, param, item, fd);
                }
            }
            Kind::Pid => {
                let thread = event.signed(i).and_then(|pid| at.machine.threads.get(pid));
                let comm = thread.map(|thread| thread.id.comm.clone());
                self.bind_name(at, param, comm);
            }
            Kind::User | Kind::Group => {
                let Some(number) = event.u32(i) else { return };
                let thread = at.tid.and_then(|tid| at.machine.threads.get(tid));
                let container = thread.map(|thread| thread.id.container_id.clone()).unwrap_or_default();
                let account = match kind {
                    Kind::User => at.machine.users.user(&container, number),
                    _ => at.machine.users.group(&container, number),
                };
                let name = account.map(|account| account.name.clone());
                self.bind_name(at, param, name);
            }
        }
    }

    fn bind_name(&mut self, at: &mut At<'_>, param: u16, name: Option<Text>) {
        if let Some(id) = name.map(|name| self.name(&name)).filter(|id| !id.is_none()) {
            at.push(param, 0, Target::Name(id));
        }
    }

    fn bind_fd(&mut self, at: &mut At<'_>, param: u16, item: u16, fd: Option<i64>) {
        let Some(fd) = fd.filter(|&fd| fd >= 0) else { return };
        let known = at.own.filter(|key| key.fd == fd);
        let found = || at.tid.and_then(|tid| at.machine.open_fd(tid, fd));
        let Some(key) = known.or_else(found) else { return };
        let id = self.objects.bind(at.machine, key, &self.segment);
        if !id.is_none() {
            at.push(param, item, Target::Object(id));
        }
    }
}
