//! What a container's pod is known by: partly the container's own metadata, partly that of the pod's sandbox, which
//! is a container too.

use capture_batch::{Container, View};

/// Length of the ids that containers are looked up by.
const SHORT_ID: usize = 12;

/// The short id of the sandbox of a container's pod. The newest plugin asks the host's entry (whose id is empty) for
/// containers without a pod.
pub(super) fn sandbox_id(view: View, container: &Container) -> Option<&[u8]> {
    let id = match view {
        View::Classic => &container.labels.iter().find(|(name, _)| &**name == b"io.kubernetes.sandbox.id")?.1,
        View::Exit => &container.pod_sandbox_id,
    };
    Some(id.get(..SHORT_ID).unwrap_or(id))
}

/// Fills in the pod's part of a version of a container.
pub(super) fn fill(view: View, container: &mut Container, sandbox: Option<&Container>) {
    match view {
        View::Classic => {
            container.pod_sandbox_labels = sandbox.map(|sandbox| sandbox.labels.clone()).unwrap_or_default();
        }
        View::Exit if container.cni_json.is_empty() => {
            container.pod_ip = sandbox.map(|sandbox| sandbox.ip.clone());
            container.pod_cni_json = sandbox.map(|sandbox| sandbox.cni_json.clone());
            if let Some(sandbox) = sandbox {
                container.pod_sandbox_labels.clone_from(&sandbox.pod_sandbox_labels);
            }
        }
        View::Exit => {
            container.pod_ip = Some(container.ip.clone());
            container.pod_cni_json = Some(container.cni_json.clone());
        }
    }
}
