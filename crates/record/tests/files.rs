//! The forms of the files of `/proc`, odd ones too.

use capture_event::tables::fd::L4Proto;
use capture_record::proc::command_line;
use capture_record::proc::executable::maps;
use capture_record::proc::fdinfo::FdInfo;
use capture_record::proc::limits::open_files;
use capture_record::proc::machine::{cpus_and_boot, memory};
use capture_record::proc::mounts::{self, Mount, device};
use capture_record::proc::open_flags;
use capture_record::proc::sockets::{self, Socket};
use capture_record::proc::stat::Stat;
use capture_record::proc::status::Status;
use capture_record::snapshot::{Group, User, groups, users};

const NUMBERS: &str =
    "S 10 20 30 34816 20 4194304 41 42 43 44 51 52 53 54 20 0 1 0 98765 5443584 1088 18446744073709551615";

#[test]
fn a_name_may_have_parentheses_blanks_and_any_bytes() {
    for name in [&b"bash"[..], b"", b"a) R (b", b") S 1 2 3", b"((", b"))", b"a\nb c", b"\xff\xfe(\x00)"] {
        let text = [b"7 (", name, b") ", NUMBERS.as_bytes(), b"\n"].concat();
        let stat = Stat::parse(&text).expect("a stat line");
        assert_eq!(stat.comm, name);
        assert_eq!((stat.state, stat.ppid, stat.pgid, stat.sid, stat.tty), (b'S', 10, 20, 30, 34816));
        assert_eq!((stat.minor_faults, stat.major_faults), (41, 43));
        assert_eq!((stat.user_time, stat.system_time, stat.start), (51, 52, 98765));
        assert_eq!((stat.virtual_size, stat.resident_pages), (5443584, 1088));
    }
}

#[test]
fn a_stat_line_that_is_cut_is_none() {
    let whole = format!("7 (a) {NUMBERS}");
    let needed = whole.find(" 18446").expect("the field behind those that are read");
    for len in 0..needed - "1088".len() {
        assert_eq!(Stat::parse(&whole.as_bytes()[..len]), None, "{}", &whole[..len]);
    }
}

#[test]
fn terminals_are_numbered_with_a_sign_and_states_tell_who_has_ended() {
    let line = |state, tty| format!("7 (a) {state} 1 1 1 {tty} -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0");
    assert_eq!(Stat::parse(line('S', "-2147482624").as_bytes()).map(|stat| stat.tty), Some(0x8000_0400));
    assert!(Stat::parse(line('Z', "0").as_bytes()).is_some_and(|stat| stat.has_ended()));
    assert!(Stat::parse(line('I', "0").as_bytes()).is_some_and(|stat| stat.is_kernel_thread() && !stat.has_ended()));
}

#[test]
fn status_says_ids_in_every_namespace_and_capabilities() {
    let text = b"Name:\tTgid:\\n99\nState:\tS (sleeping)\nTgid:\t4100\nPid:\t4101\nPPid:\t4000\nTracerPid:\t12\n\
        Uid:\t1000\t0\t1001\t1002\nGid:\t5\t6\t7\t8\nGroups:\t4 24 27 \nNStgid:\t4100\t50\t1\nNSpid:\t4101\t51\t2\n\
        NSpgid:\t4100\t50\t1\nNSsid:\t4100\t50\t1\nVmSize:\t    5316 kB\nVmRSS:\t     9999999999 kB\nThreads:\t2\n\
        CapInh:\t0000000000000001\nCapPrm:\t000001ffffffffff\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n";
    let status = Status::parse(text).expect("a status");
    assert_eq!((status.pid, status.ppid, status.tracer, status.threads), (4100, 4000, 12, 2));
    assert_eq!((status.uids, status.gids), ([1000, 0, 1001, 1002], [5, 6, 7, 8]));
    assert_eq!(status.groups, [4, 24, 27]);
    let inside = status.in_namespace;
    assert_eq!((inside.pid, inside.tid, inside.pgid, inside.sid), (Some(1), Some(2), Some(1), Some(1)));
    assert_eq!(status.namespaces, 3);
    assert_eq!(status.vm, [5316, u32::MAX, 0]);
    assert_eq!(status.capabilities, [1, 0x1ff_ffff_ffff, 0xa804_25fb]);
    assert_eq!(status.seccomp, 2);
}

#[test]
fn status_without_the_process_is_none() {
    for text in [&b""[..], b"garbage", b"Tgid:\n", b"Tgid:\t-5\n", b"Tgid: x\nUid: 1 1 1 1\n", b"\0\0\0\0"] {
        assert_eq!(Status::parse(text), None);
    }
}

