//! Working and root directories.

use super::*;
use crate::fds::tests::both;

#[test]
fn chdir_is_relative_to_where_the_process_is() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "bash")]);
        event(&mut machine, 10, code::CHDIR_X, &[i64p(0), text("a/../b")]);
        assert_eq!(&*machine.cwd(10), b"/home/b/");
        event(&mut machine, 10, code::CHDIR_X, &[i64p(-2), text("/gone")]);
        assert_eq!(&*machine.cwd(10), b"/home/b/");
        event(&mut machine, 10, code::GETCWD_X, &[i64p(5), text("/var")]);
        assert_eq!(&*machine.cwd(10), b"/var/");
    }
}

#[test]
fn fchdir_goes_where_its_descriptor_leads() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "bash")]);
        event(&mut machine, 10, code::OPEN_X, &[i64p(5), text("/opt"), u32p(1), u32p(0), u32p(0)]);
        if view == View::Classic {
            event(&mut machine, 10, code::FCHDIR_E, &[i64p(5)]);
        }
        event(&mut machine, 10, code::FCHDIR_X, &[i64p(0), i64p(5)]);
        assert_eq!(&*machine.cwd(10), b"/opt/");
    }
}

#[test]
fn chroot_gives_the_root_directory() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "chroot")]);
        event(&mut machine, 10, code::CHROOT_X, &[i64p(0), text("jail")]);
        assert_eq!(&*machine.threads.get(10).unwrap().id.root, b"/home/jail");
        event(&mut machine, 10, code::CHROOT_X, &[i64p(0), text("/jail")]);
        assert_eq!(&*machine.threads.get(10).unwrap().id.root, b"/jail");
    }
}

#[test]
fn a_thread_without_a_known_leader_is_nowhere_in_particular() {
    let mut machine = host(View::Exit, []);
    machine.put_thread(thread_of(11, 10, 1));
    assert_eq!(&*machine.cwd(11), b"./");
    event(&mut machine, 11, code::CHDIR_X, &[i64p(0), text("/tmp")]);
    assert_eq!(&*machine.cwd(11), b"./");
}
