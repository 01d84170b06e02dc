//! Ids of 64 hexadecimal digits, as runc and most other runtimes use them.

use super::rfind;

const ID: usize = 64;
const SHORT_ID: usize = 12;

/// The part of `path` between the last `prefix` and the last `suffix` (an empty one is the path's end); `None` if
/// one is missing or they overlap.
pub(super) fn inside<'p>(path: &'p [u8], prefix: &[u8], suffix: &[u8]) -> Option<&'p [u8]> {
    let start = rfind(path, prefix)? + prefix.len();
    let end = rfind(path, suffix)?;
    path.get(start..end)
}

/// The first 12 digits of the id between `prefix` and `suffix`.
///
/// As in the reference implementation, what is no hexadecimal digit matters only within the first 64 bytes of the
/// whole path.
pub(super) fn short_id<'p>(path: &'p [u8], prefix: &[u8], suffix: &[u8]) -> Option<&'p [u8]> {
    let id = inside(path, prefix, suffix).filter(|id| id.len() == ID)?;
    let start = rfind(path, prefix)? + prefix.len();
    let odd = path.get(start..)?.iter().position(|b| !b.is_ascii_hexdigit());
    match odd {
        Some(odd) if start + odd < ID => None,
        _ => id.get(..SHORT_ID),
    }
}

/// As [`short_id`], but what is in between may be any name of up to 64 bytes, if the path does not end like one of
/// systemd's units.
pub(super) fn short_name<'p>(path: &'p [u8], prefix: &[u8]) -> Option<&'p [u8]> {
    short_id(path, prefix, b"").or_else(|| {
        let name = inside(path, prefix, b"").filter(|name| (1..=ID).contains(&name.len()))?;
        let unit = [&b".service"[..], b".slice", b".scope"].iter().any(|end| path.ends_with(end));
        if unit { None } else { name.get(..SHORT_ID).or(Some(name)) }
    })
}
