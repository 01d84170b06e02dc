//! How libs 0.29 reads container ids from cgroups.

use super::{between, classic_paths, find, runc};

/// The numbers that captures store for runtimes.
pub mod kind {
    #![allow(missing_docs)] // the names are the runtimes'
    pub const DOCKER: u32 = 0;
    pub const LXC: u32 = 1;
    pub const LIBVIRT_LXC: u32 = 2;
    pub const MESOS: u32 = 3;
    pub const RKT: u32 = 4;
    pub const CRI: u32 = 6;
    pub const CONTAINERD: u32 = 7;
    pub const CRIO: u32 = 8;
    pub const BPM: u32 = 9;
    pub const PODMAN: u32 = 11;
    /// Ours: the libraries know no such containers.
    pub const NSPAWN: u32 = 0xCA00;
    /// Ours as well: a step of a build.
    pub const BUILDKIT: u32 = 0xCA01;
}

/// What comes before and after an id.
type Layout = (&'static [u8], &'static [u8]);

const PODMAN: &[Layout] = &[(b"/libpod-", b".scope")];
const DOCKER: &[Layout] = &[(b"/", b""), (b"/docker-", b".scope")];
const CRI: &[Layout] = &[
    (b"/", b""),
    (b"/crio-", b""),
    (b"/cri-containerd-", b".scope"),
    (b"/crio-", b".scope"),
    (b":cri-containerd:", b""),
];

fn first<'c>(cgroups: &'c [u8], layouts: &[Layout]) -> Option<&'c [u8]> {
    classic_paths(cgroups).find_map(|path| layouts.iter().find_map(|(start, end)| runc::short_id(path, start, end)))
}

/// Whether cgroups may be those of a container, but for rkt's.
pub fn may_be_of_any(cgroups: &[u8]) -> bool {
    [podman, docker, cri, lxc, libvirt_lxc, mesos, bpm].iter().any(|of_runtime| of_runtime(cgroups).is_some())
}

/// A container of podman run by root or under systemd.
pub fn podman(cgroups: &[u8]) -> Option<&[u8]> {
    first(cgroups, PODMAN)
}

/// A container of docker, or of another runtime that names cgroups as docker does.
pub fn docker(cgroups: &[u8]) -> Option<&[u8]> {
    first(cgroups, DOCKER)
}

/// A container of a Kubernetes runtime.
pub fn cri(cgroups: &[u8]) -> Option<&[u8]> {
    first(cgroups, CRI)
}

/// An LXC container.
pub fn lxc(cgroups: &[u8]) -> Option<&[u8]> {
    classic_paths(cgroups)
        .find_map(|path| between(path, b"/lxc/", b"/").or_else(|| between(path, b"/lxc.payload/", b"/")))
}

/// A container of libvirt's LXC driver.
pub fn libvirt_lxc(cgroups: &[u8]) -> Option<&[u8]> {
    classic_paths(cgroups).find_map(|path| super::libvirt_lxc(path, &[b".scope"]))
}

/// A container of Mesos: a UUID. Only the first cgroup that looks like one counts.
pub fn mesos(cgroups: &[u8]) -> Option<&[u8]> {
    const START: &[u8] = b"/mesos/";
    let id_of = |path: &'_ [u8]| find(path, START).map(|at| at + START.len());
    classic_paths(cgroups)
        .filter_map(|path| path.get(id_of(path)?..))
        .find(|id| id.len() == 36 && id.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-'))
}

/// The names of rkt's applications: cgroups that end in `.service`.
pub fn rkt_apps(cgroups: &[u8]) -> impl Iterator<Item = &[u8]> {
    classic_paths(cgroups).filter_map(|path| {
        let name = path.strip_suffix(b".service")?;
        name.rsplit(|&b| b == b'/').next()
    })
}

/// A job of Cloud Foundry's process manager.
pub fn bpm(cgroups: &[u8]) -> Option<&[u8]> {
    classic_paths(cgroups).find_map(super::bpm)
}
