//! What a native capture consists of: its sections and columns, and how large they are.

use capture_cap::column::{Id, Stored};
use capture_cap::section::{self, HEADER, Header};
use capture_cap::{Kind, VIEWS};
use capture_event::{Dialect, schema};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// So many columns are named unless all are wanted.
const LARGEST: usize = 30;

/// What the options behind events have in place of a parameter.
const OPTION: u16 = u16::MAX;

/// What a file consists of.
#[derive(Default)]
pub struct Native {
    sections: BTreeMap<u16, (u64, u64)>,
    columns: BTreeMap<(u16, Id), u64>,
    /// Every section: place, number, kind, version and bytes.
    every: Vec<Value>,
    bytes: u64,
}

impl Native {
    /// Looks at a file; `None` if it is no native capture, or is compressed. What stands behind damage is not looked
    /// at.
    pub fn of(path: &Path) -> Option<Native> {
        // Who opens a pipe once more waits for somebody who writes into it.
        if !path.metadata().ok()?.is_file() {
            return None;
        }
        let mut file = BufReader::new(File::open(path).ok()?);
        let mut native = Native::default();
        while let Some(header) = header(&mut file) {
            let mut payload = Vec::new();
            file.by_ref().take(header.len).read_to_end(&mut payload).ok()?;
            if payload.len() as u64 != header.len {
                break;
            }
            native.add(&header, &payload);
        }
        (!native.sections.is_empty()).then_some(native)
    }

    fn add(&mut self, header: &Header, payload: &[u8]) {
        let bytes = HEADER as u64 + header.len;
        let (count, all) = self.sections.entry(header.kind).or_default();
        (*count, *all) = (*count + 1, *all + bytes);
        self.every.push(json!({
            "byte": self.bytes, "number": header.number, "kind": kind(header.kind), "version": header.version, "bytes": bytes,
        }));
        self.bytes += bytes;
        if header.kind != section::FILE
            && let Ok(columns) = Stored::open(payload)
        {
            for (id, size) in columns.sizes() {
                *self.columns.entry((header.kind, id)).or_default() += size as u64;
            }
        }
    }

    /// The facts, for a capture with so many events, which would take so many bytes as a row of blocks.
    pub fn into_json(self, events: u64, as_blocks: u64, is_verbose: bool) -> Value {
        let all = self.bytes.max(1);
        let share = |bytes: u64| (bytes as f64 * 1000.0 / all as f64).round() / 10.0;
        let one = |(number, (count, bytes)): (u16, (u64, u64))| json!({"kind": kind(number), "count": count, "bytes": bytes, "percent": share(bytes)});
        let mut columns: Vec<((u16, Id), u64)> = self.columns.into_iter().collect();
        columns.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        columns.truncate(if is_verbose { usize::MAX } else { LARGEST });
        let column = |((section, id), bytes): ((u16, Id), u64)| {
            let (event, param) = of_event(section, id);
            json!({"in": kind(section), "column": format!("{:?}", id.kind), "event": event, "parameter": param,
                "bytes": bytes, "percent": share(bytes)})
        };
        let rounded = |number: f64| (number * 100.0).round() / 100.0;
        json!({
            "bytes_an_event": rounded(self.bytes as f64 / events.max(1) as f64),
            "as_scap": as_blocks,
            "ratio": rounded(as_blocks as f64 / all as f64),
            "sections": self.sections.into_iter().map(one).collect::<Vec<_>>(),
            "columns": columns.into_iter().map(column).collect::<Vec<_>>(),
            "every_section": if is_verbose { json!(self.every) } else { Value::Null },
        })
    }
}

fn header(file: &mut impl Read) -> Option<Header> {
    let mut bytes = [0; HEADER];
    file.read_exact(&mut bytes).ok()?;
    Header::read(&bytes)
}

/// What a kind of sections is called.
fn kind(kind: u16) -> String {
    match kind {
        section::FILE => "file".to_owned(),
        section::BLOCKS => "blocks".to_owned(),
        section::TABLES => "tables".to_owned(),
        section::BATCH => "events".to_owned(),
        section::ENTITIES => "entities".to_owned(),
        section::SUMMARIES => "summaries".to_owned(),
        section::INDEX => "index".to_owned(),
        kind => format!("unknown kind {kind}"),
    }
}

/// The type of events that a column is about, and their parameter; `-` if it is about all.
fn of_event(section: u16, id: Id) -> (String, String) {
    let none = || "-".to_owned();
    // What a view binds to events names the view there.
    if id.kind >= Kind::ViewHead {
        let view = VIEWS.get(usize::from(id.code)).map(|view| format!("{view:?} view").to_lowercase());
        return (view.unwrap_or_else(none), none());
    }
    if section != section::BATCH || (id.code, id.index) == (0, 0) {
        return (none(), none());
    }
    if id.index == OPTION {
        return (format!("option {}", id.code), none());
    }
    let Some(info) = schema::event(id.code, Dialect::Newest) else {
        return (format!("type {}", id.code), id.index.to_string());
    };
    let direction = if info.is_enter() { ">" } else { "<" };
    let param =
        info.params.get(usize::from(id.index)).map_or_else(|| id.index.to_string(), |param| param.name.to_owned());
    (format!("{direction} {}", info.name), param)
}
