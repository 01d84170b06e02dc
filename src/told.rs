//! Events that say what no list can hold: they must stand behind the lists of every file of a capture.

use capture_event::code;
use capture_event::recording::{HEADER, Recording};
use capture_scap::{EventBlock, RawEvent, WriteError, Writer};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;

/// Hidden: stored only to keep the state right.
pub const STATE_ONLY: u32 = 1;

/// Containers, users and groups.
const TOLD: [u16; 9] = [
    code::CONTAINER_E,
    code::CONTAINER_JSON_E,
    code::CONTAINER_JSON_2_E,
    code::USER_ADDED_E,
    code::USER_DELETED_E,
    code::GROUP_ADDED_E,
    code::GROUP_DELETED_E,
    code::ASYNCEVENT_E,
    code::K8S_E,
];

/// Whether events of a type must be known for others to be understood.
pub fn is_told(code: u16) -> bool {
    TOLD.contains(&code)
}

/// Such an event, or the one that says how a recording is made.
pub struct Told {
    /// When it was told: ns since the epoch.
    pub ts: u64,
    code: u16,
    tid: i64,
    cpu: u16,
    params: Vec<Vec<u8>>,
}

/// Such events in their order. Of those that say the same, the last one: a host that tells of its containers again and
/// again takes no more memory than one that does so once.
#[derive(Default)]
pub struct AllTold {
    by_number: BTreeMap<u64, Told>,
    /// Which of them says what.
    numbers: HashMap<(u16, Vec<Vec<u8>>), u64>,
    next: u64,
}

impl AllTold {
    /// Adds an event that was read.
    pub fn add(&mut self, event: &EventBlock<'_>) {
        let told = Told::of(event);
        if let Some(before) = self.numbers.insert((told.code, told.params.clone()), self.next) {
            self.by_number.remove(&before);
        }
        self.by_number.insert(self.next, told);
        self.next += 1;
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Told> {
        self.by_number.values()
    }
}

impl Told {
    /// An event that was read.
    pub fn of(event: &EventBlock<'_>) -> Told {
        let params = event.params().iter().map(|param| param.to_vec()).collect();
        Told { ts: event.ts, code: event.code, tid: event.tid, cpu: event.cpu, params }
    }

    /// Says something else of the recording.
    pub fn say(&mut self, recording: &Recording) {
        let json = recording.to_json();
        self.params = [HEADER, &json].map(|text| [text.as_bytes(), b"\0"].concat()).to_vec();
    }

    /// Writes it, hidden, as of another time.
    pub fn write<W: Write>(&self, ts: u64, writer: &mut Writer<W>) -> Result<(), WriteError> {
        let params: Vec<&[u8]> = self.params.iter().map(Vec::as_slice).collect();
        writer.event(&RawEvent {
            ts,
            tid: self.tid,
            cpu: self.cpu,
            code: self.code,
            dump_flags: STATE_ONLY,
            params: &params,
            surplus: &[],
            options: &[],
            large: false,
        })
    }
}
