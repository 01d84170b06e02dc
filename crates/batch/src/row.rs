//! One event of a batch with all that is bound to it.

use crate::{Batch, Container, FdTypes, Lineage, Live, Object, Own, ParamSlice, Reference, RowFlags, Target, View};
use capture_event::EventInfo;

/// The place of the first reference of a row, or of a later one. It is looked for where it stands if all of `rows` rows
/// have as many, and from there in steps that double.
fn first_of(all: &[Reference], row: u32, rows: usize) -> usize {
    let is_before = |place: usize| all.get(place).is_some_and(|reference| reference.row < row);
    let guess = (row as usize).saturating_mul(all.len()) / rows.max(1);
    let (mut low, mut high, mut step) = (guess, guess, 1);
    while low > 0 && !is_before(low - 1) {
        low = low.saturating_sub(step);
        step *= 2;
    }
    step = 1;
    while is_before(high) {
        high += step;
        step *= 2;
    }
    let range = low.min(all.len())..high.min(all.len());
    range.start + all.get(range).unwrap_or_default().partition_point(|reference| reference.row < row)
}

/// One row of a batch. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Row<'b> {
    /// The batch.
    pub batch: &'b Batch,
    /// Its place in the batch.
    pub index: usize,
}

impl<'b> Row<'b> {
    pub(crate) fn new(batch: &'b Batch, index: usize) -> Option<Self> {
        (index < batch.len()).then_some(Row { batch, index })
    }

    /// The view it belongs to.
    pub fn view(&self) -> View {
        self.batch.head.view
    }

    /// Number in the view, from 1; 0 for events that have none.
    #[inline]
    pub fn num(&self) -> u64 {
        self.batch.num.value(self.index).unwrap_or(0)
    }

    /// Time, ns since the epoch.
    #[inline]
    pub fn ts(&self) -> u64 {
        self.batch.ts.value(self.index).unwrap_or(0)
    }

    /// Thread id.
    #[inline]
    pub fn tid(&self) -> i64 {
        self.batch.tid.value(self.index).unwrap_or(-1)
    }

    /// CPU.
    #[inline]
    pub fn cpu(&self) -> u16 {
        self.batch.cpu.value(self.index).unwrap_or(0)
    }

    /// Event type.
    #[inline]
    pub fn code(&self) -> u16 {
        self.batch.code.value(self.index).unwrap_or(u16::MAX)
    }

    /// Marks.
    #[inline]
    pub fn flags(&self) -> RowFlags {
        self.batch.flags.value(self.index).unwrap_or_default()
    }

