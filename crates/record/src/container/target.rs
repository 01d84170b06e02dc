//! Which processes `--container ID|NAME` means.
//!
//! * Those in the container's control groups. They are found by looking at all processes, as a container may have
//!   groups below its own.
//! * Its shim: the process that the engine put between itself and the container's first process (`containerd-shim`,
//!   `conmon`, LXC's monitor, `systemd-nspawn`). What `docker exec` runs in a container is started by the shim, so whoever
//!   follows the shim sees such sessions from their birth. What `podman exec` runs has a `conmon` of its own, which the
//!   command `podman` starts: [`belongs`] tells that it is one.
//!
//! The container may be named by its id, a beginning of that, or its name. Names of Docker and Podman are asked from
//! the engine; without one, ids and the names of LXC and systemd-nspawn containers still are found.

use super::short::{number, short_id, text};
use super::{Engine, Error, Found, identify};
use crate::proc::Host;
use crate::proc::stat::Stat;
use std::fmt;
use std::io;
use std::sync::Arc;

/// A process, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Process id.
    pub pid: i64,
    /// Its parent's.
    pub parent: i64,
    /// Name.
    pub comm: String,
    /// Its control groups, `subsystem=path` with a zero byte after each.
    pub cgroups: Arc<[u8]>,
    /// The container that they name.
    pub container: Option<Found>,
}

impl Process {
    /// Whether it is in this container, also where its groups lie below the container's: those of a container that runs
    /// systemd, of which readers of captures do not take the container's id.
    fn is_inside(&self, found: &Found) -> bool {
        const DIGITS: usize = 64;
        let is_named = self.container.as_ref().is_some_and(|own| own.full_id == found.full_id);
        let at = memchr::memmem::find(&self.cgroups, found.full_id.as_bytes());
        let before = at.and_then(|at| self.cgroups.get(..at)).unwrap_or_default();
        is_named || (at.is_some() && found.full_id.len() == DIGITS && !before.ends_with(b"conmon-"))
    }
}

/// What `--container` means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The container. The type is that of the engine if one knows it.
    pub container: Found,
    /// Its name; the id where no engine told one.
    pub name: String,
    /// The container's first process; `None` if it does not run.
    pub init: Option<i64>,
    /// The shim, if there is one.
    pub shim: Option<i64>,
    /// All processes in the container, the first one included, by number.
    pub pids: Vec<i64>,
}

/// Why no container is meant.
#[derive(Debug)]
pub enum Failure {
    /// There is none of that id or name. With it, what the engines said that did not answer.
    Unknown(Vec<String>),
    /// The beginning of an id that several have.
    Ambiguous(Vec<String>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unknown(reasons) if reasons.is_empty() => f.write_str("there is no such container"),
            Failure::Unknown(reasons) => write!(f, "there is no such container ({})", reasons.join("; ")),
            Failure::Ambiguous(ids) => write!(f, "several containers have ids that begin so: {}", ids.join(", ")),
        }
    }
}

impl std::error::Error for Failure {}

/// Finds the container with this id, beginning of an id, or name.
pub fn find(engines: &[Engine], wanted: &str, processes: &[Process]) -> Result<Target, Failure> {
    let mut reasons = Vec::new();
    for engine in engines.iter().filter(|_| !wanted.is_empty()) {
        match engine.inspect(wanted) {
            Ok(answer) if !text(&answer, &["Id"]).is_empty() => {
                let full_id = text(&answer, &["Id"]);
                let found =
                    Found { id: short_id(full_id).to_owned(), full_id: full_id.to_owned(), kind: engine.kind() };
                let name = text(&answer, &["Name"]);
                let init = Some(number(&answer, &["State", "Pid"])).filter(|pid| *pid > 0);
                return Ok(target(found, name.strip_prefix('/').unwrap_or(name), init, processes));
            }
            Ok(_) => reasons.push(format!("{}: {}", engine.socket().display(), Error::Malformed("no container"))),
            Err(error) if error.is_not_found() => {}
            Err(error) => reasons.push(format!("{}: {error}", engine.socket().display())),
        }
    }
    by_groups(wanted, processes, reasons)
}

