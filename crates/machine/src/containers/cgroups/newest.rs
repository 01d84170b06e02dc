//! How the newest libraries' container plugin (0.7.1) reads container ids from cgroups.

use super::{between, classic::kind, newest_paths, runc};
use smallvec::SmallVec;

/// What a thread's cgroups say of its container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match<'c> {
    /// The container's id; never empty.
    pub id: &'c [u8],
    /// The runtime, if it is one of which nothing but this is ever known.
    pub kind: Option<u32>,
}

const PODMAN: &[(&[u8], &[u8])] = &[
    (b"/libpod-", b".scope"),
    (b"/libpod-", b".scope/container"),
    (b"/libpod-", b""),
    (b"/libpod-payload-", b".scope"),
    (b"/libpod-payload-", b".scope/container"),
    (b"/libpod-payload-", b""),
];
const DOCKER: &[(&[u8], &[u8])] = &[(b"/", b""), (b"/docker-", b".scope")];
const CRI: &[(&[u8], &[u8])] =
    &[(b"/crio-", b""), (b"/cri-containerd-", b".scope"), (b"/crio-", b".scope"), (b":cri-containerd:", b"")];

/// The container that the first of the cgroups names which names one.
pub fn container(cgroups: &[u8]) -> Option<Match<'_>> {
    newest_paths(cgroups).filter_map(of_path).find(|found| !found.id.is_empty())
}

fn of_path(path: &[u8]) -> Option<Match<'_>> {
    let mut with_id = [PODMAN, DOCKER, CRI].into_iter().flatten();
    let id = with_id.find_map(|(start, end)| runc::short_id(path, start, end));
    if let Some(id) = id.or_else(|| containerd(path)) {
        return Some(Match { id, kind: None });
    }
    let lxc = || [&b"/lxc/"[..], b"/lxc.payload/", b"/lxc.payload."].into_iter().find_map(|s| between(path, s, b"/"));
    let libvirt = || super::libvirt_lxc(path, &[b".scope/libvirt", b".scope"]);
    let named = |id, kind| Match { id, kind: Some(kind) };
    lxc()
        .map(|id| named(id, kind::LXC))
        .or_else(|| libvirt().map(|id| named(id, kind::LIBVIRT_LXC)))
        .or_else(|| super::bpm(path).map(|id| named(id, kind::BPM)))
}

/// A container made with containerd's own tool: its cgroup is `/namespace/name`. The namespace is the first
/// component that another follows; the name is what follows its last occurrence.
fn containerd(path: &[u8]) -> Option<&[u8]> {
    let slashes: SmallVec<[usize; 16]> = memchr::memchr_iter(b'/', path).collect();
    let namespace = slashes.windows(2).find_map(|pair| match *pair {
        [start, end] => path.get(start..=end).filter(|_| is_namespace(path.get(start + 1..end).unwrap_or_default())),
        _ => None,
    })?;
    runc::short_name(path, namespace)
}

/// Letters and digits, in which single `.`, `_` and `-` may separate others.
fn is_namespace(name: &[u8]) -> bool {
    name.split(|b| b"._-".contains(b)).all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_alphanumeric))
}
