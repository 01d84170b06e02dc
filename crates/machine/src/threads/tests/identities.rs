//! Users, groups, sessions, capabilities.

use super::*;
use crate::fds::tests::both;
use capture_event::tables::capability::CAPABILITIES;

/// The call as either view sees it: with an enter event, or with the arguments behind the result.
fn call(machine: &mut Machine, exit: u16, arguments: &[Vec<u8>], result: i64) {
    match machine.view {
        View::Classic => {
            event(machine, 10, exit - 1, arguments);
            event(machine, 10, exit, &[i64p(result)]);
        }
        View::Exit => {
            event(machine, 10, exit, &[&[i64p(result)], arguments].concat());
        }
    }
}

fn ids(machine: &Machine) -> (u32, u32) {
    machine.threads.get(10).map_or((0, 0), |thread| (thread.id.uid, thread.id.gid))
}

#[test]
fn the_effective_ids_count() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "su")]);
        call(&mut machine, code::SETUID_X, &[u32p(1000)], 0);
        call(&mut machine, code::SETGID_X, &[u32p(2000)], 0);
        assert_eq!(ids(&machine), (1000, 2000));
        call(&mut machine, code::SETRESUID_X, &[u32p(1), u32p(2), u32p(3)], 0);
        call(&mut machine, code::SETRESGID_X, &[u32p(4), u32p(5), u32p(6)], 0);
        assert_eq!(ids(&machine), (2, 5));
        call(&mut machine, code::SETUID_X, &[u32p(7)], -1);
        assert_eq!(ids(&machine), (2, 5));
    }
}

#[test]
fn an_id_that_is_to_stay_stays_in_the_classic_view() {
    let mut machine = host(View::Classic, [process(10, 1, "su")]);
    call(&mut machine, code::SETRESUID_X, &[u32p(1), u32p(u32::MAX), u32p(3)], 0);
    assert_eq!(ids(&machine).0, 0);
}

#[test]
fn only_the_exit_view_has_setreuid() {
    let mut machine = host(View::Exit, [process(10, 1, "su")]);
    event(&mut machine, 10, code::SETREUID_X, &[i64p(0), u32p(1), u32p(2)]);
    event(&mut machine, 10, code::SETREGID_X, &[i64p(0), u32p(3), u32p(4)]);
    assert_eq!(ids(&machine), (2, 4));
}

#[test]
fn setsid_gives_the_session() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "sshd")]);
        event(&mut machine, 10, code::SETSID_X, &[i64p(10)]);
        assert_eq!(machine.threads.get(10).unwrap().id.sid, 10);
        event(&mut machine, 10, code::SETSID_X, &[i64p(-1)]);
        assert_eq!(machine.threads.get(10).unwrap().id.sid, 10);
    }
}

#[test]
fn capabilities_are_set_and_a_new_user_namespace_gives_all() {
    let mut machine = host(View::Exit, [process(10, 1, "runc")]);
    event(&mut machine, 10, code::CAPSET_X, &[i64p(0), u64p(1), u64p(2), u64p(3)]);
    assert_eq!(machine.threads.get(10).unwrap().id.capabilities, [2, 3, 1]);
    event(&mut machine, 10, code::UNSHARE_X, &[i64p(0), u32p(ThreadFlags::CLONE_NEWNS.bits())]);
    assert_eq!(machine.threads.get(10).unwrap().id.capabilities, [2, 3, 1]);
    event(&mut machine, 10, code::UNSHARE_X, &[i64p(0), u32p(ThreadFlags::CLONE_NEWUSER.bits())]);
    let all = (1_u64 << CAPABILITIES.len()) - 1;
    assert_eq!(machine.threads.get(10).unwrap().id.capabilities, [all; 3]);
}

#[test]
fn names_need_not_be_utf_8() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash")]);
        let mut params = Clone::of(10, 11).params();
        params[13] = vec![0xFF, 0xFE, b'x', 0];
        event(&mut machine, 10, code::CLONE_20_X, &params);
        assert_eq!(&*machine.threads.get(11).unwrap().id.comm, [0xFF, 0xFE, b'x']);
    }
}
