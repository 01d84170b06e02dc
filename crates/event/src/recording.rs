//! What a recorder of ours says of a recording as a whole: one hidden event in front of all others, and one behind
//! them when the recording ended well.
//!
//! Both are notification events with two texts, stored for the state alone, of no thread ([`Notice::of`]): the
//! first text is [`HEADER`] or [`END`], the second a JSON object of at most [`MAX_JSON`] bytes. Other programs hide
//! them as they hide every event that is stored for the state alone.
//!
//! Reading is forgiving: keys that are not known are passed over, and a key with a value of the wrong type counts as
//! missing. What a key means is said at the field of its name; `docs/recording.md` specifies the objects.

use crate::{Event, code};
use serde_json::{Map, Value, json};

/// The id of the notification in front of all other events.
pub const HEADER: &str = "capture";
/// The id of the notification behind all other events.
pub const END: &str = "capture.end";
/// The JSON of both is never longer, in bytes: a parameter has less than 65,536.
pub const MAX_JSON: usize = 60_000;
/// The id of the notification of a process that is followed from now on, and was there before: its first parameter. It
/// is an event of that process, and is shown.
pub const ATTACHED: &str = "capture.attached";
/// What [`Recording::format`] is now.
pub const FORMAT: u64 = 1;

/// How much of texts and lists is written: bytes of a text, entries of a list. If that makes too long a JSON, the next.
const ROOM: [(usize, usize); 3] = [(1 << 14, 1 << 10), (512, 64), (64, 8)];

/// What was recorded, how, where.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Recording {
    /// `format`: the version of these keys. 0 if missing.
    pub format: u64,
    /// `program`: what recorded, with its version.
    pub program: String,
    /// `command`: the recorder's command line, word by word.
    pub command: Vec<String>,
    /// `filter`: which events were kept; empty for all.
    pub filter: String,
    /// `snaplen`: how many bytes of a buffer were kept.
    pub snap_length: Option<u64>,
    /// `sources`: where events came from, as [`Origin::name`](crate::option::Origin::name) calls it.
    pub sources: Vec<String>,
    /// `origin`: where events of calls came from that do not say it themselves.
    pub origin: Option<String>,
    /// `mode`: `default`, `fast` or `host`.
    pub mode: String,
    /// `host`: the host's name.
    pub host: String,
    /// `kernel`: its release.
    pub kernel: String,
    /// `arch`: the machine's architecture.
    pub arch: String,
    /// `zone`: the name of the time zone.
    pub zone: String,
    /// `utc_offset`: how far its clock is ahead of UTC, in seconds.
    pub utc_offset: Option<i64>,
    /// `boot_time`: when the host was started, ns since the epoch.
    pub boot_time: Option<u64>,
    /// `started`: when the recording began, ns since the epoch.
    pub started: Option<u64>,
    /// `piece`: which file of the recording this is, from 1.
    pub piece: Option<u64>,
    /// `realnames`: whether real names were recorded, so that the name of a file that is opened without a real name
    /// beside it is its real name.
    pub real_names: bool,
    /// `listed_realnames`: whether the names of files in the lists of descriptors are real names.
    pub listed_real_names: bool,
    /// `recorded.calls`: which system calls were recorded.
    pub calls: Option<Calls>,
    /// `followed`: whom the recorder followed; all empty for the whole host.
    pub followed: Followed,
    /// `blind`: what the recorder could not see, a sentence each.
    pub blind: Vec<String>,
}

/// Which system calls were recorded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Calls {
    /// All; in JSON the text `all`.
    All,
    /// These, by the names in [`tables::syscall`](crate::tables::syscall); in JSON a list.
    Only(Vec<String>),
}

/// Whom a recorder followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Followed {
    /// `pids`: processes that were there.
    pub pids: Vec<i64>,
    /// `containers`: containers, by id.
    pub containers: Vec<String>,
    /// `command`: the command that it started, word by word.
    pub command: Vec<String>,
}

