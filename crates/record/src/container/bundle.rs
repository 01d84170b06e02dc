//! What runtimes leave in files of a container: asked where no engine answers.
//!
//! ```text
//! /run/containerd/io.containerd.runtime.v2.task/NAMESPACE/ID/config.json          containerd
//! /run/containers/storage/overlay-containers/ID/userdata/config.json              CRI-O
//! /var/lib/containers/storage/overlay-containers/ID/userdata/config.json          Podman
//! /var/lib/containers/storage/overlay-containers/containers.json                  names and images of Podman's
//! ```
//!
//! `config.json` is the runtime specification's: how the container is to be run. What Kubernetes calls it and its image
//! stands in annotations, which containerd and CRI-O name in their own ways. It is brought into the form in which
//! Docker answers, so that there is one description of containers ([`describe`]).

use super::describe::{Runtime, describe};
use super::id::Found;
use super::short::{MAX_ENTRIES, list, number, object, text, texts, truth};
use capture_machine::containers::cgroups::classic::kind;
use rustix::fs::{Mode, OFlags};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// More of a file is not read: then nothing is known.
const LONGEST: u64 = 4 << 20;

/// How many digits a full id has: what names a directory is nothing else.
const FULL_ID: usize = 64;

const TASKS: &str = "run/containerd/io.containerd.runtime.v2.task";
const STORES: [&str; 2] =
    ["run/containers/storage/overlay-containers", "var/lib/containers/storage/overlay-containers"];

/// Labels of Docker's, in which Kubernetes has the same as in annotations of others: label, containerd's annotation,
/// CRI-O's.
const LABELS: [(&str, &str, &str); 6] = [
    ("io.kubernetes.container.name", "io.kubernetes.cri.container-name", "io.kubernetes.container.name"),
    ("io.kubernetes.pod.name", "io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"),
    ("io.kubernetes.pod.namespace", "io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"),
    ("io.kubernetes.pod.uid", "io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"),
    ("io.kubernetes.sandbox.id", "io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID"),
    ("io.cri-containerd.kind", "io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"),
];

/// Files of runtimes.
#[derive(Debug, Clone)]
pub struct Bundles {
    root: PathBuf,
}

impl Bundles {
    /// Those of a host whose root directory this is.
    pub fn of(root: &Path) -> Bundles {
        Bundles { root: root.to_owned() }
    }

    /// The description of a container; `None` if no runtime left files of it.
    pub fn describe(&self, found: &Found) -> Option<Vec<u8>> {
        let id = &found.full_id;
        if id.len() != FULL_ID || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let (config, engine) = self.config(id)?;
        let stored = if engine == "podman" { self.stored(id) } else { None };
        let container = as_docker(id, &config, stored.as_ref());
        let kind = if found.kind == kind::CRI { kind_of(engine) } else { found.kind };
        Some(describe(Runtime { kind, engine: &format!("{engine}, by its files") }, &container, None, None))
    }

    fn config(&self, id: &str) -> Option<(Value, &'static str)> {
        let stored = STORES.iter().find_map(|store| self.read(&format!("{store}/{id}/userdata/config.json")));
        if let Some(config) = stored {
            let is_podman = text(&config, &["annotations", "io.container.manager"]) == "libpod";
            return Some((config, if is_podman { "podman" } else { "cri-o" }));
        }
        let namespaces = std::fs::read_dir(self.root.join(TASKS)).ok()?.flatten().take(MAX_ENTRIES);
        let path = |namespace: &str| format!("{TASKS}/{namespace}/{id}/config.json");
        let config = namespaces.filter_map(|entry| self.read(&path(entry.file_name().to_str()?))).next()?;
        Some((config, "containerd"))
    }

    /// What Podman's store knows of a container: names and image.
    fn stored(&self, id: &str) -> Option<Value> {
        let all = self.read(&format!("{}/containers.json", STORES[1]))?;
        all.as_array()?.iter().find(|container| text(container, &["id"]) == id).cloned()
    }

