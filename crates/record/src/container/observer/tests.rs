use super::super::fake::{Fake, limits, send};
use super::*;
use capture_event::code;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Instant;

const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";

fn groups(path: &str) -> Vec<u8> {
    format!("cpu={}\0", path.replace("ID", ID)).into_bytes()
}

fn container(name: &str) -> String {
    format!("{{\"Id\":\"{ID}\",\"Name\":\"/{name}\",\"State\":{{\"Pid\":7}}}}")
}

/// What comes within the time, up to something that `is_last`.
fn observed(observer: &mut Observer, is_last: impl Fn(&Observed) -> bool) -> Vec<Observed> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut all = Vec::new();
    while Instant::now() < deadline && !all.last().is_some_and(&is_last) {
        match observer.next_observed() {
            Some(next) => all.push(next),
            None => sleep(Duration::from_millis(5)),
        }
    }
    all
}

fn text(observed: &Observed) -> String {
    match observed {
        Observed::Event { event, .. } => {
            let texts = event.params.iter().map(|param| String::from_utf8_lossy(param).replace('\0', ""));
            format!("{} {}", event.code, texts.collect::<Vec<_>>().join(" "))
        }
        Observed::Gap(reason) => format!("gap {reason}"),
        Observed::Problem(reason) => format!("problem {reason}"),
    }
}

fn is_container(observed: &Observed) -> bool {
    matches!(observed, Observed::Event { event, .. } if event.code == code::CONTAINER_JSON_E)
}

/// No files of runtimes.
fn no_files() -> Bundles {
    Bundles::of(std::path::Path::new("/nonexistent"))
}

#[test]
fn a_thread_in_a_container_gets_it_described_once() {
    let fake = Fake::with(&[
        (&format!("/containers/{ID}/json"), container("web")),
        ("/version", "{\"Version\":\"20.10\"}".into()),
    ]);
    let mut observer = Observer::start(vec![fake.engine()], no_files(), 0).unwrap();
    for path in ["/", "/docker/ID", "/docker/ID", "/system.slice/docker-ID.scope"] {
        observer.saw(&groups(path));
    }
    observer.settle(Duration::from_secs(20));
    let all = observed(&mut observer, is_container);
    let described = all.iter().find(|observed| is_container(observed)).map(text).unwrap();
    assert!(described.contains("\"name\":\"web\"") && described.contains("\"engine\":\"docker 20.10\""), "{described}");
    observer.saw(&groups("/docker/ID"));
    observer.settle(Duration::from_secs(20));
    assert!(!std::iter::from_fn(|| observer.next_observed()).any(|observed| is_container(&observed)));
}

#[test]
fn what_no_engine_knows_is_told_with_its_id_and_the_reason_once() {
    let mut observer = Observer::start(Vec::new(), no_files(), 0).unwrap();
    for path in ["/docker/ID", "/docker/0979ID", "/lxc/web", "/machine.slice/machine-db.scope/payload"] {
        observer.saw(&groups(&path.replace("0979ID", &ID.replace("6979", "0979"))));
    }
    let all: Vec<_> = std::iter::from_fn(|| observer.next_observed()).map(|observed| text(&observed)).collect();
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(all[0].starts_with("problem container 697956520d89: no socket"), "{all:?}");
    assert!(all[1].contains("\"id\":\"697956520d89\"") && all[1].contains("\"lookup_state\":2"), "{all:?}");
    assert!(all[2].contains("\"id\":\"097956520d89\""), "{all:?}");
    assert!(all[3].contains("\"type\":1,\"name\":\"web\",\"image\":\"\",\"lookup_state\":1"), "{all:?}");
    assert!(all[4].contains("\"type\":51712,\"name\":\"db\",\"image\":\"\",\"lookup_state\":1"), "{all:?}");
}

#[test]
fn an_engine_that_does_not_answer_holds_nobody() {
    let fake = Fake::new(|_, _| sleep(Duration::from_secs(60)));
    let mut observer = Observer::start(vec![fake.engine()], no_files(), 0).unwrap();
    let begin = Instant::now();
    (0..5000).for_each(|n| observer.saw(&groups(&format!("/docker/{n:012x}{:052}", 0))));
    observer.settle(Duration::from_millis(1));
    assert!(begin.elapsed() < Duration::from_secs(10));
    let all = observed(&mut observer, is_container);
    assert!(all.iter().any(|observed| text(observed).contains("no answer in time")), "{all:?}");
}

