//! Joining a path with the directory it is relative to, as each view's program does it. Nobody may normalize a
//! path by any other rule, or the same file would go by two names.

use crate::View;

/// Whether both views' programs take a byte for one that prints.
#[inline]
pub fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Appends a text without the bytes that do not print.
pub fn sanitized(out: &mut Vec<u8>, text: &[u8]) {
    // Most texts print as a whole. All bytes are looked at, which takes many at once.
    if text.iter().fold(true, |all, byte| all & is_printable(*byte)) {
        out.extend_from_slice(text);
    } else {
        out.extend(text.iter().copied().filter(|byte| is_printable(*byte)));
    }
}

/// The longest path that either view's program keeps, with its terminating zero.
const MAX_PATH: usize = 1024;

/// `path` seen from the directory `base` (which ends in a slash), without `.`, `..` and repeated slashes. An
/// absolute path ignores the base. Where base and path are too long together, the placeholder that the view's
/// program shows.
pub fn join(view: View, base: &[u8], path: &[u8]) -> Vec<u8> {
    let path = capture_event::event::until_nul(path);
    let together = base.len() + path.len() + 1;
    match view {
        // It counts the zero byte at the path's end twice.
        View::Classic if together + 1 > MAX_PATH => b"/PATH_TOO_LONG".to_vec(),
        View::Exit if together > MAX_PATH => b"/DIR_TOO_LONG/FILENAME_TOO_LONG".to_vec(),
        _ => join_any_length(view, base, path),
    }
}

/// As [`join`], however long the result.
pub fn join_any_length(view: View, base: &[u8], path: &[u8]) -> Vec<u8> {
    let path = capture_event::event::until_nul(path);
    let relative = path.first().is_some_and(|&b| b != b'/');
    // The empty path is relative for the classic program only.
    let with_base = relative || (view == View::Classic && path.is_empty());
    let base = if with_base { base } else { &[] };
    let mut joined = Vec::with_capacity(base.len() + path.len());
    joined.extend_from_slice(base);
    match view {
        _ if append_whole(&mut joined, path) => {}
        View::Classic => append_classic(&mut joined, path),
        View::Exit => append_exit(&mut joined, path),
    }
    if joined.len() > 1 && joined.last() == Some(&b'/') {
        joined.pop();
    }
    joined
}

/// Dots are special wherever they stand, also at the end of a name (`a../b` goes up), and a byte that does not
/// print becomes a dot.
fn append_classic(joined: &mut Vec<u8>, path: &[u8]) {
    let mut rest = path;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match rest {
            [b'.', b'.', b'/', after @ ..] => {
                go_up(joined);
                after
            }
            [b'.', b'.'] => {
                go_up(joined);
                &[]
            }
            [b'.', b'.', after @ ..] => {
                joined.extend_from_slice(b"..");
                after
            }
            [b'.', b'/', after @ ..] => after,
            [b'.'] => &[],
            [b'/', ..] if joined.last() == Some(&b'/') => after,
            _ => {
                joined.push(if is_printable(byte) { byte } else { b'.' });
                append_plain(joined, after)
            }
        };
    }
}

/// Appends a path that means no more than itself in either view, as nearly all do: whether it is one.
fn append_whole(joined: &mut Vec<u8>, path: &[u8]) -> bool {
    let (Some((first, behind)), Some(last)) = (path.split_first(), path.last()) else { return true };
    if *last == b'.' || *first == b'/' && joined.last() == Some(&b'/') {
        return false;
    }
    // All bytes are looked at, which takes many at once.
    let prints = path.iter().fold(true, |all, byte| all & is_printable(*byte));
    let is_special =
        |byte: u8, next: u8| (next == b'/') & ((byte == b'.') | (byte == b'/')) | (byte == b'.') & (next == b'.');
    let pairs = path.iter().zip(behind);
    let is_whole = prints & !pairs.fold(false, |any, (byte, next)| any | is_special(*byte, *next));
    if is_whole {
        joined.extend_from_slice(path);
    }
    is_whole
}

/// Appends what means no more than itself, wherever it stands; what is left behind it.
fn append_plain<'p>(joined: &mut Vec<u8>, path: &'p [u8]) -> &'p [u8] {
    let is_plain = |byte: &u8| is_printable(*byte) && !matches!(byte, b'.' | b'/');
    let len = path.iter().position(|byte| !is_plain(byte)).unwrap_or(path.len());
    let (plain, rest) = path.split_at_checked(len).unwrap_or_default();
    joined.extend_from_slice(plain);
    rest
}