fn by_groups(wanted: &str, processes: &[Process], reasons: Vec<String>) -> Result<Target, Failure> {
    let mut matching: Vec<&Found> = Vec::new();
    for found in processes.iter().filter_map(|process| process.container.as_ref()) {
        let is_begun = !wanted.is_empty() && found.full_id.starts_with(wanted);
        if is_begun && !matching.iter().any(|other| other.full_id == found.full_id) {
            matching.push(found);
        }
    }
    let exact = matching.iter().find(|found| found.full_id == wanted);
    match (exact, matching.as_slice()) {
        (Some(found), _) | (None, [found]) => {
            let found = (*found).clone();
            let name = found.id.clone();
            Ok(target(found, &name, None, processes))
        }
        (None, []) => Err(Failure::Unknown(reasons)),
        (None, several) => Err(Failure::Ambiguous(several.iter().map(|found| found.id.clone()).collect())),
    }
}

fn target(container: Found, name: &str, init: Option<i64>, processes: &[Process]) -> Target {
    let inside = processes.iter().filter(|process| process.is_inside(&container));
    let mut pids: Vec<i64> = inside.map(|process| process.pid).collect();
    pids.sort_unstable();
    let parent_of = |pid| processes.iter().find(|process| process.pid == pid).map(|process| process.parent);
    // The engine may have its own process numbers, so its word counts only for a process that is in the container. Else
    // the first one is that whose parent is outside.
    let from_outside = |pid: &&i64| parent_of(**pid).is_none_or(|parent| pids.binary_search(&parent).is_err());
    let init = init.filter(|pid| pids.binary_search(pid).is_ok()).or_else(|| pids.iter().find(from_outside).copied());
    let shim = init.and_then(parent_of).and_then(|parent| processes.iter().find(|process| process.pid == parent));
    let shim = shim.filter(|process| is_shim(&process.comm)).map(|process| process.pid);
    Target { container, name: name.to_owned(), init, shim, pids }
}

fn is_shim(comm: &str) -> bool {
    // Names of processes are cut to 15 bytes: `containerd-shim-runc-v2` is `containerd-shim`.
    ["containerd-shim", "docker-containe", MONITOR, "[lxc monitor]", "lxc-start", "systemd-nspawn"]
        .iter()
        .any(|name| comm.starts_with(name))
}

/// Whether a process belongs to one of these containers: it is in it, or is there to run something in it.
pub fn belongs(host: &mut Host, pid: i64, containers: &[Found]) -> bool {
    const LONGEST: usize = 4096;
    let mut text = Vec::new();
    let Some(process) = process(host, pid, &mut text) else { return false };
    if process.comm != MONITOR {
        return containers.iter().any(|found| process.is_inside(found));
    }
    let Ok(directory) = host.process(pid) else { return false };
    let words = directory.read(c"cmdline", LONGEST, &mut text).unwrap_or_default();
    words.split(|byte| *byte == 0).any(|word| containers.iter().any(|found| word == found.full_id.as_bytes()))
}

/// What Podman and CRI-O start for each container and each session: it is told the container's id.
const MONITOR: &str = "conmon";

/// All processes of a host. Those that end meanwhile are left out.
pub fn processes(host: &mut Host) -> io::Result<Vec<Process>> {
    let mut text = Vec::new();
    Ok(host.processes()?.into_iter().filter_map(|pid| process(host, pid, &mut text)).collect())
}

