use super::*;

const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";

fn found(path: &str) -> Option<(String, u32)> {
    let cgroups = format!("cpuset=/\0memory={}\0", path.replace("ID", ID));
    let found = identify(cgroups.as_bytes())?;
    assert!(found.full_id.starts_with(&found.id), "{found:?}");
    Some((found.full_id, found.kind))
}

#[test]
fn runtimes_are_told_by_the_names_of_their_groups() {
    let table = [
        ("/docker/ID", kind::DOCKER),
        ("/system.slice/docker-ID.scope", kind::DOCKER),
        ("/user.slice/user-1000.slice/user@1000.service/user.slice/docker-ID.scope", kind::DOCKER),
        ("/actions_job/ID", kind::DOCKER),
        ("/kubepods/burstable/pod1/ID", kind::CRI),
        ("/kubepods.slice/kubepods-pod1.slice/docker-ID.scope", kind::DOCKER),
        ("/kubepods.slice/kubepods-pod1.slice/cri-containerd-ID.scope", kind::CONTAINERD),
        ("/kubepods.slice/kubepods-pod1.slice:cri-containerd:ID", kind::CONTAINERD),
        ("/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:ID", kind::CONTAINERD),
        ("/kubepods/pod1/crio-ID", kind::CRIO),
        ("/kubepods.slice/kubepods-pod1.slice/crio-ID.scope", kind::CRIO),
        ("/machine.slice/libpod-ID.scope", kind::PODMAN),
        ("/machine.slice/libpod-ID.scope/container", kind::PODMAN),
        ("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope/container", kind::PODMAN),
        ("/libpod_parent/libpod-ID", kind::PODMAN),
        ("/machine.slice/libpod-payload-ID", kind::PODMAN),
        ("/k8s.io/ID", kind::DOCKER),
    ];
    for (path, kind) in table {
        assert_eq!(found(path), Some((ID.to_string(), kind)), "{path}");
    }
}

#[test]
fn an_id_of_equal_digits_is_found_whole() {
    let id = "0".repeat(64);
    assert_eq!(found(&format!("/docker/{id}")), Some((id, kind::DOCKER)));
}

#[test]
fn containers_without_digits_have_their_names() {
    let table = [
        ("/lxc/web", "web", kind::LXC),
        ("/lxc/web/init.scope", "web", kind::LXC),
        ("/lxc.payload/web", "web", kind::LXC),
        ("/lxc.payload.web/system.slice", "web", kind::LXC),
        ("/machine/web.libvirt-lxc", "web", kind::LIBVIRT_LXC),
        ("/machine.slice/machine-web.scope/payload", "web", kind::NSPAWN),
        ("/machine.slice/systemd-nspawn@web.service/payload/init.scope", "web", kind::NSPAWN),
        ("/docker/buildkit/k5gxzd9yqqyqpvs5lyxqyqyqp", "k5gxzd9yqqyqpvs5lyxqyqyqp", kind::BUILDKIT),
    ];
    for (path, name, kind) in table {
        assert_eq!(found(path), Some((name.to_string(), kind)), "{path}");
    }
}

#[test]
fn monitors_services_and_sessions_are_no_containers() {
    for path in [
        "/",
        "/user.slice/user-1000.slice/session-3.scope",
        "/system.slice/ssh.service",
        "/system.slice/docker.service",
        "/machine.slice/libpod-conmon-ID.scope",
        "/kubepods.slice/kubepods-pod1.slice/crio-conmon-ID.scope",
        "/lxc.monitor.web",
        "/lxc/",
        "/machine.slice/systemd-nspawn@web.service/supervisor",
        "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope",
        "/jobs/web",
        "/docker/0123456789abcdef",
    ] {
        assert_eq!(found(path), None, "{path}");
    }
    for odd in [&b""[..], b"\0", b"=", b"cpu", b"cpu=", b"cpu=\xff\xfe/docker/\xff\0"] {
        assert_eq!(identify(odd), None);
    }
}
