//! sysdig, and the newest libraries, open what the builder makes.

use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Process, newest, sysdig};

fn capture() -> CaptureBuilder {
    let v4 = |text: &str| text.parse().unwrap();
    CaptureBuilder::new()
        .interface("eth0", v4("10.0.0.5"), v4("255.0.0.0"), v4("10.255.255.255"))
        .user(1000, 1000, "alice", "/home/alice", "/bin/bash")
        .group(1000, "staff")
        .process(Process::new(1, "init").parent(0))
        .process(Process::new(100, "bash").user(1000, 1000))
        .fd(100, Fd::file(4, "/etc/hosts"))
        .fd(100, Fd::socket(5, "10.0.0.5:4000".parse().unwrap(), "1.2.3.4:80".parse().unwrap(), 2))
        .fd(100, Fd::listener(6, "[::1]:22".parse().unwrap(), 2))
        .fd(100, Fd::unix(7, 1, 2, "/run/x"))
        .event(EventBuilder::new(1_000_000_000, 100, 4).cpu(1).i64(4))
        .event(EventBuilder::new(1_000_000_100, 100, 5).cpu(1).i64(0))
}

fn lines(output: std::process::Output) -> Vec<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect()
}

#[test]
fn sysdig_opens_every_version() {
    let Some(sysdig) = sysdig() else { return };
    let format = "*%evt.num %evt.cpu %proc.name %fd.name %evt.type";
    for version in 1..=9 {
        for capture in [capture().process_version(version), capture().process_version(version).old_lists()] {
            let file = capture.to_file().unwrap();
            let args = ["-r".as_ref(), file.path().as_os_str(), "-p".as_ref(), format.as_ref()];
            let lines = lines(sysdig.run(args));
            assert_eq!(lines, ["1 1 bash /etc/hosts close", "2 1 bash /etc/hosts close"], "version {version}");
        }
    }
}

#[test]
fn the_newest_libraries_open_the_newest_tail() {
    let Some(newest) = newest() else { return };
    let with_tail = Process::new(100, "bash").tail_len(76);
    let capture = CaptureBuilder::new()
        .process(Process { pgid: 77, ..with_tail })
        .fd(100, Fd::file(4, "/etc/hosts"))
        .event(EventBuilder::new(1_000_000_000, 100, 5).i64(0).i64(4));
    let file = capture.to_file().unwrap();
    let args = ["-a".as_ref(), "-s".as_ref(), file.path().as_os_str(), "-o".as_ref()];
    let format = std::ffi::OsStr::new("*LINE %evt.num %proc.name %proc.pgid %fd.name");
    let lines = lines(newest.run(args.into_iter().chain([format])));
    let line = lines.iter().find(|line| line.starts_with("LINE"));
    assert_eq!(line.map(String::as_str), Some("LINE 1 bash 77 /etc/hosts"));
}
