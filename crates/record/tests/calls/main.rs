//! Programs of `programs/` make calls with known arguments, between two marks. What is recorded of them must be what
//! lies beside each program in `NAME.out`, in the view of sysdig 0.29 and then in that of the newest libraries. With
//! `UPDATE=1` the test writes those files instead; review them before you commit.

mod support;

use capture_batch::View;
use capture_record::trace::Ended;
use std::path::Path;
use support::{Recording, record};

/// Both views of what a program did.
fn told(recording: &Recording) -> String {
    let views = [("classic", View::Classic), ("exit", View::Exit)];
    views.map(|(name, view)| format!("# {name}\n{}\n", recording.told(view).join("\n"))).join("\n")
}

fn check(name: &str) {
    let Some(recording) = record(name) else { return };
    assert_eq!(recording.ended, Some(Ended::Exited(0)), "{name}");
    let (told, file) = (told(&recording), expected(name));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &told).unwrap();
    } else {
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        for (line, (told, expected)) in told.lines().zip(expected.lines()).enumerate() {
            assert_eq!(told, expected, "{} line {}", file.display(), line + 1);
        }
        assert_eq!(told.lines().count(), expected.lines().count(), "{}", file.display());
    }
    check_in_others(&recording);
}

fn expected(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calls/programs").join(name).with_extension("out")
}

/// That others print what we print.
fn check_in_others(recording: &Recording) {
    let format = "%evt.num %evt.type %evt.dir %evt.args";
    for (view, lines) in [(View::Classic, recording.in_sysdig(format)), (View::Exit, recording.in_newest(format))] {
        let Some(lines) = lines else { continue };
        let ours = recording.lines(view, format);
        for (theirs, ours) in lines.iter().zip(&ours) {
            // The number of a call that 0.29 fails on stands where others do not see it.
            if ["<unknown>", "unknown"].iter().any(|name| theirs.split(' ').nth(1) == Some(name)) {
                continue;
            }
            // The newest libraries look for names of users on this machine if a capture has none.
            let unnamed = |line: &str| line.replace("(root)", "").replace("(<NA>)", "");
            assert_eq!(unnamed(theirs), unnamed(ours), "{view:?}");
        }
        assert_eq!(lines.len(), ours.len(), "{view:?}");
    }
}

#[test]
fn files() {
    check("files");
}

#[test]
fn sockets() {
    check("sockets");
}

#[test]
fn processes() {
    check("processes");
}

#[test]
fn calls_of_32_bit_programs() {
    check("thirty_two");
}

#[test]
fn every_event_of_a_call_says_by_which_interface_it_was_made() {
    let Some(recording) = record("interfaces") else { return };
    for view in [View::Classic, View::Exit] {
        let lines = recording.lines(view, "%evt.type %evt.abi");
        let events = if view == View::Classic { 2 } else { 1 };
        for (abi, others) in [("i386", 2), ("x32", 2)] {
            let made: Vec<&String> = lines.iter().filter(|line| line.ends_with(abi)).collect();
            assert_eq!(made.len(), others * events, "{made:?}");
            let of = |name: &str| made.iter().filter(|line| line.starts_with(name)).count();
            assert_eq!((of("getpid "), of("close ")), (events, events), "{view:?}: {made:?}");
        }
        let own = lines.iter().filter(|line| line.starts_with("close ") && !line.ends_with("<NA>")).count();
        assert_eq!(own, 2 * events, "calls of the machine's own way do not say so");
    }
}

#[test]
fn threads_and_programs() {
    let Some(recording) = record("programs") else { return };
    assert_eq!(recording.ended, Some(Ended::Exited(3)));
    let place = recording.directory.path().to_string_lossy().into_owned();
    let format = "%evt.type %evt.arg.res exe=%evt.arg.exe args=%evt.arg.args comm=%evt.arg.comm env=%evt.arg.env \
                  flags=%evt.arg.flags path=%proc.exepath";
    let lines: Vec<String> =
        recording.lines(View::Exit, format).iter().map(|line| line.replace(&place, "DIR")).collect();
    let is_child = |line: &&String| line.contains(" 0 exe=DIR/program args=NULL comm=program env=<NA>");
    let children: Vec<&String> = lines.iter().filter(is_child).collect();
    let made =
        |what: &str, flags: &str| children.iter().filter(|line| line.starts_with(what) && line.contains(flags)).count();
    assert_eq!(made("fork ", "flags=0"), 2, "{lines:#?}");
    assert_eq!(made("clone ", "CLONE_FILES|CLONE_VM"), 1, "{lines:#?}");
    assert_eq!(made("clone3 ", "flags=0"), 1, "{lines:#?}");
    for expected in [
        "execve ENOENT exe=./missing args=x.yz. comm=program env=K=V.",
        "execveat 0 exe=renamed args=again.",
        "execve 0 exe=DIR/program args=again. comm=program env=K=V.",
    ] {
        assert_eq!(lines.iter().filter(|line| line.starts_with(expected)).count(), 1, "{expected}: {lines:#?}");
    }
    let by_descriptor = lines.iter().find(|line| line.starts_with("execveat 0")).unwrap();
    assert!(by_descriptor.ends_with("path=DIR/program"), "{by_descriptor}");
    check_in_others(&recording);
}

#[test]
fn requests_are_kept_as_a_whole() {
    let Some(recording) = record("requests") else { return };
    // Each kind of text has a letter of its own: how many bytes are kept whenever it is written or read.
    let lengths = |letter: &str| -> Vec<usize> {
        let lines = recording.lines(View::Exit, "%evt.arg.data");
        lines.iter().filter(|data| !data.is_empty() && data.replace(letter, "").is_empty()).map(String::len).collect()
    };
    assert_eq!(lengths("w"), [300, 300]);
    assert_eq!(lengths("c"), [300]);
    assert_eq!(lengths("d"), [300]);
    assert_eq!(lengths("f"), [80, 80]);
    assert_eq!(lengths("o"), [80, 80, 80, 80]);
}

#[test]
fn arguments_that_lead_nowhere_harm_nobody() {
    let Some(recording) = record("odd") else { return };
    assert_eq!(recording.ended, Some(Ended::Exited(7)));
    assert!(recording.told(View::Exit).len() > 1000);
    // All of it is read to the end. Readers cut texts of many thousands of bytes each in its own way.
    for (view, lines) in
        [(View::Classic, recording.in_sysdig("%evt.num")), (View::Exit, recording.in_newest("%evt.num"))]
    {
        if let Some(lines) = lines {
            assert_eq!(lines, recording.lines(view, "%evt.num"), "{view:?}");
        }
    }
}
