use super::*;
use capture_event::tables::thread::ThreadFlags;

const O_CLOEXEC: u32 = 1 << 12;

fn open(host: &mut Host, fd: i64, flags: u32) {
    let request = [text("/a"), u32p(flags), u32p(0)];
    host.event(code::OPEN_E, &request);
    host.event(code::OPEN_X, &[i64p(fd), text("/a"), u32p(flags), u32p(0), u32p(0)]);
}

#[test]
fn a_copy_has_the_name_and_the_new_number_is_the_events() {
    let mut host = Host::new(View::Classic);
    open(&mut host, 3, 1);
    let applied = host.call(code::DUP_E, &[i64p(3)], &[i64p(1)]);
    assert_eq!((host.name(1).as_str(), host.number(), applied.name_changed), ("/a", 1, false));
    assert!(host.machine.threads.get(TID).unwrap().id.flags.contains(ThreadFlags::PIPE_SRC));
    let mut host = Host::new(View::Exit);
    open(&mut host, 3, 1);
    host.event(code::DUP2_X, &[i64p(0), i64p(3), i64p(0)]);
    assert_eq!((host.name(0).as_str(), host.number()), ("/a", 0));
    assert!(host.machine.threads.get(TID).unwrap().id.flags.contains(ThreadFlags::PIPE_DST));
}

#[test]
fn fcntl_copies_by_command() {
    for (command, copies) in [(1, true), (26, true), (3, false)] {
        let mut host = Host::new(View::Classic);
        open(&mut host, 3, 1);
        host.call(code::FCNTL_E, &[i64p(3), u8p(command)], &[i64p(7)]);
        assert_eq!((host.fd(7).is_some(), host.number()), (copies, if copies { 7 } else { 3 }));
        let mut host = Host::new(View::Exit);
        open(&mut host, 3, 1);
        host.event(code::FCNTL_X, &[i64p(7), i64p(3), u8p(command), u64p(0)]);
        assert_eq!(host.fd(7).is_some(), copies);
    }
}

#[test]
fn copies_survive_exec_unless_asked_not_to() {
    let mut host = Host::new(View::Exit);
    open(&mut host, 3, O_CLOEXEC);
    host.event(code::DUP_1_X, &[i64p(4), i64p(3)]);
    host.event(code::DUP3_X, &[i64p(5), i64p(3), i64p(5), u32p(O_CLOEXEC)]);
    host.event(code::FCNTL_X, &[i64p(6), i64p(3), u8p(26), u64p(0)]);
    host.event(code::DUP_1_X, &[i64p(7), i64p(3)]);
    host.event(code::FCNTL_X, &[i64p(0), i64p(7), u8p(3), u64p(1)]);
    host.machine.close_on_exec(TID);
    assert_eq!((3..8).filter(|&fd| host.fd(fd).is_some()).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_descriptor_can_be_taken_from_another_process() {
    let mut host = Host::new(View::Exit);
    let mut other = Thread::new(200);
    other.id.pid = 200;
    host.machine.threads.put(other);
    host.event_of(200, code::OPEN_E, &[text("/theirs"), u32p(1), u32p(0)]);
    host.event_of(200, code::OPEN_X, &[i64p(9), text("/theirs"), u32p(1), u32p(0), u32p(0), u64p(0)]);
    host.event(code::PIDFD_OPEN_X, &[i64p(3), i64p(200), u32p(0)]);
    assert_eq!(host.name(3), "/proc/200");
    host.event(code::PIDFD_GETFD_X, &[i64p(4), i64p(3), i64p(9), u32p(0)]);
    assert_eq!(host.name(4), "/theirs");
    host.event(code::PIDFD_GETFD_X, &[i64p(5), i64p(3), i64p(10), u32p(0)]);
    assert!(host.fd(5).is_none());
}