/// How a recording ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Ending {
    /// `ended`: when, ns since the epoch.
    pub ended: Option<u64>,
    /// `reason`: why, in words.
    pub reason: String,
    /// `events`: how many events were recorded.
    pub events: Option<u64>,
    /// `lost`: how many were not that should have been, as far as that is known.
    pub lost: Option<u64>,
    /// `gaps`: at how many places that was.
    pub gaps: Option<u64>,
}

/// What a notification of a recorder says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The recording begins.
    Begin(Box<Recording>),
    /// It ended well.
    End(Ending),
}

impl Notice {
    /// What an event says of the recording it is in; `None` for all other events, and for JSON that is none.
    pub fn of(event: &Event<'_>) -> Option<Notice> {
        if event.code != code::NOTIFICATION_E || !event.state_only || event.tid != -1 {
            return None;
        }
        let json = event.str(1)?;
        match event.str(0)? {
            id if id == HEADER.as_bytes() => Recording::from_json(json).map(Box::new).map(Notice::Begin),
            id if id == END.as_bytes() => Ending::from_json(json).map(Notice::End),
            _ => None,
        }
    }
}

impl Recording {
    /// Reads the JSON; `None` if it is no object, or too long.
    pub fn from_json(json: &[u8]) -> Option<Recording> {
        let keys = object(json)?;
        let recorded = keys.get("recorded").and_then(|recorded| recorded.get("calls"));
        Some(Recording {
            format: number(&keys, "format").unwrap_or(0),
            program: text(&keys, "program"),
            command: texts(keys.get("command")),
            filter: text(&keys, "filter"),
            snap_length: number(&keys, "snaplen"),
            sources: texts(keys.get("sources")),
            origin: keys.get("origin").and_then(Value::as_str).map(str::to_owned),
            mode: text(&keys, "mode"),
            host: text(&keys, "host"),
            kernel: text(&keys, "kernel"),
            arch: text(&keys, "arch"),
            zone: text(&keys, "zone"),
            utc_offset: keys.get("utc_offset").and_then(Value::as_i64),
            boot_time: number(&keys, "boot_time"),
            started: number(&keys, "started"),
            piece: number(&keys, "piece"),
            real_names: flag(&keys, "realnames"),
            listed_real_names: flag(&keys, "listed_realnames"),
            calls: recorded.and_then(Calls::from_value),
            followed: keys.get("followed").map(Followed::from_value).unwrap_or_default(),
            blind: texts(keys.get("blind")),
        })
    }

    /// The JSON, never longer than [`MAX_JSON`]. Where that is too short, long texts are cut, with `…` at their ends,
    /// and long lists too; the list of calls is whole or missing.
    pub fn to_json(&self) -> String {
        let whole = self.to_value();
        let tries = ROOM.iter().map(|&(bytes, entries)| {
            let mut value = whole.clone();
            cut(&mut value, bytes, entries);
            if let Some(calls) = &self.calls {
                value["recorded"] = json!({"calls": calls.to_value()});
            }
            value.to_string()
        });
        let fits = |json: &String| json.len() <= MAX_JSON;
        tries.into_iter().find(fits).unwrap_or_else(|| {
            let mut value = Recording { calls: None, ..self.clone() }.to_value();
            let [.., (bytes, entries)] = ROOM;
            cut(&mut value, bytes, entries);
            value.to_string()
        })
    }

    fn to_value(&self) -> Value {
        let mut value = json!({
            "format": self.format,
            "program": self.program,
            "command": self.command,
            "filter": self.filter,
            "snaplen": self.snap_length,
            "sources": self.sources,
            "origin": self.origin,
            "mode": self.mode,
            "host": self.host,
            "kernel": self.kernel,
            "arch": self.arch,
            "zone": self.zone,
            "utc_offset": self.utc_offset,
            "boot_time": self.boot_time,
            "started": self.started,
            "piece": self.piece,
            "realnames": self.real_names,
            "listed_realnames": self.listed_real_names,
            "recorded": {"calls": self.calls.as_ref().map(Calls::to_value)},
            "followed": {
                "pids": self.followed.pids,
                "containers": self.followed.containers,
                "command": self.followed.command,
            },
            "blind": self.blind,
        });
        if let Some(keys) = value.as_object_mut() {
            keys.retain(|_, value| !value.is_null());
        }
        value
    }
}

