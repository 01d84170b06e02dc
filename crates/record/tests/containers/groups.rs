//! The ids that the recorder gives containers are those that readers give their threads.

use super::support::{VIEWS, ask, sysdig_says};
use capture_batch::View;
use capture_event::code;
use capture_record::container::identify;
use capture_testkit::{CaptureBuilder, EventBuilder, Process};

const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";

/// Control groups; `ID` stands for a full id.
const GROUPS: &[&str] = &[
    "/",
    "/docker/ID",
    "/system.slice/docker-ID.scope",
    "/docker/ID/below",
    "/kubepods/burstable/pod1/ID",
    "/kubepods.slice/kubepods-pod1.slice/docker-ID.scope",
    "/kubepods.slice/kubepods-pod1.slice/cri-containerd-ID.scope",
    "/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:ID",
    "/kubepods/pod1/crio-ID",
    "/kubepods.slice/kubepods-pod1.slice/crio-ID.scope",
    "/kubepods.slice/kubepods-pod1.slice/crio-conmon-ID.scope",
    "/machine.slice/libpod-ID.scope",
    "/machine.slice/libpod-ID.scope/container",
    "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope/container",
    "/machine.slice/libpod-payload-ID",
    "/libpod_parent/libpod-ID",
    "/libpod_parent/conmon",
    "/machine.slice/libpod-conmon-ID.scope",
    "/lxc/web",
    "/lxc/web/init.scope",
    "/lxc.payload/web",
    "/lxc.payload.web",
    "/lxc.monitor.web",
    "/machine/web.libvirt-lxc",
    "/machine.slice/machine-lxc\\x2dweb.scope",
    "/machine.slice/machine-web.scope/payload",
    "/machine.slice/systemd-nspawn@web.service/payload",
    "/docker/buildkit/k5gxzd9yqqyqpvs5lyxqyqyqp",
    "/user.slice/user-1000.slice/session-3.scope",
    "/system.slice/ssh.service",
];

fn capture() -> CaptureBuilder {
    let tids = 10_u32..;
    let made = GROUPS.iter().zip(tids.clone()).fold(CaptureBuilder::new(), |capture, (group, tid)| {
        let group = format!("cpu={}", group.replace("ID", ID));
        capture.process(Process::new(tid.into(), "sh").cgroups(&[&group]))
    });
    GROUPS.iter().zip(tids).fold(made, |capture, (_, tid)| {
        capture.event(EventBuilder::new(u64::from(tid), tid.into(), code::GETUID_X).u32(0))
    })
}

fn recorded(group: &str) -> String {
    let cgroups = format!("cpu={}\0", group.replace("ID", ID));
    identify(cgroups.as_bytes()).map_or_else(|| "host".to_owned(), |found| found.id)
}

fn check(reader: &str, ids: &[String], only_recorded: &[&str]) {
    assert_eq!(ids.len(), GROUPS.len(), "{reader}");
    for (group, id) in GROUPS.iter().zip(ids) {
        let recorded = recorded(group);
        let expected = if only_recorded.contains(group) { "host" } else { &recorded };
        assert_eq!(id, expected, "{reader}: {group}");
    }
}

/// What the classic view, like sysdig, takes for the host. The last ones are found where the capture tells of such a
/// container.
const NOT_CLASSIC: &[&str] = &[
    "/machine.slice/libpod-payload-ID",
    "/libpod_parent/libpod-ID",
    "/lxc.payload.web",
    "/machine.slice/machine-web.scope/payload",
    "/machine.slice/systemd-nspawn@web.service/payload",
    "/docker/buildkit/k5gxzd9yqqyqpvs5lyxqyqyqp",
];

#[test]
fn readers_find_the_same_containers() {
    let ids = ask(&capture(), View::Classic, "evt.num>0", "*%container.id");
    check("classic", &ids, NOT_CLASSIC);
    if let Some(says) = sysdig_says(&capture(), "evt.num>0", "*%container.id") {
        check("sysdig", &says, NOT_CLASSIC);
    }
    for view in VIEWS {
        let ids = ask(&capture(), view, "evt.num>0", "*%container.id");
        let mut missing = GROUPS.iter().zip(&ids).filter(|(group, id)| **id == "host" && recorded(group) != "host");
        assert!(missing.all(|(group, _)| NOT_CLASSIC.contains(group)), "{view:?}");
    }
}
