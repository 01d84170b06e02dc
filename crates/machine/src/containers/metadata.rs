//! What a container event's JSON says.
//!
//! The text was written by a capturing program, but comes from an untrusted file: whatever has an unexpected type
//! is passed over, numbers and booleans are taken where text is expected, and what follows the first value is
//! ignored, as the classic libraries do. (The newest ones ignore the whole event in such a case.)

use capture_batch::{Container, Mount, PortMapping, Probe, ProbeKind, Text};
use capture_event::event::until_nul;
use serde_json::{Deserializer, Map, Value};

/// The type of a container of which the event does not say one.
pub const KIND_UNKNOWN: u32 = 0xFFFF;

/// How the capturing program's search for the metadata went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Found.
    Successful,
    /// Not found, or never finished.
    Failed,
}

/// Reads the text of a container event; `None` if it is no JSON object.
pub fn parse(json: &[u8]) -> Option<(Container, Lookup)> {
    let text = String::from_utf8_lossy(until_nul(json));
    let first = Deserializer::from_str(&text).into_iter::<Value>().next()?.ok()?;
    let root = first.as_object()?;
    // The newest libraries make a text without the outer object from the oldest container events.
    let fields = match root.get("container") {
        Some(Value::Object(fields)) => fields,
        Some(_) => return None,
        None => root,
    };
    let mut container = container(fields);
    container.json = Text::from(until_nul(json));
    Some((container, lookup(fields)))
}

fn container(fields: &Map<String, Value>) -> Container {
    let text = |name| text_of(fields, name);
    Container {
        id: text("id"),
        full_id: text("full_id"),
        kind: number(fields, "type").and_then(|n| u32::try_from(n).ok()).unwrap_or(KIND_UNKNOWN),
        name: text("name"),
        image: text("image"),
        image_id: text("imageid"),
        image_repo: text("imagerepo"),
        image_tag: text("imagetag"),
        image_digest: text("imagedigest"),
        privileged: Some(truth(fields, "privileged")),
        host_namespaces: ["host_pid", "host_network", "host_ipc"].map(|name| truth(fields, name)),
        ip: text("ip"),
        cni_json: text("cni_json"),
        created: number(fields, "created_time").and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        mounts: list(fields, "Mounts").filter_map(Value::as_object).map(mount).collect(),
        ports: list(fields, "port_mappings").filter_map(Value::as_object).map(port).collect(),
        labels: pairs(fields, "labels"),
        env: list(fields, "env").filter_map(Value::as_str).map(Text::from).collect(),
        probes: probes(fields),
        is_pod_sandbox: truth(fields, "is_pod_sandbox"),
        pod_sandbox_id: text("pod_sandbox_id"),
        pod_sandbox_labels: pairs(fields, "pod_sandbox_labels"),
        ..Container::default()
    }
}

fn lookup(fields: &Map<String, Value>) -> Lookup {
    match number(fields, "lookup_state") {
        Some(0 | 2) => Lookup::Failed,
        _ => Lookup::Successful,
    }
}

fn mount(fields: &Map<String, Value>) -> Mount {
    let text = |name| fields.get(name).and_then(Value::as_str).map(Text::from).unwrap_or_default();
    Mount {
        source: text("Source"),
        destination: text("Destination"),
        mode: text("Mode"),
        writable: fields.get("RW").and_then(Value::as_bool).unwrap_or(false),
        propagation: text("Propagation"),
    }
}

/// Numbers that do not fit lose their upper bits, as in the reference implementation.
fn port(fields: &Map<String, Value>) -> PortMapping {
    let number = |name| number(fields, name).unwrap_or(0);
    PortMapping {
        host_ip: number("HostIp") as u32,
        host_port: number("HostPort") as u16,
        container_port: number("ContainerPort") as u16,
    }
}

fn probes(fields: &Map<String, Value>) -> Vec<Probe> {
    let named = [
        ("Healthcheck", ProbeKind::Healthcheck),
        ("LivenessProbe", ProbeKind::Liveness),
        ("ReadinessProbe", ProbeKind::Readiness),
    ];
    let probe = |(name, kind)| {
        let fields = fields.get(name)?.as_object()?;
        let exe = as_text(fields.get("exe")?)?;
        Some(Probe { kind, exe, args: list(fields, "args").filter_map(as_text).collect() })
    };
    named.into_iter().filter_map(probe).collect()
}

