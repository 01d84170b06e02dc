//! Births.

use super::*;
use crate::fds::fd::Fd;
use crate::fds::tests::both;
use capture_event::tables::fd::FdType;

#[test]
fn a_child_has_its_parents_directory_and_descriptors_and_its_own_names() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash")]);
        event(&mut machine, 10, code::CLONE_20_X, &Clone::of(10, 11).params());
        let child = machine.threads.get(11).unwrap();
        assert_eq!((child.id.pid, child.id.ptid), (11, 10));
        assert_eq!(
            (&*child.id.comm, &*child.id.exe, &*child.id.args),
            (&b"child"[..], &b"/bin/child"[..], &b"-x\0"[..])
        );
        assert_eq!(&*child.id.cwd, b"/home/");
        assert_eq!((child.id.uid, child.id.gid), (33, 44));
        assert_eq!((child.quantities.vm_size, child.quantities.pf_minor, child.quantities.fd_limit), (30, 2, 1024));
        assert_eq!(child.id.clone_ts, machine.now);
    }
}

#[test]
fn the_child_may_return_first() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash")]);
        event(&mut machine, 11, code::CLONE_20_X, &Clone::in_child(11, 10).params());
        let serial = machine.threads.get(11).unwrap().serial;
        event(&mut machine, 10, code::CLONE_20_X, &Clone::of(10, 11).params());
        assert_eq!(machine.threads.get(11).unwrap().serial, serial, "the parent's event makes no second child");
        assert_eq!(parent(&machine, 11), 10);
    }
}

#[test]
fn a_failed_clone_makes_nobody() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash")]);
        event(&mut machine, 10, code::CLONE_20_X, &Clone::of(10, -11).params());
        assert_eq!(machine.threads.len(), 2);
    }
}

#[test]
fn in_a_pid_namespace_only_the_childs_event_makes_it() {
    for view in both() {
        let mut runc = process(10, 1, "runc");
        runc.id.vtid = 3;
        let mut machine = host(view, [process(1, 0, "init"), runc]);
        let inside = ThreadFlags::CHILD_IN_PIDNS;
        event(&mut machine, 10, code::CLONE_20_X, &Clone { flags: inside, vtid: 3, ..Clone::of(10, 4) }.params());
        assert_eq!(machine.threads.len(), 2, "the parent sees an id of its namespace");
        let seen = Clone { flags: inside, vtid: 4, vpid: 4, ..Clone::in_child(11, 10) };
        event(&mut machine, 11, code::CLONE_20_X, &seen.params());
        let child = machine.threads.get(11).unwrap();
        assert_eq!((child.id.vtid, child.id.vpid), (4, 4));
        assert!(child.is_in_pid_namespace());
    }
}

#[test]
fn a_recycled_pid_is_another_process() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash"), process(11, 1, "old")]);
        event(&mut machine, 10, code::CLONE_20_X, &Clone { comm: "new", ..Clone::of(10, 11) }.params());
        assert_eq!((comm(&machine, 11), parent(&machine, 11)), ("new".into(), 10));
        assert_eq!(machine.threads.len(), 3);
    }
}

#[test]
fn a_child_whose_exit_was_lost_gives_way_when_its_pid_comes_back() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash")]);
        event_at(&mut machine, 1, 11, code::CLONE_20_X, &Clone::in_child(11, 10).params());
        let first = machine.threads.get(11).unwrap().serial;
        let again = Clone { comm: "second", ..Clone::in_child(11, 10) }.params();
        event_at(&mut machine, 1_000_000_000, 11, code::CLONE_20_X, &again);
        assert_eq!(machine.threads.get(11).unwrap().serial, first, "within two seconds it is the same child");
        event_at(&mut machine, 3_000_000_000, 11, code::CLONE_20_X, &again);
        assert_eq!(comm(&machine, 11), "second");
        assert_ne!(machine.threads.get(11).unwrap().serial, first);
    }
}

#[test]
fn a_thread_shares_its_leaders_directory() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "java")]);
        let flags = ThreadFlags::CLONE_THREAD | ThreadFlags::CLONE_FILES;
        event(&mut machine, 10, code::CLONE_20_X, &Clone { flags, ..Clone::of(10, 11) }.params());
        let thread = machine.threads.get(11).unwrap();
        assert_eq!((thread.id.pid, thread.is_leader()), (10, false));
        assert_eq!(&*machine.cwd(11), b"/home/");
        event(&mut machine, 11, code::CHDIR_X, &[i64p(0), text("tmp")]);
        let expected: &[u8] = if view == View::Classic { b"/home/tmp/" } else { b"tmp/" };
        assert_eq!(&*machine.cwd(10), expected, "the exit view's program joins to the thread's own directory");
    }
}

