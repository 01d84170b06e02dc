//! Container ids that neither library reads from cgroups: systemd-nspawn and BuildKit.
//!
//! They count only where the capture tells of such a container, as our recorder's captures do: in all others a thread
//! has the container that the libraries give it.

use super::{between, classic, classic::kind, newest_paths};
use std::borrow::Cow;

/// A container's id, and the runtime.
pub type Own<'c> = (Cow<'c, [u8]>, u32);

/// Whether a container of this type is one that only these cgroups tell of.
pub fn is_own(kind: u32) -> bool {
    matches!(kind, kind::NSPAWN | kind::BUILDKIT)
}

/// The container that the cgroups name in one of the ways listed here, unless they name another one inside of it.
pub fn container(cgroups: &[u8]) -> Option<Own<'_>> {
    let inner = [classic::podman, classic::docker, classic::cri, classic::lxc];
    if inner.iter().any(|matcher| matcher(cgroups).is_some()) {
        return None;
    }
    let named = |path| nspawn(path).map(|id| (id, kind::NSPAWN));
    newest_paths(cgroups).find_map(|path| named(path).or_else(|| Some((Cow::Borrowed(build(path)?), kind::BUILDKIT))))
}

/// The machine's name in `…/machine-NAME.scope/…` or `…/systemd-nspawn@NAME.service/…`. The supervisor is no part of
/// the container, and libvirt names the scopes of its own machines alike.
fn nspawn(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut parts = path.split(|&b| b == b'/');
    let name = parts.find_map(|part| {
        let scope = || part.strip_prefix(b"machine-")?.strip_suffix(b".scope");
        let service = || part.strip_prefix(b"systemd-nspawn@")?.strip_suffix(b".service");
        scope().or_else(service)
    })?;
    let libvirt = [&b"qemu\\x2d"[..], b"lxc\\x2d"].iter().any(|start| name.starts_with(start));
    let is_supervisor = parts.next() == Some(b"supervisor");
    Some(unescaped(name)).filter(|name| !libvirt && !is_supervisor && !name.is_empty())
}

/// The id of a build step in `…/buildkit/ID`.
fn build(path: &[u8]) -> Option<&[u8]> {
    const ID: usize = 25;
    let id = between(path, b"/buildkit/", b"/")?;
    Some(id).filter(|id| id.len() == ID && id.iter().all(u8::is_ascii_alphanumeric))
}

/// A name as it was before systemd wrote some of its bytes as `\xNN`.
fn unescaped(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'\\') {
        return Cow::Borrowed(name);
    }
    let mut rest = name;
    let mut plain = Vec::with_capacity(name.len());
    while let Some((&first, tail)) = rest.split_first() {
        let escape = rest.strip_prefix(b"\\x").and_then(|digits| digits.split_at_checked(2));
        let byte = escape.and_then(|(digits, _)| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match (byte, escape) {
            (Some(byte), Some((_, tail))) => {
                plain.push(byte);
                rest = tail;
            }
            _ => {
                plain.push(first);
                rest = tail;
            }
        }
    }
    Cow::Owned(plain)
}
