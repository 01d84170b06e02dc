//! A Docker engine of a test's own.

use crate::{find, skip};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long the engine may take to start, and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// An engine with everything that it keeps in a directory of its own: image and containers, no network but the host's.
/// It ends, with its containers, when this is dropped.
#[derive(Debug)]
pub struct Docker {
    dir: TempDir,
    daemon: Child,
}

impl Docker {
    /// The name of the image that every engine has: a static busybox.
    pub const IMAGE: &'static str = "test/busybox:1";

    /// Starts an engine; `None`, with a message, where that is not possible: it needs root, control groups, and the
    /// programs `dockerd`, `docker`, `tar` and a static `busybox`.
    pub fn start() -> Option<Docker> {
        match Docker::try_start() {
            Ok(docker) => Some(docker),
            Err(reason) => {
                skip(&format!("no Docker engine can be started here: {reason}"));
                None
            }
        }
    }

    fn try_start() -> Result<Docker, String> {
        for program in ["dockerd", "docker", "tar", "busybox"] {
            find(program).ok_or_else(|| format!("{program} is not installed"))?;
        }
        let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
        let log = File::create(dir.path().join("log")).map_err(|error| error.to_string())?;
        let daemon = Docker::daemon(dir.path(), log).spawn().map_err(|error| error.to_string())?;
        let mut docker = Docker { dir, daemon };
        docker.wait_until_it_answers()?;
        docker.import().map_err(|error| error.to_string())?;
        let runs = docker.docker(["run", "--rm", "--network", "host", Docker::IMAGE, "true"]);
        if runs.status.success() { Ok(docker) } else { Err(String::from_utf8_lossy(&runs.stderr).trim().to_owned()) }
    }

    fn daemon(dir: &Path, log: File) -> Command {
        let path = |option: &str, name: &str| format!("--{option}={}", dir.join(name).display());
        let mut command = Command::new("dockerd");
        command
            .args(["--iptables=false", "--bridge=none", "--storage-driver=vfs"])
            .args([path("data-root", "data"), path("exec-root", "exec"), path("pidfile", "pid")])
            .arg(format!("--host=unix://{}", dir.join("docker.sock").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        command
    }

    fn wait_until_it_answers(&mut self) -> Result<(), String> {
        let begin = Instant::now();
        while !self.docker(["version"]).status.success() {
            let has_ended = self.daemon.try_wait().map_err(|error| error.to_string())?.is_some();
            if has_ended || begin.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
                return Err(log.lines().last().unwrap_or("it does not answer").to_owned());
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Makes the image of the busybox that is installed, with links for its applets.
    fn import(&self) -> io::Result<()> {
        let root = self.dir.path().join("root");
        fs::create_dir_all(root.join("bin"))?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let busybox = std::env::split_paths(&path).map(|dir| dir.join("busybox")).find(|file| file.is_file());
        fs::copy(busybox.ok_or(io::ErrorKind::NotFound)?, root.join("bin/busybox"))?;
        for applet in ["sh", "cat", "echo", "id", "kill", "ls", "nc", "sleep", "true", "wget"] {
            std::os::unix::fs::symlink("busybox", root.join("bin").join(applet))?;
        }
        let archive = self.dir.path().join("root.tar");
        let packed = Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(&archive).arg(".").status()?;
        let archive = archive.display().to_string();
        let imported = self.docker(["import", &archive, Docker::IMAGE]);
        if packed.success() && imported.status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("{imported:?}")))
        }
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("docker.sock")
    }

    /// Runs the client `docker` on this engine.
    pub fn docker<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Output {
        let host = format!("unix://{}", self.socket().display());
        let output = Command::new("docker").env("DOCKER_HOST", host).stdin(Stdio::null()).args(args).output();
        output.unwrap_or_else(|error| panic!("docker: {error}"))
    }

    /// Runs the client, which has to succeed, and gives what it prints.
    pub fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> String {
        let output = self.docker(args);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Ends the engine and its containers.
    pub fn stop(&mut self) {
        if self.daemon.try_wait().ok().flatten().is_some() {
            return;
        }
        let all = self.docker(["ps", "-aq"]);
        for id in String::from_utf8_lossy(&all.stdout).split_whitespace() {
            self.docker(["rm", "-f", id]);
        }
        let pid = self.daemon.id().to_string();
        let _ = Command::new("kill").arg(&pid).status();
        let begin = Instant::now();
        while self.daemon.try_wait().ok().flatten().is_none() {
            if begin.elapsed() > PATIENCE {
                let _ = self.daemon.kill();
                let _ = self.daemon.wait();
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Mounts that the engine left in its directory would keep it from being removed.
    fn unmount(&self) {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let dir = self.dir.path();
        let inside =
            mounts.lines().filter_map(|line| line.split(' ').nth(1)).filter(|path| Path::new(path).starts_with(dir));
        for path in inside.collect::<Vec<_>>().into_iter().rev() {
            let _ = Command::new("umount").args(["-l", path]).status();
        }
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        self.stop();
        self.unmount();
        // The groups above those of the containers; where another engine uses them they are not empty and stay.
        for hierarchy in fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten() {
            let _ = fs::remove_dir(hierarchy.path().join("docker"));
        }
        let _ = fs::remove_dir("/sys/fs/cgroup/docker");
    }
}
