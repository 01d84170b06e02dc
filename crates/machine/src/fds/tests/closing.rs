use super::*;

fn open(host: &mut Host, tid: i64, fd: i64, path: &str) -> Applied {
    host.event_of(tid, code::OPEN_E, &[text(path), u32p(1), u32p(0)]);
    host.event_of(tid, code::OPEN_X, &[i64p(fd), text(path), u32p(1), u32p(0), u32p(0)])
}

fn close(host: &mut Host, fd: i64, result: i64) -> Applied {
    match host.machine.view {
        View::Classic => host.call(code::CLOSE_E, &[i64p(fd)], &[i64p(result)]),
        View::Exit => host.event(code::CLOSE_X, &[i64p(result), i64p(fd)]),
    }
}

#[test]
fn a_closed_descriptor_stays_until_the_next_event() {
    for view in both() {
        let mut host = Host::new(view);
        open(&mut host, TID, 3, "/a");
        let applied = close(&mut host, 3, 0);
        assert_eq!((applied.object.map(|key| key.fd), host.name(3).as_str()), (Some(3), "/a"));
        host.pause();
        assert!(host.fd(3).is_none());
    }
}

#[test]
fn a_failed_close_closes_nothing() {
    for view in both() {
        let mut host = Host::new(view);
        open(&mut host, TID, 3, "/a");
        close(&mut host, 3, -9);
        host.pause();
        assert_eq!(host.name(3), "/a");
        assert!(host.fd(3).unwrap().flags.is_empty());
    }
}

/// Another thread of the same process, which shares its descriptors.
fn second_thread(host: &mut Host) -> i64 {
    let mut thread = Thread::new(TID + 1);
    thread.id.pid = TID;
    thread.id.flags |= capture_event::tables::thread::ThreadFlags::CLONE_FILES;
    host.machine.threads.put(thread);
    TID + 1
}

#[test]
fn a_number_that_is_opened_again_during_its_close_keeps_the_old_state_aside() {
    let mut host = Host::new(View::Classic);
    let other = second_thread(&mut host);
    open(&mut host, TID, 3, "/old");
    host.event(code::CLOSE_E, &[i64p(3)]);
    open(&mut host, other, 3, "/new");
    assert_eq!((host.name(3).as_str(), host.name(i64::MAX).as_str()), ("/new", "/old"));
    assert_eq!(host.machine.threads.get(TID).unwrap().fds.len(), 2);
    // A use of the new descriptor clears up. After it, the close takes the new descriptor along: so does the program.
    host.event_of(other, code::READ_E, &[i64p(3), u32p(1)]);
    host.event_of(other, code::READ_X, &[i64p(1), none()]);
    host.pause();
    assert_eq!((host.name(3).as_str(), host.name(i64::MAX).as_str()), ("/new", "(closed)"));
}

#[test]
fn the_exit_view_keeps_nothing_aside() {
    let mut host = Host::new(View::Exit);
    open(&mut host, TID, 3, "/old");
    open(&mut host, TID, 3, "/new");
    assert_eq!(host.machine.threads.get(TID).unwrap().fds.len(), 1);
}

#[test]
fn close_range_takes_effect_at_once_or_on_exec() {
    let mut host = Host::new(View::Exit);
    for fd in 3..8 {
        open(&mut host, TID, fd, "/a");
    }
    host.event(code::CLOSE_RANGE_X, &[i64p(0), u32p(6), u32p(u32::MAX), u32p(0)]);
    assert!(host.fd(5).is_some() && host.fd(6).is_none() && host.fd(7).is_none());
    host.event(code::CLOSE_RANGE_X, &[i64p(0), u32p(4), u32p(4), u32p(4)]);
    assert!(host.fd(4).is_some());
    host.machine.close_on_exec(TID);
    assert!(host.fd(3).is_some() && host.fd(4).is_none() && host.fd(5).is_some());
}

#[test]
fn a_full_table_takes_no_more() {
    let mut host = Host::new(View::Exit);
    for fd in 0..4096 {
        open(&mut host, TID, fd, "/a");
    }
    let applied = open(&mut host, TID, 4096, "/b");
    assert_eq!((applied.object, applied.name_changed, host.number()), (None, false, 4096));
    assert_eq!(open(&mut host, TID, 0, "/b").object.map(|key| key.fd), Some(0));
}
