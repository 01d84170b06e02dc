//! Every field of a container answers from its event alone.

use super::support::{VIEWS, ask, stored, sysdig_says};
use capture_batch::View;
use capture_event::code;
use capture_filter::catalog;
use capture_record::container::{
    Action, Runtime, Unknown, action_event, container_event, describe, describe_unknown, identify,
};
use capture_testkit::{CaptureBuilder, EventBuilder, Process};
use serde_json::{Value, json};

const ID: &str = "3cc3607cc86a1b460594ae6c64017b7c70120a9a759fc606ff6398f60cd37058";

fn answer() -> Value {
    json!({
        "Id": ID, "Created": "2026-11-22T07:29:49.582828151Z", "Name": "/web",
        "Image": "sha256:8785d2000caf9a8be26a07267348fda5f1eccef093e9df0d4952f63efd21f371",
        "HostConfig": {"NetworkMode": "bridge", "PidMode": "host", "IpcMode": "host", "Privileged": true},
        "Mounts": [{"Source": "/srv/a", "Destination": "/mnt", "Mode": "ro", "RW": false, "Propagation": "rslave"},
            {"Source": "/srv/b", "Destination": "/data", "Mode": "", "RW": true, "Propagation": "rprivate"}],
        "Config": {"Env": ["SECRET=xyz"], "Image": "registry:5000/shop/web:1.2",
            "Labels": {"app": "shop", "tier": "front"}, "Healthcheck": {"Test": ["CMD", "/bin/ok", "-x"]}},
        "NetworkSettings": {"IPAddress": "172.17.0.2", "Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}},
    })
}

fn description() -> Vec<u8> {
    let image =
        json!({"RepoTags": ["registry:5000/shop/web:1.2"], "RepoDigests": ["registry:5000/shop/web@sha256:ab"]});
    describe(Runtime { kind: 0, engine: "docker 20.10" }, &answer(), Some(&image), None)
}

/// A process in the container does something; its container is described before all else, or afterwards.
fn capture(first: bool) -> CaptureBuilder {
    let group = format!("cpu=/docker/{ID}");
    let capture =
        CaptureBuilder::new().process(Process::new(5, "sh").cgroups(&[&group])).process(Process::new(6, "sh"));
    let event = stored(1_795_332_600_000_000_000, &container_event(description()));
    let call = |n: u64, tid| EventBuilder::new(1_795_332_600_000_000_000 + n, tid, code::GETUID_X).u32(0);
    match first {
        true => capture.event(event).event(call(1, 5)).event(call(2, 6)),
        false => capture.event(call(0, 6)).event(event).event(call(3, 5)),
    }
}

/// A field with an argument where it needs one, and its value in the classic and in the exit view; `None` where the
/// view has no such field.
const FIELDS: &[(&str, Option<&str>, Option<&str>)] = &[
    ("container.id", Some("3cc3607cc86a"), Some("3cc3607cc86a")),
    ("container.full_id", None, Some(ID)),
    ("container.name", Some("web"), Some("web")),
    ("container.image", Some("registry:5000/shop/web:1.2"), Some("registry:5000/shop/web:1.2")),
    ("container.image.id", Some(IMAGE), Some(IMAGE)),
    ("container.image.repository", Some("registry:5000/shop/web"), Some("registry:5000/shop/web")),
    ("container.image.tag", Some("1.2"), Some("1.2")),
    ("container.image.digest", Some("sha256:ab"), Some("sha256:ab")),
    ("container.type", Some("docker"), Some("docker")),
    ("container.label[app]", None, Some("shop")),
    ("container.labels", None, Some("app:shop, tier:front")),
    ("container.privileged", Some("true"), Some("true")),
    ("container.host_pid", None, Some("true")),
    ("container.host_network", None, Some("false")),
    ("container.host_ipc", None, Some("true")),
    ("container.ip", None, Some("172.17.0.2")),
    ("container.mounts", Some(MOUNTS), Some(MOUNTS)),
    ("container.mount[1]", Some("/srv/b:/data::true:rprivate"), Some("/srv/b:/data::true:rprivate")),
    ("container.mount.source[/mnt]", Some("/srv/a"), Some("/srv/a")),
    ("container.mount.dest[/srv/b]", Some("/data"), Some("/data")),
    ("container.mount.mode[0]", Some("ro"), Some("ro")),
    ("container.mount.rdwr[0]", Some("false"), Some("false")),
    ("container.mount.propagation[0]", Some("rslave"), Some("rslave")),
    ("container.healthcheck", Some("/bin/ok -x"), Some("<NA>")),
    ("container.liveness_probe", Some("NONE"), Some("<NA>")),
    ("container.readiness_probe", Some("NONE"), Some("<NA>")),
    // Docker says nothing of these: they are CRI's, and of the thread.
    ("container.cni.json", None, Some("")),
    ("container.start_ts", None, Some("<NA>")),
    ("container.duration", None, Some("<NA>")),
];

const IMAGE: &str = "8785d2000caf9a8be26a07267348fda5f1eccef093e9df0d4952f63efd21f371";
const MOUNTS: &str = "/srv/a:/mnt:ro:false:rslave,/srv/b:/data::true:rprivate";

#[test]
fn every_field_answers_whether_the_container_is_described_early_or_late() {
    for early in [true, false] {
        let capture = capture(early);
        for (field, classic, exit) in FIELDS {
            for (view, value) in [(View::Classic, classic), (View::Exit, exit)] {
                let Some(value) = value else { continue };
                let found = ask(&capture, view, "thread.tid=5", &format!("*%{field}"));
                assert_eq!(found, [*value], "{field} {view:?} early: {early}");
            }
            if let Some(value) = classic {
                let says = sysdig_says(&capture, "thread.tid=5", &format!("*%{field}"));
                assert!(says.is_none_or(|says| says == [*value]), "{field}");
            }
        }
    }
}

#[test]
fn no_field_of_containers_is_missing_above() {
    let names = catalog::fields().filter(|field| field.name.starts_with("container."));
    let missing: Vec<_> =
        names.map(|field| field.name).filter(|name| !FIELDS.iter().any(|known| is(known.0, name))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn is(field: &str, name: &str) -> bool {
    field.split('[').next() == Some(name)
}

#[test]
fn checks_of_handbooks_find_what_they_look_for() {
    for view in VIEWS {
        let late =
            ask(&capture(false), view, "evt.type=container and container.privileged=true", "*%evt.num %container.name");
        assert_eq!(late, ["2 web"], "{view:?}");
        let host = ask(&capture(true), view, "container.id=host", "*%thread.tid");
        assert_eq!(host, ["6"], "{view:?}");
        let mount = ask(&capture(true), view, "container.mount.dest[/srv/b]=/data", "*%thread.tid");
        assert_eq!(mount, ["5"], "{view:?}");
    }
    let says =
        sysdig_says(&capture(false), "evt.type=container and container.privileged=true", "*%evt.num %container.name");
    assert!(says.is_none_or(|says| says == ["2 web"]));
}

#[test]
fn unknown_containers_have_their_ids_alone() {
    let groups =
        [format!("cpu=/docker/{ID}"), "cpu=/lxc/web".to_owned(), "cpu=/machine.slice/machine-db.scope".to_owned()];
    let first = CaptureBuilder::new().event(EventBuilder::new(1, 1, code::GETUID_X).u32(0));
    let capture = groups.iter().zip(5..).fold(first, |capture, (group, tid)| {
        let found = identify(format!("{group}\0").as_bytes()).unwrap();
        let reason = Some("nobody knows it").filter(|_| tid == 5);
        let event = container_event(describe_unknown(Unknown { found: &found, name: None, image: None, reason }));
        let call = EventBuilder::new(tid + 10, tid as i64, code::GETUID_X).u32(0);
        capture.process(Process::new(tid, "sh").cgroups(&[group])).event(stored(tid, &event)).event(call)
    });
    let format = "*%thread.tid %container.id %container.name %container.type %container.image";
    let exit = ask(&capture, View::Exit, "evt.type=getuid and container.id!=host", format);
    assert_eq!(exit, ["5 3cc3607cc86a 3cc3607cc86a docker ", "6 web web lxc ", "7 db db systemd-nspawn "]);
    let known = "evt.type=getuid and thread.tid in (5, 6)";
    let classic = ask(&capture, View::Classic, known, format);
    assert_eq!(classic, ["5 3cc3607cc86a 3cc3607cc86a docker <NA>", "6 web web lxc <NA>"]);
    assert!(sysdig_says(&capture, known, format).is_none_or(|says| says == classic));
    let of_ours = ask(&capture, View::Classic, "thread.tid=7", "*%container.id %container.type");
    assert_eq!(of_ours, ["db systemd-nspawn"]);
    // Failed searches are applied and not shown.
    let shown = ask(&capture, View::Classic, "evt.type=container", "*%container.id");
    assert_eq!(shown, ["web", "db"]);
    assert!(sysdig_says(&capture, "evt.type=container", "*%container.id").is_none_or(|says| says == shown));
}

#[test]
fn long_descriptions_are_read_like_short_ones() {
    let mut answer = answer();
    for n in 0..100 {
        answer["Config"]["Labels"][format!("label{n}")] = json!("x".repeat(1000));
    }
    let event = container_event(describe(Runtime { kind: 0, engine: "docker" }, &answer, None, None));
    assert_eq!(event.code, code::CONTAINER_JSON_2_E);
    let first = EventBuilder::new(1, 6, code::GETUID_X).u32(0);
    let process = Process::new(5, "sh").cgroups(&[&format!("cpu=/docker/{ID}")]);
    let call = EventBuilder::new(3, 5, code::GETUID_X).u32(0);
    let capture = CaptureBuilder::new().process(process).event(first).event(stored(2, &event)).event(call);
    for view in VIEWS {
        assert_eq!(ask(&capture, view, "thread.tid=5", "*%container.name"), ["web"], "{view:?}");
    }
    let says = sysdig_says(&capture, "thread.tid=5", "*%container.name");
    assert!(says.is_none_or(|says| says == ["web"]));
}

#[test]
fn actions_are_printed_by_every_version() {
    let line = format!(
        "{{\"Type\":\"container\",\"Action\":\"exec_create: sh -c id\",\"Actor\":{{\"ID\":\"{ID}\",\"Attributes\":\
         {{\"name\":\"web\",\"image\":\"web:1\"}}}},\"timeNano\":5}}"
    );
    let action = Action::parse("docker", line.as_bytes()).unwrap();
    let capture = capture(true).event(stored(1_795_332_600_000_000_009, &action_event(&action)));
    let desc = format!("{{\"id\":\"{ID}\",\"name\":\"web\",\"image\":\"web:1\",\"command\":\"sh -c id\",\"time\":5}}");
    let filter = "evt.type=notification and evt.arg.id=docker.container.exec_create and evt.arg.desc contains 'sh -c'";
    for view in VIEWS {
        assert_eq!(ask(&capture, view, filter, "*%evt.arg.desc"), [desc.as_str()], "{view:?}");
    }
    assert!(sysdig_says(&capture, filter, "*%evt.arg.desc").is_none_or(|says| says == [desc.as_str()]));
}

#[test]
fn a_long_command_fits_its_event() {
    let line = format!(
        "{{\"Type\":\"container\",\"Action\":\"exec_create: {}\",\"id\":\"{ID}\",\"timeNano\":5}}",
        "\\u0001".repeat(1 << 16)
    );
    let event = action_event(&Action::parse("docker", line.as_bytes()).unwrap());
    assert!(event.params.iter().all(|param| param.len() <= usize::from(u16::MAX)));
    let text = event.params[1].strip_suffix(b"\0").unwrap();
    assert!(serde_json::from_slice::<Value>(text).unwrap().get("cut").is_some());
}
