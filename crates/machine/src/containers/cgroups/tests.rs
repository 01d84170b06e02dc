use super::*;

const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";

fn list(paths: &[&str]) -> Vec<u8> {
    paths.iter().flat_map(|path| format!("cpuset={path}\0").into_bytes()).collect()
}

/// The id that `matcher` finds in a cgroup; `ID` in the path stands for a full id.
fn id_by(matcher: fn(&[u8]) -> Option<&[u8]>, path: &str) -> Option<String> {
    let cgroups = list(&["/", &path.replace("ID", ID)]);
    matcher(&cgroups).map(|id| String::from_utf8_lossy(id).into_owned())
}

fn newest(path: &str) -> Option<(String, Option<u32>)> {
    let cgroups = list(&["/", &path.replace("ID", ID)]);
    newest::container(&cgroups).map(|found| (String::from_utf8_lossy(found.id).into_owned(), found.kind))
}

const SHORT: &str = "697956520d89";

#[test]
fn a_list_is_taken_apart_as_each_library_does() {
    let cgroups = b"a=/x=y\0b=/z\0odd\0c=/w\0";
    assert_eq!(classic_paths(cgroups).collect::<Vec<_>>(), [&b"y"[..], b"/z"]);
    assert_eq!(newest_paths(cgroups).collect::<Vec<_>>(), [&b"/x=y"[..], b"/z"]);
    assert_eq!(classic_paths(b"").count(), 0);
}

#[test]
fn classic_matchers_know_their_runtimes() {
    let found = [
        id_by(classic::docker, "/docker/ID"),
        id_by(classic::docker, "/system.slice/docker-ID.scope"),
        id_by(classic::podman, "/machine.slice/libpod-ID.scope"),
        id_by(classic::cri, "/kubepods/pod1/crio-ID"),
        id_by(classic::cri, "/kubepods.slice/cri-containerd-ID.scope"),
        id_by(classic::cri, "/kubepods.slice/kubepods-pod1.slice:cri-containerd:ID"),
    ];
    assert!(found.iter().all(|id| id.as_deref() == Some(SHORT)), "{found:?}");
    assert_eq!(id_by(classic::docker, "/system.slice/cri-containerd-ID.scope"), None);
    assert_eq!(id_by(classic::podman, "/machine.slice/libpod-ID.scope/container"), Some(SHORT.into()));
    assert_eq!(id_by(classic::lxc, "/lxc/name/x"), Some("name".into()));
    assert_eq!(id_by(classic::lxc, "/lxc.payload/name"), Some("name".into()));
    assert_eq!(id_by(classic::lxc, "/lxc.payload.name"), None);
    assert_eq!(id_by(classic::libvirt_lxc, "/machine/name.libvirt-lxc"), Some("name".into()));
    assert_eq!(id_by(classic::libvirt_lxc, "/machine.slice/machine-lxc\\x2dname.scope"), Some("name".into()));
    assert_eq!(id_by(classic::libvirt_lxc, "/libvirt/lxc/name"), Some("name".into()));
    assert_eq!(id_by(classic::bpm, "/system.slice/bpm-job.1.scope"), Some("job.1".into()));
    assert_eq!(id_by(classic::bpm, "/bpm-job/x"), None);
    let uuid = "a9f41620-b165-4d24-abe0-af0af92e7b20";
    assert_eq!(id_by(classic::mesos, &format!("/mesos/{uuid}")), Some(uuid.into()));
    let cgroups = list(&["/", "/machine.slice/app.service"]);
    assert_eq!(classic::rkt_apps(&cgroups).collect::<Vec<_>>(), [b"app"]);
}

#[test]
fn an_id_is_64_hexadecimal_digits_as_far_as_the_reference_looks() {
    assert_eq!(id_by(classic::docker, "/docker/0123"), None);
    let odd_early = format!("/{}z{}", "0".repeat(10), "0".repeat(53));
    assert_eq!(id_by(classic::docker, &odd_early), None);
    let odd_late = format!("/docker/{}z", "0".repeat(63));
    assert_eq!(id_by(classic::docker, &odd_late), Some("0".repeat(12)));
}

#[test]
fn the_newest_matchers_know_their_runtimes() {
    let full = Some((SHORT.to_string(), None));
    for path in [
        "/docker/ID",
        "/system.slice/docker-ID.scope",
        "/machine.slice/libpod-ID.scope/container",
        "/libpod-ID",
        "/machine.slice/libpod-payload-ID",
        "/kubepods.slice/cri-containerd-ID.scope",
        "/kubepods.slice/kubepods-pod1.slice:cri-containerd:ID",
        "/default/ID",
    ] {
        assert_eq!(newest(path), full, "{path}");
    }
    assert_eq!(newest("/default/test"), Some(("test".into(), None)));
    assert_eq!(newest("/default/a-long-container-name"), Some(("a-long-conta".into(), None)));
    assert_eq!(newest("/system.slice/ssh.service"), None);
    assert_eq!(newest("/user.slice/user-1000.slice/session-1.scope"), None);
    assert_eq!(newest("/lxc.payload.name"), Some(("name".into(), Some(kind::LXC))));
    assert_eq!(newest("/machine.slice/machine-lxc\\x2dname.scope/libvirt"), Some(("machine-lxc\\".into(), None)));
    assert_eq!(newest("/bpm-job.scope"), Some(("job".into(), Some(kind::BPM))));
}

use super::classic::kind;

#[test]
fn odd_paths_match_nothing() {
    for path in ["", "/", "//", "=", "/lxc", "-lxc\\x2", "-lxc\\x2.scope", ".libvirt-lxc", "bpm-"] {
        let cgroups = list(&[path]);
        assert_eq!(newest::container(&cgroups), None, "{path}");
        let none = [classic::docker, classic::cri, classic::podman, classic::lxc, classic::bpm, classic::mesos]
            .iter()
            .all(|matcher| matcher(&cgroups).is_none());
        assert!(none, "{path}");
    }
}

#[test]
fn what_neither_library_knows_is_read_from_the_names_of_systemd_and_buildkit() {
    let own = |path: &str| {
        let cgroups = list(&["/", &path.replace("ID", ID)]);
        own::container(&cgroups).map(|(id, kind)| (String::from_utf8_lossy(&id).into_owned(), kind))
    };
    let nspawn = |name: &str| Some((name.to_string(), kind::NSPAWN));
    assert_eq!(own("/machine.slice/machine-web.scope"), nspawn("web"));
    assert_eq!(own("/machine.slice/machine-web.scope/payload/init.scope"), nspawn("web"));
    assert_eq!(own("/machine.slice/systemd-nspawn@my\\x2dweb.service/payload"), nspawn("my-web"));
    assert_eq!(own("/machine.slice/machine-odd\\x2.scope"), nspawn("odd\\x2"));
    assert_eq!(own("/machine.slice/systemd-nspawn@web.service/supervisor"), None);
    assert_eq!(own("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope"), None);
    assert_eq!(own("/machine.slice/machine-web.scope/payload/docker/ID"), None);
    let step = "k5gxzd9yqqyqpvs5lyxqyqyqp";
    assert_eq!(own(&format!("/docker/buildkit/{step}")), Some((step.to_string(), kind::BUILDKIT)));
    assert_eq!(own("/docker/buildkit/short"), None);
    assert_eq!(own("/machine.slice/machine-.scope"), None);
}
