use super::*;
use crate::{Applied, Machine, Thread};
use capture_batch::{ProbeKind, RowFlags, View};
use capture_event::{Event, code};

const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";
const SHORT: &[u8] = b"697956520d89";

fn thread(tid: i64, ptid: i64, cgroup: &str) -> Thread {
    let mut thread = Thread::new(tid);
    thread.id.pid = tid;
    thread.id.ptid = ptid;
    thread.id.vpid = tid;
    thread.id.cgroups = format!("cpu=/\0cpuset={}\0", cgroup.replace("ID", ID)).into();
    thread
}

fn event(machine: &mut Machine, code: u16, tid: i64, params: &[&[u8]]) -> Applied {
    machine.apply(&Event { ts: 0, tid, cpu: 0, code, state_only: false, params })
}

fn json(machine: &mut Machine, name: &str, more: &str) -> Applied {
    let json = format!("{{\"container\":{{\"id\":\"697956520d89\",\"type\":0,\"name\":\"{name}\"{more}}}}}\0");
    event(machine, code::CONTAINER_JSON_2_E, -1, &[json.as_bytes()])
}

fn other(machine: &mut Machine) -> Applied {
    event(machine, code::GETUID_X, 1, &[])
}

fn machine(view: View, threads: impl IntoIterator<Item = Thread>) -> Machine {
    let mut machine = Machine::new(view);
    threads.into_iter().for_each(|thread| {
        machine.threads.put(thread);
    });
    machine
}

fn id_of(machine: &Machine, tid: i64) -> String {
    machine.threads.get(tid).unwrap().id.container_id.to_str_lossy().into_owned()
}

fn name_of(machine: &mut Machine, segment: &Segment, id: &[u8]) -> Option<String> {
    let id = machine.containers.bind(id, segment)?;
    Some(segment.containers.get(id).unwrap().name.to_str_lossy().into_owned())
}

#[test]
fn events_at_the_beginning_come_before_the_process_list() {
    for view in [View::Classic, View::Exit] {
        let mut machine = machine(view, [thread(5, 1, "/docker/ID")]);
        assert!(json(&mut machine, "web", "").marks.contains(RowFlags::PREAMBLE));
        assert_eq!(id_of(&machine, 5), "");
        assert!(!other(&mut machine).marks.contains(RowFlags::PREAMBLE));
        assert_eq!(id_of(&machine, 5).as_bytes(), SHORT);
        assert!(!json(&mut machine, "web", "").marks.contains(RowFlags::PREAMBLE));
    }
}

#[test]
fn metadata_that_arrives_late_is_not_filled_in_before() {
    let segment = Segment::default();
    let mut classic = machine(View::Classic, [thread(5, 1, "/docker/ID")]);
    other(&mut classic);
    assert_eq!(name_of(&mut classic, &segment, SHORT), Some("".into()));
    let version = classic.containers.version();
    json(&mut classic, "web", "");
    assert!(classic.containers.version() > version);
    assert_eq!(name_of(&mut classic, &segment, SHORT), Some("web".into()));
    let mut exit = machine(View::Exit, [thread(5, 1, "/docker/ID")]);
    other(&mut exit);
    assert_eq!(name_of(&mut exit, &segment, SHORT), None);
    json(&mut exit, "web", "");
    assert_eq!(name_of(&mut exit, &segment, SHORT), Some("web".into()));
}

#[test]
fn a_version_is_made_once_a_segment() {
    let mut machine = machine(View::Exit, []);
    let (first, second) = (Segment::default(), Segment { serial: 1, ..Segment::default() });
    let host = machine.containers.bind(b"", &first).unwrap();
    assert_eq!(machine.containers.bind(b"", &first), Some(host));
    assert_eq!(first.containers.len(), 1);
    machine.containers.bind(b"", &second).unwrap();
    assert_eq!(&*second.containers.get(host).unwrap().name, b"host");
}