#[test]
fn answers_that_are_no_descriptions_give_the_id_alone() {
    for answer in ["", "{", "7", "{}", "{\"Id\":7}", "[[[[[[["] {
        let fake = Fake::new(move |_, stream| send(stream, 200, answer));
        let mut observer = Observer::start(vec![fake.engine()], no_files(), 0).unwrap();
        observer.saw(&groups("/docker/ID"));
        let all = observed(&mut observer, is_container);
        assert!(all.iter().any(|observed| text(observed).contains("\"lookup_state\":2")), "{answer}: {all:?}");
    }
}

#[test]
fn actions_are_recorded_and_created_containers_described() {
    let line = |action: &str, ns: u32| {
        format!(
            "{{\"Type\":\"container\",\"Action\":\"{action}\",\"Actor\":{{\"ID\":\"{ID}\",\"Attributes\":\
             {{\"name\":\"web\",\"secret\":\"label\"}}}},\"timeNano\":{ns}}}\n"
        )
    };
    let lines = [line("create", 5), "odd\n".into(), line("exec_create: sh -c 'id; ls'", 6), line("die", 7)].concat();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    let fake = Fake::new(move |path, stream| {
        if path.starts_with("/events") {
            counter.fetch_add(1, Ordering::SeqCst);
            // The stream ends: it has to be taken up again, and repeats its last lines.
            let _ = write!(stream, "HTTP/1.1 200 OK\r\n\r\n{lines}");
        } else if path.starts_with("/containers/") {
            send(stream, 200, &container("web"));
        } else {
            send(stream, 404, "");
        }
    });
    let mut observer = Observer::start(vec![fake.engine()], no_files(), 1_000_000_007).unwrap();
    let mut all = observed(&mut observer, |_| connections.load(Ordering::SeqCst) > 1);
    all.extend(std::iter::from_fn(|| observer.next_observed()));
    let texts: Vec<_> = all.iter().map(text).collect();
    let with = |part: &str| texts.iter().filter(|text| text.contains(part)).count();
    assert_eq!(with("docker.container.exec_create"), 1, "{texts:?}");
    assert_eq!(with("\"command\":\"sh -c 'id; ls'\""), 1, "{texts:?}");
    assert_eq!((with("docker.container.die"), with("secret")), (1, 0), "{texts:?}");
    assert_eq!(with("\"name\":\"web\",\"image\":"), 1, "{texts:?}");
    assert!(with("gap ") >= 1, "{texts:?}");
    assert!(all.iter().any(|observed| matches!(observed, Observed::Event { ts: Some(6), .. })));
}

#[test]
fn an_engine_that_floods_is_held_back() {
    let fake = Fake::new(|path, stream| {
        if path.starts_with("/events") {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(b"{\"Type\":\"container\",\"Action\":\"top\",\"id\":\"a\",\"timeNano\":1}\n").is_ok()
            {
            }
        }
    });
    let watcher = Watcher::start(fake.engine().with_limits(limits()), 0).unwrap();
    assert_eq!(watcher.wait(Duration::from_secs(20)), Some(News::Follows));
    assert!(matches!(watcher.wait(Duration::from_secs(20)), Some(News::Action(_))));
    drop(watcher);
}

#[test]
fn a_silent_engine_is_followed_and_a_hanging_one_is_not() {
    let silent = Fake::new(|path, stream| match path {
        "/_ping" => send(stream, 200, "OK"),
        _ => sleep(Duration::from_secs(60)),
    });
    let watcher = Watcher::start(silent.engine(), 0).unwrap();
    assert_eq!(watcher.wait(Duration::from_secs(20)), Some(News::Follows));
    let hanging = Fake::new(|_, _| sleep(Duration::from_secs(60)));
    let watcher = Watcher::start(hanging.engine(), 0).unwrap();
    assert!(matches!(watcher.wait(Duration::from_secs(20)), Some(News::Lost(reason)) if reason.contains("in time")));
}

#[test]
fn a_container_that_is_gone_has_the_name_that_its_action_told() {
    let line = format!(
        "{{\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{{\"ID\":\"{ID}\",\"Attributes\":\
         {{\"name\":\"short\",\"image\":\"busy:1\"}}}}}}\n"
    );
    let fake = Fake::new(move |path, stream| match path.starts_with("/events") {
        true => send(stream, 200, &line),
        false => send(stream, 404, ""),
    });
    let mut observer = Observer::start(vec![fake.engine()], no_files(), 0).unwrap();
    let all = observed(&mut observer, is_container);
    let gone = all.last().map(text).unwrap();
    assert!(gone.contains("\"name\":\"short\",\"image\":\"busy:1\",\"lookup_state\":2"), "{gone}");
}
