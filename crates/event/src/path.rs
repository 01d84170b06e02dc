//! Joining a path to the directory it is relative to, as each dialect's library does: `.` and `..` resolved by
//! text, repeated slashes merged, no slash at the end.

use crate::schema::Dialect;

/// Longest joined path with its ending zero byte (`SCAP_MAX_PATH_SIZE`).
const MAX_PATH: usize = 1024;

/// `path` as seen from the directory `base`, which ends with a slash. An absolute path stands for itself. Paths
/// that are too long give a fixed text.
///
/// The classic dialect replaces every byte that is no printable ASCII by a dot, and takes dots at the end of any
/// name for `.` and `..`: `a..` is the directory above `a`.
pub fn join(dialect: Dialect, base: &[u8], path: &[u8]) -> Vec<u8> {
    let path = crate::event::until_nul(path);
    // The classic length includes the zero byte at the end of the path parameter.
    let (spare, too_long): (usize, &[u8]) = match dialect {
        Dialect::Classic => (2, b"/PATH_TOO_LONG"),
        Dialect::Newest => (1, b"/DIR_TOO_LONG/FILENAME_TOO_LONG"),
    };
    if base.len().saturating_add(path.len()).saturating_add(spare) > MAX_PATH {
        return too_long.to_vec();
    }
    let mut out = Vec::with_capacity(base.len() + path.len());
    let is_absolute = path.first().is_none_or(|&c| c == b'/');
    if !is_absolute {
        out.extend_from_slice(base);
    }
    match dialect {
        Dialect::Classic => append_classic(&mut out, path),
        Dialect::Newest => append_newest(&mut out, path),
    }
    if out.len() > 1 && out.last() == Some(&b'/') {
        out.pop();
    }
    out
}

/// Removes the last component.
fn rewind(out: &mut Vec<u8>) {
    if out.len() <= 1 {
        return;
    }
    out.pop();
    while out.last().is_some_and(|&c| c != b'/') {
        out.pop();
    }
}

/// What follows a component that ends here: after its slash, or nothing.
fn next_component(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [] => Some(rest),
        [b'/', after @ ..] => Some(after),
        _ => None,
    }
}

fn append_classic(out: &mut Vec<u8>, path: &[u8]) {
    let mut rest = path;
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (b'.', [b'.', beyond @ ..]) => match next_component(beyond) {
                Some(next) => {
                    rewind(out);
                    next
                }
                None => {
                    out.extend_from_slice(b"..");
                    beyond
                }
            },
            (b'.', [] | [b'/', ..]) => next_component(after).unwrap_or_default(),
            (b'/', _) if out.last() == Some(&b'/') => after,
            (&c, _) => {
                out.push(if (b' '..=b'~').contains(&c) { c } else { b'.' });
                after
            }
        };
    }
}

fn append_newest(out: &mut Vec<u8>, path: &[u8]) {
    let had_base = !out.is_empty();
    let mut rest = path;
    while let [first, after @ ..] = rest {
        let at_component = out.last().is_none_or(|&c| c == b'/');
        let parent = after.strip_prefix(b".").and_then(next_component);
        rest = match (first, parent, next_component(after)) {
            (b'.', Some(next), _) if at_component => {
                rewind(out);
                next
            }
            (b'.', _, Some(next)) if at_component => next,
            (b'/', ..) if out.last() == Some(&b'/') || (out.is_empty() && had_base) => after,
            (&c, ..) => {
                out.push(c);
                after
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(base: &str, path: &str) -> [String; 2] {
        [Dialect::Classic, Dialect::Newest]
            .map(|dialect| String::from_utf8_lossy(&join(dialect, base.as_bytes(), path.as_bytes())).into_owned())
    }

    #[test]
    fn dots_and_slashes_are_resolved_by_text() {
        assert_eq!(both("/a/b/", "c"), ["/a/b/c"; 2]);
        assert_eq!(both("/a/b/", "/c/./d//e/"), ["/c/d/e"; 2]);
        assert_eq!(both("/a/b/", "../c"), ["/a/c"; 2]);
        assert_eq!(both("/a/b/", "../../../.."), ["/"; 2]);
        assert_eq!(both("/a/b/", "c/."), ["/a/b/c"; 2]);
        assert_eq!(both("/a/b/", ""), [""; 2]);
        assert_eq!(both("", "/"), ["/"; 2]);
    }

    #[test]
    fn the_classic_dialect_takes_any_dots_for_directories() {
        assert_eq!(both("/a/", "b.."), ["/a", "/a/b.."]);
        assert_eq!(both("/a/", "b./c"), ["/a/bc", "/a/b./c"]);
        assert_eq!(both("/a/", "..b"), ["/a/..b"; 2]);
    }

    #[test]
    fn the_classic_dialect_replaces_unprintable_bytes() {
        assert_eq!(both("/a/", "b\x07\u{e9}"), ["/a/b...", "/a/b\u{7}\u{e9}"]);
    }

    #[test]
    fn too_long_paths_give_a_fixed_text() {
        let long = "x".repeat(1020);
        assert_eq!(both("/a/", &long), ["/PATH_TOO_LONG".to_string(), format!("/a/{long}")]);
        let longer = "x".repeat(1021);
        assert_eq!(both("/a/", &longer), ["/PATH_TOO_LONG", "/DIR_TOO_LONG/FILENAME_TOO_LONG"]);
    }

    #[test]
    fn a_path_ends_at_its_first_zero_byte() {
        assert_eq!(join(Dialect::Classic, b"/a/", b"b\0c"), b"/a/b");
    }
}
