//! Gathering the facts, in one pass over a capture.

use super::native::Native;
use super::recording::Recorded;
use crate::report::DamageReport;
use capture_batch::{Batch, Container, Id, Needs, Own, View};
use capture_event::schema::Category;
use capture_machine::replay::{Piece, Replay};
use capture_query::Capture;
use capture_scap::{Block, BlockKind, BlockOption, Content, Counts, EventBlock, Section};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// More places of damage than this are only counted.
const DAMAGE_SHOWN: usize = 100;

/// What is in a capture.
pub struct Info {
    name: String,
    bytes: Option<u64>,
    compression: Option<&'static str>,
    view: View,
    stored: Stored,
    containers: Containers,
    counts: Counts,
    damage: Vec<String>,
    damaged_places: u64,
    native: Option<Native>,
}

/// What the blocks say.
#[derive(Default)]
struct Stored {
    /// All blocks, bytes.
    bytes: u64,
    sections: u64,
    format: Option<String>,
    options: Vec<(u16, String)>,
    machine: Map<String, Value>,
    interfaces: Vec<Value>,
    users: u64,
    groups: u64,
    threads: u64,
    processes: u64,
    descriptors: u64,
    events: Events,
    recorded: Recorded,
}

/// What the events say.
#[derive(Default)]
struct Events {
    by_code: BTreeMap<u16, u64>,
    state_only: u64,
    threads: BTreeSet<i64>,
    times: Option<(u64, u64)>,
}

/// Containers by id, with the last that was said of them.
#[derive(Default)]
struct Containers {
    by_id: BTreeMap<String, (String, String)>,
    /// The segment that was looked through, and how far: containers, threads.
    seen: (u64, usize, usize),
}

/// Gathers the facts. Damage goes to the report too.
pub fn info(mut capture: Capture, report: &mut DamageReport) -> Info {
    let view = capture.natural_view();
    let (bytes, name) = (capture.file_size(), capture.name().to_owned());
    let native = capture.path().and_then(Native::of);
    let (reader, _) = capture.into_parts();
    let compression = reader.compression();
    let mut replay = Replay::new(reader, view, Needs::empty(), &name);
    let (mut stored, mut containers) = (Stored::default(), Containers::default());
    let (mut damage, mut damaged_places) = (Vec::new(), 0);
    while let Some(piece) = replay.next_piece_seeing(|block| stored.see(block)) {
        match piece {
            Piece::Batch(batch) => containers.see(&batch),
            Piece::Damage(place) => {
                damaged_places += 1;
                report.add(&name, &place);
                if damage.len() < DAMAGE_SHOWN {
                    damage.push(place.to_string());
                }
            }
        }
    }
    let counts = replay.reader().counts().clone();
    Info { name, bytes, compression, view, stored, containers, counts, damage, damaged_places, native }
}

impl Stored {
    fn see(&mut self, block: &Block<'_>) {
        self.bytes += u64::from(block.len);
        match &block.content {
            Content::Section(section) => self.section(section),
            Content::Machine(machine) => {
                let boot = (machine.boot_ts != 0).then(|| time(machine.boot_ts));
                self.machine = Map::from_iter([
                    ("name".to_owned(), json!(text(machine.hostname))),
                    ("cpus".to_owned(), json!(machine.cpus)),
                    ("memory_bytes".to_owned(), json!(machine.memory)),
                    ("boot".to_owned(), json!(boot)),
                ]);
            }
            Content::Interfaces(list) => {
                let interface = |i: &capture_scap::Interface<'_>| json!(format!("{} {}", text(i.name), i.address));
                self.interfaces = list.iter().map(interface).collect();
            }
            Content::Users(list) => {
                let users = list.iter().filter(|user| matches!(user, capture_scap::User::User { .. })).count();
                (self.users, self.groups) = (users as u64, (list.len() - users) as u64);
            }
            Content::Processes(list) => {
                self.threads += list.len() as u64;
                self.processes += list.iter().filter(|entry| entry.tid == entry.pid).count() as u64;
            }
            Content::Fds(list) => self.descriptors += list.entries.len() as u64,
            Content::Event(event) => {
                self.recorded.see(event, self.events.by_code.is_empty());
                self.events.see(event);
            }
            Content::Unknown { .. } => {}
        }
    }

    fn section(&mut self, section: &Section<'_>) {
        self.sections += 1;
        self.format = Some(format!("{}.{}", section.major, section.minor));
        self.options.extend(section.options.iter().map(|option| (option.code, text(option.value))));
    }

    fn options(&self, wanted: u16) -> Vec<&str> {
        self.options.iter().filter(|(code, _)| *code == wanted).map(|(_, value)| &**value).collect()
    }
}

impl Events {
    fn see(&mut self, event: &EventBlock<'_>) {
        *self.by_code.entry(event.code).or_default() += 1;
        self.state_only += u64::from(event.state_only());
        self.threads.insert(event.tid);
        // What a recorder says of the time before it began has no time.
        if event.ts != 0 {
            let (first, last) = self.times.unwrap_or((event.ts, event.ts));
            self.times = Some((first.min(event.ts), last.max(event.ts)));
        }
    }

    fn count(&self, wanted: impl Fn(u16) -> bool) -> u64 {
        self.by_code.iter().filter(|(code, _)| wanted(**code)).map(|(_, n)| n).sum()
    }

