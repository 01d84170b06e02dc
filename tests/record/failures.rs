//! Where a recording cannot be written to its end: what was written is intact, and the command goes on.

use crate::support::{CAPTURE, Place, can_trace, intact, line, reason, size, until};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

/// Work that makes more events than there is room for, and leaves a mark at its end.
const WORK: &str = "i=0; while [ $i -lt 900 ]; do /bin/true; i=$((i+1)); done; echo over >mark";

/// The same for a form of which a part is written every second. There is little before the first of them is due, so that
/// there is room for it however late it is written; what comes then takes some seconds.
const SLOW_WORK: &str =
    "/bin/true; sleep 2; i=0; while [ $i -lt 40 ]; do /bin/true; sleep 0.1; i=$((i+1)); done; echo over >mark";

/// The work that is recorded in some way.
fn work(way: &str) -> &'static str {
    if way.contains("cap") { SLOW_WORK } else { WORK }
}

/// The ways in which a recording is written.
const WAYS: [&str; 6] = ["", "-z", "-C 100", "evt.type!=brk", "--format cap", "--format cap -C 100"];

/// A recording that could not be written is intact and says why.
fn assert_intact(file: &Path, way: &str) {
    let events = intact(file, &["-p", "%evt.num"]).lines().count();
    assert!(events > 10, "{way}: {events} events in {} bytes", size(file));
    assert!(reason(file).starts_with("the capture could not be written: "), "{way}: {}", reason(file));
}

/// The first file of a recording.
fn first(place: &Path, way: &str) -> std::path::PathBuf {
    place.join(if way.contains("-C") { "r.scap0" } else { "r.scap" })
}

/// How much room there is for a recording: enough for its beginning, and not for all of it.
fn enough(place: &Place, way: &str) -> u64 {
    let all = room(place, "") + 900_000;
    match way {
        "-z" => all / 5,
        way if way.contains("cap") => room(place, "--format cap") + 45_000,
        _ => all,
    }
}

/// How much a recording has before its first event.
fn room(place: &Place, way: &str) -> u64 {
    line(&format!("capture record -q --force -w probe.scap {way} -- true"), place.dir.path());
    size(&place.path("probe.scap"))
}

#[test]
fn a_file_as_long_as_it_may_be() {
    if !can_trace() {
        return;
    }
    for way in WAYS {
        let place = Place::new();
        let blocks = enough(&place, way) / 512;
        let ran = line(
            &format!("ulimit -f {blocks}; capture record -q -w r.scap {way} -- sh -c '{}'", work(way)),
            place.dir.path(),
        );
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(125), "{way}: {said}");
        assert!(said.contains("File too large"), "{said}");
        assert_intact(&first(place.dir.path(), way), way);
        until("the command goes on", || size(&place.path("mark")) > 0);
    }
}

#[test]
fn a_disk_that_is_full() {
    let place = Place::new();
    let mounts = line("unshare -m mount -t tmpfs none /mnt", place.dir.path()).status.success();
    if !mounts || !can_trace() {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    for way in WAYS {
        let place = Place::new();
        let room = enough(&place, way);
        std::fs::create_dir(place.path("disk")).expect("a new directory");
        let script = format!(
            "mount -t tmpfs -o size={room} none disk && capture record -q -w disk/r.scap {way} -- sh -c '{}'; \
             status=$?; cp disk/* kept; exit $status",
            work(way)
        );
        std::fs::create_dir(place.path("kept")).expect("a new directory");
        std::fs::write(place.path("script"), script).expect("a new file");
        let ran = line("unshare -m sh script", place.dir.path());
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(125), "{way}: {said}");
        assert!(said.contains("No space left"), "{said}");
        assert_intact(&first(&place.path("kept"), way), way);
        until("the command goes on", || size(&place.path("mark")) > 0);
    }
}

#[test]
fn a_device_that_takes_nothing() {
    if can_trace() {
        let place = Place::new();
        let ran = line("capture record -q -w /dev/full -- sh -c 'sleep 0.2; echo over >mark'", place.dir.path());
        assert_eq!(ran.status.code(), Some(125));
        assert!(String::from_utf8_lossy(&ran.stderr).contains("No space left"));
        until("the command goes on", || size(&place.path("mark")) > 0);
    }
}

#[test]
fn a_reader_that_has_seen_enough() {
    if !can_trace() {
        return;
    }
    for options in [&[][..], &["evt.type!=brk"], &["--format", "scap", "-z"], &["--format", "scap"]] {
        let place = Place::new();
        let mut command = Command::new(CAPTURE);
        command.args(["record", "-w", "-"]).args(options).args(["--", "sh", "-c", WORK]);
        command.current_dir(place.dir.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut recorder = command.spawn().expect("our program");
        let mut taken = [0; 2000];
        recorder.stdout.take().expect("a pipe").read_exact(&mut taken).expect("some of a capture");
        let ended = recorder.wait_with_output().expect("a child of ours");
        assert_eq!(ended.status.code(), Some(0), "{options:?}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{options:?}");
        until("the command goes on", || size(&place.path("mark")) > 0);
    }
}

#[test]
fn a_pipe_opens_as_a_file_does() {
    if can_trace() {
        let place = Place::new();
        let ran = line("capture record -q -w - -- true | capture query -r - evt.type=execve", place.dir.path());
        assert!(ran.status.success() && ran.stdout.ends_with(b"\n"), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

#[test]
fn what_is_there_already_stays() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let there = place.path("there");
    std::fs::write(&there, "mine").expect("a new file");
    for (options, file) in [("", "there"), ("-e 10", "there0"), ("--ring 1s", "there")] {
        std::fs::write(place.path(file), "mine").expect("a new file");
        let ran = line(&format!("capture record -w there {options} -- touch ran"), place.dir.path());
        assert_eq!(ran.status.code(), Some(125));
        assert!(String::from_utf8_lossy(&ran.stderr).contains("--force"));
        assert_eq!(std::fs::read(place.path(file)).expect("a file"), b"mine");
        assert!(!place.path("ran").exists(), "the command was run");
    }
    if can_trace() {
        assert!(line("capture record -q --force -w there -- true", place.dir.path()).status.success());
        assert_eq!(there.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
        intact(&there, &[]);
    }
}

#[test]
fn where_nothing_can_be_created() {
    let place = Place::new();
    for name in ["none/r.scap", "/proc/r.scap", "."] {
        let ran = line(&format!("capture record -w {name} -- touch ran"), place.dir.path());
        assert_eq!(ran.status.code(), Some(125), "{name}");
        assert!(String::from_utf8_lossy(&ran.stderr).contains(name));
        assert!(!place.path("ran").exists(), "the command was run");
    }
}
