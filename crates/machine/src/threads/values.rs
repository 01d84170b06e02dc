//! Texts and lists in parameters, as each view's program reads them.

use capture_batch::{Text, View};
use capture_event::Event;
use capture_event::event::until_nul;

/// What old drivers wrote for a null pointer.
const NULL_POINTER: &[u8] = b"(NULL)\0";

/// A string or path parameter. One without a value is empty in the classic view and `<NA>` in the exit view.
pub fn text(view: View, event: &Event<'_>, i: usize) -> Text {
    let raw = event.raw(i).unwrap_or_default();
    match view {
        View::Exit if raw.is_empty() || raw == NULL_POINTER => Text::from(crate::thread::UNKNOWN_NAME),
        View::Classic | View::Exit => Text::from(until_nul(raw)),
    }
}

/// How many bytes of a list of texts are kept: drivers write no longer ones, and threads hand them down.
const MAX_LIST: usize = 1 << 16;

/// Arguments: each item ended by a zero byte, the last one too.
pub fn args(view: View, raw: &[u8]) -> Text {
    let raw = raw.get(..MAX_LIST).unwrap_or(raw);
    match (view, raw) {
        (_, []) | (View::Exit, [0]) => Text::default(),
        (_, [.., 0]) => Text::from(raw),
        _ => Text::from([raw, &[0]].concat()),
    }
}

/// An environment. The classic view ends it where only zero bytes follow.
pub fn env(view: View, raw: &[u8]) -> Text {
    match view {
        View::Exit => args(view, raw),
        View::Classic => {
            let len = raw.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
            args(view, raw.get(..len).unwrap_or_default())
        }
    }
}

/// Control groups: `subsystem=path` items, each ended by a zero byte, with the subsystems' names made uniform. `None`:
/// unreadable, the groups known before remain.
pub fn cgroups(view: View, raw: &[u8]) -> Option<Text> {
    let mut groups = Vec::with_capacity(raw.len() + 1);
    for item in args(view, raw).items() {
        let equals = match view {
            View::Classic => item.iter().rposition(|&b| b == b'='),
            View::Exit => item.iter().position(|&b| b == b'='),
        };
        let Some((subsystem, path)) = equals.and_then(|at| item.split_at_checked(at)) else {
            match view {
                View::Classic => break,
                View::Exit => return None,
            }
        };
        append_subsystem(&mut groups, subsystem);
        groups.extend_from_slice(path);
        groups.push(0);
    }
    Some(Text::from(groups))
}

/// `cpu_cgroup` becomes `cpu`, and subsystems that go by another name in the kernel get that of user space.
fn append_subsystem(out: &mut Vec<u8>, subsystem: &[u8]) {
    const SUFFIX: &[u8] = b"_cgroup";
    let start = out.len();
    match subsystem.windows(SUFFIX.len()).position(|window| window == SUFFIX) {
        Some(at) => {
            out.extend_from_slice(subsystem.get(..at).unwrap_or_default());
            out.extend_from_slice(subsystem.get(at + SUFFIX.len()..).unwrap_or_default());
        }
        None => out.extend_from_slice(subsystem),
    }
    let name: &[u8] = match out.get(start..).unwrap_or_default() {
        b"perf" => b"perf_event",
        b"mem" => b"memory",
        b"io" => b"blkio",
        _ => return,
    };
    out.truncate(start);
    out.extend_from_slice(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: Text) -> Vec<String> {
        text.items().map(|item| String::from_utf8_lossy(item).into_owned()).collect()
    }

    #[test]
    fn the_last_zero_byte_of_a_list_may_be_missing() {
        for view in [View::Classic, View::Exit] {
            assert_eq!(items(args(view, b"a\0\0b")), ["a", "", "b"]);
            assert_eq!(items(args(view, b"a\0b\0")), ["a", "b"]);
            assert!(items(args(view, b"")).is_empty());
        }
        assert_eq!(items(args(View::Classic, b"\0")), [""]);
        assert!(items(args(View::Exit, b"\0")).is_empty());
    }

    #[test]
    fn the_classic_environment_ends_where_only_zero_bytes_follow() {
        assert_eq!(items(env(View::Classic, b"A=1\0\0\0")), ["A=1"]);
        assert_eq!(items(env(View::Exit, b"A=1\0\0\0")), ["A=1", "", ""]);
        assert!(items(env(View::Classic, b"\0\0")).is_empty());
    }

    #[test]
    fn subsystems_get_their_names_of_user_space() {
        let raw = b"cpu_cgroup=/a\0perf=/b\0mem_cgroup=/c\0io=/d\0";
        for view in [View::Classic, View::Exit] {
            assert_eq!(items(cgroups(view, raw).unwrap()), ["cpu=/a", "perf_event=/b", "memory=/c", "blkio=/d"]);
        }
        assert_eq!(items(cgroups(View::Classic, b"cpu=/a\0bad\0").unwrap()), ["cpu=/a"]);
        assert_eq!(cgroups(View::Exit, b"cpu=/a\0bad\0"), None);
    }

    #[test]
    fn a_missing_text_is_empty_or_not_available() {
        let params: [&[u8]; 2] = [b"", b"(NULL)\0"];
        let event = Event { ts: 0, tid: 0, cpu: 0, code: 0, state_only: false, params: &params };
        assert_eq!(*text(View::Classic, &event, 0), *b"");
        assert_eq!(*text(View::Classic, &event, 1), *b"(NULL)");
        assert_eq!(*text(View::Exit, &event, 0), *b"<NA>");
        assert_eq!(*text(View::Exit, &event, 1), *b"<NA>");
    }
}
