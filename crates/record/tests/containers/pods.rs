//! What runtimes leave in files tells of pods, also in sysdig.

use super::support::{VIEWS, ask, stored, sysdig_says};
use capture_batch::View;
use capture_event::code;
use capture_record::container::{Bundles, container_event, identify};
use capture_testkit::{CaptureBuilder, EventBuilder, Process};
use serde_json::json;

const ID: &str = "3cc3607cc86a1b460594ae6c64017b7c70120a9a759fc606ff6398f60cd37058";

/// A process in a container that containerd runs for Kubernetes.
fn capture() -> CaptureBuilder {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join(format!("run/containerd/io.containerd.runtime.v2.task/k8s.io/{ID}"));
    std::fs::create_dir_all(&place).unwrap();
    let annotations = json!({"io.kubernetes.cri.container-name": "web", "io.kubernetes.cri.sandbox-name": "web-0",
        "io.kubernetes.cri.sandbox-namespace": "shop", "io.kubernetes.cri.sandbox-uid": "77aa-12",
        "io.kubernetes.cri.sandbox-id": "5f".repeat(32), "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.25"});
    std::fs::write(place.join("config.json"), json!({"annotations": annotations}).to_string()).unwrap();
    let group = format!("cpu=/kubepods/burstable/pod77aa/cri-containerd-{ID}.scope");
    let found = identify(&[group.as_bytes(), &[0]].concat()).unwrap();
    let description = Bundles::of(root.path()).describe(&found).unwrap();
    CaptureBuilder::new()
        .process(Process::new(5, "sh").cgroups(&[&group]))
        .event(stored(1_795_332_600_000_000_000, &container_event(description)))
        .event(EventBuilder::new(1_795_332_600_000_000_001, 5, code::GETUID_X).u32(0))
}

#[test]
fn fields_of_pods_answer() {
    let format = "%k8s.ns.name %k8s.pod.name %container.name %container.image.repository %container.type";
    let expected = ["shop web-0 web docker.io/library/nginx containerd"];
    for view in VIEWS {
        assert_eq!(ask(&capture(), view, "evt.type=getuid and k8s.pod.name=web-0", format), expected, "{view:?}");
    }
    if let Some(lines) = sysdig_says(&capture(), "evt.type=getuid and k8s.pod.name=web-0", format) {
        assert_eq!(lines, expected, "sysdig");
    }
    let ids = ask(&capture(), View::Exit, "evt.type=getuid", "%k8s.pod.uid %k8s.pod.sandbox_id %container.id");
    assert_eq!(ids, ["77aa-12 5f5f5f5f5f5f 3cc3607cc86a"]);
}