    fn read(&self, path: &str) -> Option<Value> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
        let file = File::from(rustix::fs::open(self.root.join(path), flags, Mode::empty()).ok()?);
        let mut bytes = Vec::new();
        file.metadata().ok().filter(|found| found.is_file() && found.len() <= LONGEST)?;
        file.take(LONGEST).read_to_end(&mut bytes).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

fn kind_of(engine: &str) -> u32 {
    match engine {
        "podman" => kind::PODMAN,
        "cri-o" => kind::CRIO,
        _ => kind::CONTAINERD,
    }
}

/// A container as Docker would describe it.
fn as_docker(id: &str, config: &Value, stored: Option<&Value>) -> Value {
    let annotation = |name: &str| text(config, &["annotations", name]);
    let first = |texts: &[&str]| texts.iter().find(|text| !text.is_empty()).copied().unwrap_or_default().to_owned();
    let labels = labels(config);
    let label = |name: &str| labels.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_sandbox = label("io.cri-containerd.kind") == "sandbox";
    let metadata: Value =
        stored.and_then(|stored| serde_json::from_str(text(stored, &["metadata"])).ok()).unwrap_or_default();
    let pod = if is_sandbox { label("io.kubernetes.pod.name") } else { "" };
    let names = stored.and_then(|stored| texts(stored, &["names"]).next()).unwrap_or_default();
    let name = first(&[names, pod, label("io.kubernetes.container.name"), annotation("io.kubernetes.cri-o.Name"), id]);
    let image = first(&[
        annotation("io.kubernetes.cri.image-name"),
        annotation("io.kubernetes.cri-o.ImageName"),
        text(&metadata, &["image-name"]),
        annotation("io.kubernetes.cri-o.Image"),
    ]);
    json!({
        "Id": id,
        "Name": name,
        "Image": text(&metadata, &["image-id"]),
        "Created": annotation("io.kubernetes.cri-o.Created"),
        "Path": texts(config, &["process", "args"]).next(),
        "Config": {
            "Image": image,
            "User": number(config, &["process", "user", "uid"]).to_string(),
            "Env": texts(config, &["process", "env"]).collect::<Vec<_>>(),
            "Labels": labels,
        },
        "NetworkSettings": {"IPAddress": annotation("io.kubernetes.cri-o.IP.0")},
        "Mounts": mounts(config),
        "HostConfig": limits(config),
    })
}

/// The container's labels, and what Kubernetes calls it and its pod.
fn labels(config: &Value) -> Map<String, Value> {
    let annotation = |name: &str| text(config, &["annotations", name]);
    let given: Value = serde_json::from_str(annotation("io.kubernetes.cri-o.Labels")).unwrap_or_default();
    let mut labels = object(&given, &[]).cloned().unwrap_or_default();
    for (label, of_containerd, of_crio) in LABELS {
        let value = [of_containerd, of_crio].map(annotation).into_iter().find(|value| !value.is_empty());
        if let Some(value) = value {
            labels.insert(label.to_owned(), Value::from(value));
        }
    }
    labels
}

fn mounts(config: &Value) -> Vec<Value> {
    let is_bound = |mount: &&Value| texts(mount, &["options"]).any(|option| matches!(option, "bind" | "rbind"));
    let mount = |mount: &Value| {
        let has = |wanted: &str| texts(mount, &["options"]).any(|option| option == wanted);
        let propagation = ["rprivate", "private", "rslave", "slave", "rshared", "shared"];
        json!({
            "Source": text(mount, &["source"]),
            "Destination": text(mount, &["destination"]),
            "Mode": "",
            "RW": !has("ro"),
            "Propagation": propagation.iter().find(|kind| has(kind)).unwrap_or(&""),
        })
    };
    list(config, &["mounts"]).filter(is_bound).map(mount).collect()
}

fn limits(config: &Value) -> Value {
    let resource = |group: &str, name: &str| number(config, &["linux", "resources", group, name]);
    // A container without a namespace of its own has that of the host.
    let mode = |kind: &str| {
        let mut kinds = list(config, &["linux", "namespaces"]).map(|namespace| text(namespace, &["type"]));
        if kinds.any(|own| own == kind) { "" } else { "host" }
    };
    let tasks = resource("pids", "limit");
    json!({
        "Privileged": is_privileged(config),
        "PidMode": mode("pid"),
        "NetworkMode": mode("network"),
        "IpcMode": mode("ipc"),
        "Memory": resource("memory", "limit"),
        "MemorySwap": resource("memory", "swap"),
        "CpuShares": resource("cpu", "shares"),
        "CpuQuota": resource("cpu", "quota"),
        "CpuPeriod": resource("cpu", "period"),
        "CpusetCpus": text(config, &["linux", "resources", "cpu", "cpus"]),
        "PidsLimit": tasks.max(0),
        "ReadonlyRootfs": truth(config, &["root", "readonly"]),
    })
}

/// Whether it is run as engines run privileged containers: all capabilities, all devices, and nothing of /proc hidden.
fn is_privileged(config: &Value) -> bool {
    let may_administer = texts(config, &["process", "capabilities", "bounding"]).any(|name| name == "CAP_SYS_ADMIN");
    let is_open = ["maskedPaths", "readonlyPaths"].iter().all(|paths| list(config, &["linux", paths]).next().is_none());
    let is_all = |rule: &Value| {
        truth(rule, &["allow"]) && rule.get("major").is_none() && matches!(text(rule, &["access"]), "rwm" | "")
    };
    may_administer && is_open && list(config, &["linux", "resources", "devices"]).any(is_all)
}

#[cfg(test)]
mod tests;