#[test]
fn arguments_end_with_zero_bytes_and_fit_into_captures() {
    let split = |text: &[u8]| command_line::split(text);
    assert_eq!(split(b"sh\0-c\0a b\0"), (b"sh".to_vec(), b"-c\0a b\0".to_vec()));
    assert_eq!(split(b"nginx: master process"), (b"nginx: master process".to_vec(), vec![]));
    assert_eq!(split(b"\0\0x"), (vec![], b"\0x\0".to_vec()));
    assert_eq!(split(b""), (vec![], vec![]));
    let (exe, args) = split(&[b"cat\0".to_vec(), vec![b'x'; 10_000]].concat());
    assert_eq!((exe.len() + 1 + args.len(), args.last()), (4096, Some(&0)));
    let (exe, args) = split(&[b'x'; 10_000]);
    assert_eq!((exe.len(), args.len()), (4095, 0));
    assert_eq!(command_line::list(b"A=1\0B=2"), b"A=1\0B=2\0");
    assert_eq!(command_line::list(&[b'x'; 4096]).len(), 4096);
}

#[test]
fn limits_of_descriptors() {
    let table = b"Limit                     Soft Limit           Hard Limit           Units     \n\
        Max cpu time              unlimited            unlimited            seconds   \n\
        Max open files            1024                 524288               files     \n";
    assert_eq!(open_files(table), Some(1024));
    assert_eq!(open_files(b"Max open files            unlimited            unlimited            files\n"), None);
    assert_eq!(open_files(b"Max open files"), None);
    assert_eq!(open_files(b""), None);
}

#[test]
fn descriptors_say_how_they_were_opened() {
    let info = FdInfo::parse(b"pos:\t17\nflags:\t02102002\nmnt_id:\t29\nino:\t5\n").expect("an fdinfo");
    assert_eq!((info.position, info.flags, info.mount), (17, 0o2102002, 29));
    // O_RDWR, O_APPEND, O_CLOEXEC; the kernel's own O_LARGEFILE is not the opener's.
    assert_eq!(open_flags(info.flags as i32), 3 | 8 | 0x1000);
    assert_eq!(open_flags(libc::O_RDONLY | libc::O_DIRECTORY), 1 | 0x400);
    assert_eq!(open_flags(libc::O_WRONLY | libc::O_TMPFILE | libc::O_CREAT), 2 | 4 | 0x400 | 0x2000);
    assert_eq!(open_flags(libc::O_RDONLY | libc::O_SYNC | libc::O_NONBLOCK), 1 | 0x40 | 0x80 | 0x10);
    assert_eq!(open_flags(libc::O_RDONLY | libc::O_DSYNC), 1 | 0x10);
    assert_eq!(FdInfo::parse(b"pos:\t0\nflags:\t9\n"), None);
    assert_eq!(FdInfo::parse(b"pos:\t0\n"), None);
}

const OVERLAY: &[u8] = b"812 795 0:53 / /var/lib/a\\040b ro,relatime master:1 propagate_from:2 - overlay overlay \
    rw,lowerdir=/l/A:/l/B\\072x,upperdir=/u\\054v,workdir=/w";

#[test]
fn mounts_have_escaped_paths_and_options() {
    let mount = Mount::parse(OVERLAY).expect("a mount");
    assert_eq!((mount.id, mount.parent, mount.dev), (812, 795, 53));
    assert_eq!((mount.point.as_slice(), mount.kind.as_slice()), (&b"/var/lib/a b"[..], &b"overlay"[..]));
    assert!(mount.is_overlay() && !mount.is_read_only());
    assert_eq!(mount.upper_directory(), Some(b"/u,v".to_vec()));
    assert_eq!(mount.lower_directories(), [b"/l/A".to_vec(), b"/l/B:x".to_vec()]);
    assert_eq!(mount.inside(b"/var/lib/a b/bin/x"), Some(b"/bin/x".to_vec()));
    assert_eq!(mount.inside(b"/var/lib/a bc"), None);
    let newer = Mount::parse(b"1 1 0:5 / / rw - overlay o ro,lowerdir+=/a,lowerdir+=/b").expect("a mount");
    assert_eq!(newer.lower_directories(), [b"/a".to_vec(), b"/b".to_vec()]);
    assert!(newer.is_read_only() && newer.upper_directory().is_none());
}

#[test]
fn mounts_of_a_part_of_a_file_system() {
    let mount = Mount::parse(b"36 35 259:1048575 /data/app /srv rw - ext4  rw,errors=continue").expect("a mount");
    assert_eq!((mount.source.as_slice(), mount.super_options.as_slice()), (&b""[..], &b"rw,errors=continue"[..]));
    assert_eq!(mount.inside(b"/srv/a"), Some(b"/data/app/a".to_vec()));
    assert_eq!(mount.inside(b"/srv"), Some(b"/data/app".to_vec()));
    assert_eq!(mount.dev, device(259, 1048575));
    assert_eq!(device(259, 1048575), 0xfff1_03ff);
    assert_eq!(mounts::parse(b"garbage\n\n36 35 98 / / rw - a b c\n36 35 9:8 / / rw ext4 b c\n"), []);
}

