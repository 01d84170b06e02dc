//! What a capture says of a container.

use crate::Text;
use std::sync::Arc;

/// A directory mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Mount {
    /// Path on the host.
    pub source: Text,
    /// Path in the container.
    pub destination: Text,
    /// Mode string, such as `ro`.
    pub mode: Text,
    /// Whether it can be written.
    pub writable: bool,
    /// Propagation, such as `rprivate`.
    pub propagation: Text,
}

/// A port of the host that leads into a container.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct PortMapping {
    /// IPv4 address on the host, as a number.
    pub host_ip: u32,
    /// Port on the host.
    pub host_port: u16,
    /// Port in the container.
    pub container_port: u16,
}

/// What a health command of a container is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProbeKind {
    /// Docker's health check.
    Healthcheck,
    /// Kubernetes' liveness probe.
    Liveness,
    /// Kubernetes' readiness probe.
    Readiness,
}

/// A health command of a container.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Probe {
    /// What it is for.
    pub kind: ProbeKind,
    /// Its executable.
    pub exe: Text,
    /// Its arguments.
    pub args: Vec<Text>,
}

/// Something of a Kubernetes cluster that has a name: a pod, a service, a deployment …
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Workload {
    /// Name.
    pub name: Text,
    /// Unique id.
    pub uid: Text,
    /// Labels, sorted by name.
    pub labels: Vec<(Text, Text)>,
}

/// What the cluster's API said of a container's pod. Only captures of old programs hold such events, and only the
/// classic view knows them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Pod {
    /// The pod itself.
    pub pod: Workload,
    /// Name of its namespace.
    pub namespace: Text,
    /// Its namespace, if the capture tells of it.
    pub in_namespace: Option<Workload>,
    /// The replication controller that keeps it.
    pub controller: Option<Workload>,
    /// The replica set that keeps it.
    pub replica_set: Option<Workload>,
    /// The deployment that it is part of.
    pub deployment: Option<Workload>,
    /// The services that it answers for.
    pub services: Vec<Workload>,
}

/// One version of a container's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Container {
    /// Short id, 12 characters as a rule.
    pub id: Text,
    /// Full id.
    pub full_id: Text,
    /// Numeric type of the runtime, as captures store it.
    pub kind: u32,
    /// Name.
    pub name: Text,
    /// Image as it was asked for.
    pub image: Text,
    /// Image id.
    pub image_id: Text,
    /// Image repository.
    pub image_repo: Text,
    /// Image tag.
    pub image_tag: Text,
    /// Image digest.
    pub image_digest: Text,
    /// Whether it runs privileged; `None` if not said.
    pub privileged: Option<bool>,
    /// Whether it shares the host's pid, network and ipc namespaces.
    pub host_namespaces: [bool; 3],
    /// Its address.
    pub ip: Text,
    /// The network interface's description, JSON.
    pub cni_json: Text,
    /// Creation time, seconds since the epoch; 0 if unknown.
    pub created: u64,
    /// Mounts.
    pub mounts: Vec<Mount>,
    /// Ports.
    pub ports: Vec<PortMapping>,
    /// Labels, sorted by name.
    pub labels: Vec<(Text, Text)>,
    /// Environment entries.
    pub env: Vec<Text>,
    /// Health commands.
    pub probes: Vec<Probe>,
    /// Whether it is a pod's sandbox.
    pub is_pod_sandbox: bool,
    /// The id of its pod's sandbox.
    pub pod_sandbox_id: Text,
    /// Labels of its pod, sorted by name: as the container's own metadata or that of its pod's sandbox tells.
    pub pod_sandbox_labels: Vec<(Text, Text)>,
    /// The address of its pod, if that is known at the same moment; exit view only.
    pub pod_ip: Option<Text>,
    /// The description of its pod's network interfaces, JSON; exit view only.
    pub pod_cni_json: Option<Text>,
    /// What the cluster's API said of its pod.
    pub pod: Option<Arc<Pod>>,
    /// The JSON text the capture holds of it, for what is not listed above.
    pub json: Text,
}
