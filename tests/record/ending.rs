//! What ends a recording, and what becomes of those who were followed: they run on.

use crate::support::{Place, Running, can_trace, intact, line, reason, size, start, until};
use std::path::Path;

/// A process that works until somebody makes the file `enough`.
const WORK: &str = "while [ ! -e enough ]; do echo x >>worked; done; echo over >mark";

/// Followed from outside: nobody traces it any more, it was not left stopped, and it comes to its own end.
fn assert_unharmed(place: &Place, worker: Running) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", worker.id())).expect("a process that lives");
    let line_of = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert_eq!(line_of("TracerPid:"), "TracerPid:\t0");
    assert!(["R", "S", "D"].iter().any(|state| line_of("State:").contains(state)), "{}", line_of("State:"));
    let before = size(&place.path("worked"));
    until("it goes on", || size(&place.path("worked")) > before);
    std::fs::write(place.path("enough"), "").expect("a new file");
    assert_eq!(worker.end().0, Some(0));
    assert_eq!(std::fs::read_to_string(place.path("mark")).expect("its mark"), "over\n");
}

/// A process at work, and a recorder that follows it.
fn followed(place: &Place, options: &[&str]) -> (Running, Running) {
    let worker = Running::script(WORK, place.dir.path());
    until("it works", || size(&place.path("worked")) > 0);
    let (file, id) = (place.path("r.scap"), worker.id());
    let file = file.to_str().expect("a path that is text");
    let recorder = start(["-q", "-w", file, "-p", &id].into_iter().chain(options.iter().copied()));
    (worker, recorder)
}

/// Whether a recording holds events of what is followed.
fn is_under_way(file: &Path) -> bool {
    size(file) > 0 && crate::support::query(file, &["-p", "*%evt.num", "-n", "50"]).lines().count() == 50
}

#[test]
fn signals_end_the_recording_of_a_process() {
    if !can_trace() {
        return;
    }
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3)] {
        for options in [&[][..], &["evt.type=openat"], &["-z"]] {
            let place = Place::new();
            let (worker, recorder) = followed(&place, options);
            let file = place.path("r.scap");
            // What is compressed waits for a second.
            until("something is recorded", || is_under_way(&file));
            recorder.signal(signal);
            assert_eq!(recorder.end(), (Some(0), String::new()), "{signal}");
            assert!(intact(&file, &["-p", "%evt.num"]).lines().count() >= 50);
            assert_eq!(reason(&file), format!("signal {number}"));
            assert_unharmed(&place, worker);
        }
    }
}

#[test]
fn signals_end_the_recording_of_a_command() {
    if !can_trace() {
        return;
    }
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let place = Place::new();
        let file = place.path("r.scap");
        // It keeps nothing of ours open.
        let script = format!("exec 2>/dev/null; cd {}; {WORK}", place.dir.path().display());
        let recorder = start(["-q", "-w", file.to_str().expect("text"), "--", "sh", "-c", &script]);
        until("something is recorded", || is_under_way(&file));
        recorder.signal(signal);
        assert_eq!(recorder.end().0, Some(128 + number), "{signal}");
        intact(&file, &[]);
        assert_eq!(reason(&file), format!("signal {number}"));
        std::fs::write(place.path("enough"), "").expect("a new file");
        until("the command goes on", || size(&place.path("mark")) > 0);
    }
}

#[test]
fn time_and_number_end_it() {
    if !can_trace() {
        return;
    }
    for options in [["-M", "0.3"], ["-n", "50"]] {
        for filter in [&[][..], &["evt.type in (openat, chdir)"]] {
            let place = Place::new();
            let (worker, recorder) = followed(&place, &[&options, filter].concat());
            assert_eq!(recorder.end(), (Some(0), String::new()), "{options:?}");
            let events = intact(&place.path("r.scap"), &["-p", "*%evt.num"]).lines().count();
            assert!(if options[0] == "-n" { events == 50 } else { events > 50 }, "{options:?} {filter:?}: {events}");
            assert_unharmed(&place, worker);
        }
    }
}

#[test]
fn the_last_of_a_recording_is_saved_at_a_signal() {
    if !can_trace() {
        return;
    }
    for options in [&["--ring", "60s"][..], &["--ring", "1MB"], &["--ring", "60s", "--format", "cap"]] {
        for more in [&[][..], &["-z"], &["evt.type=openat"]] {
            let place = Place::new();
            let (worker, recorder) = followed(&place, &[options, more].concat());
            std::thread::sleep(std::time::Duration::from_millis(300));
            for name in ["r.scap", "r.scap1"] {
                recorder.signal("USR1");
                let file = place.path(name);
                until("it is saved", || reason(&file) == "what was held in memory was saved");
                let events = intact(&file, &["-p", "%evt.num", "evt.type=openat"]).lines().count();
                assert!(events > 10, "{options:?} {more:?}: {events}");
            }
            recorder.signal("TERM");
            assert_eq!(recorder.end(), (Some(0), String::new()));
            assert_unharmed(&place, worker);
        }
    }
}

#[test]
fn what_is_waited_for_ends_it_with_what_was_before() {
    if !can_trace() {
        return;
    }
    for options in [&["--ring", "60s"][..], &["--ring", "10MB", "-z"], &["--ring", "10MB", "--format", "cap"]] {
        let place = Place::new();
        let until = ["--until", "evt.type=openat and evt.dir=< and fd.name endswith /trigger"];
        let (worker, recorder) = followed(&place, &[options, &until].concat());
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(recorder_is_silent(&place));
        // The worker itself must open it: it looks for this name in each round.
        std::fs::write(place.path("enough"), "").expect("a new file");
        assert_eq!(worker.end().0, Some(0));
        assert_eq!(recorder.end().0, Some(0));
        assert!(!place.path("r.scap").exists(), "nothing was to be saved");
    }
    let place = Place::new();
    let script =
        "i=0; while [ $i -lt 300 ]; do echo x >worked; i=$((i+1)); done; echo y >trigger; sleep 0.2; echo over >mark";
    let options = "--ring 60s --until 'evt.type=openat and fd.name endswith /trigger'";
    let ran = line(&format!("capture record -q -w r.scap {options} -- sh -c '{script}'"), place.dir.path());
    assert_eq!(ran.status.code(), Some(0));
    let file = place.path("r.scap");
    assert_eq!(reason(&file), "what was held in memory was saved");
    let opened = intact(&file, &["-p", "%fd.name", "evt.type=openat and evt.dir=<"]);
    assert_eq!(opened.lines().filter(|name| name.ends_with("/worked")).count(), 300);
    assert!(opened.lines().any(|name| name.ends_with("/trigger")));
    until("the command goes on", || size(&place.path("mark")) > 0);
}

/// The file is there, and empty.
fn recorder_is_silent(place: &Place) -> bool {
    place.path("r.scap").exists() && size(&place.path("r.scap")) == 0
}