fn as_text(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) => Some(Text::from(text.as_str())),
        Value::Number(number) => Some(Text::from(number.to_string())),
        Value::Bool(truth) => Some(Text::from(truth.to_string())),
        Value::Null => Some(Text::default()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn text_of(fields: &Map<String, Value>, name: &str) -> Text {
    fields.get(name).and_then(as_text).unwrap_or_default()
}

fn number(fields: &Map<String, Value>, name: &str) -> Option<i64> {
    fields.get(name)?.as_i64()
}

fn truth(fields: &Map<String, Value>, name: &str) -> bool {
    match fields.get(name) {
        Some(Value::Bool(truth)) => *truth,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        _ => false,
    }
}

fn list<'v>(fields: &'v Map<String, Value>, name: &str) -> impl Iterator<Item = &'v Value> {
    fields.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The members of an object, sorted by name.
fn pairs(fields: &Map<String, Value>, name: &str) -> Vec<(Text, Text)> {
    let members = fields.get(name).and_then(Value::as_object).into_iter().flatten();
    let mut pairs: Vec<_> = members.filter_map(|(k, v)| Some((Text::from(k.as_str()), as_text(v)?))).collect();
    pairs.sort();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read() {
        let json = br#"{"container":{"id":"697956520d89","full_id":"697956520d891b5c","type":7,"name":"web",
            "image":"nginx:1","imageid":"f68d","imagerepo":"nginx","imagetag":"1","imagedigest":"sha256:96",
            "privileged":true,"host_pid":true,"host_network":false,"host_ipc":true,"ip":"172.17.0.2","cni_json":"{}",
            "created_time":1500000000,"lookup_state":1,"is_pod_sandbox":false,"pod_sandbox_id":"abcdef",
            "pod_sandbox_labels":{"app":"a"},"labels":{"z":"1","a":2,"n":null},"env":["A=1",5],
            "Mounts":[{"Source":"/s","Destination":"/d","Mode":"ro","RW":true,"Propagation":"rprivate"},7],
            "port_mappings":[{"HostIp":2130706433,"HostPort":8080,"ContainerPort":80}],
            "Healthcheck":{"exe":"/bin/ok","args":["-x"]},"ReadinessProbe":{"exe":"r","args":null}}}"#;
        let (container, lookup) = parse(&[&json[..], b"\0"].concat()).unwrap();
        assert_eq!(lookup, Lookup::Successful);
        assert_eq!((&*container.id, container.kind, container.privileged), (&b"697956520d89"[..], 7, Some(true)));
        assert_eq!(container.host_namespaces, [true, false, true]);
        assert_eq!(container.created, 1_500_000_000);
        let label = |k: &str, v: &str| (Text::from(k), Text::from(v));
        assert_eq!(container.labels, [label("a", "2"), label("n", ""), label("z", "1")]);
        assert_eq!(container.env, [Text::from("A=1")]);
        assert_eq!((container.mounts.len(), container.mounts[0].writable), (1, true));
        assert_eq!(container.ports[0], PortMapping { host_ip: 0x7F00_0001, host_port: 8080, container_port: 80 });
        let probes: Vec<_> = container.probes.iter().map(|p| (p.kind, p.args.len())).collect();
        assert_eq!(probes, [(ProbeKind::Healthcheck, 1), (ProbeKind::Readiness, 0)]);
        assert_eq!(*container.json, json[..]);
    }

    #[test]
    fn odd_texts_give_what_can_be_read() {
        assert!(parse(b"").is_none() && parse(b"7").is_none() && parse(b"{").is_none());
        assert!(parse(b"{\"container\":7}").is_none());
        assert!(parse(&[b"{\"container\":".repeat(100_000), b"1".to_vec()].concat()).is_none());
        let (container, _) = parse(b"{\"id\":5,\"type\":-1,\"name\":[],\"env\":{},\"labels\":[1]} rest\0more").unwrap();
        assert_eq!((&*container.id, container.kind, container.name.len()), (&b"5"[..], KIND_UNKNOWN, 0));
        let (container, lookup) = parse(b"{\"container\":{\"id\":\"\xff\",\"lookup_state\":2}}").unwrap();
        assert_eq!((container.id.to_str_lossy(), lookup), ("\u{fffd}".into(), Lookup::Failed));
    }
}