#[test]
fn internet_sockets_with_and_without_peers() {
    let line = b"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 30018 1 x";
    let local = "127.0.0.1:8080".parse().expect("an address");
    assert_eq!(sockets::inet(line, L4Proto::Tcp), Some((30018, Socket::Bound { local, l4: L4Proto::Tcp })));
    let line =
        b"  11: 0000000000000000FFFF00000100007F:0016 B80D0120000000000000000001000000:C350 01 0:0 0:0 0 0 0 77 2";
    let (local, remote) = ("[::ffff:127.0.0.1]:22", "[2001:db8::1]:50000");
    let (local, remote) = (local.parse().expect("an address"), remote.parse().expect("an address"));
    assert_eq!(sockets::inet(line, L4Proto::Udp), Some((77, Socket::Connected { local, remote, l4: L4Proto::Udp })));
    for odd in [&b"  sl  local_address rem_address   st tx_queue"[..], b"", b"0: 1:1 2:2", b"0: 0100007F:10000 0:0 0 0"]
    {
        assert_eq!(sockets::inet(odd, L4Proto::Tcp), None);
    }
}

#[test]
fn unix_sockets_have_paths_of_any_bytes() {
    let unix = |line: &[u8]| match sockets::unix(line) {
        Some((inode, Socket::Unix { address, path })) => Some((inode, address, path.to_vec())),
        _ => None,
    };
    let start = b"ffff8880deadbeef: 00000002 00000000 00010000 0001 01 ";
    assert_eq!(
        unix(&[start, &b"12345 /run/a b "[..]].concat()),
        Some((12345, 0xffff_8880_dead_beef, b"/run/a b ".to_vec()))
    );
    assert_eq!(
        unix(&[start, &b"   12  @\xff\x01"[..]].concat()),
        Some((12, 0xffff_8880_dead_beef, b" @\xff\x01".to_vec()))
    );
    assert_eq!(unix(&[start, &b"    7"[..]].concat()), Some((7, 0xffff_8880_dead_beef, vec![])));
    assert_eq!(unix(b"Num       RefCount Protocol Flags    Type St Inode Path"), None);
    assert_eq!(unix(start), None);
}

#[test]
fn netlink_sockets() {
    let line = b"000000005203bb06 0   4550       00000000 0        0        0     2        0        1954882 ";
    assert_eq!(sockets::netlink(line), Some((1954882, Socket::Netlink)));
    assert_eq!(
        sockets::netlink(b"sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode"),
        None
    );
}

#[test]
fn users_and_groups_are_read_as_the_c_library_does() {
    let text =
        b"# comment\nroot:x:0:0:root:/root:/bin/bash\n\n  app:x:1000:1001\n+nis::::::\n-no:x:7:7:::\nbad:x:one:2:::\n\
        big:x:4294967295:0:\xff:/h:ome:/sh\nshort:x\n";
    let user = |uid, gid, name: &[u8], home: &[u8], shell: &[u8]| User {
        uid,
        gid,
        name: name.to_vec(),
        home: home.to_vec(),
        shell: shell.to_vec(),
    };
    let root = user(0, 0, b"root", b"/root", b"/bin/bash");
    assert_eq!(users(text), [root, user(1000, 1001, b"app", b"", b""), user(u32::MAX, 0, b"big", b"/h", b"ome")]);
    assert_eq!(groups(b"wheel:x:10:a,b\n+\nx\n"), [Group { gid: 10, name: b"wheel".to_vec() }]);
}

#[test]
fn the_machine() {
    let stat = b"cpu  1 2 3\ncpu0 1\ncpu1 2\ncpu9 2\nintr 5 6\nbtime 1700000000\nprocesses 7\n";
    assert_eq!(cpus_and_boot(stat), (3, 1_700_000_000_000_000_000));
    assert_eq!(cpus_and_boot(b"btime 99999999999999999999\n"), (0, 0));
    assert_eq!(memory(b"MemTotal:       16384 kB\nMemFree: 1 kB\n"), 16 << 20);
    assert_eq!(memory(b"MemTotal: 18446744073709551615 kB"), u64::MAX);
    assert_eq!(memory(b""), 0);
}

#[test]
fn maps_of_user_namespaces() {
    let whole = b"         0          0 4294967295\n";
    assert!(maps(whole, 0) && maps(whole, 4_294_967_294) && !maps(whole, u32::MAX));
    let container = b"0 100000 65536\n65536 1000 1\n";
    assert!(maps(container, 100_000) && maps(container, 165_535) && maps(container, 1000));
    assert!(!maps(container, 0) && !maps(container, 165_536) && !maps(b"", 0) && !maps(b"0 18446744073709551615 2", 5));
}
