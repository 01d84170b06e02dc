//! Container ids from cgroup paths.
//!
//! Every runtime names a container's cgroup after the container. [`classic`] and [`newest`] know the names as their
//! libraries do, and in the same order, since the first that matches wins; both look for ids of 64 hexadecimal
//! digits with [`runc`]. [`own`] knows what both do not.

pub mod classic;
pub mod newest;
pub mod own;
mod runc;

/// The cgroup paths of a list of `subsystem=path` items, as the classic libraries take it apart: a path starts
/// after the last `=`.
pub fn classic_paths(cgroups: &[u8]) -> impl Iterator<Item = &[u8]> {
    items(cgroups).map_while(|item| item.iter().rposition(|&b| b == b'=').and_then(|at| item.get(at + 1..)))
}

/// The cgroup paths of a list of `subsystem=path` items, as the newest libraries take it apart: a path starts after
/// the first `=`.
pub fn newest_paths(cgroups: &[u8]) -> impl Iterator<Item = &[u8]> {
    items(cgroups).map_while(|item| item.iter().position(|&b| b == b'=').and_then(|at| item.get(at + 1..)))
}

fn items(cgroups: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = cgroups.strip_suffix(&[0]).unwrap_or(cgroups);
    body.split(|&b| b == 0).take(if cgroups.is_empty() { 0 } else { usize::MAX })
}

/// Where `part` starts in `whole`, searched from the left.
fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(whole, part)
}

/// Where `part` starts in `whole`, searched from the right; the end of `whole` for an empty part.
fn rfind(whole: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(whole, part)
}

/// What follows `start` up to `end`, or to the end where `end` does not occur.
fn between<'p>(path: &'p [u8], start: &[u8], end: &[u8]) -> Option<&'p [u8]> {
    let rest = path.get(find(path, start)? + start.len()..)?;
    rest.get(..find(rest, end).unwrap_or(rest.len()))
}

/// The id in the cgroup of a job of Cloud Foundry's process manager.
fn bpm(path: &[u8]) -> Option<&[u8]> {
    let id = between(path, b"bpm-", b".scope")?;
    let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
    Some(id).filter(|id| !id.is_empty() && id.iter().all(allowed))
}

/// The id in a cgroup of libvirt's LXC driver. `ends` are the ends of a systemd scope's path, the first that occurs
/// counts.
fn libvirt_lxc<'p>(path: &'p [u8], ends: &[&[u8]]) -> Option<&'p [u8]> {
    const PLAIN: &[u8] = b".libvirt-lxc";
    if let Some(at) = find(path, PLAIN)
        && at + PLAIN.len() == path.len()
        && let Some(slash) = path.iter().rposition(|&b| b == b'/')
    {
        return path.get(slash + 1..at);
    }
    systemd_libvirt_lxc(path, ends).or_else(|| {
        const LEGACY: &[u8] = b"/libvirt/lxc/";
        path.get(find(path, LEGACY)? + LEGACY.len()..)
    })
}

/// `…-lxc\x2dNAME.scope`: systemd writes `-` as `\x2d`, of which the `d` is skipped unseen.
fn systemd_libvirt_lxc<'p>(path: &'p [u8], ends: &[&[u8]]) -> Option<&'p [u8]> {
    const START: &[u8] = b"-lxc\\x2";
    let start = find(path, START)? + START.len() + 1;
    let end = ends.iter().find(|end| find(path, end).is_some())?;
    let at = find(path, end)?;
    if at + end.len() == path.len() { path.get(start..at) } else { None }
}

#[cfg(test)]
mod tests;