    fn into_json(self, view: View) -> Value {
        let known = |code| view.event(code);
        let is_enter = |code: u16| known(code).is_some_and(|info| info.is_enter());
        let is_exit = |code: u16| known(code).is_some_and(|info| !info.is_enter());
        let is_internal = |code| known(code).is_some_and(|info| info.category == Category::Internal);
        let mut types: Vec<(u16, u64)> = self.by_code.iter().map(|(code, n)| (*code, *n)).collect();
        types.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let one = |(code, n): (u16, u64)| {
            let name = known(code).map_or_else(|| format!("unknown type {code}"), |info| info.name.to_owned());
            json!({"direction": if code.is_multiple_of(2) { ">" } else { "<" }, "type": name, "count": n})
        };
        json!({
            "total": self.count(|_| true),
            "enter": self.count(is_enter),
            "exit": self.count(is_exit),
            "internal": self.count(is_internal),
            "state_only": self.state_only,
            "unknown": self.count(|code| known(code).is_none()),
            "by_type": types.into_iter().map(one).collect::<Vec<_>>(),
        })
    }
}

impl Containers {
    /// Looks through what a batch's segment has that the batches before had not.
    fn see(&mut self, batch: &Batch) {
        let segment = &batch.segment;
        let (serial, mut containers, mut owns) = self.seen;
        if serial != segment.serial {
            (containers, owns) = (0, 0);
        }
        let id = |index: usize| u32::try_from(index).map_or(Id::<Container>::NONE, Id::new);
        while let Some(container) = segment.containers.get(id(containers)) {
            let names = (container.name.to_str_lossy().into_owned(), container.image.to_str_lossy().into_owned());
            self.add(&container.id, Some(names));
            containers += 1;
        }
        let id = |index: usize| u32::try_from(index).map_or(Id::<Own>::NONE, Id::new);
        while let Some(own) = segment.owns.get(id(owns)) {
            self.add(&own.container_id, None);
            owns += 1;
        }
        self.seen = (segment.serial, containers, owns);
    }

    fn add(&mut self, id: &[u8], names: Option<(String, String)>) {
        if id.is_empty() || id == b"host" {
            return;
        }
        let known = self.by_id.entry(text(id)).or_default();
        if let Some(names) = names {
            *known = names;
        }
    }

    fn into_json(self) -> Vec<Value> {
        let one = |(id, (name, image))| json!({"id": id, "name": name, "image": image});
        self.by_id.into_iter().map(one).collect()
    }
}

impl Info {
    /// All facts. `null` is what the capture does not say.
    pub fn into_json(self, is_verbose: bool) -> Value {
        let blocks: Vec<Value> = self.counts.by_code().into_iter().map(|(code, n)| block(code, n)).collect();
        let mut stored = self.stored;
        let times = stored.events.times;
        let (events, bytes) = (stored.events.count(|_| true), stored.bytes);
        let native = self.native.map(|native| native.into_json(events, bytes, is_verbose));
        let (recording, gaps) = std::mem::take(&mut stored.recorded).into_json();
        json!({
            "file": self.name,
            "bytes": self.bytes,
            "compression": self.compression.unwrap_or("none"),
            "format": stored.format,
            "sections": stored.sections,
            "comments": stored.options(BlockOption::COMMENT),
            "hardware": stored.options(2),
            "os": stored.options(3),
            "program": stored.options(4),
            "view": match self.view { View::Classic => "classic", View::Exit => "exit" },
            "host": stored.machine,
            "recording": recording,
            "interfaces": stored.interfaces,
            "users": stored.users,
            "groups": stored.groups,
            "time": {
                "first": times.map(|(first, _)| time(first)),
                "last": times.map(|(_, last)| time(last)),
                "duration_ns": times.map(|(first, last)| last - first),
            },
            "threads": {"at_start": stored.threads, "in_events": stored.events.threads.len()},
            "processes": {"at_start": stored.processes},
            "descriptors": {"at_start": stored.descriptors},
            "gaps": gaps,
            "damaged_places": self.damaged_places,
            "damage": self.damage,
            "events": stored.events.into_json(self.view),
            "containers": self.containers.into_json(),
            "blocks": blocks,
            "native": native,
        })
    }
}

fn block(code: u32, count: u64) -> Value {
    let name = match BlockKind::from_code(code) {
        Some(kind @ BlockKind::Processes(version)) => format!("{} V{version}", kind.name()),
        Some(kind @ (BlockKind::Fds(version) | BlockKind::Interfaces(version) | BlockKind::Users(version))) => {
            format!("{} V{version}", kind.name())
        }
        Some(kind @ BlockKind::Event { version, flags, large }) => {
            let extras = [(flags, " with flags"), (large, ", large")];
            let extras: String = extras.iter().filter(|(has, _)| *has).map(|(_, text)| *text).collect();
            format!("{} V{version}{extras}", kind.name())
        }
        Some(kind) => kind.name().to_owned(),
        None => "unknown".to_owned(),
    };
    json!({"code": format!("{code:#x}"), "block": name, "count": count})
}

/// Text of a capture, with what is not UTF-8 replaced.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A time in ns since the epoch, in words.
pub fn time(ts: u64) -> String {
    Timestamp::from_nanosecond(i128::from(ts)).map_or_else(|_| ts.to_string(), |time| time.to_string())
}