    /// What its view says of its type.
    pub fn info(&self) -> Option<&'static EventInfo> {
        self.view().event(self.code())
    }

    fn slices(&self) -> &'b [ParamSlice] {
        let end = self.batch.params_end.get(self.index).copied().unwrap_or(0) as usize;
        let start = match self.index.checked_sub(1) {
            Some(before) => self.batch.params_end.get(before).copied().unwrap_or(0) as usize,
            None => 0,
        };
        self.batch.params.get(start..end).unwrap_or_default()
    }

    /// How many parameters the event has.
    pub fn param_count(&self) -> usize {
        match &self.batch.late_params {
            Some(late) => late.count(self.index),
            None => self.slices().len(),
        }
    }

    /// The bytes of parameter `i`, empty ones included; `None` when the event has no such parameter.
    pub fn raw(&self, i: usize) -> Option<&'b [u8]> {
        match &self.batch.late_params {
            Some(late) => late.raw(self.index, i),
            None => self.batch.bytes(*self.slices().get(i)?),
        }
    }

    /// The options behind the event whose codes are those of [`capture_event::option`]: code and value, one of each
    /// code at most.
    pub fn options(&self) -> impl Iterator<Item = (u16, &'b [u8])> + use<'b> {
        let (batch, row) = (self.batch, self.index as u32);
        let start = batch.options.partition_point(|option| option.row < row);
        let own = batch.options.iter().skip(start).take_while(move |option| option.row == row);
        let late = batch.late_params.iter().flat_map(move |late| late.options(row as usize));
        late.chain(own.filter_map(move |option| Some((option.code, batch.bytes(option.value)?))))
    }

    /// The value of the option of this code; `None` when the event has none.
    pub fn option(&self, code: u16) -> Option<&'b [u8]> {
        self.options().find(|(found, _)| *found == code).map(|(_, value)| value)
    }

    /// The bytes of parameter `i` if there are any.
    pub fn bytes(&self, i: usize) -> Option<&'b [u8]> {
        self.raw(i).filter(|p| !p.is_empty())
    }

    /// A string or path: the bytes before the first zero byte; `None` when missing or of no length.
    pub fn str(&self, i: usize) -> Option<&'b [u8]> {
        self.bytes(i).map(capture_event::event::until_nul)
    }

    /// A little-endian number of exactly `N` bytes.
    pub fn array<const N: usize>(&self, i: usize) -> Option<[u8; N]> {
        self.raw(i)?.try_into().ok()
    }

    /// A signed 64-bit number: results, descriptors, process ids.
    pub fn i64(&self, i: usize) -> Option<i64> {
        self.array(i).map(i64::from_le_bytes)
    }

    /// A 32-bit number.
    pub fn u32(&self, i: usize) -> Option<u32> {
        self.array(i).map(u32::from_le_bytes)
    }

    /// A 64-bit number.
    pub fn u64(&self, i: usize) -> Option<u64> {
        self.array(i).map(u64::from_le_bytes)
    }

    /// The thread.
    pub fn own(&self) -> Option<&'b Own> {
        self.batch.segment.owns.get(self.batch.own.value(self.index)?)
    }

    /// Its ancestors and leaders.
    pub fn lineage(&self) -> Option<&'b Lineage> {
        self.batch.segment.lineages.get(self.batch.lineage.value(self.index)?)
    }

    /// Ancestor `n` of the process: 0 is the process itself (its leader), 1 its parent.
    pub fn ancestor(&self, n: usize) -> Option<&'b Own> {
        let lineage = self.lineage()?;
        match n.checked_sub(1) {
            None => self.batch.segment.owns.get(lineage.leader),
            Some(above) => self.batch.segment.owns.get(*lineage.ancestors.get(above)?),
        }
    }

    /// The ancestors that a search through all of them visits, parent first.
    pub fn searched(&self) -> impl Iterator<Item = &'b Own> {
        let segment = &self.batch.segment;
        let ids = self.lineage().map(Lineage::searched).unwrap_or_default();
        ids.iter().filter_map(|&id| segment.owns.get(id))
    }

    /// The thread that the thread's own parent id names.
    pub fn parent(&self) -> Option<&'b Own> {
        self.batch.segment.owns.get(self.lineage()?.parent)
    }

    /// The leader of its session.
    pub fn session(&self) -> Option<&'b Own> {
        self.batch.segment.owns.get(self.lineage()?.session)
    }

    /// The leader of its process group on the host.
    pub fn group(&self) -> Option<&'b Own> {
        self.batch.segment.owns.get(self.lineage()?.group)
    }

    /// The leader of its process group by the id inside its pid namespace.
    pub fn vgroup(&self) -> Option<&'b Own> {
        self.batch.segment.owns.get(self.lineage()?.vgroup)
    }

    /// The container of the thread, as known at this moment; for a container event without a thread, the container
    /// that it tells of. In the exit view the host has an entry too.
    pub fn container(&self) -> Option<&'b Container> {
        let id = match self.own() {
            Some(own) => own.container?,
            None => match self.target(0, 0)? {
                Target::Container(id) => id,
                Target::Object(_) | Target::OwnObject | Target::Name(_) => return None,
            },
        };
        self.batch.segment.containers.get(id)
    }

    /// What the event worked on.
    pub fn object(&self) -> Option<&'b Object> {
        self.batch.segment.objects.get(self.batch.object.value(self.index)?)
    }

    /// The number of the event's own descriptor; -1 for none.
    pub fn fd(&self) -> i64 {
        self.batch.fd.value(self.index).unwrap_or(-1)
    }

    /// Quantities of the thread.
    pub fn live(&self) -> Option<&'b Live> {
        self.batch.lives.get(self.batch.live.value(self.index)? as usize)
    }

    /// What the process has open, where the batch says it.
    pub fn fd_types(&self) -> Option<&'b FdTypes> {
        self.batch.segment.fd_types.get(self.live()?.fd_types)
    }

    /// Standard input (0), output (1) or error (2) of the process.
    pub fn std_stream(&self, n: usize) -> Option<&'b Object> {
        self.batch.segment.objects.get(*self.live()?.std.get(n)?)
    }

    /// The enter event of an exit event, if it is in the same batch.
    pub fn enter(&self) -> Option<Row<'b>> {
        self.batch.row(*self.batch.enter.get(self.index)? as usize)
    }

    /// Classic view: time since the thread entered the call that the event ends, ns; for context switches, that of the
    /// thread's last call. 0 for other events.
    pub fn latency(&self) -> u64 {
        self.batch.latency.value(self.index).unwrap_or(0)
    }

    /// What its parameters refer to, in the order of parameter and item.
    pub fn references(&self) -> &'b [Reference] {
        let all = &self.batch.references;
        let row = self.index as u32;
        let start = first_of(all, row, self.batch.len());
        let len = all.get(start..).unwrap_or_default().iter().take_while(|r| r.row == row).count();
        all.get(start..start + len).unwrap_or_default()
    }

    fn target(&self, param: usize, item: usize) -> Option<Target> {
        let found = self.references().iter().find(|r| (r.param as usize, r.item as usize) == (param, item))?;
        Some(found.target)
    }

    /// The descriptor that parameter `param` (for lists: its item `item`) names.
    pub fn object_of(&self, param: usize, item: usize) -> Option<&'b Object> {
        match self.target(param, item)? {
            Target::Object(id) => self.batch.segment.objects.get(id),
            Target::OwnObject => self.object(),
            Target::Name(_) | Target::Container(_) => None,
        }
    }

    /// The name of the thread, user or group that parameter `param` names.
    pub fn name_of(&self, param: usize) -> Option<&'b [u8]> {
        match self.target(param, 0)? {
            Target::Name(id) => self.batch.segment.names.get(id).map(|text| &**text),
            Target::Object(_) | Target::OwnObject | Target::Container(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first_of;
    use crate::{Id, Reference, Target};

    #[test]
    fn references_are_found_wherever_they_stand() {
        let of_rows = |rows: &[u32]| -> Vec<Reference> {
            rows.iter()
                .map(|row| Reference { row: *row, param: 0, item: 0, target: Target::Name(Id::new(0)) })
                .collect()
        };
        for rows in
            [&[][..], &[0], &[9], &[0, 0, 1, 1, 1, 2], &[7, 8, 8, 8, 9], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], &[3; 40]]
        {
            let all = of_rows(rows);
            for row in 0..12 {
                assert_eq!(
                    first_of(&all, row, 10),
                    all.partition_point(|reference| reference.row < row),
                    "{rows:?} {row}"
                );
            }
        }
    }
}
