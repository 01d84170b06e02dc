//! `--summary`, and the line about a recording under way.

use crate::support::{CAPTURE, Place, Running, can_trace, has, intact, line};

#[test]
fn the_summary_tells_what_is_in_the_file() {
    if !can_trace() {
        return;
    }
    for options in ["", "-z", "evt.type=openat", "-e 10000"] {
        let place = Place::new();
        let ran = line(
            &format!("capture record -w r.scap --summary {options} -- sh -c '/bin/true; /bin/true; exit 3'"),
            place.dir.path(),
        );
        assert_eq!(ran.status.code(), Some(3));
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        let value = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no {name} in {said}")).to_owned()
        };
        let file = place.path(if options.starts_with("-e") { "r.scap0" } else { "r.scap" });
        let events = intact(&file, &["-p", "*%evt.type", "-D"]);
        assert_eq!(value("events"), events.lines().count().to_string(), "{options}");
        assert_eq!(value("bytes"), file.metadata().expect("a file").len().to_string());
        assert_eq!((&*value("files"), &*value("reason")), ("1", "the command ended"));
        assert_eq!((&*value("followed.processes"), &*value("followed.threads")), ("3", "3"));
        let opened = events.lines().filter(|name| *name == "openat").count();
        assert!(said.contains(&format!("types: openat\t{opened}\n")), "{options}: {said}");
    }
}

#[test]
fn the_summary_names_what_was_not_seen() {
    if can_trace() && has("python3") {
        let place = Place::new();
        let script = "import ctypes; ctypes.CDLL(None).syscall(425, 1, 0)";
        let ran = line(&format!("capture record -w r.scap --summary -- python3 -c '{script}'"), place.dir.path());
        assert!(String::from_utf8_lossy(&ran.stderr).contains("blind: io_uring was used"));
    }
}

#[test]
fn a_line_tells_of_the_recording_where_nothing_else_is_on_the_terminal() {
    if !can_trace() || !has("script") {
        return;
    }
    let place = Place::new();
    let worker = Running::script("while :; do :; done", place.dir.path());
    let on_terminal = |arguments: &str| {
        let ran = line(&format!("script -qec '{CAPTURE} record {arguments}' /dev/null"), place.dir.path());
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    let id = worker.id();
    assert!(on_terminal(&format!("-w a.scap -M 1 -p {id}")).contains("events/s"));
    assert!(!on_terminal(&format!("-w b.scap -q -M 1 -p {id}")).contains("events/s"));
    assert_eq!(on_terminal("-w c.scap -- sleep 0.6"), "");
}
