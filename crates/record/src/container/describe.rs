//! A container's description, as container events carry it.
//!
//! The members are those that libs 0.29 and the newest container plugin write, and have their types: both pass over a
//! whole event in which one has another. Three things differ from what they write:
//!
//! * `env` has the names of all variables and no value: `["PATH","TOKEN"]`. They write values (libs 0.29 those of Mesos
//!   only).
//! * Labels up to 4 KiB are there, not up to 100 bytes; those in which Kubernetes keeps a pod's description are not,
//!   since that has values of variables.
//! * `capture` is ours: what the format has no place for. Other readers pass over it.
//!
//! Texts, lists and the whole are bounded, whatever an engine says; what was left out for that is listed in
//! `capture.left_out`.

use super::id::Found;
use super::image::Image;
use super::probe::{self, POD_DESCRIPTIONS};
use super::short::{MAX_ENTRIES, MAX_TEXT, cut, list, number, object, short_id, text, texts, truth};
use serde_json::{Map, Value, json};
use std::net::Ipv4Addr;

/// Longest description, in bytes. Far more than any real one, and within what one event may hold.
const MAX_DESCRIPTION: usize = 1 << 20;

/// What CFS quotas relate to where nothing else is said, in microseconds.
const DEFAULT_CPU_PERIOD: i64 = 100_000;

/// The weight of a container's CPU time where nothing else is said.
const DEFAULT_CPU_SHARES: i64 = 1024;

/// The label in which Kubernetes keeps the id of the pod's sandbox.
const SANDBOX_LABEL: &str = "io.kubernetes.sandbox.id";

/// The label in which containerd says whether it is a container or a pod's sandbox.
const KIND_LABEL: &str = "io.cri-containerd.kind";

/// Who described the container.
#[derive(Debug, Clone, Copy)]
pub struct Runtime<'r> {
    /// The number of its type in captures.
    pub kind: u32,
    /// Name and version of the engine, such as `docker 20.10.24`.
    pub engine: &'r str,
}

/// A container as an engine describes it (`GET /containers/ID/json`), with its image (`GET /images/ID/json`) and the
/// container whose network it shares, if there are such.
pub fn describe(runtime: Runtime<'_>, container: &Value, image: Option<&Value>, network: Option<&Value>) -> Vec<u8> {
    let full_id = text(container, &["Id"]);
    let name = text(container, &["Name"]);
    let name = name.strip_prefix('/').unwrap_or(name);
    let image = Image::of(container, image);
    let mode = |name| text(container, &["HostConfig", name]);
    let own = ip(container);
    let mut fields = members(json!({
        "id": short_id(full_id),
        "full_id": full_id,
        "type": runtime.kind,
        "name": name,
        "image": image.name,
        "imageid": image.id,
        "imagerepo": image.repo,
        "imagetag": image.tag,
        "imagedigest": image.digest,
        "privileged": truth(container, &["HostConfig", "Privileged"]),
        "host_pid": mode("PidMode") == "host",
        "host_network": mode("NetworkMode") == "host",
        "host_ipc": mode("IpcMode") == "host",
        "is_pod_sandbox": name.starts_with("k8s_POD") || text(container, &["Config", "Labels", KIND_LABEL]) == "sandbox",
        "pod_sandbox_id": text(container, &["Config", "Labels", SANDBOX_LABEL]),
        "pod_sandbox_labels": null,
        "lookup_state": 1,
        "created_time": seconds(text(container, &["Created"])),
        "User": text(container, &["Config", "User"]),
        "cni_json": "",
        "ip": if own.is_empty() { network.map_or("", ip) } else { own },
        "port_mappings": ports(container),
        "Mounts": mounts(container),
        "labels": labels(container),
        "env": variables(container),
    }));
    fields.extend(limits(container));
    probe::add(container, &mut fields);
    fields.insert("capture".to_owned(), extras(runtime, container));
    finish(fields)
}

