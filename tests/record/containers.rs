//! A container of a real engine is followed from outside: what a session does in it is in the recording from its birth,
//! with the container's fields.

use crate::support::{CAPTURE, Place, has, query};
use capture_testkit::{Docker, sysdig};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What the session does: writes a file, listens, connects to itself, asks the engine. What it says is there before it
/// connects: who listens has nothing to say, and nc goes when it hears that.
const SESSION: &str = "echo text > /note; echo hello > /greeting; nc -l -p 8080 > /heard & \
    until nc 127.0.0.1 8080 < /greeting; do sleep 0.1; done; wait; \
    curl -s --unix-socket /var/run/docker.sock http://localhost/containers/json?all=true > /answer";

/// A container with the engine's socket and this machine's programs in it. It has a network of its own.
fn container(docker: &Docker) -> String {
    let mut arguments = "run -d --name web --network none -v /usr:/usr:ro -v /lib:/lib:ro".to_owned();
    if Path::new("/lib64").exists() {
        arguments += " -v /lib64:/lib64:ro";
    }
    let socket = format!("{}:/var/run/docker.sock", docker.socket().display());
    let arguments = arguments.split(' ').chain(["-v", &socket, Docker::IMAGE, "sleep", "1000"]);
    docker.run(arguments)
}

/// A recorder that follows a container, once it does so.
fn recorder(docker: &Docker, file: &Path) -> Child {
    let mut recorder = Command::new(CAPTURE)
        .args(["record", "-q", "--container", "web", "-w"])
        .arg(file)
        .env("DOCKER_HOST", format!("unix://{}", docker.socket().display()))
        .stdin(Stdio::null())
        .spawn()
        .expect("our program");
    let began = Instant::now();
    // What stands in front of the events is written when all are followed.
    while file.metadata().map_or(0, |meta| meta.len()) == 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing is written");
        assert!(recorder.try_wait().expect("a process of ours").is_none(), "the recorder ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    recorder
}

/// Ends a recorder as its user would.
fn stop(mut recorder: Child) {
    let sent = Command::new("kill").args(["-INT", &recorder.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()));
    assert!(recorder.wait().expect("a process of ours").success());
}

/// A recording of the session, and the container's full id.
fn session(place: &Place) -> Option<(PathBuf, String)> {
    if !has("curl") {
        return None;
    }
    let docker = Docker::start()?;
    let id = container(&docker);
    let file = place.path("r.scap");
    let recorder = recorder(&docker, &file);
    docker.run(["exec", "web", "sh", "-c", SESSION]);
    stop(recorder);
    Some((file, id))
}

#[test]
fn a_session_in_a_container_is_recorded_from_its_birth() {
    let place = Place::new();
    let Some((file, id)) = session(&place) else { return };
    let short = &id[..12];
    for view in ["classic", "exit"] {
        let lines = |format: &str, filter: &str| -> Vec<String> {
            let printed = query(&file, &["--view", view, "-p", format, filter]);
            printed.lines().map(str::to_owned).collect()
        };
        let of_container = format!("{short} web {}", Docker::IMAGE);
        let is_there = |what: &str, filter: &str| {
            let found = lines("*%container.id %container.name %container.image", filter);
            assert!(!found.is_empty(), "{view}: nobody {what}");
            assert!(found.iter().all(|line| *line == of_container), "{view}: who {what}: {found:?}");
        };
        is_there("wrote the file", "evt.is_open_write=true and fd.name=/note");
        is_there("listened", "evt.type=listen and fd.sport=8080");
        is_there("was connected to", "evt.type in (accept, accept4) and fd.sport=8080");
        is_there("connected", "evt.type=connect and fd.sip=127.0.0.1 and fd.sport=8080");
        is_there("said hello", "evt.type=write and evt.arg.data contains hello and fd.type=ipv4");
        is_there("asked the engine", "evt.is_io=true and fd.name contains docker.sock");

        let asked = "evt.is_io_write=true and fd.name contains docker.sock";
        for field in ["evt.buffer", "evt.arg.data"] {
            let requests = lines(&format!("%{field}"), asked);
            assert!(
                requests.iter().any(|line| line.starts_with("GET /containers/json?all=true HTTP/1.1")),
                "{requests:?}"
            );
        }
        let is_shell = "evt.type=execve and evt.rawres=0 and proc.name=sh and container.mounts contains docker.sock";
        assert_eq!(lines("%container.type %container.privileged", is_shell), ["docker false"], "{view}");

        let shell = lines("%proc.pid", is_shell).concat();
        let births = lines("%evt.type %evt.rawres", &format!("thread.tid={shell}"));
        let birth = births.first().map(String::as_str).unwrap_or_default();
        assert!(["clone 0", "clone3 0", "vfork 0", "fork 0"].contains(&birth), "{view}: {birth} of {shell}");
        let told = lines("%evt.arg.desc", "evt.type=notification and evt.arg.id=docker.container.exec_create");
        assert!(told.len() == 1 && told[0].contains(&id) && told[0].contains("nc -l -p 8080"), "{view}: {told:?}");
    }
    if sysdig().is_some() {
        sysdig_says_the_same(&file, short);
    }
}

fn sysdig_says_the_same(file: &Path, id: &str) {
    let format = "*%evt.num %proc.name %container.id %container.name %container.image %container.type";
    let sysdig = Command::new("sysdig").args(["-d", "-r"]).arg(file).args(["-p", format]).env("TZ", "UTC").output();
    let sysdig = sysdig.expect("sysdig");
    assert!(sysdig.status.success(), "{}", String::from_utf8_lossy(&sysdig.stderr));
    let theirs = String::from_utf8_lossy(&sysdig.stdout).into_owned();
    let ours = query(file, &["--view", "classic", "-p", format, "evt.num exists"]);
    let different = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs);
    assert_eq!(different, None);
    assert_eq!(ours.lines().count(), theirs.lines().count());
    assert!(theirs.contains(&format!("curl {id} web {} docker", Docker::IMAGE)));
}