impl Calls {
    fn from_value(value: &Value) -> Option<Calls> {
        match value {
            Value::String(all) if all == "all" => Some(Calls::All),
            Value::Array(_) => Some(Calls::Only(texts(Some(value)))),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Calls::All => json!("all"),
            Calls::Only(calls) => json!(calls),
        }
    }
}

impl Followed {
    fn from_value(value: &Value) -> Followed {
        let pids = value.get("pids").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Followed {
            pids: pids.iter().filter_map(Value::as_i64).collect(),
            containers: texts(value.get("containers")),
            command: texts(value.get("command")),
        }
    }
}

impl Ending {
    /// Reads the JSON; `None` if it is no object, or too long.
    pub fn from_json(json: &[u8]) -> Option<Ending> {
        let keys = object(json)?;
        Some(Ending {
            ended: number(&keys, "ended"),
            reason: text(&keys, "reason"),
            events: number(&keys, "events"),
            lost: number(&keys, "lost"),
            gaps: number(&keys, "gaps"),
        })
    }

    /// The JSON, never longer than [`MAX_JSON`].
    pub fn to_json(&self) -> String {
        let Ending { ended, reason, events, lost, gaps } = self;
        let mut value = json!({"ended": ended, "reason": reason, "events": events, "lost": lost, "gaps": gaps});
        let [_, (bytes, entries), _] = ROOM;
        cut(&mut value, bytes, entries);
        value.to_string()
    }
}

fn object(json: &[u8]) -> Option<Map<String, Value>> {
    if json.len() > MAX_JSON {
        return None;
    }
    serde_json::from_slice(json).ok()
}

