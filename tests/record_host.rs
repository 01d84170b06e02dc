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

/// At how many places events are missing.
fn gaps(file: &Path) -> u64 {
    let output = capture().args(["info", "--json"]).arg(file).output().unwrap();
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    facts["recording"]["gaps"].as_u64().unwrap()
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
    let gaps = gaps(&file);
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

/// A recording of what a script does in a directory, and the directory as processes see it.
fn recorded(options: &[&str], script: &str) -> Option<(tempfile::TempDir, PathBuf, String)> {
    let directory = tempfile::tempdir().unwrap();
    let recording = Recording::start(directory.path(), options)?;
    shell(script, directory.path());
    let file = recording.end();
    let top = directory.path().canonicalize().unwrap().display().to_string();
    Some((directory, file, top))
}

/// What fanotify told of files below a directory, in order, without what it is called.
fn told(file: &Path, top: &str, format: &str, filter: &str) -> Vec<String> {
    let lines = query(file, format, &format!("evt.origin=fanotify and ({filter})"));
    lines.iter().filter(|line| line.contains(top)).map(|line| line.replace(top, "TOP")).collect()
}

#[test]
fn directories_are_made_moved_and_deleted() {
    let script = "mkdir a b; echo x > a/f; mv a/f b/g; mv b c; echo y > c/g; chmod 700 c; chmod 640 c/g; \
        sleep 0.2; rm c/g; rmdir c";
    let Some((_directory, file, top)) = recorded(&[], script) else { return };
    let arguments = told(&file, &top, "*%evt.type %evt.args", "evt.type in (mkdir, rmdir, rename, unlink, chmod)");
    let expected = [
        "mkdir res=0 path=TOP/a",
        "mkdir res=0 path=TOP/b",
        "rename res=0 oldpath=TOP/a/f newpath=TOP/b/g",
        "rename res=0 oldpath=TOP/b newpath=TOP/c",
        "chmod res=0 filename=TOP/c mode=0700(S_IXUSR|S_IWUSR|S_IRUSR)",
        "chmod res=0 filename=TOP/c/g mode=0640(S_IRGRP|S_IWUSR|S_IRUSR)",
        "unlink res=0 path=TOP/c/g",
        "rmdir res=0 path=TOP/c",
    ];
    let arguments: Vec<String> = arguments.iter().map(|line| line.replace("(TOP", "TOP")).collect();
    for line in expected {
        let (kind, rest) = line.split_once(' ').unwrap();
        let words: Vec<&str> = rest.split(' ').collect();
        let is_there = |found: &&String| {
            found.starts_with(&format!("{kind} ")) && words.iter().all(|word| found.split(' ').any(|w| w == *word))
        };
        assert!(arguments.iter().any(|found| is_there(&found)), "{line} is not in {arguments:#?}");
    }
    let written = told(&file, &top, "*%fd.name", "evt.type=write");
    assert!(written.contains(&"TOP/c/g".to_owned()), "after its directory was moved: {written:?}");
}

#[test]
fn what_is_executed_is_opened_by_who_executes_it() {
    let script = "cp /bin/true mine; for i in 1 2 3 4 5 6 7 8 9 10; do ./mine; done";
    let Some((_directory, file, top)) = recorded(&[], script) else { return };
    let opened = told(&file, &top, "*%evt.arg.flags %fd.name", "evt.type=open and evt.arg.flags=O_RDONLY");
    assert!(opened.iter().any(|line| line.ends_with("TOP/mine")), "{opened:?}");
    let executed = query(&file, "%proc.name", &format!("evt.type=execve and proc.cwd startswith {top}"));
    let mine = executed.iter().filter(|name| *name == "mine").count();
    assert_eq!(mine, 10, "{executed:?}");
}

#[test]
fn who_is_gone_before_the_report_is_read_is_known() {
    let script = "for i in 1 2 3 4 5 6 7 8 9 10; do (exec cp /etc/hostname copy$i); done";
    let Some((_directory, file, top)) = recorded(&[], script) else { return };
    let closed = told(&file, &top, "*%proc.name %proc.pname %fd.name %fd.num", "evt.type=close");
    // If the shell was gone too, it has the name of the file that it is.
    let shell = Path::new("/bin/sh").canonicalize().unwrap();
    let shell = format!("cp {} ", shell.file_name().unwrap().to_string_lossy());
    let closed: Vec<String> = closed.iter().map(|line| line.replacen(&shell, "cp sh ", 1)).collect();
    let expected: Vec<String> = (1..=10).map(|i| format!("cp sh TOP/copy{i} <NA>")).collect();
    assert_eq!(closed, expected);
}

#[test]
fn file_systems_that_come_and_go_are_followed() {
    let script = "mkdir m; unshare -m sh -ec 'for i in 1 2 3; do mount -t tmpfs none m; sleep 0.4; \
        mkdir m/d; echo $i > m/d/f$i; echo $i > m/g$i; umount m; done' || touch cannot";
    let Some((_directory, file, top)) = recorded(&[], script) else { return };
    if Path::new(&top).join("cannot").exists() {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    let closed = told(&file, &top, "%fd.name", "evt.type=close");
    let gaps = gaps(&file);
    for i in 1..=3 {
        for name in [format!("TOP/m/d/f{i}"), format!("TOP/m/g{i}")] {
            assert!(closed.contains(&name) || gaps > 0, "{name} is not in {closed:?}");
        }
    }
}

#[test]
fn a_process_that_goes_into_another_mount_namespace_is_followed() {
    let unshared = "import ctypes, os, time\n\
        libc = ctypes.CDLL(None, use_errno=True)\n\
        time.sleep(0.3)\n\
        if libc.unshare(0x20000) or libc.mount(b'none', b'/', None, 0x44000, None) \
            or libc.mount(b'none', b'm', b'tmpfs', 0, None):\n    open('cannot', 'w')\n\
        else:\n    time.sleep(1)\n    open('m/inside', 'w').write('x')\n    time.sleep(0.3)\n";
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let script = format!("mkdir m; python3 -c \"{unshared}\"");
    let Some((_directory, file, top)) = recorded(&[], &script) else { return };
    if Path::new(&top).join("cannot").exists() {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    let closed = told(&file, &top, "%proc.name %fd.name", "evt.type=close");
    assert_eq!(closed, ["python3 TOP/m/inside"]);
}

#[test]
fn sessions_names_tracers_and_ends_are_told() {
    let traced = format!("{} record -q -w traced.scap -- true", env!("CARGO_BIN_EXE_capture"));
    let script = format!(
        "setsid -w sleep 0.01; sh -c 'printf other > /proc/$$/comm; sleep 0.1'; (sh -c 'kill -SEGV $$' || true); {traced}"
    );
    let Some((_directory, file, top)) = recorded(&[], &script) else { return };
    let of = |format: &str, filter: &str| {
        let filter = format!("evt.origin=connector and proc.cwd startswith {top} and ({filter})");
        query(&file, format, &filter)
    };
    assert!(!of("%proc.name", "evt.type=setsid and proc.name in (setsid, sleep)").is_empty());
    let named = capture()
        .args(["query", "--view", "exit", "-r"])
        .arg(&file)
        .args(["-p", "%evt.args", "evt.type=prctl"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&named.stdout).contains("=other"));
    let ended = of("%evt.arg.sig", "evt.type=procexit and evt.arg.sig=SIGSEGV");
    assert_eq!(ended.len(), 1, "{ended:?}");
    let attached = of("%proc.name", "evt.type=ptrace");
    assert!(attached.iter().any(|name| name == "capture"), "{attached:?}");
}

#[test]
fn a_filter_decides_what_the_kernel_is_asked_for() {
    let filter = "evt.type in (rename, execve)";
    // What is gone before the recorder looks at it has no name.
    let script = "echo x > a; mv a b; sleep 0.7; sleep 0.7";
    let Some((_directory, file, top)) = recorded(&[filter], script) else { return };
    assert_eq!(told(&file, &top, "%evt.arg.oldpath %evt.arg.newpath", "evt.type=rename"), ["TOP/a TOP/b"]);
    let executed = format!("evt.type=execve and proc.cwd startswith {top} and proc.name = sleep");
    assert_eq!(query(&file, "%proc.name", &executed), ["sleep", "sleep"]);
    let shown: BTreeSet<String> = query(&file, "%evt.type", "evt.num>0").into_iter().collect();
    assert_eq!(shown.into_iter().collect::<Vec<_>>(), ["execve", "rename"]);
    let info = capture().arg("info").arg(&file).output().unwrap();
    let info = String::from_utf8_lossy(&info.stdout).into_owned();
    assert!(info.contains("connector") && !info.contains("sockdiag"), "{info}");
}

#[test]
fn environments_are_left_out_where_they_are_not_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let mut there = Command::new("sleep").arg("60").env("WORD", "there1").spawn().unwrap();
    let recording = Recording::start(directory.path(), &["--no-env"]);
    shell("WORD=hunter2 sh -c 'sleep 0.3; true'", directory.path());
    let file = recording.map(Recording::end);
    there.kill().unwrap();
    there.wait().unwrap();
    let Some(file) = file else { return };
    let bytes = std::fs::read(file).unwrap();
    let is_there = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    assert!(is_there(b"sleep") && !is_there(b"hunter2\0"), "of a program that was executed");
    assert!(!is_there(b"there1\0"), "of a program that was there");
}
