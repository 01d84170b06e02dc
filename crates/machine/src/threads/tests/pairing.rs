//! Enter events and their exits; threads that nobody knows.

use super::*;
use crate::fds::tests::both;
use crate::thread::UNKNOWN_NAME;

#[test]
fn an_exit_far_from_its_enter_knows_how_long_the_call_took() {
    let mut machine = host(View::Classic, [process(10, 1, "cat"), process(11, 1, "other")]);
    event_at(&mut machine, 100, 10, code::NANOSLEEP_E, &[u64p(5)]);
    for ts in 101..500 {
        event_at(&mut machine, ts, 11, code::GETUID_E, &[]);
    }
    let applied = event_at(&mut machine, 1100, 10, code::NANOSLEEP_X, &[i64p(0)]);
    assert_eq!((applied.latency, applied.paired), (1000, true));
    let switch = event_at(&mut machine, 1200, 10, code::SCHEDSWITCH_6_E, &[i64p(0)]);
    assert_eq!(switch.latency, 1000, "a context switch shows that of the call before");
    let enter = event_at(&mut machine, 1300, 10, code::NANOSLEEP_E, &[u64p(5)]);
    assert_eq!(enter.latency, 0);
}

#[test]
fn an_exit_without_its_enter_is_not_paired() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "cat")]);
        event(&mut machine, 10, code::OPEN_E, &[text("/x"), u32p(1), u32p(0)]);
        let applied = event(&mut machine, 10, code::READ_X, &[i64p(0), none(), i64p(3), u32p(1)]);
        assert!(!applied.paired);
        let open = [i64p(-2), text("/x"), u32p(1), u32p(0)];
        assert!(event(&mut machine, 10, code::OPEN_X, &open).paired, "the open is still under way");
    }
}

#[test]
fn both_views_make_up_threads_that_they_do_not_know() {
    for view in both() {
        let mut machine = host(view, []);
        assert_eq!(event(&mut machine, 10, code::GETUID_X, &[i64p(0)]).thread, Some(10));
        let thread = machine.threads.get(10).unwrap();
        assert_eq!((&*thread.id.comm, thread.id.uid), (UNKNOWN_NAME.as_bytes(), u32::MAX));
        assert_eq!(thread.id.pid, if view == View::Classic { 10 } else { -1 });
    }
}

#[test]
fn some_events_have_no_thread() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "cat")]);
        assert_eq!(event(&mut machine, 11, code::PROCINFO_E, &[u64p(1), u64p(1)]).thread, None);
        assert_eq!(event(&mut machine, 10, code::PROCINFO_E, &[u64p(1), u64p(1)]).thread, Some(10));
        assert_eq!(event(&mut machine, 10, code::DROP_E, &[u32p(1)]).thread, None);
        assert_eq!(event(&mut machine, 9999, 9999, &[]), Applied::default());
    }
}

#[test]
fn machines_are_compared_by_what_they_hold() {
    for view in both() {
        let threads = || [process(1, 0, "init"), process(10, 1, "bash")];
        let (mut one, mut other) = (host(view, threads()), host(view, threads()));
        assert_eq!(one, other);
        event(&mut one, 10, code::CHDIR_X, &[i64p(0), text("/a")]);
        assert_ne!(one, other);
        event(&mut other, 10, code::CHDIR_X, &[i64p(0), text("/a")]);
        assert_eq!(one, other);
        assert!(format!("{one:?}").contains("bash"));
    }
}
