//! New programs.

use super::*;
use crate::fds::tests::both;

/// The parameters of a successful execve of process `pid`, version 19, and what newer writers add.
fn exec(pid: i64, comm: &str) -> Vec<Vec<u8>> {
    let mut params = vec![i64p(0), text("/bin/prog"), text("-a"), i64p(pid), i64p(pid), i64p(1), text(""), i64p(512)];
    params.extend([u64p(1), u64p(2), u32p(300), u32p(200), u32p(100), text(comm), text("cpu=/x"), text("A=1")]);
    params.extend([u32p(34816), i64p(77), u32p(1000), u32p(1)]);
    params
}

#[test]
fn exec_renames_and_starts_with_clean_flags() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "bash")]);
        event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
        let thread = machine.threads.get(10).unwrap();
        assert_eq!((&*thread.id.comm, &*thread.id.exe), (&b"prog"[..], &b"/bin/prog"[..]));
        assert_eq!(
            (&*thread.id.args, &*thread.id.env, &*thread.id.cgroups),
            (&b"-a\0"[..], &b"A=1\0"[..], &b"cpu=/x\0"[..])
        );
        assert_eq!(
            (thread.id.tty, thread.id.vpgid, thread.id.loginuid, thread.id.exe_writable),
            (34816, 77, 1000, true)
        );
        assert_eq!((thread.quantities.fd_limit, thread.quantities.vm_swap), (512, 100));
    }
}

#[test]
fn a_failed_exec_changes_nothing() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "bash")]);
        let before = machine.threads.get(10).unwrap().id.clone();
        let mut params = exec(10, "prog");
        params[0] = i64p(-2);
        event(&mut machine, 10, code::EXECVE_19_X, &params);
        assert_eq!(machine.threads.get(10).unwrap().id, before);
    }
}

#[test]
fn the_path_of_the_executable_comes_from_the_enter_event() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "bash")]);
        event(&mut machine, 10, code::EXECVE_19_E, &[text("./prog")]);
        event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
        assert_eq!(&*machine.threads.get(10).unwrap().id.exepath, b"/home/prog");
        // Without its enter event the path stays.
        event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
        assert_eq!(&*machine.threads.get(10).unwrap().id.exepath, b"/home/prog");
    }
}

#[test]
fn the_enter_event_of_another_call_is_not_taken() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "bash")]);
        event(&mut machine, 10, code::EXECVE_19_E, &[text("/bin/prog")]);
        event(&mut machine, 10, code::OPEN_E, &[text("/etc/passwd"), u32p(1), u32p(0)]);
        event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
        assert_eq!(&*machine.threads.get(10).unwrap().id.exepath, b"");
    }
}

#[test]
fn execveat_returns_as_execve_in_the_exit_view() {
    let mut machine = host(View::Exit, [process(10, 1, "bash")]);
    event(&mut machine, 10, code::EXECVEAT_E, &[i64p(-100), text("prog"), u32p(0)]);
    event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
    assert_eq!(&*machine.threads.get(10).unwrap().id.exepath, b"/home/prog");
}

#[test]
fn execveat_is_relative_to_a_directory() {
    for view in both() {
        let mut machine = host(view, [process(10, 1, "bash")]);
        let open = [i64p(5), text("/opt"), u32p(1), u32p(0), u32p(0)];
        event(&mut machine, 10, code::OPEN_X, &open);
        event(&mut machine, 10, code::EXECVEAT_E, &[i64p(5), text("bin/x"), u32p(0)]);
        event(&mut machine, 10, code::EXECVEAT_X, &exec(10, "x"));
        assert_eq!(&*machine.threads.get(10).unwrap().id.exepath, b"/opt/bin/x");
        event(&mut machine, 10, code::EXECVEAT_E, &[i64p(6), text("bin/x"), u32p(0)]);
        event(&mut machine, 10, code::EXECVEAT_X, &exec(10, "x"));
        let unknown: &[u8] = if view == View::Classic { b"<UNKNOWN>bin/x" } else { b"<NA>" };
        assert_eq!(&*machine.threads.get(10).unwrap().id.exepath, unknown);
    }
}

#[test]
fn the_kernel_knows_the_path_better() {
    let mut machine = host(View::Exit, [process(10, 1, "bash")]);
    event(&mut machine, 10, code::EXECVE_19_E, &[text("./prog")]);
    let mut params = exec(10, "prog");
    params.extend(std::iter::repeat_n(none(), 7));
    params.push(text("/real/prog (deleted)"));
    params.push(i64p(55));
    event(&mut machine, 10, code::EXECVE_19_X, &params);
    let thread = machine.threads.get(10).unwrap();
    assert_eq!((&*thread.id.exepath, thread.id.pgid), (&b"/real/prog"[..], 55));
}

#[test]
fn exec_ends_the_other_threads_in_the_exit_view() {
    let threads = || [process(1, 0, "init"), process(10, 1, "java"), thread_of(11, 10, 1), thread_of(12, 10, 1)];
    let mut machine = host(View::Exit, threads());
    event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
    assert_eq!(machine.threads.len(), 2);
    let mut machine = host(View::Classic, threads());
    event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
    assert_eq!(machine.threads.len(), 4);
}

#[test]
fn exec_tells_the_parent_of_an_unknown_thread() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init")]);
        event(&mut machine, 10, code::EXECVE_19_X, &exec(10, "prog"));
        assert_eq!(parent(&machine, 10), 1);
        assert_eq!(comm(&machine, 10), "prog");
    }
}
