//! Follows the rows of the table.

use super::rules::{Step, step};
use super::stored::Store;
use super::table::{Action, Row, Source};
use super::{Converted, Outcome, Params, Place, Value, mark_of};
use bytes::Bytes;
use capture_batch::RowFlags;
use capture_event::schema::event;
use capture_event::{Dialect, ParamType};
use capture_scap::{EventBlock, Span};

/// Converts the events of one capture, in order.
#[derive(Debug, Clone, Default)]
pub struct Converter {
    stored: Store,
    converted: Converted,
    taken_from: Option<u64>,
}

impl Converter {
    /// A converter at the beginning of a capture.
    pub fn new() -> Self {
        Converter::default()
    }

    /// The next event is in another chunk, whatever its number. Nothing of this one is kept.
    pub fn end_chunk(&mut self) {
        self.stored.end_chunk();
    }

    /// The number of the enter event that the last event took parameters from.
    pub fn taken_from(&self) -> Option<u64> {
        self.taken_from
    }

    /// The numbers of the enter events that later events may take parameters from.
    pub fn awaited(&self) -> impl Iterator<Item = u64> {
        self.stored.numbers()
    }

    /// Converts the next event, which goes by this number.
    pub fn convert(&mut self, event: &EventBlock<'_>, number: u64) -> Outcome<'_> {
        self.stored.follow(event);
        self.taken_from = None;
        if step(event.code, event.params.len()) == Step::Deliver {
            return Outcome::Unchanged(RowFlags::empty());
        }
        self.converted.code = event.code;
        self.converted.params.clear();
        self.converted.params.extend(event.params.iter().map(Value::from));
        self.converted.extra = None;
        let (stored, out) = (&mut self.stored, &mut self.converted);
        let mut run = Run { event, number, stored, out, marks: RowFlags::empty(), taken_from: None };
        let end = run.all_steps();
        self.taken_from = run.taken_from;
        match end {
            End::Dropped => Outcome::Dropped,
            End::Unchanged => Outcome::Unchanged(run.marks | mark_of(event.code)),
            End::Changed => {
                let marks = run.marks | mark_of(run.out.code);
                Outcome::Changed(&self.converted, marks)
            }
        }
    }
}

enum End {
    Dropped,
    Unchanged,
    Changed,
}

/// The conversion of one event.
struct Run<'r> {
    event: &'r EventBlock<'r>,
    number: u64,
    stored: &'r mut Store,
    out: &'r mut Converted,
    marks: RowFlags,
    /// The number of the enter event, once a row took something from it.
    taken_from: Option<u64>,
}

impl Run<'_> {
    fn all_steps(&mut self) -> End {
        let mut end = End::Unchanged;
        loop {
            match step(self.out.code, self.out.params.len()) {
                Step::Drop => return End::Dropped,
                Step::Deliver => return end,
                Step::DeliverSurplus => {
                    self.marks |= RowFlags::ODD_PARAMS;
                    return end;
                }
                Step::Resize(count) => {
                    self.marks |= RowFlags::ODD_PARAMS;
                    self.out.params.resize(count, Value::EMPTY);
                }
                Step::Apply(row) => match row.action {
                    Action::Pass => return end,
                    Action::Store => {
                        self.store();
                        return End::Dropped;
                    }
                    Action::StoreAndPass => {
                        self.store();
                        return end;
                    }
                    Action::Append(_) | Action::Retype(..) => self.apply(row),
                },
            }
            end = End::Changed;
        }
    }

    fn store(&mut self) {
        self.stored.put(self.event, self.number, self.out.code, &self.out.params);
    }

    /// Applies a row that makes a new form of the event.
    fn apply(&mut self, row: &Row) {
        let (code, old, sources) = match row.action {
            Action::Append(sources) => (row.code, Params::new(), sources),
            Action::Retype(code, sources) => (code, std::mem::take(&mut self.out.params), sources),
            Action::Store | Action::Pass | Action::StoreAndPass => return,
        };
        let params = event(code, Dialect::Newest).map_or(&[][..], |info| &info.params);
        let used_before = self.taken_from.is_some();
        for &source in sources {
            let ty = params.get(self.out.params.len()).map_or(ParamType::ByteBuf, |param| param.ty);
            let value = match source {
                Source::Old(i) => old.get(usize::from(i)).copied().unwrap_or(Value::EMPTY),
                Source::Empty => Value::EMPTY,
                Source::Default => default_of(ty),
                Source::ContainerJson => self.container_json(&old),
                Source::EnterOrEmpty(i) => self.enter(i).unwrap_or(Value::EMPTY),
                Source::EnterOrDefault(i) => self.enter(i).unwrap_or(default_of(ty)),
            };
            self.out.params.push(ty.size().map_or(value, |size| value.cut(size)));
        }
        self.out.code = code;
        if self.taken_from.is_some() && !used_before {
            self.stored.forget(self.event.tid);
        }
    }

    /// Parameter `i` of the enter event. Its code must be that of the event as it is at this step of a chain.
    fn enter(&mut self, i: u8) -> Option<Value> {
        let held = self.stored.get(self.event.tid).filter(|held| held.code.checked_add(1) == Some(self.out.code));
        let Some(held) = held else {
            if self.taken_from.is_none() {
                self.marks |= RowFlags::UNPAIRED;
            }
            return None;
        };
        self.taken_from = Some(held.number);
        if self.out.extra.is_none() {
            self.out.extra.clone_from(&held.copy);
        }
        held.param(i)
    }

    /// `{"id":"…","type":N,"name":"…","image":"…"}` and a zero byte. As in the reference implementation nothing is
    /// escaped, and a parameter of the wrong size makes it no value.
    fn container_json(&mut self, old: &[Value]) -> Value {
        let param = |i: usize| old.get(i).map(|value| value.span.of(self.event.chunk));
        let text = |i: usize| param(i).and_then(|bytes| bytes.split_last()).map(|(_, text)| text);
        let kind = param(1).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).map(u32::from_le_bytes);
        let (Some(id), Some(kind), Some(name), Some(image)) = (text(0), kind, text(2), text(3)) else {
            return Value::EMPTY;
        };
        let kind = kind.to_string();
        let parts: [&[u8]; 9] = [
            b"{\"id\":\"",
            id,
            b"\",\"type\":",
            kind.as_bytes(),
            b",\"name\":\"",
            name,
            b"\",\"image\":\"",
            image,
            b"\"}\0",
        ];
        let bytes = Bytes::from(parts.concat());
        let len = u32::try_from(bytes.len()).unwrap_or(0);
        self.out.extra = Some(bytes);
        Value { place: Place::Extra, span: Span { start: 0, len } }
    }
}

fn default_of(ty: ParamType) -> Value {
    match ty {
        ParamType::Uid | ParamType::Gid => Value::NO_ID,
        _ => ty.size().map_or(Value::EMPTY, Value::zeros),
    }
}