#[test]
fn a_change_of_the_sandbox_makes_a_new_version() {
    let segment = Segment::default();
    let mut machine = machine(View::Exit, []);
    json(&mut machine, "web", ",\"pod_sandbox_id\":\"0123456789abcdef\"");
    let alone = machine.containers.bind(SHORT, &segment).unwrap();
    let pod = |id| segment.containers.get(id).map(|c| (c.pod_ip.clone(), c.pod_sandbox_labels.len())).unwrap();
    assert_eq!(pod(alone), (None, 0));
    let sandbox =
        b"{\"container\":{\"id\":\"0123456789ab\",\"ip\":\"10.0.0.1\",\"pod_sandbox_labels\":{\"app\":\"a\"}}}\0";
    event(&mut machine, code::CONTAINER_JSON_2_E, -1, &[sandbox]);
    let both = machine.containers.bind(SHORT, &segment).unwrap();
    assert_eq!(pod(both), (Some("10.0.0.1".into()), 1));
    assert_eq!(machine.containers.bind(SHORT, &segment), Some(both));
}

#[test]
fn the_classic_view_finds_the_labels_of_a_pod_through_a_label() {
    let segment = Segment::default();
    let mut machine = machine(View::Classic, []);
    json(&mut machine, "web", ",\"labels\":{\"io.kubernetes.sandbox.id\":\"0123456789abcdef\"}");
    let sandbox = b"{\"container\":{\"id\":\"0123456789ab\",\"labels\":{\"app\":\"a\"}}}\0";
    event(&mut machine, code::CONTAINER_JSON_2_E, -1, &[sandbox]);
    let id = machine.containers.bind(SHORT, &segment).unwrap();
    assert_eq!(segment.containers.get(id).unwrap().pod_sandbox_labels, [("app".into(), "a".into())]);
}

#[test]
fn the_thread_of_a_container_event_is_made_up_or_none() {
    let mut classic = machine(View::Classic, []);
    let applied = json(&mut classic, "web", ",\"lookup_state\":2");
    assert!(applied.marks.contains(RowFlags::UNRESOLVED));
    let stand_in = applied.stand_in.unwrap();
    assert_eq!((&*stand_in.id.comm, stand_in.tid, stand_in.id.vpid), (&b"container:697956520d89"[..], -1, -2));
    let mut exit = machine(View::Exit, []);
    let applied = json(&mut exit, "web", ",\"lookup_state\":2");
    assert_eq!((applied.stand_in, applied.marks), (None, RowFlags::PREAMBLE));
    assert_eq!(&*applied.container.unwrap().name, b"web");
}

#[test]
fn the_plugin_says_when_a_container_is_gone() {
    let segment = Segment::default();
    let mut machine = machine(View::Exit, []);
    let data = b"{\"container\":{\"id\":\"697956520d89\",\"name\":\"web\"}}\0";
    event(&mut machine, code::ASYNCEVENT_E, 0, &[&[0; 4], b"container\0", data]);
    assert_eq!(name_of(&mut machine, &segment, SHORT), Some("web".into()));
    event(&mut machine, code::ASYNCEVENT_E, 0, &[&[0; 4], b"other\0", data]);
    let removed = event(&mut machine, code::ASYNCEVENT_E, 0, &[&[0; 4], b"container_removed\0", data]);
    assert_eq!(name_of(&mut machine, &segment, SHORT), None);
    assert_eq!(&*removed.container.unwrap().name, b"web");
}

#[test]
fn containers_without_metadata_are_known_as_each_library_knows_them() {
    let known = |view, cgroup, id: &[u8]| {
        let mut machine = machine(view, [thread(5, 1, cgroup)]);
        other(&mut machine);
        machine.containers.get(id).map(|c| (c.kind, c.name.to_str_lossy().into_owned()))
    };
    assert_eq!(known(View::Classic, "/docker/ID", SHORT), Some((0, "".into())));
    assert_eq!(known(View::Classic, "/machine.slice/libpod-ID.scope", SHORT), Some((11, "".into())));
    assert_eq!(known(View::Classic, "/kubepods.slice/cri-containerd-ID.scope", SHORT), None);
    assert_eq!(known(View::Classic, "/lxc/web", b"web"), Some((1, "web".into())));
    assert_eq!(known(View::Exit, "/docker/ID", SHORT), None);
    assert_eq!(known(View::Exit, "/lxc.payload.web", b"web"), Some((1, "".into())));
    assert_eq!(known(View::Exit, "/", b""), Some((KIND_HOST, "host".into())));
}

