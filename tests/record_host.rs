//! Recordings of the whole host, made and read again. They need root and the kernel's fanotify and process connector.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn capture() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capture"));
    command.env("TZ", "UTC");
    command
}

/// A recording of the host that runs.
struct Recording {
    recorder: Child,
    file: PathBuf,
}

impl Recording {
    /// `None`, and the reason on standard error, where the host cannot be recorded.
    fn start(directory: &Path, options: &[&str]) -> Option<Recording> {
        let is_root = std::fs::read_to_string("/proc/self/status").unwrap().contains("\nUid:\t0\t0\t");
        if !is_root {
            eprintln!("skipped: only root can record the whole host");
            return None;
        }
        let file = directory.join("host.scap");
        let mut recorder = capture()
            .args(["record", "-M", "120", "-w"])
            .arg(&file)
            .args(options)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        // It records from the moment on at which the tables are written.
        while std::fs::metadata(&file).map_or(0, |meta| meta.len()) == 0 {
            if recorder.try_wait().unwrap().is_some() || Instant::now() > deadline {
                let _ = recorder.kill();
                let output = recorder.wait_with_output().unwrap();
                eprintln!("skipped: {}", String::from_utf8_lossy(&output.stderr));
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(200));
        Some(Recording { recorder, file })
    }

    /// Ends it. What it wrote.
    fn end(self) -> PathBuf {
        std::thread::sleep(Duration::from_millis(700));
        let interrupted = Command::new("kill").args(["-INT", &self.recorder.id().to_string()]).status().unwrap();
        assert!(interrupted.success());
        let output = self.recorder.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.file
    }
}

fn query(file: &Path, format: &str, filter: &str) -> Vec<String> {
    let output = capture().args(["query", "-r"]).arg(file).args(["-p", format, filter]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn shell(script: &str, directory: &Path) {
    let status = Command::new("sh").args(["-ec", script]).current_dir(directory).status().unwrap();
    assert!(status.success(), "{script}");
}

#[test]
fn a_thousand_files_are_all_seen_with_their_paths_and_processes() {
    let directory = tempfile::tempdir().unwrap();
    let Some(recording) = Recording::start(directory.path(), &[]) else { return };
    let workers: Vec<Child> = (0..4)
        .map(|worker| {
            let script = format!(
                "i=0; while [ $i -lt 250 ]; do f=w{worker}-$i; echo $i > $f.new; mv $f.new $f; rm $f; i=$((i+1)); done"
            );
            Command::new("sh").args(["-c", &script]).current_dir(directory.path()).spawn().unwrap()
        })
        .collect();
    let pids: Vec<u32> = workers.iter().map(Child::id).collect();
    workers.into_iter().for_each(|mut worker| assert!(worker.wait().unwrap().success()));
    let file = recording.end();
    let top = directory.path().canonicalize().unwrap();
    let seen = |format: &str, kind: &str| -> BTreeSet<String> {
        query(&file, format, &format!("evt.type={kind} and evt.origin=fanotify")).into_iter().collect()
    };
    let gaps = query(&file, "%evt.lost", "evt.type=drop").len();
    let created = seen("%evt.arg.name %proc.pid", "creat");
    let written = seen("*%fd.name %proc.pid %evt.is_open_write", "close");
    let renamed = seen("%evt.arg.oldpath %evt.arg.newpath %proc.ppid", "rename");
    let deleted = seen("%evt.arg.path %proc.ppid", "unlink");
    let mut missing = Vec::new();
    for (worker, pid) in pids.iter().enumerate() {
        for i in 0..250 {
            let path = top.join(format!("w{worker}-{i}")).display().to_string();
            missing.extend(
                [
                    (&created, format!("{path}.new {pid}")),
                    (&written, format!("{path}.new {pid} true")),
                    (&renamed, format!("{path}.new {path} {pid}")),
                    (&deleted, format!("{path} {pid}")),
                ]
                .into_iter()
                .filter(|(seen, line)| !seen.contains(line))
                .map(|(_, line)| line),
            );
        }
    }
    assert!(missing.is_empty() || gaps > 0, "{} are missing, such as {:?}", missing.len(), missing.first());
}

#[test]
fn what_is_done_in_an_overlay_is_seen_once_with_its_path_there() {
    let directory = tempfile::tempdir().unwrap();
    let Some(recording) = Recording::start(directory.path(), &[]) else { return };
    let script = "mkdir lower upper work merged; echo old > lower/old; \
        mount -t overlay overlay -o lowerdir=$PWD/lower,upperdir=$PWD/upper,workdir=$PWD/work merged; \
        sleep 0.5; echo new > merged/new; sleep 0.5; rm merged/old; mv merged/new merged/newer";
    let done = Command::new("unshare").args(["-m", "sh", "-ec", script]).current_dir(directory.path()).status();
    let file = recording.end();
    if !done.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no overlay can be mounted here");
        return;
    }
    let top = directory.path().canonicalize().unwrap();
    let merged = top.join("merged").display().to_string();
    let of = |format: &str, kind: &str| query(&file, format, &format!("evt.type={kind} and evt.origin=fanotify"));
    let in_overlay = |lines: Vec<String>| -> Vec<String> {
        let is_there = |line: &String| {
            ["upper/", "merged/"].iter().any(|part| line.contains(&format!("{}/{part}", top.display())))
        };
        lines.into_iter().filter(is_there).collect()
    };
    assert_eq!(in_overlay(of("%evt.arg.name", "creat")), [format!("{merged}/new")]);
    assert_eq!(in_overlay(of("%evt.arg.path", "unlink")), [format!("{merged}/old")]);
    let renamed = in_overlay(of("%evt.arg.oldpath %evt.arg.newpath", "rename"));
    assert_eq!(renamed, [format!("{merged}/new {merged}/newer")]);
    let closed = query(&file, "*%fd.name", "evt.type=close and evt.is_open_write=true");
    let closed: Vec<&String> =
        closed.iter().filter(|name| name.ends_with("/new") && name.starts_with(&*top.display().to_string())).collect();
    assert_eq!(closed, [&format!("{merged}/new")]);
}

#[test]
fn only_watched_files_are_recorded_with_the_keys_of_their_watches() {
    let directory = tempfile::tempdir().unwrap();
    let top = directory.path().canonicalize().unwrap();
    let watched = top.join("watched");
    std::fs::create_dir(&watched).unwrap();
    let rule = format!("-w {} -p wa -k mine", watched.display());
    let Some(recording) = Recording::start(directory.path(), &["--watch", &rule]) else { return };
    shell("echo a > watched/a; cat watched/a; echo b > b", directory.path());
    let file = recording.end();
    let found = query(&file, "*%evt.type %fd.name %evt.key", "evt.origin=fanotify");
    let (kinds, names): (Vec<_>, Vec<_>) = found
        .iter()
        .map(|line| {
            let (kind, rest) = line.split_once(' ').unwrap();
            (kind.to_owned(), rest.to_owned())
        })
        .unzip();
    assert_eq!(kinds, ["creat", "write", "close"], "{found:?}");
    assert!(names.iter().all(|name| *name == format!("{}/a mine", watched.display())), "{found:?}");
    let programs = query(&file, "%proc.name", "evt.type=execve and proc.name=cat");
    assert!(!programs.is_empty(), "processes are recorded in any case");
}

#[test]
fn new_sockets_are_found() {
    let directory = tempfile::tempdir().unwrap();
    let Some(recording) = Recording::start(directory.path(), &["--poll", "0.05"]) else { return };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::sleep(Duration::from_millis(500));
    let client = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (_accepted, _) = listener.accept().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let file = recording.end();
    let pid = std::process::id();
    let name = query(&file, "%evt.type %fd.name", &format!("evt.type=listen and proc.pid={pid}"));
    assert_eq!(name, [format!("listen 127.0.0.1:{port}")]);
    let own = client.local_addr().unwrap().port();
    let name = format!("127.0.0.1:{own}->127.0.0.1:{port}");
    for kind in ["connect", "accept"] {
        let found = query(&file, "%evt.type %fd.name", &format!("evt.type={kind} and proc.pid={pid}"));
        assert!(found.contains(&format!("{kind} {name}")), "{found:?}");
    }
}

#[test]
fn rules_that_are_not_understood_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let rules = directory.path().join("audit.rules");
    std::fs::write(&rules, "-D\n-a always,exit -S execve -k exec\n").unwrap();
    let file = directory.path().join("x.scap");
    let output = capture().args(["record", "-w"]).arg(file).arg("--audit-rules").arg(&rules).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(125), "{said}");
    assert!(said.contains("audit.rules:1: ") && said.contains("audit.rules:2: "), "{said}");
}