/// A container that no engine described.
#[derive(Debug, Clone, Copy)]
pub struct Unknown<'u> {
    /// What its control group, or an action of an engine, tells of it.
    pub found: &'u Found,
    /// Its name, if an action told one.
    pub name: Option<&'u str>,
    /// Its image, if an action told it.
    pub image: Option<&'u str>,
    /// Why no engine described it; `None` if there is nothing more to be known of containers of this type.
    pub reason: Option<&'u str>,
}

/// A container that no engine described. Where one could have, the event says that the search for it failed: then
/// readers do not take what is missing for an answer.
pub fn describe_unknown(unknown: Unknown<'_>) -> Vec<u8> {
    let Unknown { found, name, image, reason } = unknown;
    let mut fields = members(json!({
        "id": found.id,
        "full_id": found.full_id,
        "type": found.kind,
        "name": name.unwrap_or(&found.id),
        "image": image.unwrap_or_default(),
        "lookup_state": if reason.is_none() { 1 } else { 2 },
    }));
    if let Some(reason) = reason {
        fields.insert("capture".to_owned(), json!({ "unknown": cut(reason, MAX_TEXT) }));
    }
    finish(fields)
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The text of an event. Of a description that is too long, the longest lists are left out.
fn finish(mut fields: Map<String, Value>) -> Vec<u8> {
    const LONG: [&str; 8] =
        ["labels", "env", "Mounts", "port_mappings", "Healthcheck", "LivenessProbe", "ReadinessProbe", "capture"];
    let mut left_out = Vec::new();
    let mut long = LONG.into_iter();
    loop {
        let text = json!({ "container": fields }).to_string();
        let next = long.by_ref().find(|name| fields.contains_key(*name));
        let Some(name) = next.filter(|_| text.len() > MAX_DESCRIPTION) else { return text.into_bytes() };
        fields.remove(name);
        left_out.push(name);
        if let Value::Object(extras) = fields.entry("capture").or_insert_with(|| json!({})) {
            extras.insert("left_out".to_owned(), json!(left_out));
        }
    }
}

/// Seconds since the epoch of a moment such as `2024-05-01T10:00:05.25Z`; 0 for what is none.
fn seconds(moment: &str) -> i64 {
    moment.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second)
}

/// The container's address: the one that Docker's own network gives it, or else the first of all networks.
fn ip(container: &Value) -> &str {
    let networks = object(container, &["NetworkSettings", "Networks"]).into_iter().flatten().take(MAX_ENTRIES);
    let mut all = networks.map(|(_, network)| text(network, &["IPAddress"]));
    let first = text(container, &["NetworkSettings", "IPAddress"]);
    if first.is_empty() { all.find(|ip| !ip.is_empty()).unwrap_or_default() } else { first }
}

/// TCP ports of the host that lead into the container. Addresses are numbers; only IPv4 has a place there.
fn ports(container: &Value) -> Vec<Value> {
    let ports = object(container, &["NetworkSettings", "Ports"]).into_iter().flatten().take(MAX_ENTRIES);
    let mut mapped = Vec::new();
    for (port, bindings) in ports {
        let Some(inside) = port.strip_suffix("/tcp").and_then(|port| port.parse::<u16>().ok()) else { continue };
        for binding in list(bindings, &[]) {
            let address = text(binding, &["HostIp"]);
            let address = if address.is_empty() { Ok(Ipv4Addr::UNSPECIFIED) } else { address.parse() };
            if let (Ok(address), Ok(outside)) = (address, text(binding, &["HostPort"]).parse::<u16>()) {
                let address = u32::from(address);
                mapped.push(json!({"HostIp": address, "HostPort": outside, "ContainerPort": inside}));
            }
        }
    }
    mapped.truncate(MAX_ENTRIES);
    mapped
}

