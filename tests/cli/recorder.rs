//! Recordings of ours in other programs: they pass over what we say beside events. (sysdig: `same-recorder.sh`.)

use crate::support::{fixture, run};
use capture_testkit::{find, newest, skip};

#[test]
fn the_newest_libraries_print_the_same() {
    let Some(newest) = newest() else { return };
    let capture = fixture("own-recorder");
    let format = "*@%evt.num %evt.rawtime %evt.type %evt.dir %evt.args %fd.name %fd.nameraw";
    let args = ["-a".as_ref(), "-s".as_ref(), capture.as_os_str(), "-o".as_ref(), format.as_ref()];
    let output = newest.run(args);
    assert!(output.status.success());
    let of_events =
        |text: &str| text.lines().filter(|line| line.starts_with('@')).map(str::to_owned).collect::<Vec<_>>();
    let theirs = of_events(&String::from_utf8_lossy(&output.stdout));
    let ours =
        run(["-r".as_ref(), capture.as_os_str(), "--view".as_ref(), "exit".as_ref(), "-p".as_ref(), format.as_ref()]);
    assert_eq!(of_events(&ours.stdout), theirs);
    assert!(theirs.len() > 10);
}

#[test]
fn tshark_shows_what_is_not_hidden() {
    let Some(tshark) = find("tshark") else { return skip("tshark is not installed") };
    let capture = fixture("own-recorder");
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
    assert_eq!(theirs, shown);
}
