//! Every version of every table.

mod common;

use capture_scap::{Content, FdInfo, MachineInfo, ProcessEntry, Reader, Tail, User};
use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Process, block};
use common::{read, sound};

/// A thread in which every field is different.
fn thread() -> Process {
    Process {
        tid: 102,
        pid: 100,
        ptid: 7,
        sid: 11,
        vpgid: 12,
        comm: b"comm".to_vec(),
        exe: b"exe".to_vec(),
        exepath: b"/exe/path".to_vec(),
        args: b"-a\0b c\0".to_vec(),
        cwd: b"/cwd".to_vec(),
        fdlimit: 13,
        flags: 14,
        uid: 15,
        gid: 16,
        vm: [17, 18, 19],
        pf: [20, 21],
        env: b"A=1\0B=\0".to_vec(),
        vtid: 22,
        vpid: 23,
        cgroups: b"cpu=/x\0".to_vec(),
        root: b"/root".to_vec(),
        pidns_init_start_ts: 24,
        tty: 25,
        loginuid: 26,
        exe_writable: 1,
        caps: [27, 28, 29],
        exe_upper_layer: 1,
        exe_ino: 30,
        exe_ino_ctime: 31,
        exe_ino_mtime: 32,
        exe_from_memfd: 1,
        exe_lower_layer: 1,
        pgid: 33,
        tail_len: 76,
    }
}

/// The same, as the reader should give it from a list of a version.
fn expected(version: u8) -> ProcessEntry<'static> {
    let since = |first: u8| version >= first;
    let mut entry = ProcessEntry {
        tid: 102,
        pid: 100,
        ptid: 7,
        comm: b"comm",
        exe: b"exe",
        args: b"-a\0b c\0",
        cwd: b"/cwd",
        fdlimit: 13,
        flags: 14,
        uid: 15,
        gid: 16,
        ..ProcessEntry::default()
    };
    if since(2) {
        (entry.vmsize, entry.vmrss, entry.vmswap, entry.pfmajor, entry.pfminor) = (17, 18, 19, 20, 21);
    }
    if since(3) {
        entry.env = b"A=1\0B=\0";
    }
    if since(4) {
        (entry.vtid, entry.vpid, entry.cgroups) = (22, 23, b"cpu=/x\0");
    }
    if since(5) {
        entry.root = b"/root";
    }
    if since(6) {
        entry.sid = 11;
    }
    if since(7) {
        entry.exepath = b"/exe/path";
    }
    if since(8) {
        entry.vpgid = 12;
    }
    if since(9) {
        entry.tail = tail(76);
    }
    entry
}

/// The tail of so many bytes.
fn tail(len: usize) -> Tail {
    let front = len > 29;
    let fits = |end: usize| len >= end + if front { 12 } else { 0 };
    Tail {
        pidns_init_start_ts: front.then_some(24),
        tty: front.then_some(25),
        loginuid: fits(4).then_some(26),
        exe_writable: fits(5).then_some(true),
        cap_inheritable: fits(13).then_some(27),
        cap_permitted: fits(21).then_some(28),
        cap_effective: fits(29).then_some(29),
        exe_upper_layer: fits(30).then_some(true),
        exe_ino: fits(38).then_some(30),
        exe_ino_ctime: fits(46).then_some(31),
        exe_ino_mtime: fits(54).then_some(32),
        exe_from_memfd: fits(55).then_some(true),
        exe_lower_layer: fits(56).then_some(true),
        pgid: fits(64).then_some(33),
    }
}

