//! Deaths, and what becomes of the children.

use super::*;
use crate::fds::tests::both;

fn exit(machine: &mut Machine, tid: i64, reaper: Option<i64>) {
    let mut params = vec![i64p(0), i64p(0), vec![0], vec![0]];
    params.extend(reaper.map(i64p));
    event(machine, tid, code::PROCEXIT_1_E, &params);
}

#[test]
fn a_thread_that_exits_stays_until_the_next_event() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash")]);
        exit(&mut machine, 10, None);
        assert_eq!(comm(&machine, 10), "bash");
        pause(&mut machine);
        assert_eq!(comm(&machine, 10), "(none)");
    }
}

#[test]
fn orphans_keep_their_dead_parents_pid_in_the_classic_view() {
    let mut machine = host(View::Classic, [process(1, 0, "init"), process(10, 1, "bash"), process(11, 10, "sleep")]);
    exit(&mut machine, 10, Some(1));
    pause(&mut machine);
    assert_eq!(parent(&machine, 11), 10);
}

#[test]
fn orphans_go_to_the_reaper_that_the_kernel_names() {
    let threads = [process(1, 0, "init"), process(5, 1, "systemd"), process(10, 5, "bash"), process(11, 10, "sleep")];
    let mut machine = host(View::Exit, threads);
    exit(&mut machine, 10, Some(5));
    pause(&mut machine);
    assert_eq!(parent(&machine, 11), 5);
}

#[test]
fn without_its_word_they_go_to_the_nearest_ancestor_that_adopts() {
    let threads = [process(1, 0, "init"), process(5, 1, "systemd"), process(10, 5, "bash"), process(11, 10, "sleep")];
    let mut machine = host(View::Exit, threads.clone());
    exit(&mut machine, 10, None);
    pause(&mut machine);
    assert_eq!(parent(&machine, 11), 1);

    let mut machine = host(View::Exit, threads);
    event(&mut machine, 5, code::PRCTL_X, &[i64p(0), u32p(36), text(""), i64p(1)]);
    exit(&mut machine, 10, None);
    pause(&mut machine);
    assert_eq!(parent(&machine, 11), 5);
}

#[test]
fn another_thread_of_the_process_adopts_first() {
    let threads = [process(1, 0, "init"), process(10, 1, "java"), thread_of(12, 10, 1), process(11, 10, "sleep")];
    let mut machine = host(View::Exit, threads);
    exit(&mut machine, 10, None);
    pause(&mut machine);
    assert_eq!(parent(&machine, 11), 12);
    assert_eq!(comm(&machine, 10), "java", "the leader stays while a thread of it lives");
    exit(&mut machine, 12, None);
    pause(&mut machine);
    assert_eq!((comm(&machine, 10), comm(&machine, 12)), ("(none)".into(), "(none)".into()));
    assert_eq!(parent(&machine, 11), 1);
}

#[test]
fn without_any_reaper_orphans_have_no_parent() {
    let mut machine = host(View::Exit, [process(10, 5, "bash"), process(11, 10, "sleep")]);
    exit(&mut machine, 10, None);
    pause(&mut machine);
    assert_eq!(parent(&machine, 11), 0);
}

#[test]
fn only_the_classic_view_makes_up_a_thread_that_exits_unknown() {
    let mut machine = host(View::Classic, []);
    assert_eq!(event(&mut machine, 10, code::PROCEXIT_1_E, &[]).thread, Some(10));
    let mut machine = host(View::Exit, []);
    assert_eq!(event(&mut machine, 10, code::PROCEXIT_1_E, &[]).thread, None);
}