fn text(keys: &Map<String, Value>, key: &str) -> String {
    keys.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn number(keys: &Map<String, Value>, key: &str) -> Option<u64> {
    keys.get(key).and_then(Value::as_u64)
}

fn flag(keys: &Map<String, Value>, key: &str) -> bool {
    keys.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The texts of a list; what is none is left out.
fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Leaves so many bytes of each text and so many entries of each list.
fn cut(value: &mut Value, bytes: usize, entries: usize) {
    match value {
        Value::String(text) if text.len() > bytes => {
            let end = (0..=bytes).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        Value::Array(items) => {
            items.truncate(entries);
            items.iter_mut().for_each(|item| cut(item, bytes, entries));
        }
        Value::Object(keys) => keys.values_mut().for_each(|value| cut(value, bytes, entries)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording() -> Recording {
        Recording {
            format: FORMAT,
            program: "capture 0.1.0".into(),
            command: ["capture", "record", "-w", "x.cap"].map(String::from).to_vec(),
            filter: "evt.type = open".into(),
            snap_length: Some(80),
            sources: vec!["ptrace".into()],
            origin: Some("ptrace".into()),
            mode: "default".into(),
            host: "host".into(),
            kernel: "6.18.5".into(),
            arch: "x86_64".into(),
            zone: "Europe/Paris".into(),
            utc_offset: Some(-3600),
            boot_time: Some(1_700_000_000_000_000_000),
            started: Some(1_700_000_001_000_000_001),
            piece: Some(1),
            real_names: true,
            listed_real_names: true,
            calls: Some(Calls::Only(vec!["open".into(), "openat".into()])),
            followed: Followed { pids: vec![7], containers: vec!["c0ffee".into()], command: vec!["ls".into()] },
            blind: vec!["io_uring: not seen".into()],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for calls in [None, Some(Calls::All), recording().calls] {
            let recording = Recording { calls, ..recording() };
            assert_eq!(Recording::from_json(recording.to_json().as_bytes()), Some(recording));
        }
        let nothing = Recording::default();
        assert_eq!(Recording::from_json(nothing.to_json().as_bytes()), Some(nothing));
        let ending =
            Ending { ended: Some(1), reason: "signal".into(), events: Some(u64::MAX), lost: None, gaps: Some(1) };
        assert_eq!(Ending::from_json(ending.to_json().as_bytes()), Some(ending));
    }

    #[test]
    fn keys_with_other_values_than_they_have_count_as_missing() {
        let odd = br#"{"format":"1","program":7,"command":{"a":1},"snaplen":-1,"sources":["a",1,null,"b"],"origin":[],
            "realnames":"yes","recorded":["all"],"followed":{"pids":[1,"2",3.5,-4],"containers":"x"},"blind":null,
            "utc_offset":1e99,"more":[[[]]],"piece":18446744073709551616}"#;
        let expected = Recording {
            sources: vec!["a".into(), "b".into()],
            followed: Followed { pids: vec![1, -4], ..Followed::default() },
            ..Recording::default()
        };
        assert_eq!(Recording::from_json(odd), Some(expected));
        let deep = [&b"["[..]; 5000].concat();
        for none in [&b""[..], b"null", b"[]", b"{", b"\xFF", &deep] {
            assert_eq!(Recording::from_json(none), None);
            assert_eq!(Ending::from_json(none), None);
        }
        let long = format!("{{\"host\":\"{}\"}}", "x".repeat(MAX_JSON));
        assert_eq!(Recording::from_json(long.as_bytes()), None);
    }

    #[test]
    fn long_texts_are_cut_until_all_fits_but_calls_are_whole_or_missing() {
        let long = Recording {
            command: vec!["\u{1}é".repeat(2000); 3000],
            filter: "f".repeat(1 << 16),
            followed: Followed { pids: (0..100_000).collect(), ..Followed::default() },
            blind: vec!["b".repeat(100); 2000],
            calls: Some(Calls::Only(vec!["a_rather_long_name".into(); 500])),
            ..recording()
        };
        let json = long.to_json();
        assert!(json.len() <= MAX_JSON, "{}", json.len());
        let read = Recording::from_json(json.as_bytes()).unwrap();
        assert_eq!(read.calls, long.calls);
        assert!(read.filter.starts_with("fff") && read.filter.ends_with('…'), "{}", read.filter);
        assert!(!read.command.is_empty() && !read.followed.pids.is_empty());
        let absurd = Recording { calls: Some(Calls::Only(vec!["c".repeat(1000); 500])), ..long };
        let json = absurd.to_json();
        assert!(json.len() <= MAX_JSON, "{}", json.len());
        assert_eq!(Recording::from_json(json.as_bytes()).unwrap().calls, None);
        assert!(Ending { reason: "x".repeat(1 << 20), ..Ending::default() }.to_json().len() <= MAX_JSON);
    }

    #[test]
    fn only_hidden_notifications_of_no_thread_speak_of_a_recording() {
        let json = recording().to_json() + "\0";
        let params: [&[u8]; 2] = [b"capture\0", json.as_bytes()];
        let event = Event { ts: 1, tid: -1, cpu: 0, code: code::NOTIFICATION_E, state_only: true, params: &params };
        assert_eq!(Notice::of(&event), Some(Notice::Begin(Box::new(recording()))));
        let end: [&[u8]; 2] = [b"capture.end\0", b"{\"lost\":3}\0"];
        let lost = Ending { lost: Some(3), ..Ending::default() };
        assert_eq!(Notice::of(&Event { params: &end, ..event }), Some(Notice::End(lost)));
        let other: [&[u8]; 2] = [b"note\0", json.as_bytes()];
        for none in [
            Event { state_only: false, ..event },
            Event { tid: 7, ..event },
            Event { code: code::OPEN_E, ..event },
            Event { params: &params[..1], ..event },
            Event { params: &other, ..event },
        ] {
            assert_eq!(Notice::of(&none), None, "{none:?}");
        }
    }
}