fn processes(capture: Vec<u8>, check: impl Fn(&[ProcessEntry<'_>])) {
    let mut reader = Reader::from_bytes(capture).unwrap();
    let mut lists = 0;
    while let Some(block) = reader.next_block() {
        if let Content::Processes(list) = block.unwrap().content {
            check(&list);
            lists += 1;
        }
    }
    assert_eq!(lists, 1);
}

#[test]
fn process_lists_of_every_version() {
    for version in 1..=9 {
        let capture = CaptureBuilder::new().process_version(version).process(thread()).process(thread());
        processes(capture.to_bytes(), |list| assert_eq!(list, [expected(version), expected(version)], "V{version}"));
    }
}

#[test]
fn process_lists_of_early_block_types() {
    for (kind, version) in [(0x8000_ABCD, 1), (0x8013_ABCD, 2), (0x8014_ABCD, 3)] {
        let capture = CaptureBuilder::new().block(kind, &thread().entry(version)).to_bytes();
        processes(capture, |list| assert_eq!(list, [expected(version)]));
    }
}

#[test]
fn tails_of_every_length() {
    for len in 0..=100 {
        let capture = CaptureBuilder::new().process(thread().tail_len(len)).process(thread());
        let with_tail = ProcessEntry { tail: tail(len), ..expected(9) };
        processes(capture.to_bytes(), |list| assert_eq!(list, [with_tail.clone(), expected(9)], "{len} bytes"));
    }
}

#[test]
fn strings_longer_than_the_reference_readers_allow() {
    let long = vec![b'x'; 60_000];
    let capture = CaptureBuilder::new().process(Process { args: long.clone(), comm: long.clone(), ..thread() });
    processes(capture.to_bytes(), |list| assert_eq!(list, [ProcessEntry { args: &long, comm: &long, ..expected(9) }]));
}

#[test]
fn an_entry_that_is_wrong_costs_itself_only() {
    let mut wrong = thread().entry(9);
    wrong[44..46].copy_from_slice(&60_000u16.to_le_bytes()); // the length of comm
    let body = [thread().entry(9), wrong, thread().entry(9)].concat();
    let all = read(CaptureBuilder::new().block(0x215, &body).to_bytes());
    assert_eq!(all.damage.len(), 1);
    let text = all.damage[0].to_string();
    let second = 28 + 192 + 8 + thread().entry(9).len();
    assert!(text.starts_with(&format!("byte {}: process list: comm needs 60000 bytes", second + 46)), "{text}");
    assert_eq!(all.of("Processes")[0].matches("tid: 102").count(), 2);
}

#[test]
fn an_entry_without_a_length_hides_those_behind_it() {
    let mut wrong = thread().entry(8);
    wrong[40..42].copy_from_slice(&60_000u16.to_le_bytes());
    let body = [thread().entry(8), wrong, thread().entry(8)].concat();
    let all = read(CaptureBuilder::new().block(0x214, &body).event(EventBuilder::new(1, 1, 2)).to_bytes());
    assert_eq!(all.damage.len(), 1);
    assert_eq!(all.of("Processes")[0].matches("tid: 102").count(), 1);
    assert_eq!(all.events().len(), 1);
}

fn fds() -> CaptureBuilder {
    let (v4, v6) = (|text: &str| text.parse().unwrap(), |text: &str| text.parse().unwrap());
    CaptureBuilder::new()
        .fd(5, Fd::file_with(0, "/etc/hosts", 0x41, 0x801).ino(99))
        .fd(5, Fd::socket(1, v4("1.2.3.4:80"), v4("5.6.7.8:443"), 2))
        .fd(5, Fd::socket(2, v6("[::1]:80"), v6("[2001:db8::5]:53"), 3))
        .fd(5, Fd::listener(3, v4("0.0.0.0:22"), 2))
        .fd(5, Fd::listener(4, v6("[::]:22"), 2))
        .fd(5, Fd::unix(5, 0xaa, 0xbb, "@abstract"))
        .fd(5, Fd::raw(6, 0, &[]))
        .fd(5, Fd::named(7, 7, "pipe:[1]"))
        .fd(5, Fd::named(8, 20, "memfd"))
}

#[test]
fn descriptor_lists_of_both_versions() {
    let old = sound(fds().old_lists().to_bytes());
    let new = sound(fds().to_bytes());
    let text = new.of("Fds")[0];
    for part in [
        "tid: 5",
        "fd: 0, ino: 99, type_code: 16, info: File { flags: 65, path: [47, 101, 116, 99, 47, 104, 111, 115, 116, 115], \
         dev: Some(2049) }",
        "fd: 1, ino: 0, type_code: 3, info: Socket { source: 1.2.3.4:80, destination: 5.6.7.8:443, l4: 2 }",
        "type_code: 4, info: Socket { source: [::1]:80, destination: [2001:db8::5]:53, l4: 3 }",
        "type_code: 5, info: Listener { address: 0.0.0.0:22, l4: 2 }",
        "type_code: 6, info: Listener { address: [::]:22, l4: 2 }",
        "type_code: 8, info: Unix { source: 170, destination: 187, path: [64, 97",
        "fd: 6, ino: 0, type_code: 0, info: Other([])",
        "type_code: 7, info: Named([112",
        "type_code: 20, info: Named([109",
    ] {
        assert!(text.contains(part), "{part}\nis not in {text}");
    }
    assert_eq!(old.of("Fds"), [text.replace("dev: Some(2049)", "dev: None")]);
}

#[test]
fn a_descriptor_of_an_unknown_type() {
    let capture = CaptureBuilder::new().fd(5, Fd::raw(1, 99, b"what")).fd(5, Fd::named(2, 9, "event"));
    let new = sound(capture.to_bytes());
    assert!(new.of("Fds")[0].contains("type_code: 99, info: Other([119"));
    assert!(new.of("Fds")[0].contains("fd: 2"));
    let old = read(capture.old_lists().to_bytes());
    assert_eq!(old.damage.len(), 1, "without a length it cannot be skipped");
    assert!(old.damage[0].to_string().contains("99 (0x63) is no valid descriptor type"), "{}", old.damage[0]);
}

#[test]
fn a_file_entry_without_a_device() {
    let capture = CaptureBuilder::new().fd(5, Fd::raw(1, 16, &[1, 0, 0, 0, 1, 0, b'/']));
    let mut reader = Reader::from_bytes(capture.to_bytes()).unwrap();
    let mut seen = false;
    while let Some(block) = reader.next_block() {
        if let Content::Fds(list) = block.unwrap().content {
            assert_eq!(list.entries[0].info, FdInfo::File { flags: 1, path: b"/", dev: None });
            seen = true;
        }
    }
    assert!(seen);
}

#[test]
fn interfaces_and_users_of_both_versions() {
    let ip = |text: &str| text.parse().unwrap();
    let capture = CaptureBuilder::new()
        .interface("eth0", ip("10.0.0.5"), ip("255.0.0.0"), ip("10.255.255.255"))
        .interface("lo6", ip("::1"), ip("ffff::"), ip("::"))
        .user(1000, 100, "alice", "/home/alice", "/bin/sh")
        .group(100, "staff");
    let new = sound(capture.to_bytes());
    assert_eq!(
        new.of("Interfaces"),
        ["Interfaces([Interface { name: [101, 116, 104, 48], address: 10.0.0.5, netmask: 255.0.0.0, broadcast: \
          10.255.255.255, speed: Some(0) }, Interface { name: [108, 111, 54], address: ::1, netmask: ffff::, \
          broadcast: ::, speed: Some(0) }])"]
    );
    let alice = User::User { uid: 1000, gid: 100, name: b"alice", home: b"/home/alice", shell: b"/bin/sh" };
    let staff = User::Group { gid: 100, name: b"staff" };
    assert_eq!(new.of("Users"), [format!("Users({:?})", [alice, staff])]);
    assert_eq!(sound(capture.old_lists().to_bytes()), new);
}

#[test]
fn interfaces_without_speed_and_of_unknown_kinds() {
    let entry = |kind: u16, rest: &[u8]| {
        let body = [&kind.to_le_bytes()[..], &[2, 0], rest].concat();
        [&(body.len() as u32).to_le_bytes()[..], &body].concat()
    };
    let v4 = [&[1; 4][..], &[2; 4], &[3; 4], b"ab"].concat();
    let v6 = [&[1; 16][..], &[2; 16], &[3; 16], b"cd"].concat();
    let body = [entry(3, &v4), entry(9, b"????"), entry(4, &v6)].concat();
    let all = read(CaptureBuilder::new().block(0x219, &body).to_bytes());
    let text = all.of("Interfaces")[0];
    assert!(text.contains("[97, 98], address: 1.1.1.1, netmask: 2.2.2.2, broadcast: 3.3.3.3, speed: None"), "{text}");
    assert!(text.contains("[99, 100], address: 101:101:101:101:101:101:101:101"), "{text}");
    assert_eq!(all.damage.len(), 1, "the entry of kind 9 is skipped, and said to be");
}

#[test]
fn an_interface_list_that_counts_itself_too_small() {
    let ip = |text: &str| text.parse().unwrap();
    for n in 1..6 {
        let mut with = CaptureBuilder::new();
        for i in 0..n {
            with = with.interface(&"i".repeat(i + 1), ip("10.0.0.5"), ip("255.0.0.0"), ip("10.255.255.255"));
        }
        let right = with.event(EventBuilder::new(1, 1, 2)).to_bytes();
        let at = 28 + 192;
        let len = u32::from_le_bytes(right[at + 4..at + 8].try_into().unwrap());
        let mut wrong = right.clone();
        for place in [at + 4, at + len as usize - 4] {
            wrong[place..place + 4].copy_from_slice(&(len - 4 * n as u32).to_le_bytes());
        }
        assert_eq!(sound(wrong), sound(right), "{n} interfaces");
    }
}

#[test]
fn machine_info_and_section_header() {
    let capture = CaptureBuilder::new().machine(8, "web-1", 123).comment("first").comment("second");
    let mut reader = Reader::from_bytes(capture.to_bytes()).unwrap();
    let Content::Section(section) = reader.next_block().unwrap().unwrap().content else { panic!() };
    assert_eq!((section.major, section.minor), (1, 2));
    let comments: Vec<_> = section.options.iter().map(|option| (option.code, option.value)).collect();
    assert_eq!(comments, [(1, &b"first"[..]), (1, b"second")]);
    let Content::Machine(machine) = reader.next_block().unwrap().unwrap().content else { panic!() };
    let expected =
        MachineInfo { cpus: 8, memory: 8 << 30, max_pid: 32768, hostname: b"web-1", boot_ts: 123, ..machine };
    assert_eq!(machine, expected);
}

#[test]
fn machine_info_of_another_size() {
    let capture =
        |len: usize| [CaptureBuilder::new().without_machine().to_bytes(), block(0x201, &vec![1; len])].concat();
    assert_eq!(sound(capture(184)).of("Machine").len(), 1, "longer: the rest is from a newer writer");
    let all = read(capture(100));
    assert_eq!((all.of("Machine").len(), all.damage.len()), (0, 1));
}