/// Dots are special only as a component of their own.
fn append_exit(joined: &mut Vec<u8>, path: &[u8]) {
    let had_base = !joined.is_empty();
    let mut rest = path;
    while let Some((&byte, after)) = rest.split_first() {
        let at_component = joined.last().is_none_or(|&b| b == b'/');
        rest = match rest {
            [b'.', b'.', b'/', after @ ..] if at_component => {
                go_up(joined);
                after
            }
            [b'.', b'.'] if at_component => {
                go_up(joined);
                &[]
            }
            [b'.', b'/', after @ ..] if at_component => after,
            [b'.'] if at_component => &[],
            [b'/', ..] if joined.last() == Some(&b'/') || (joined.is_empty() && had_base) => after,
            _ => {
                joined.push(byte);
                append_plain(joined, after)
            }
        };
    }
}

/// Drops the last component. A path of one byte stays.
fn go_up(joined: &mut Vec<u8>) {
    if joined.len() <= 1 {
        return;
    }
    joined.pop();
    while joined.last().is_some_and(|&b| b != b'/') {
        joined.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(view: View, base: &str, path: &str) -> String {
        String::from_utf8(join(view, base.as_bytes(), path.as_bytes())).unwrap()
    }

    #[test]
    fn both_views_resolve_dots_and_slashes() {
        for view in [View::Classic, View::Exit] {
            assert_eq!(joined(view, "/a/b/", "c//d/./e/"), "/a/b/c/d/e");
            assert_eq!(joined(view, "/a/b/", "../../../x"), "/x");
            assert_eq!(joined(view, "/a/b/", "/x/../y"), "/y");
            assert_eq!(joined(view, "/a/b/", ".."), "/a");
            assert_eq!(joined(view, "/a/b/", "."), "/a/b");
            assert_eq!(joined(view, "/a/b/", "...x"), "/a/b/...x");
            assert_eq!(joined(view, "/", "x"), "/x");
        }
    }

    #[test]
    fn what_is_appended_as_a_whole_is_as_if_it_were_looked_at_byte_by_byte() {
        const BYTES: &[u8] = b"/.ax\t";
        for number in 0..BYTES.len().pow(6) {
            let digits = (0..6).scan(number, |rest, _| Some(std::mem::replace(rest, *rest / 5) % 5));
            let path: Vec<u8> = digits.map(|digit| BYTES[digit]).collect();
            for path in (0..=6).map(|len| &path[..len]) {
                for base in [&b""[..], b"/", b"a", b"/b/"] {
                    let mut whole = base.to_vec();
                    if !append_whole(&mut whole, path) {
                        assert_eq!(whole, base);
                        continue;
                    }
                    for append in [append_classic, append_exit] {
                        let mut joined = base.to_vec();
                        append(&mut joined, path);
                        assert_eq!(joined, whole, "{base:?} {path:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_views_differ_in_dots_inside_names_in_odd_bytes_and_in_the_empty_path() {
        assert_eq!(joined(View::Classic, "/a/", "b./c"), "/a/bc");
        assert_eq!(joined(View::Exit, "/a/", "b./c"), "/a/b./c");
        assert_eq!(joined(View::Classic, "/a/", "b../c"), "/a/c");
        assert_eq!(joined(View::Exit, "/a/", "b../c"), "/a/b../c");
        assert_eq!(joined(View::Classic, "/a/", "b\tc"), "/a/b.c");
        assert_eq!(joined(View::Exit, "/a/", "b\tc"), "/a/b\tc");
        assert_eq!(joined(View::Classic, "/a/", ""), "/a");
        assert_eq!(joined(View::Exit, "/a/", ""), "");
    }

    #[test]
    fn a_base_that_was_left_gives_no_slash_of_its_own_to_the_newest() {
        assert_eq!(joined(View::Exit, "foo/", "../a"), "a");
        assert_eq!(joined(View::Exit, "", "foo/../a"), "a");
        assert_eq!(joined(View::Exit, "", "/foo/../a"), "/a");
    }

    #[test]
    fn too_long_paths_show_a_placeholder() {
        let name = "x".repeat(1020);
        assert_eq!(joined(View::Classic, "/", &name).len(), 1021);
        assert_eq!(joined(View::Classic, "/ab/", &name), "/PATH_TOO_LONG");
        assert_eq!(joined(View::Exit, "/a/", &name).len(), 1023);
        assert_eq!(joined(View::Exit, "/ab/", &name), "/DIR_TOO_LONG/FILENAME_TOO_LONG");
        assert_eq!(join_any_length(View::Classic, b"/ab/", name.as_bytes()).len(), 1024);
    }
}
