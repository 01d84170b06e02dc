use super::*;
use proptest::prelude::*;
use std::fs;

const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";

fn found(kind: u32) -> Found {
    Found { id: ID[..12].to_owned(), full_id: ID.to_owned(), kind }
}

/// What is said of the container of type `kind` where this file is.
fn described(kind: u32, files: &[(&str, &str)]) -> Option<Value> {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = root.path().join(path.replace("ID", ID));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content.replace("ID", ID)).unwrap();
    }
    let text = Bundles::of(root.path()).describe(&found(kind))?;
    Some(serde_json::from_slice::<Value>(&text).unwrap()["container"].take())
}

#[test]
fn containerd_tells_what_kubernetes_calls_a_container() {
    let config = r#"{"process": {"user": {"uid": 101}, "args": ["nginx", "-g"], "env": ["PATH=/bin", "TOKEN=secret"],
            "capabilities": {"bounding": ["CAP_CHOWN"]}},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/etc/hosts", "source": "/pods/hosts", "options": ["rbind", "rprivate", "ro"]}],
        "linux": {"namespaces": [{"type": "pid"}, {"type": "ipc"}], "maskedPaths": ["/proc/kcore"],
            "resources": {"memory": {"limit": 1048576}, "cpu": {"shares": 512, "cpus": "0-1"}}},
        "annotations": {"io.kubernetes.cri.container-name": "web", "io.kubernetes.cri.container-type": "container",
            "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.25", "io.kubernetes.cri.sandbox-id": "5a",
            "io.kubernetes.cri.sandbox-name": "web-0", "io.kubernetes.cri.sandbox-namespace": "shop"}}"#;
    let path = "run/containerd/io.containerd.runtime.v2.task/k8s.io/ID/config.json";
    let told = described(kind::CRI, &[(path, config)]).unwrap();
    let expected = json!({"id": ID[..12], "name": "web", "type": kind::CONTAINERD, "lookup_state": 1, "privileged": false,
        "image": "docker.io/library/nginx:1.25", "imagerepo": "docker.io/library/nginx", "imagetag": "1.25",
        "host_network": true, "host_pid": false, "pod_sandbox_id": "5a", "is_pod_sandbox": false, "User": "101",
        "memory_limit": 1048576, "cpu_shares": 512, "cpuset_cpu_count": 2, "env": ["PATH", "TOKEN"]});
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&told[member], value, "{member}");
    }
    assert_eq!(told["labels"]["io.kubernetes.pod.name"], "web-0");
    assert_eq!(told["labels"]["io.kubernetes.pod.namespace"], "shop");
    let mounts = json!([{"Source": "/pods/hosts", "Destination": "/etc/hosts", "Mode": "", "RW": false,
        "Propagation": "rprivate"}]);
    assert_eq!(told["Mounts"], mounts);
    assert_eq!(told["capture"]["engine"], "containerd, by its files");
    assert!(!told.to_string().contains("secret"));
}

#[test]
fn crio_tells_of_a_sandbox() {
    let config = r#"{"annotations": {"io.kubernetes.cri-o.Name": "k8s_POD_web-0_shop", "io.kubernetes.pod.name": "web-0",
        "io.kubernetes.cri-o.ContainerType": "sandbox", "io.kubernetes.cri-o.SandboxID": "ID",
        "io.kubernetes.cri-o.Image": "registry.k8s.io/pause:3.9", "io.kubernetes.cri-o.IP.0": "10.1.2.3",
        "io.kubernetes.cri-o.Labels": "{\"app\":\"web\"}", "io.kubernetes.cri-o.Created": "2024-01-02T03:04:05Z"}}"#;
    let path = "run/containers/storage/overlay-containers/ID/userdata/config.json";
    let told = described(kind::CRIO, &[(path, config)]).unwrap();
    assert_eq!(
        (&told["name"], &told["is_pod_sandbox"], &told["ip"]),
        (&json!("web-0"), &json!(true), &json!("10.1.2.3"))
    );
    assert_eq!((&told["imagerepo"], &told["created_time"]), (&json!("registry.k8s.io/pause"), &json!(1704164645)));
    assert_eq!(told["labels"]["app"], "web");
}

#[test]
fn podman_tells_name_and_image_in_its_store() {
    let config = r#"{"process": {"capabilities": {"bounding": ["CAP_SYS_ADMIN"]}},
        "linux": {"resources": {"devices": [{"allow": true, "access": "rwm"}]}},
        "annotations": {"io.container.manager": "libpod"}}"#;
    let store = r#"[{"id": "other", "names": ["no"]}, {"id": "ID", "names": ["capt1"],
        "metadata": "{\"image-name\":\"docker.io/library/busybox:1.36\",\"image-id\":\"c0ffee\"}"}]"#;
    let place = "var/lib/containers/storage/overlay-containers";
    let files = [(format!("{place}/ID/userdata/config.json"), config), (format!("{place}/containers.json"), store)];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, content)| (path.as_str(), *content)).collect();
    let told = described(kind::PODMAN, &files).unwrap();
    assert_eq!((&told["name"], &told["imageid"]), (&json!("capt1"), &json!("c0ffee")));
    assert_eq!((&told["imagetag"], &told["privileged"]), (&json!("1.36"), &json!(true)));
    let told = described(kind::PODMAN, &files[..1]).unwrap();
    assert_eq!((&told["name"], &told["image"]), (&json!(ID), &json!("")), "without the store");
}

#[test]
fn nothing_is_known_of_what_is_no_container_of_theirs() {
    let path = "run/containers/storage/overlay-containers/ID/userdata/config.json";
    assert_eq!(described(kind::CRIO, &[]), None);
    assert_eq!(described(kind::CRIO, &[(path, "{")]), None);
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join(path.replace("ID", ID));
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &place).unwrap();
    assert_eq!(Bundles::of(root.path()).describe(&found(kind::CRIO)), None, "links are not followed");
    let odd = Found { full_id: "../".repeat(21) + "x", ..found(kind::CRIO) };
    assert_eq!(Bundles::of(root.path()).describe(&odd), None);
}

proptest! {
    #[test]
    fn any_configuration_is_described(
        names in prop::collection::vec("annotations|linux|process|mounts|args|options|namespaces|io.kubernetes.cri.image-name", 0..4),
        leaf in prop_oneof![Just(json!(null)), Just(json!([[1], "rbind", {}])), Just(json!(-1)), Just(json!("{\"a\":1}"))],
    ) {
        let config = names.iter().rev().fold(leaf, |value, name| json!({ name: value }));
        let container = as_docker(ID, &config, Some(&config));
        let text = describe(Runtime { kind: 7, engine: "x" }, &container, None, None);
        prop_assert!(serde_json::from_slice::<Value>(&text).is_ok());
    }
}
