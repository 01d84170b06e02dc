//! A container of Podman's is followed from outside: a session that `podman exec` starts in it is seen from its birth,
//! though nobody who was followed started it.

use crate::support::{CAPTURE, Place, has, query};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// A container that runs, removed when dropped.
struct Container {
    name: String,
    runtime: &'static str,
}

impl Container {
    /// `None`, and why on standard error, where none can be started.
    fn start(root: &Path) -> Option<Container> {
        std::fs::create_dir(root).unwrap();
        for directory in ["bin", "etc", "tmp", "proc", "sys", "dev"] {
            std::fs::create_dir(root.join(directory)).unwrap();
        }
        let path = Command::new("sh").args(["-c", "command -v busybox"]).output().unwrap().stdout;
        capture_testkit::install(String::from_utf8_lossy(&path).trim(), &root.join("bin/busybox"));
        std::os::unix::fs::symlink("busybox", root.join("bin/sh")).unwrap();
        let mut reasons = String::new();
        for runtime in ["crun", "runc"] {
            let container = Container { name: format!("capture-test-{}", std::process::id()), runtime };
            // Limits that whoever runs the test may set.
            let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"];
            let words = ["run", "-d", "--network", "none", "--name", &container.name];
            let rootfs = root.display().to_string();
            let program = ["--rootfs", &rootfs, "/bin/busybox", "sleep", "1000"];
            let output = container.podman(words.into_iter().chain(limits).chain(program));
            if output.status.success() {
                return Some(container);
            }
            reasons += &String::from_utf8_lossy(&output.stderr);
        }
        eprintln!("skipped: Podman can start no container here: {reasons}");
        None
    }

    fn podman<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Output {
        Command::new("podman").args(["--runtime", self.runtime]).args(words).output().expect("podman")
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.podman(["rm", "-f", "-t", "0", &self.name]);
    }
}

#[test]
fn a_session_of_podman_exec_is_seen_from_its_birth() {
    if !has("podman") || !has("busybox") {
        return;
    }
    let place = Place::new();
    let Some(container) = Container::start(&place.path("root")) else { return };
    let id = container.podman(["inspect", &container.name, "--format", "{{.Id}}"]).stdout;
    let id = String::from_utf8_lossy(&id).trim().to_owned();
    let file = place.path("r.scap");
    let mut recorder =
        Command::new(CAPTURE).args(["record", "-q", "--container", &id, "-w"]).arg(&file).spawn().unwrap();
    let began = Instant::now();
    while file.metadata().map_or(0, |meta| meta.len()) == 0 && recorder.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing is written");
        std::thread::sleep(Duration::from_millis(20));
    }
    let session = container.podman(["exec", &container.name, "/bin/sh", "-c", "echo text > /tmp/note"]);
    assert!(session.status.success(), "{}", String::from_utf8_lossy(&session.stderr));
    Command::new("kill").args(["-INT", &recorder.id().to_string()]).status().unwrap();
    assert!(recorder.wait().unwrap().success());
    let of = |format: &str, filter: &str| query(&file, &["--view", "exit", "-p", format, filter]);
    let short = &id[..12];
    let format = "%container.id %container.name %proc.cmdline";
    let executed = of(format, &format!("evt.type=execve and container.id={short}"));
    let line = format!("{short} {} sh -c echo text > /tmp/note", container.name);
    assert!(executed.lines().any(|found| found == line), "{line} is not in {executed}");
    let written = of("%container.id", "evt.is_open_write=true and fd.name=/tmp/note");
    assert_eq!(written.trim(), short);
    let late = of("%proc.name", "evt.type=notification and evt.arg.id=capture.attached");
    assert!(late.contains("conmon") && late.contains("busybox"), "{late}");
}