fn process(host: &mut Host, pid: i64, text: &mut Vec<u8>) -> Option<Process> {
    const LONGEST: usize = 4096;
    let directory = host.process(pid).ok()?;
    let stat = Stat::parse(directory.read(c"stat", LONGEST, text).ok()?)?;
    let (parent, comm) = (stat.ppid, String::from_utf8_lossy(stat.comm).into_owned());
    let cgroups = host.cgroups(&directory);
    let container = identify(&cgroups);
    Some(Process { pid, parent, comm, cgroups, container })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";

    fn process(pid: i64, parent: i64, comm: &str, group: &str) -> Process {
        let cgroups: Arc<[u8]> = format!("cpu={}\0", group.replace("ID", ID)).into_bytes().into();
        let container = identify(&cgroups);
        Process { pid, parent, comm: comm.to_owned(), cgroups, container }
    }

    fn host() -> Vec<Process> {
        vec![
            process(1, 0, "systemd", "/init.scope"),
            process(10, 1, "containerd-shim", "/system.slice/containerd.service"),
            process(12, 11, "worker", "/docker/ID/below"),
            process(14, 1, "conmon", "/machine.slice/libpod-conmon-ID.scope"),
            process(11, 10, "nginx", "/docker/ID"),
            process(13, 10, "sh", "/docker/ID"),
            process(20, 1, "sh", "/lxc/web"),
            process(21, 1, "sh", "/docker/69aa56520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3"),
        ]
    }

    #[test]
    fn a_beginning_of_an_id_finds_the_processes_and_the_shim() {
        let found = find(&[], "697", &host()).unwrap();
        assert_eq!((found.init, found.shim, found.pids.as_slice()), (Some(11), Some(10), &[11, 12, 13][..]));
        assert_eq!((found.name.as_str(), found.container.full_id.as_str()), ("697956520d89", ID));
        let found = find(&[], "web", &host()).unwrap();
        assert_eq!((found.init, found.shim), (Some(20), None));
    }

    #[test]
    fn what_is_unclear_is_not_guessed() {
        assert!(matches!(find(&[], "69", &host()), Err(Failure::Ambiguous(ids)) if ids.len() == 2));
        for unknown in ["", "nonesuch"] {
            assert!(matches!(find(&[], unknown, &host()), Err(Failure::Unknown(_))), "{unknown}");
        }
        let gone = Engine::new("/nonexistent/engine.sock");
        let failure = find(&[gone], "nonesuch", &host()).unwrap_err().to_string();
        assert!(failure.contains("/nonexistent/engine.sock: No such file"), "{failure}");
    }

    #[test]
    fn who_comes_later_belongs_to_a_container_by_its_groups_or_as_its_monitor() {
        let proc = tempfile::tempdir().unwrap();
        let numbers = "1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0";
        let of = |pid: &str, comm: &str, group: &str, words: &[&str]| {
            let directory = proc.path().join(pid);
            fs::create_dir(&directory).unwrap();
            fs::write(directory.join("stat"), format!("{pid} ({comm}) S {numbers}")).unwrap();
            fs::write(directory.join("cgroup"), format!("4:cpu:{group}\n")).unwrap();
            fs::write(directory.join("cmdline"), words.join("\0") + "\0").unwrap();
        };
        let group = format!("/libpod_parent/libpod-{ID}");
        of("1", "init", "/", &["init"]);
        of("11", "sh", &group, &["sh"]);
        of("12", "conmon", "/", &["conmon", "-c", ID, "-u", "e5"]);
        of("13", "conmon", "/", &["conmon", "-c", "other"]);
        of("14", "vi", "/", &["vi", ID]);
        let found = Found { id: ID[..12].to_owned(), full_id: ID.to_owned(), kind: 0 };
        let mut host = Host::open(proc.path()).unwrap();
        let belongs: Vec<i64> =
            (11..=15).filter(|pid| belongs(&mut host, *pid, std::slice::from_ref(&found))).collect();
        assert_eq!(belongs, [11, 12]);
    }

    #[test]
    fn proc_is_read_with_odd_names() {
        let proc = tempfile::tempdir().unwrap();
        let numbers = "3 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0";
        for (pid, stat) in [("7", format!("7 (a) b) S {numbers}")), ("8", "8 (x".into()), ("9", "9 (y) S z".into())] {
            fs::create_dir(proc.path().join(pid)).unwrap();
            fs::write(proc.path().join(pid).join("stat"), stat).unwrap();
        }
        fs::create_dir(proc.path().join("self")).unwrap();
        fs::write(proc.path().join("7/cgroup"), format!("4:cpu,cpuacct:/docker/{ID}\n0::/\nodd\n")).unwrap();
        let found = processes(&mut Host::open(proc.path()).unwrap()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].pid, found[0].parent, found[0].comm.as_str()), (7, 3, "a) b"));
        assert_eq!(found[0].container.as_ref().map(|found| found.id.as_str()), Some("697956520d89"));
    }
}