#[test]
fn the_exit_views_vfork_leaves_the_child_to_its_own_event() {
    let mut machine = host(View::Exit, [process(1, 0, "init"), process(10, 1, "bash")]);
    event(&mut machine, 10, code::VFORK_20_X, &Clone::of(10, 11).params());
    assert!(machine.threads.get(11).is_none());
    let mut machine = host(View::Classic, [process(1, 0, "init"), process(10, 1, "bash")]);
    event(&mut machine, 10, code::VFORK_20_X, &Clone::of(10, 11).params());
    assert!(machine.threads.get(11).is_some());
}

#[test]
fn in_the_exit_view_a_child_that_exited_before_its_parent_returned_does_not_come_back() {
    let mut machine = host(View::Exit, [process(1, 0, "init"), process(10, 1, "bash")]);
    event(&mut machine, 11, code::CLONE_20_X, &Clone::in_child(11, 10).params());
    event(&mut machine, 11, code::PROCEXIT_1_E, &[i64p(0)]);
    pause(&mut machine);
    event(&mut machine, 10, code::CLONE_20_X, &Clone::of(10, 11).params());
    assert!(machine.threads.get(11).is_none());
}

#[test]
fn forks_copy_descriptors_only_as_long_as_there_is_room() {
    use super::super::lookup::MAX_FORKED_FDS;
    for view in [View::Classic, View::Exit] {
        let mut machine = host(view, [process(10, 1, "sh")]);
        for number in 0..100 {
            machine.threads.get_mut(10).unwrap().fds.put(view, number, Fd::new(FdType::FileV2));
        }
        let fork = |machine: &mut Machine, child: i64| {
            event(machine, child, code::CLONE_20_X, &Clone::in_child(child, 10).params());
            machine.threads.get(child).unwrap().fds.len()
        };
        assert_eq!((fork(&mut machine, 11), machine.forked_fds), (100, 100));
        machine.forked_fds = MAX_FORKED_FDS;
        assert_eq!((fork(&mut machine, 12), machine.forked_fds), (0, MAX_FORKED_FDS));
        event(&mut machine, 11, code::PROCEXIT_1_E, &[i64p(0)]);
        pause(&mut machine);
        assert_eq!((fork(&mut machine, 13), machine.forked_fds), (100, MAX_FORKED_FDS));
    }
}

#[test]
fn an_unknown_parent_is_called_like_its_child() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init")]);
        event(&mut machine, 10, code::CLONE_20_X, &Clone::of(10, 11).params());
        assert_eq!((comm(&machine, 10), comm(&machine, 11)), ("child".into(), "child".into()));
        assert_eq!(parent(&machine, 11), 10);
    }
}

#[test]
fn older_versions_have_their_parameters_elsewhere() {
    let mut machine = host(View::Classic, [process(10, 1, "bash")]);
    let all = Clone::of(10, 11).params();
    let pick = |places: &[usize]| places.iter().map(|&i| all[i].clone()).collect::<Vec<_>>();
    event(&mut machine, 10, code::CLONE_11_X, &pick(&[0, 1, 2, 3, 4, 5, 6, 7, 15, 16, 17]));
    let child = machine.threads.get(11).unwrap();
    assert_eq!((&*child.id.comm, child.id.uid, child.id.gid), (&b"/bin/child"[..], 33, 44));

    let mut machine = host(View::Classic, [process(10, 1, "bash")]);
    event(&mut machine, 10, code::FORK_X, &pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17]));
    let child = machine.threads.get(11).unwrap();
    assert_eq!((&*child.id.comm, child.id.gid, child.quantities.vm_rss), (&b"/bin/child"[..], 44, 20));

    let mut machine = host(View::Classic, [process(10, 1, "bash")]);
    event(&mut machine, 10, code::CLONE_17_X, &pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17]));
    let child = machine.threads.get(11).unwrap();
    assert_eq!((&*child.id.comm, child.id.uid, child.id.vpid), (&b"child"[..], 33, 11));
}
