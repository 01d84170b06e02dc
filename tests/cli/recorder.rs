//! Recordings of ours in other programs: they pass over what we say beside events. (sysdig: `same-recorder.sh` and the
//! harness.)

use crate::support::{fixture, run};
use capture_testkit::{find, newest, skip};
use std::path::PathBuf;

/// What is compared of each event.
const FORMAT: &str =
    "*@%evt.num %evt.rawtime %evt.type %evt.dir %evt.args %fd.name %fd.nameraw %proc.cmdline %proc.pname";

/// The one that was made by hand, and those of the recorder.
fn recordings() -> Vec<PathBuf> {
    let scenarios = fixture("own-recorder").with_file_name("scenarios");
    let entries = std::fs::read_dir(scenarios).expect("the scenarios").flatten().map(|entry| entry.path());
    let captures = entries.filter(|path| path.extension().is_some_and(|extension| extension == "scap"));
    captures.chain([fixture("own-recorder")]).collect()
}

#[test]
fn the_newest_libraries_print_the_same() {
    let Some(newest) = newest() else { return };
    for capture in recordings() {
        let args = ["-a".as_ref(), "-s".as_ref(), capture.as_os_str(), "-o".as_ref(), FORMAT.as_ref()];
        let output = newest.run(args);
        assert!(output.status.success());
        let of_events =
            |text: &str| text.lines().filter(|line| line.starts_with('@')).map(str::to_owned).collect::<Vec<_>>();
        let theirs = of_events(&String::from_utf8_lossy(&output.stdout));
        let view = ["--view", "exit", "-p", FORMAT].map(AsRef::as_ref);
        let ours = run(["-r".as_ref(), capture.as_os_str()].into_iter().chain(view));
        assert_eq!(of_events(&ours.stdout), theirs, "{}", capture.display());
        assert!(theirs.len() > 10);
    }
}

#[test]
fn tshark_shows_what_is_not_hidden() {
    let Some(tshark) = find("tshark") else { return skip("tshark is not installed") };
    for capture in recordings() {
        let fields = ["-T", "fields", "-e", "sysdig.event_type"].map(AsRef::as_ref);
        let output = tshark.run(["-r".as_ref(), capture.as_os_str()].into_iter().chain(fields));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let stdout = String::from_utf8_lossy(&output.stdout);
        let theirs: Vec<u16> = stdout.lines().map(|line| line.parse().expect("a code")).collect();
        let mut reader = capture_scap::Reader::open(&capture).expect("a capture");
        let mut shown = Vec::new();
        while let Some(Ok(block)) = reader.next_block() {
            match block.content {
                capture_scap::Content::Event(event) if !event.state_only() => shown.push(event.code),
                _ => {}
            }
        }
        assert_eq!(theirs, shown, "{}", capture.display());
    }
}
