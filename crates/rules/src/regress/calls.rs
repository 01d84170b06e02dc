//! System calls that are made: by whom, how often.

use super::case::AllowedCalls;
use super::seen::{Call, CallsSeen};
use capture_batch::{Batch, Needs, Row, RowFlags, View};
use capture_filter::{Columns, Env, Filter, Format};
use capture_query::{Plan, selected};
use std::fmt::Write;

/// Selects the calls that an entry is about.
pub(super) fn filter(allowed: &AllowedCalls, view: View) -> Result<Filter, String> {
    let mut text = String::from("syscall.type exists");
    if let Some(process) = &allowed.process {
        text += &format!(" and proc.name = {}", quoted(process));
    }
    if let Some(container) = &allowed.container {
        let container = quoted(container);
        text += &format!(" and (container.name = {container} or container.id = {container})");
    }
    let compiled = Filter::compile(&text, view, &Env::default());
    compiled.map_err(|errors| errors.iter().map(|error| error.render(&text)).collect::<Vec<_>>().join("\n"))
}

/// A text as a filter's value, whatever it holds.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => quoted.push(char::from(byte)),
            _ => drop(write!(quoted, "\\x{byte:02x}")),
        }
    }
    quoted + "\""
}

/// Notes the calls that a filter selects, batch by batch.
pub(super) struct Calls {
    columns: Columns,
    name: Format,
    process: Format,
}

impl Calls {
    /// `None` if the view has not even the fields for it.
    pub fn new(filter: &Filter, view: View) -> Option<Calls> {
        let format = |text| Format::compile(text, view).ok();
        let (name, process) = (format("%syscall.type")?, format("*%proc.name (process %proc.pid)")?);
        Some(Calls { columns: filter.columns(), name, process })
    }

    /// What batches have to hold.
    pub fn needs(&self) -> Needs {
        self.name.needs() | self.process.needs()
    }

    /// The calls of a batch, and the rows of their first events.
    pub fn of(&mut self, batch: &Batch) -> (CallsSeen, Vec<usize>) {
        let (mut seen, mut rows) = (CallsSeen::default(), Vec::new());
        for row in selected(&mut self.columns, batch, &Plan::ANY_TIME, RowFlags::INTERNAL)
            .iter()
            .filter_map(|row| batch.row(row))
        {
            let name = render(&mut self.name, row);
            if let Some(call) = seen.calls.get_mut(&name) {
                call.count += 1;
                continue;
            }
            rows.push(row.index);
            let process = render(&mut self.process, row);
            seen.calls.insert(name, Call { count: 1, event: row.num(), process });
        }
        (seen, rows)
    }
}

fn render(format: &mut Format, row: Row<'_>) -> String {
    let mut text = Vec::new();
    format.render(row, &Env::default(), &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

impl CallsSeen {
    /// Adds the calls of a later batch.
    pub(super) fn add(&mut self, later: CallsSeen) {
        for (name, call) in later.calls {
            self.calls.entry(name).and_modify(|known| known.count += call.count).or_insert(call);
        }
    }
}
