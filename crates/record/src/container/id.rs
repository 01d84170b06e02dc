//! Which container a thread is in, from its control groups.

use capture_machine::containers::cgroups::{classic, classic::kind, newest, newest_paths, own};

/// A container that control groups name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Found {
    /// The id that events carry: the first 12 digits of [`Found::full_id`], or a name.
    pub id: String,
    /// The id as the runtime has it.
    pub full_id: String,
    /// The runtime, in the numbers that captures store, as far as the name of the group tells it. An engine may know
    /// better: a group `/kubepods/…/ID` can be Docker's or containerd's.
    pub kind: u32,
}

/// How many digits a full id has.
const FULL_ID: usize = 64;

/// The container that a list of control groups names, in the form `subsystem=path` with a zero byte after each, as
/// captures store it.
///
/// All that one of the reference libraries takes for a container is found, but for names that any group may have (the
/// newest ones take `/a/b` for the container `b` of containerd's namespace `a`), and those of [`own`].
pub fn identify(cgroups: &[u8]) -> Option<Found> {
    let by_digits = || {
        let short = classic::podman(cgroups)
            .or_else(|| classic::docker(cgroups))
            .or_else(|| classic::cri(cgroups))
            .or_else(|| newest::container(cgroups).filter(|found| found.kind.is_none()).map(|found| found.id))?;
        newest_paths(cgroups).find_map(|path| with_digits(path, short))
    };
    by_digits().or_else(|| by_name(cgroups)).filter(|found| !found.id.is_empty())
}

/// The container in a path whose full id begins with these digits.
fn with_digits(path: &[u8], short: &[u8]) -> Option<Found> {
    let start = memchr::memmem::find(path, short)?;
    let full = path.get(start..start + FULL_ID).filter(|id| id.iter().all(u8::is_ascii_hexdigit))?;
    let before = path.get(..start).unwrap_or_default();
    Some(Found { id: text(short), full_id: text(full), kind: kind_of(before) })
}

/// The runtime by what stands before the id.
fn kind_of(before: &[u8]) -> u32 {
    let ends = |end: &[u8]| before.ends_with(end);
    let has = |part: &[u8]| memchr::memmem::find(before, part).is_some();
    if ends(b"libpod-") || ends(b"libpod-payload-") || has(b"/podman-") {
        kind::PODMAN
    } else if ends(b"cri-containerd-") || ends(b":cri-containerd:") {
        kind::CONTAINERD
    } else if ends(b"crio-") {
        kind::CRIO
    } else if !ends(b"docker-") && has(b"kubepods") {
        kind::CRI
    } else {
        kind::DOCKER
    }
}

/// A container whose group has its name instead of an id.
fn by_name(cgroups: &[u8]) -> Option<Found> {
    let newest = || newest::container(cgroups).and_then(|found| Some((found.id, found.kind?)));
    let named = |(id, kind): (&[u8], u32)| Found { id: text(id), full_id: text(id), kind };
    let classic = || {
        let lxc = classic::lxc(cgroups).map(|id| (id, kind::LXC));
        lxc.or_else(|| classic::libvirt_lxc(cgroups).map(|id| (id, kind::LIBVIRT_LXC)))
    };
    let own = || own::container(cgroups).map(|(id, kind)| named((&id, kind)));
    newest().or_else(classic).map(named).or_else(own)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;
