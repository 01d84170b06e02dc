//! What a real Docker engine says, where one can be started.

use super::support::{VIEWS, ask, stored, sysdig_says};
use capture_event::code;
use capture_record::container::target::{self, find};
use capture_record::container::{Bundles, Engine, Observed, Observer};
use capture_record::proc::{Facts, Host};
use capture_testkit::{CaptureBuilder, Docker, EventBuilder, Process};
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64
}

/// What comes until a text is in one of the events.
fn observed_until(observer: &mut Observer, all: &mut Vec<Observed>, part: &str) {
    let begin = Instant::now();
    while !all.iter().any(|observed| texts(observed).contains(part)) {
        assert!(begin.elapsed() < Duration::from_secs(60), "no {part} in {all:?}");
        match observer.next_observed() {
            Some(next) => all.push(next),
            None => sleep(Duration::from_millis(10)),
        }
    }
}

fn texts(observed: &Observed) -> String {
    match observed {
        Observed::Event { event, .. } => event.params.iter().map(|param| String::from_utf8_lossy(param)).collect(),
        Observed::Gap(reason) | Observed::Problem(reason) => reason.clone(),
    }
}

#[test]
fn a_real_engines_containers_and_actions_are_recorded() {
    let Some(mut docker) = Docker::start() else { return };
    let since = now();
    let engine = Engine::new(docker.socket());
    let mut observer = Observer::start(vec![engine.clone()], Bundles::of(Path::new("/nonexistent")), since).unwrap();
    let mut all = Vec::new();
    let mount = format!("{}:/mnt:ro", docker.socket().parent().unwrap().display());
    let options =
        ["--network", "host", "-e", "SECRET=hidden", "-l", "app=shop", "--cap-add", "NET_ADMIN", "-v", &mount];
    docker.run(["run", "-d", "--name", "web"].into_iter().chain(options).chain([Docker::IMAGE, "sleep", "1000"]));
    docker.run(["create", "--name", "powerful", "--privileged", Docker::IMAGE, "true"]);
    docker.run(["exec", "web", "sh", "-c", "echo hi; id"]);

    let mut host = Host::open(Path::new("/proc")).unwrap();
    let processes = target::processes(&mut host).unwrap();
    let target = find(std::slice::from_ref(&engine), "web", &processes).unwrap();
    let init = target.init.unwrap();
    assert_eq!(init.to_string(), docker.run(["inspect", "-f", "{{.State.Pid}}", "web"]));
    assert!(target.shim.is_some() && target.pids.contains(&init), "{target:?}");
    assert_eq!(find(&[], &target.container.id, &processes).unwrap().pids, target.pids);
    let shim = fs::read_to_string(format!("/proc/{}/cmdline", target.shim.unwrap())).unwrap();
    assert!(shim.contains("containerd-shim") && shim.contains(&target.container.full_id), "{shim}");

    let groups = Facts::of(&mut host, init).unwrap().cgroups;
    observer.saw(&groups);
    docker.run(["kill", "web"]);
    docker.run(["tag", Docker::IMAGE, "test/other:2"]);
    observed_until(&mut observer, &mut all, "docker.image.tag");
    observed_until(&mut observer, &mut all, "\"name\":\"powerful\",\"image\":\"test/busybox:1\",\"imageid\"");
    docker.stop();
    observed_until(&mut observer, &mut all, "event stream ended");
    assert!(matches!(all.last(), Some(Observed::Gap(_))));

    assert!(!all.iter().any(|observed| texts(observed).contains("hidden")));
    let events =
        all.iter().filter_map(|observed| if let Observed::Event { event, .. } = observed { Some(event) } else { None });
    let groups: Vec<&str> = std::str::from_utf8(&groups).unwrap().split_terminator('\0').collect();
    let thread = Process::new(5, "sh").cgroups(&groups);
    let capture = CaptureBuilder::new().process(thread).event(EventBuilder::new(since, 5, code::GETUID_X).u32(0));
    let capture = events.zip(1..).fold(capture, |capture, (event, n)| capture.event(stored(since + n, event)));
    let capture = capture.event(EventBuilder::new(since + 1000, 5, code::GETUID_X).u32(0));
    let action = |name: &str| format!("evt.type=notification and evt.arg.id=docker.{name}");
    let questions = [
        ("evt.type=container and container.privileged=true", "*%container.name", "powerful"),
        (
            "evt.type=getuid and container.name!=host and evt.num>1",
            "*%container.name %container.image",
            "web test/busybox:1",
        ),
        ("evt.type=getuid and container.mount.source[/mnt]!='' and evt.num>1", "*%container.mount.mode[0]", "ro"),
        (&action("container.exec_create and evt.arg.desc contains 'sh -c echo hi; id'"), "*%evt.type", "notification"),
        (&action("container.die and evt.arg.desc contains \"exitCode\\\":\\\"137\""), "*%evt.type", "notification"),
        (&action("container.kill and evt.arg.desc contains \"signal\\\":\\\"9\""), "*%evt.type", "notification"),
        (&action("container.start and evt.arg.desc contains \"name\\\":\\\"web\""), "*%evt.type", "notification"),
    ];
    for (filter, format, expected) in questions {
        for view in VIEWS {
            assert_eq!(ask(&capture, view, filter, format), [expected], "{view:?}: {filter}");
        }
        let says = sysdig_says(&capture, filter, format);
        assert!(says.as_ref().is_none_or(|says| says == &[expected]), "{filter}: {says:?}");
    }
    let labels = ask(&capture, VIEWS[1], "evt.type=getuid and container.label[app]=shop", "*%container.labels");
    assert_eq!(labels, ["app:shop"]);
}
