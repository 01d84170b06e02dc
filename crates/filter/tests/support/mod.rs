//! Batches made by hand.

#![allow(dead_code)] // every test file uses another part of it

use capture_batch::{
    Account, Batch, Head, Id, NO_ROW, Object, Own, ParamSlice, Reference, Row, RowFlags, RowHeader, Segment,
    SourceInfo, Target, Text, View,
};
use capture_event::Category;
use capture_event::tables::fd::{FdType, L4Proto};
use capture_filter::catalog::{Get, Memory, lookup};
use capture_filter::{Arg, Ask, Env, Extracted, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A batch in the making. What follows [`Made::event`] is about that event.
pub struct Made {
    pub batch: Batch,
}

impl Made {
    pub fn new(view: View) -> Made {
        let source = SourceInfo { hostname: Text::from("web1"), ..SourceInfo::default() };
        let head = Head { view, source: Arc::new(source), first_ts: 1_000_000_000, ts_before: 0 };
        Made { batch: Batch::new(head, Arc::new(Segment::default())) }
    }

    /// An event without a thread.
    pub fn event(mut self, code: u16) -> Made {
        let batch = &mut self.batch;
        let num = batch.len() as u64 + 1;
        let ts = 1_000_000_000 + num * 1_000;
        batch.push_row(RowHeader { num, ts, tid: 7, cpu: 3, code, flags: RowFlags::empty() }, NO_ROW);
        batch.own.push(Id::NONE);
        batch.lineage.push(Id::NONE);
        batch.object.push(Id::NONE);
        batch.fd.push(-1);
        batch.live.push(u32::MAX);
        batch.latency.push(0);
        self
    }

    pub fn at(mut self, ts: u64) -> Made {
        *self.batch.ts.last_mut().unwrap() = ts;
        self
    }

    pub fn took(mut self, ns: u64) -> Made {
        *self.batch.latency.last_mut().unwrap() = ns;
        self
    }

    pub fn bytes(mut self, bytes: &[u8]) -> Made {
        let batch = &mut self.batch;
        let chunk = batch.chunks.len() as u32;
        batch.chunks.push(bytes.to_vec().into());
        batch.params.push(ParamSlice { chunk, start: 0, len: bytes.len() as u32 });
        *batch.params_end.last_mut().unwrap() += 1;
        self
    }

    pub fn empty(self) -> Made {
        self.bytes(&[])
    }

    pub fn i64(self, number: i64) -> Made {
        self.bytes(&number.to_le_bytes())
    }

    pub fn u64(self, number: u64) -> Made {
        self.bytes(&number.to_le_bytes())
    }

    pub fn u32(self, number: u32) -> Made {
        self.bytes(&number.to_le_bytes())
    }

    pub fn u16(self, number: u16) -> Made {
        self.bytes(&number.to_le_bytes())
    }

    pub fn u8(self, number: u8) -> Made {
        self.bytes(&[number])
    }

    pub fn str(self, text: &str) -> Made {
        self.bytes(&[text.as_bytes(), b"\0"].concat())
    }

    /// A poll list.
    pub fn poll(self, items: &[(i64, i16)]) -> Made {
        let mut bytes = (items.len() as u16).to_le_bytes().to_vec();
        for (fd, flags) in items {
            bytes.extend_from_slice(&fd.to_le_bytes());
            bytes.extend_from_slice(&flags.to_le_bytes());
        }
        self.bytes(&bytes)
    }

    /// The event's thread.
    pub fn thread(mut self, comm: &str, cwd: &str) -> Made {
        let account = Some(Arc::new(Account { name: Text::from("root"), ..Account::default() }));
        let own = Own { tid: 7, pid: 7, comm: Text::from(comm), cwd: Text::from(cwd), user: account, ..Own::default() };
        *self.batch.own.last_mut().unwrap() = self.batch.segment.owns.push(own).unwrap();
        self
    }

    /// What the event works on.
    pub fn object(mut self, fd: i64, object: Object) -> Made {
        *self.batch.fd.last_mut().unwrap() = fd;
        *self.batch.object.last_mut().unwrap() = self.batch.segment.objects.push(object).unwrap();
        self
    }

    /// What a parameter refers to.
    pub fn refers(mut self, param: u16, item: u16, object: Object) -> Made {
        let target = Target::Object(self.batch.segment.objects.push(object).unwrap());
        let row = self.batch.len() as u32 - 1;
        self.batch.references.push(Reference { row, param, item, target });
        self
    }

    /// The name that a parameter stands for.
    pub fn names(mut self, param: u16, name: &str) -> Made {
        let target = Target::Name(self.batch.segment.names.push(Text::from(name)).unwrap());
        let row = self.batch.len() as u32 - 1;
        self.batch.references.push(Reference { row, param, item: 0, target });
        self
    }

    /// What a field yields for every row, printed simply. `None`: no value.
    pub fn values(&self, field: &str, env: &Env) -> Vec<Option<String>> {
        let view = self.batch.head.view;
        let (name, bracket) = match field.split_once('[') {
            Some((name, rest)) => (name, rest.strip_suffix(']')),
            None => (field, None),
        };
        let found = lookup::resolve(name, bracket, view).unwrap_or_else(|e| panic!("{field}: {e:?}"));
        let mut memory = Memory::default();
        let mut read = |arg: &Arg, row| {
            let ask = Ask { row, arg, env };
            let yielded = match found.field.reading(view).get {
                Get::Pure(get) => get(&ask),
                Get::Ordered(get) => get(&ask, &mut memory),
                Get::Nothing => Extracted::None,
            };
            shown(yielded)
        };
        self.batch.rows().map(|row| read(&found.arg, row)).collect()
    }

    /// What a field yields for the last row.
    pub fn last(&self, field: &str) -> Option<String> {
        self.values(field, &Env::default()).pop().unwrap()
    }
}

fn shown(yielded: Extracted<'_>) -> Option<String> {
    match yielded {
        Extracted::None => None,
        Extracted::One(value) => Some(text(value)),
        Extracted::Many(values) => Some(values.into_iter().map(text).collect::<Vec<_>>().join(",")),
    }
}

fn text(value: Value<'_>) -> String {
    match value {
        Value::Bytes(bytes) => bytes.escape_ascii().to_string(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Double(number) => number.to_string(),
        Value::Ip(ip) => ip.to_string(),
    }
}

/// An object with a name.
pub fn named(fd_type: FdType, name: &str) -> Object {
    Object {
        fd_type,
        name: Text::from(name),
        name_raw: Text::default(),
        real_name: None,
        open_flags: 0,
        dev: 0,
        ino: 0,
        flags: capture_batch::ObjectFlags::empty(),
        socket: None,
        l4: L4Proto::Unknown,
        role: capture_batch::Role::Unknown,
    }
}

/// A file.
pub fn file(name: &str) -> Object {
    named(FdType::FileV2, name)
}

/// Which of its three formats the program of the newest libraries prints an event with: those of processes, of network
/// and data, and others. What a format remembers (the time of the event before) is apart in each.
pub fn formatter(row: Row<'_>) -> usize {
    match row.info().map(|info| info.category) {
        Some(Category::Process) => 0,
        Some(Category::Net | Category::IoRead | Category::IoWrite) => 1,
        _ => 2,
    }
}

/// Values of one field that were compared.
#[derive(Default)]
pub struct Count {
    pub compared: usize,
    pub equal: usize,
    examples: Vec<String>,
}

impl Count {
    /// Counts a value; `example` says what differs if it does.
    pub fn add(&mut self, is_equal: bool, example: impl FnOnce() -> String) {
        self.compared += 1;
        self.equal += usize::from(is_equal);
        if !is_equal && self.examples.len() < 4 {
            self.examples.push(example());
        }
    }

    /// Counts what was counted elsewhere.
    pub fn extend(&mut self, other: Count) {
        self.compared += other.compared;
        self.equal += other.equal;
        self.examples.extend(other.examples);
        self.examples.truncate(4);
    }
}

/// Prints a table. Gives examples of what differs, by field, where that `is_meant` is not.
pub fn report(counts: &BTreeMap<String, Count>, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    for (field, count) in counts {
        let mark = if count.equal < count.compared { "   differs" } else { "" };
        println!("{field:<60}{:>9}{:>9}{mark}", count.compared, count.equal);
    }
    let wrong = counts.iter().filter(|(field, count)| count.equal < count.compared && !is_meant(field));
    wrong.map(|(field, count)| format!("{field}\n    {}", count.examples.join("\n    "))).collect()
}