fn mounts(container: &Value) -> Vec<Value> {
    let mount = |mount: &Value| {
        json!({
            "Source": text(mount, &["Source"]),
            "Destination": text(mount, &["Destination"]),
            "Mode": text(mount, &["Mode"]),
            "RW": truth(mount, &["RW"]),
            "Propagation": text(mount, &["Propagation"]),
        })
    };
    list(container, &["Mounts"]).map(mount).collect()
}

fn labels(container: &Value) -> Map<String, Value> {
    let all = object(container, &["Config", "Labels"]).into_iter().flatten();
    let wanted = all.filter(|(name, _)| !POD_DESCRIPTIONS.contains(&name.as_str()) && name.len() <= MAX_TEXT);
    let label = |(name, value): (&String, &Value)| Some((name.clone(), Value::from(cut(value.as_str()?, MAX_TEXT))));
    wanted.filter_map(label).take(MAX_ENTRIES).collect()
}

/// The names of environment variables.
fn variables(container: &Value) -> Vec<&str> {
    texts(container, &["Config", "Env"]).map(|entry| entry.split('=').next().unwrap_or_default()).collect()
}

fn limits(container: &Value) -> Map<String, Value> {
    let host = |name| number(container, &["HostConfig", name]);
    let positive = |value: i64, default| if value > 0 { value } else { default };
    // `--cpus` is kept in billionths of a CPU instead of as a quota.
    let quota = host("CpuQuota").max(host("NanoCpus") / 10_000);
    members(json!({
        "memory_limit": host("Memory"),
        "swap_limit": host("MemorySwap"),
        "cpu_shares": positive(host("CpuShares"), DEFAULT_CPU_SHARES),
        "cpu_quota": quota,
        "cpu_period": positive(host("CpuPeriod"), DEFAULT_CPU_PERIOD),
        "cpuset_cpu_count": cpus(text(container, &["HostConfig", "CpusetCpus"])),
    }))
}

/// How many CPUs a list such as `0-3,7` has.
fn cpus(list: &str) -> u32 {
    let count = |part: &str| -> Option<u32> {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.trim().parse::<u32>().ok()?, last.trim().parse::<u32>().ok()?);
        last.checked_sub(first)?.checked_add(1)
    };
    list.split(',').filter_map(count).fold(0, u32::saturating_add)
}

/// What the format has no place for. Members without a value are left out.
fn extras(runtime: Runtime<'_>, container: &Value) -> Value {
    let host = |name| text(container, &["HostConfig", name]);
    let hosts = |name| texts(container, &["HostConfig", name]).collect::<Vec<_>>();
    let devices = list(container, &["HostConfig", "Devices"]).map(|device| text(device, &["PathOnHost"]));
    let extras = members(json!({
        "engine": runtime.engine,
        "pid": number(container, &["State", "Pid"]),
        "state": text(container, &["State", "Status"]),
        "path": text(container, &["Path"]),
        "security_opt": hosts("SecurityOpt"),
        "cap_add": hosts("CapAdd"),
        "cap_drop": hosts("CapDrop"),
        "apparmor_profile": text(container, &["AppArmorProfile"]),
        "readonly_rootfs": truth(container, &["HostConfig", "ReadonlyRootfs"]),
        "restart_policy": text(container, &["HostConfig", "RestartPolicy", "Name"]),
        "network_mode": host("NetworkMode"),
        "pid_mode": host("PidMode"),
        "ipc_mode": host("IpcMode"),
        "userns_mode": host("UsernsMode"),
        "cgroupns_mode": host("CgroupnsMode"),
        "runtime": host("Runtime"),
        "pids_limit": number(container, &["HostConfig", "PidsLimit"]),
        "devices": devices.collect::<Vec<_>>(),
    }));
    let says = |value: &Value| match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Bool(truth) => *truth,
        _ => false,
    };
    Value::Object(extras.into_iter().filter(|(_, value)| says(value)).collect())
}

#[cfg(test)]
mod tests;
