//! Memory, page faults, limits.

use super::*;
use crate::fds::tests::{both, u8p};
use crate::thread::Quantities;

fn quantities(machine: &Machine, tid: i64) -> Quantities {
    machine.threads.get(tid).map(|thread| (*thread.quantities).clone()).unwrap_or_default()
}

#[test]
fn calls_that_map_memory_tell_its_size() {
    for view in both() {
        for code in [code::BRK_4_X, code::MMAP_X, code::MMAP2_X, code::MUNMAP_X] {
            let mut machine = host(view, [process(10, 1, "cat")]);
            event(&mut machine, 10, code, &[u64p(0), u32p(7), u32p(8), u32p(9)]);
            let now = quantities(&machine, 10);
            assert_eq!((now.vm_size, now.vm_rss, now.vm_swap), (7, 8, 9));
        }
    }
}

#[test]
fn a_switch_tells_the_threads_faults_and_the_processs_memory() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "java"), thread_of(11, 10, 1)]);
        let params = [i64p(0), u64p(3), u64p(4), u32p(7), u32p(8), u32p(9)];
        event(&mut machine, 11, code::SCHEDSWITCH_6_E, &params);
        assert_eq!((quantities(&machine, 11).pf_major, quantities(&machine, 11).pf_minor), (3, 4));
        assert_eq!((quantities(&machine, 11).vm_size, quantities(&machine, 10).vm_size), (0, 7));
        event(&mut machine, 99, code::SCHEDSWITCH_6_E, &params);
        assert!(machine.threads.get(99).is_none(), "a switch makes nobody up");
    }
}

#[test]
fn limits_of_open_descriptors_are_the_processs() {
    for view in both() {
        let mut machine = host(view, [process(1, 0, "init"), process(10, 1, "java"), thread_of(11, 10, 1)]);
        const NOFILE: u8 = 7;
        for (resource, limit, expected) in [(NOFILE, 4096, 4096), (3, 1, 4096), (NOFILE, -1, 4096)] {
            if view == View::Classic {
                event(&mut machine, 11, code::SETRLIMIT_E, &[u8p(resource)]);
            }
            event(&mut machine, 11, code::SETRLIMIT_X, &[i64p(0), i64p(limit), i64p(limit), u8p(resource)]);
            assert_eq!(quantities(&machine, 10).fd_limit, expected);
        }
        if view == View::Classic {
            event(&mut machine, 1, code::PRLIMIT_E, &[i64p(11), u8p(NOFILE)]);
        }
        let result = [i64p(0), i64p(99), i64p(99), i64p(0), i64p(0), i64p(11), u8p(NOFILE)];
        event(&mut machine, 1, code::PRLIMIT_X, &result);
        assert_eq!(quantities(&machine, 10).fd_limit, 99);
    }
}