#[test]
fn what_neither_library_knows_counts_where_the_capture_tells_of_it() {
    for view in [View::Classic, View::Exit] {
        let mut silent = machine(view, [thread(5, 1, "/machine.slice/machine-web.scope/payload/x.service")]);
        other(&mut silent);
        let before = id_of(&silent, 5);
        let mut telling = machine(view, [thread(5, 1, "/machine.slice/machine-web.scope/payload/x.service")]);
        let json = b"{\"container\":{\"id\":\"web\",\"type\":51712,\"name\":\"web\"}}\0";
        event(&mut telling, code::CONTAINER_JSON_2_E, -1, &[json]);
        other(&mut telling);
        assert_eq!((before.as_str(), id_of(&telling, 5).as_str()), ("", "web"));
        event(&mut silent, code::CONTAINER_JSON_2_E, -1, &[json]);
        assert_eq!(id_of(&silent, 5), "web");
    }
}

#[test]
fn mesos_and_rkt_ask_the_ancestors() {
    let uuid = "a9f41620-b165-4d24-abe0-af0af92e7b20";
    let mut executor = thread(4, 1, "/");
    executor.id.env = "MESOS_TASK_ID= web.1 \0container_uuid=pod\0".into();
    let mut rooted = thread(6, 4, "/");
    rooted.id.root = "/opt/stage2/app/rootfs/x".into();
    let mut flying = thread(7, 1, "/");
    flying.id.root = "/var/lib/rkt/pods/run/p/stage1/rootfs/opt/stage2/a/rootfs".into();
    let task = thread(5, 4, &format!("/mesos/{uuid}"));
    let mut machine = machine(View::Classic, [executor, task, rooted, flying]);
    other(&mut machine);
    assert_eq!(id_of(&machine, 5), uuid);
    assert_eq!(id_of(&machine, 6), "pod:app");
    assert_eq!(id_of(&machine, 7), "p:a");
}

#[test]
fn a_loop_of_parents_ends() {
    let uuid = "/mesos/a9f41620-b165-4d24-abe0-af0af92e7b20";
    let mut machine = machine(View::Classic, [thread(4, 5, uuid), thread(5, 4, uuid), thread(6, 6, uuid)]);
    other(&mut machine);
    assert_eq!(id_of(&machine, 4), "");
}

#[test]
fn a_health_command_has_the_containers_cgroup_but_not_its_first_process_above_it() {
    let probe = ",\"Healthcheck\":{\"exe\":\"/bin/ok\",\"args\":[\"-x\",\"y\"]}";
    let mut init = thread(4, 1, "/docker/ID");
    init.id.vpid = 1;
    let with_command = |mut thread: Thread| {
        thread.id.exe = "/bin/ok".into();
        thread.id.args = "-x\0y\0".into();
        thread
    };
    let from_outside = with_command(thread(7, 1, "/docker/ID"));
    let from_inside = with_command(thread(8, 4, "/docker/ID"));
    let child = thread(9, 7, "/docker/ID");
    let mut machine = machine(View::Classic, [thread(1, 0, "/"), init, from_outside, from_inside, child]);
    json(&mut machine, "web", probe);
    other(&mut machine);
    let category = |tid| machine.threads.get(tid).unwrap().id.category;
    assert_eq!(category(4), Category::Container);
    assert_eq!(category(7), Category::Probe(ProbeKind::Healthcheck));
    assert_eq!(category(8), Category::Container);
    assert_eq!(category(9).probe(), Some(ProbeKind::Healthcheck));
    assert_eq!(category(1), Category::None);
}

#[test]
fn an_exec_looks_at_the_cgroups_again() {
    for view in [View::Classic, View::Exit] {
        let mut machine = machine(view, [thread(5, 1, "/")]);
        other(&mut machine);
        machine.threads.get_mut(5).unwrap().id.cgroups = format!("cpu=/docker/{ID}\0").into();
        event(&mut machine, code::CHROOT_X, 5, &[&(-1i64).to_le_bytes()]);
        assert_eq!(id_of(&machine, 5), "");
        event(&mut machine, code::CHROOT_X, 5, &[&0i64.to_le_bytes()]);
        assert_eq!(id_of(&machine, 5).as_bytes(), SHORT);
    }
}
