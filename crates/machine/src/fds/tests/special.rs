use super::*;
use capture_event::tables::fd::FdType;

#[test]
fn calls_that_return_a_descriptor_make_one_of_their_kind() {
    let classic = [
        (code::EVENTFD_X, FdType::Event),
        (code::SIGNALFD_X, FdType::Signalfd),
        (code::TIMERFD_CREATE_X, FdType::Timerfd),
        (code::INOTIFY_INIT_X, FdType::Inotify),
    ];
    for (event, kind) in classic {
        let mut host = Host::new(View::Classic);
        let applied = host.event(event, &[i64p(3)]);
        assert_eq!((host.fd(3).unwrap().kind, applied.name_changed, host.number()), (kind, false, 3));
        assert!(host.event(event, &[i64p(-24)]).object.is_none());
    }
    let exit = [
        (code::EVENTFD2_X, FdType::Event),
        (code::SIGNALFD4_X, FdType::Signalfd),
        (code::INOTIFY_INIT1_X, FdType::Inotify),
        (code::BPF_2_X, FdType::Bpf),
        (code::USERFAULTFD_X, FdType::Userfaultfd),
        (code::IO_URING_SETUP_X, FdType::Iouring),
        (code::EPOLL_CREATE_X, FdType::Eventpoll),
        (code::EPOLL_CREATE1_X, FdType::Eventpoll),
    ];
    for (event, kind) in exit {
        let mut host = Host::new(View::Exit);
        host.event(event, &[i64p(3)]);
        assert_eq!(host.fd(3).unwrap().kind, kind);
    }
}

#[test]
fn the_classic_view_does_not_follow_userfaultfd() {
    let mut host = Host::new(View::Classic);
    host.event(code::USERFAULTFD_X, &[i64p(3)]);
    assert!(host.fd(3).is_none());
}

#[test]
fn both_ends_of_a_pipe_share_its_inode() {
    for view in both() {
        let mut host = Host::new(view);
        host.call(code::PIPE_E, &[], &[i64p(0), i64p(3), i64p(4), u64p(55)]);
        assert_eq!((host.fd(3).unwrap().ino, host.fd(4).unwrap().ino), (55, 55));
        assert_eq!((host.fd(4).unwrap().kind, host.number()), (FdType::Fifo, 4));
    }
}

#[test]
fn a_memory_file_has_the_name_it_was_given() {
    let mut host = Host::new(View::Exit);
    let applied = host.event(code::MEMFD_CREATE_X, &[i64p(3), text("secret"), u32p(1)]);
    assert_eq!((host.name(3).as_str(), host.fd(3).unwrap().kind), ("secret", FdType::Memfd));
    assert!(applied.name_changed);
    host.machine.close_on_exec(TID);
    assert!(host.fd(3).is_none());
}
