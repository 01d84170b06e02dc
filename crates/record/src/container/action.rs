//! What an engine says that it did: one line of its event stream.

use super::short::{MAX_TEXT, cut, text};
use serde_json::Value;

/// Longest command line kept of an `exec_create`, in bytes.
const MAX_COMMAND: usize = 16 << 10;

/// What is kept of the attributes of an action. The others are the labels of the container or image, which are in its
/// description.
const ATTRIBUTES: &[&str] = &[
    "name",
    "image",
    "exitCode",
    "signal",
    "execID",
    "container",
    "type",
    "driver",
    "destination",
    "propagation",
    "read/write",
    "oldName",
    "comment",
    "reclaim",
];

/// One action of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// When, in nanoseconds since the epoch, by the engine's clock; 0 if it did not say.
    pub ts: u64,
    /// The engine's name: `docker` or `podman`.
    pub engine: String,
    /// What it was done to: `container`, `image`, `network`, `volume`, `daemon` …
    pub object: String,
    /// What was done: `create`, `start`, `exec_create`, `exec_start`, `exec_die`, `die`, `kill`, `oom`, `pause`,
    /// `pull`, `tag`, `import`, `attach`, `rename`, `destroy` … as the engine calls it.
    pub action: String,
    /// What the action's name is followed by: the command line of `exec_create` and `exec_start`, the state of
    /// `health_status`.
    pub command: Option<String>,
    /// The full id of the container, or the id or name of the image, network or volume.
    pub id: String,
    /// Name and value of what else the engine said: `name`, `image`, `exitCode`, `signal`, `execID` …
    pub attributes: Vec<(String, String)>,
}

impl Action {
    /// Reads a line of an engine's event stream; `None` if it is no action.
    pub fn parse(engine: &str, line: &[u8]) -> Option<Action> {
        let value: Value = serde_json::from_slice(line).ok()?;
        let either = |new: &[&str], old: &[&str]| match text(&value, new) {
            "" => text(&value, old).to_owned(),
            new => new.to_owned(),
        };
        // Engines before version 1.10 have the old names only.
        let raw = value.get("Action").or_else(|| value.get("status")).and_then(Value::as_str)?;
        let (action, command) = raw.split_once(": ").map_or((raw, None), |(action, rest)| (action, Some(rest)));
        let object = either(&["Type"], &["type"]);
        Some(Action {
            ts: timestamp(&value),
            engine: engine.to_owned(),
            object: word(if object.is_empty() { "container" } else { &object }),
            action: word(action.trim_end_matches(':')),
            command: command.map(|command| cut(command, MAX_COMMAND).to_owned()),
            id: either(&["Actor", "ID"], &["id"]),
            attributes: attributes(&value),
        })
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The exit status that `die` and `exec_die` tell.
    pub fn exit_code(&self) -> Option<i32> {
        self.attribute("exitCode")?.parse().ok()
    }

    /// Whether the container is another one after this, so that its description has to be asked for again.
    pub fn changes_container(&self) -> bool {
        self.object == "container" && matches!(self.action.as_str(), "create" | "start" | "update" | "rename")
    }
}

fn timestamp(value: &Value) -> u64 {
    let whole = |name| value.get(name).and_then(Value::as_u64);
    whole("timeNano").or_else(|| whole("time")?.checked_mul(1_000_000_000)).unwrap_or(0)
}

fn attributes(value: &Value) -> Vec<(String, String)> {
    let attributes = ["Actor", "Attributes"];
    let known = |name: &&str| {
        let text = text(value, &[attributes[0], attributes[1], name]);
        (!text.is_empty()).then(|| ((*name).to_owned(), text.to_owned()))
    };
    let mut known: Vec<_> = ATTRIBUTES.iter().filter_map(known).collect();
    let from = text(value, &["from"]);
    if !from.is_empty() && !known.iter().any(|(name, _)| name == "image") {
        known.push(("image".to_owned(), cut(from, MAX_TEXT).to_owned()));
    }
    known
}

/// A name that is part of an event's id: what cannot stand in one is `_`.
fn word(name: &str) -> String {
    const LONGEST: usize = 64;
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' };
    cut(name, LONGEST).chars().map(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_follows_the_actions_name() {
        let line = br#"{"status":"exec_create: sh -c echo: hi","id":"3cc3","from":"busy:1","Type":"container",
            "Action":"exec_create: sh -c echo: hi","Actor":{"ID":"3cc3","Attributes":{"app":"shop","execID":"6103",
            "image":"busy:1","name":"web"}},"scope":"local","time":1795332590,"timeNano":1795332590905417696}"#;
        let action = Action::parse("docker", line).unwrap();
        assert_eq!((action.object.as_str(), action.action.as_str()), ("container", "exec_create"));
        assert_eq!((action.command.as_deref(), action.ts), (Some("sh -c echo: hi"), 1_795_332_590_905_417_696));
        assert_eq!((action.attribute("name"), action.attribute("execID")), (Some("web"), Some("6103")));
        assert_eq!(action.attribute("app"), None);
        assert!(!action.changes_container());
    }

    #[test]
    fn old_engines_and_podman_say_it_differently() {
        let old = Action::parse("docker", br#"{"status":"die","id":"3cc3","from":"busy:1","time":5}"#).unwrap();
        assert_eq!((old.object.as_str(), old.id.as_str(), old.ts), ("container", "3cc3", 5_000_000_000));
        assert_eq!((old.attribute("image"), old.exit_code()), (Some("busy:1"), None));
        let died = br#"{"Type":"container","Action":"die","Actor":{"ID":"a","Attributes":{"exitCode":"137"}}}"#;
        assert_eq!(Action::parse("podman", died).unwrap().exit_code(), Some(137));
    }

    #[test]
    fn odd_lines_are_no_actions_or_harmless_ones() {
        for line in [&b""[..], b"{", b"[]", b"7", b"{\"Action\":7}", b"\xff\xfe", &b"[".repeat(100_000)] {
            assert_eq!(Action::parse("docker", line), None);
        }
        let odd = br#"{"Action":"a\u001b[31m.b","Type":"x y","timeNano":-5,"time":18446744073709551615,"Actor":[]}"#;
        let odd = Action::parse("docker", odd).unwrap();
        assert_eq!((odd.object.as_str(), odd.action.as_str(), odd.ts), ("x_y", "a__31m_b", 0));
    }
}
