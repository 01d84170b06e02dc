//! What is written reads back the same.

mod common;

use capture_scap::{
    BlockOption, Compression, Content, FdEntry, FdInfo, FdList, Interface, MachineInfo, ProcessEntry, RawEvent, Reader,
    Section, Tail, Target, User, WriteError, Writer,
};
use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Process, captures};
use common::{All, drain, line, read, sound};
use proptest::collection::vec;
use proptest::prelude::*;
use std::net::{IpAddr, SocketAddr};

/// Writes a capture again, block by block.
fn rewrite(mut reader: Reader, target: Target, compression: Compression) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), target, compression);
    while let Some(block) = reader.next_block() {
        writer.block(&block.unwrap()).unwrap();
    }
    writer.finish().unwrap()
}

fn rewritten(bytes: &[u8], target: Target) -> All {
    let again = |compression| rewrite(Reader::from_bytes(bytes.to_vec()).unwrap(), target, compression);
    let plain = sound(again(Compression::None));
    assert!(plain == sound(again(Compression::Gzip)));
    plain
}

#[test]
fn shared_captures_read_back_the_same() {
    for path in captures() {
        let expected = drain(Reader::open(&path).unwrap());
        let newest = rewrite(Reader::open(&path).unwrap(), Target::Newest, Compression::Gzip);
        // The version that the first block says is that of the current forms.
        assert_eq!(sound(newest).blocks[1..], expected.blocks[1..], "{}", path.display());
        let all = sound(rewrite(Reader::open(&path).unwrap(), Target::All, Compression::None));
        assert_eq!(all.events(), expected.events(), "{}", path.display());
        for kind in ["Machine", "Interfaces", "Users", "Fds"] {
            assert_eq!(all.of(kind), expected.of(kind), "{}", path.display());
        }
    }
}

fn one_of_each() -> CaptureBuilder {
    let ip = |text: &str| text.parse().unwrap();
    CaptureBuilder::new()
        .machine(2, "host", 5)
        .interface("eth0", ip("10.0.0.5"), ip("255.0.0.0"), ip("10.255.255.255"))
        .user(0, 0, "root", "/root", "/bin/sh")
        .group(0, "root")
        .process(Process::new(1, "init"))
        .fd(1, Fd::file(3, "/etc/hosts"))
        .event(EventBuilder::new(5, 1, 3).i64(3).str("/x").u32(1).u32(0))
        .event(EventBuilder::new(6, 1, 3).v1().dump_flags(1).i64(3).empty())
        .event(EventBuilder::new(7, -1, 324).large().str("j".repeat(70_000)))
        .event(EventBuilder::new(8, 1, 50_000).u8(1).comment("strange").surplus(b"more"))
        .event(EventBuilder::new(8, 1, 50_000).large().u8(1))
}

#[test]
fn every_kind_of_block() {
    let bytes = one_of_each().to_bytes();
    assert_eq!(rewritten(&bytes, Target::All), sound(bytes.clone()));
    assert_eq!(rewritten(&bytes, Target::Newest), sound(bytes));
}

#[test]
fn old_forms_become_current_ones() {
    for version in 1..=9 {
        let old = one_of_each().process_version(version).old_lists().to_bytes();
        assert_eq!(rewritten(&old, Target::All), sound(old.clone()), "V{version}");
        let mut reader = Reader::from_bytes(rewrite(Reader::from_bytes(old).unwrap(), Target::All, Compression::None));
        let reader = reader.as_mut().unwrap();
        while reader.next_block().is_some() {}
        let codes: Vec<u32> = reader.counts().by_code().into_keys().collect();
        assert_eq!(codes, [0x201, 0x215, 0x216, 0x217, 0x218, 0x219, 0x220, 0x221, 0x0A0D_0D0A]);
    }
}

#[test]
fn unknown_blocks_are_kept_where_readers_accept_them() {
    let bytes = CaptureBuilder::new().block(0xBAD, b"abcd").event(EventBuilder::new(1, 1, 2)).to_bytes();
    assert_eq!(rewritten(&bytes, Target::All), sound(bytes));
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::None);
    writer.section(&Section::default()).unwrap();
    let event =
        RawEvent::from(&capture_event::Event { ts: 1, tid: 1, cpu: 0, code: 2, state_only: false, params: &[] });
    writer.event(&event).unwrap();
    assert!(matches!(writer.unknown(0xBAD, b""), Err(WriteError::OutOfPlace("an unknown block"))));
    assert!(matches!(writer.processes(&[]), Err(WriteError::OutOfPlace("a process list"))));
    writer.section(&Section::default()).unwrap();
    writer.unknown(0xBAD, b"").unwrap();
    assert_eq!(sound(writer.finish().unwrap()).of("Section").len(), 2);
}

#[test]
fn options_of_the_section_are_for_new_readers() {
    let bytes = CaptureBuilder::new().comment("who knows").event(EventBuilder::new(1, 1, 2)).to_bytes();
    assert_eq!(rewritten(&bytes, Target::Newest), sound(bytes.clone()));
    assert!(rewritten(&bytes, Target::All).of("Section")[0].ends_with("options: [] })"));
}

#[test]
fn new_descriptor_types_are_for_new_readers() {
    let bytes = CaptureBuilder::new()
        .process(Process::new(5, "x"))
        .fd(5, Fd::named(1, 17, "bpf"))
        .fd(5, Fd::raw(2, 40, b"what"))
        .fd(5, Fd::raw(3, 0, b""))
        .to_bytes();
    let all = rewritten(&bytes, Target::All);
    assert_eq!((all.blocks[3].matches("type_code: 10").count(), all.blocks[3].matches("fd: ").count()), (2, 2));
    let newest = rewritten(&bytes, Target::Newest);
    assert!(newest.blocks[3].contains("type_code: 17") && newest.blocks[3].contains("type_code: 40, info: Other([119"));
}

#[test]
fn descriptors_without_a_thread_are_for_new_readers() {
    let list = FdList { tid: 5, entries: Vec::new() };
    assert!(matches!(
        Writer::new(Vec::new(), Target::All, Compression::None).fds(&list),
        Err(WriteError::OutOfPlace(_))
    ));
    assert!(Writer::new(Vec::new(), Target::Newest, Compression::None).fds(&list).is_ok());
}

#[test]
fn strings_are_cut_to_what_readers_accept() {
    let long = vec![b'x'; 60_000];
    let process = ProcessEntry { comm: &long, args: &long, root: &long, ..ProcessEntry::default() };
    let user = User::User { uid: 1, gid: 1, name: &long, home: &long, shell: &long };
    let fd = FdEntry { fd: 1, ino: 1, type_code: 7, info: FdInfo::Named(&long) };
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::None);
    writer.section(&Section::default()).unwrap();
    writer.machine(&MachineInfo { hostname: &long, ..MachineInfo::default() }).unwrap();
    writer.users(&[user]).unwrap();
    writer.processes(&[process]).unwrap();
    writer.fds(&FdList { tid: 0, entries: vec![fd] }).unwrap();
    let all = sound(writer.finish().unwrap());
    let x = |n: usize| "120, ".repeat(n - 1) + "120]";
    assert!(all.of("Machine")[0].contains(&format!("hostname: [{}", x(127))));
    assert_eq!(all.of("Users")[0].matches(&format!("[{}", x(255))).count(), 3);
    assert!(all.of("Processes")[0].contains(&format!("comm: [{}", x(1024))));
    assert!(all.of("Processes")[0].contains(&format!("args: [{}", x(4096))));
    assert!(all.of("Fds")[0].contains(&format!("Named([{}", x(1023))));
}

#[test]
fn parameters_that_no_length_can_say() {
    let long = vec![0; 65_536];
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::None);
    writer.section(&Section::default()).unwrap();
    let mut write = |code, params: &[&[u8]]| {
        let event = capture_event::Event { ts: 1, tid: 1, cpu: 0, code, state_only: false, params };
        writer.event(&RawEvent::from(&event))
    };
    assert!(matches!(write(2, &[&long]), Err(WriteError::TooLong(65_536))));
    write(402, &[&long]).unwrap();
    let half = vec![b'h'; 40_000];
    write(3, &[&half, &half]).unwrap();
    let bytes = writer.finish().unwrap();
    assert_eq!(sound(bytes.clone()).events().len(), 2);
    let large_blocks = bytes.windows(4).filter(|word| *word == 0x221u32.to_le_bytes()).count();
    assert_eq!(large_blocks, 2, "an event code with wide lengths, and an event that is too long");
}

#[test]
fn a_long_process_list_becomes_several_blocks() {
    let args = vec![b'a'; 4096];
    let list: Vec<_> = (0..5000).map(|tid| ProcessEntry { tid, args: &args, ..ProcessEntry::default() }).collect();
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::Gzip);
    writer.section(&Section::default()).unwrap();
    writer.processes(&list).unwrap();
    let mut reader = Reader::from_bytes(writer.finish().unwrap()).unwrap();
    let mut lists = Vec::new();
    while let Some(block) = reader.next_block() {
        if let Content::Processes(list) = block.unwrap().content {
            lists.push(list.iter().map(|process| process.tid).collect::<Vec<_>>());
        }
    }
    assert_eq!(lists.len(), 2);
    assert!(lists.concat().into_iter().eq(0..5000));
}

#[test]
fn a_flush_ends_a_gzip_member() {
    let event = capture_event::Event { ts: 1, tid: 1, cpu: 0, code: 2, state_only: false, params: &[b"12345678"] };
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::Gzip);
    writer.section(&Section::default()).unwrap();
    for _ in 0..3 {
        writer.event(&RawEvent::from(&event)).unwrap();
        writer.flush().unwrap();
    }
    let written = writer.written();
    let bytes = writer.finish().unwrap();
    assert_eq!(bytes.len() as u64, written);
    let members = bytes.windows(3).filter(|bytes| *bytes == [0x1F, 0x8B, 8]).count();
    assert_eq!(members, 3);
    assert_eq!(sound(bytes.clone()).events().len(), 3);
    assert_eq!(read(&bytes[..bytes.len() - 9]).events().len(), 3, "the last member has but lost its checksum");
    assert_eq!(read(&bytes[..bytes.len() - 20]).events().len(), 2);
}

fn text(limit: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..limit)
}

fn address() -> impl Strategy<Value = SocketAddr> {
    any::<(IpAddr, u16)>().prop_map(SocketAddr::from)
}

/// The fields of a thread; strings are given apart.
fn process<'s>(ids: [i64; 8], numbers: [u32; 6], tail: Tail, s: &'s [Vec<u8>]) -> ProcessEntry<'s> {
    ProcessEntry {
        tid: ids[0],
        pid: ids[1],
        ptid: ids[2],
        sid: ids[3],
        vpgid: ids[4],
        comm: &s[0],
        exe: &s[1],
        exepath: &s[2],
        args: &s[3],
        cwd: &s[4],
        fdlimit: ids[5],
        flags: numbers[0],
        uid: numbers[1],
        gid: numbers[2],
        vmsize: numbers[3],
        vmrss: numbers[4],
        vmswap: numbers[5],
        pfmajor: ids[0] as u64,
        pfminor: ids[1] as u64,
        env: &s[5],
        vtid: ids[6],
        vpid: ids[7],
        cgroups: &s[6],
        root: &s[7],
        tail,
    }
}

/// A tail as far as a writer of some time knew it.
fn tail() -> impl Strategy<Value = Tail> {
    (prop::sample::select(vec![0, 4, 5, 29, 66, 67, 68, 76]), any::<[u64; 8]>(), any::<[bool; 4]>(), any::<i64>())
        .prop_map(|(len, n, flags, pgid)| {
            let new = len > 29;
            Tail {
                pidns_init_start_ts: new.then_some(n[0]),
                tty: new.then_some(n[1] as u32),
                loginuid: (len >= 4).then_some(n[2] as u32),
                exe_writable: (len >= 5).then_some(flags[0]),
                cap_inheritable: (len >= 29).then_some(n[3]),
                cap_permitted: (len >= 29).then_some(n[4]),
                cap_effective: (len >= 29).then_some(n[5]),
                exe_upper_layer: new.then_some(flags[1]),
                exe_ino: new.then_some(n[6]),
                exe_ino_ctime: new.then_some(n[7]),
                exe_ino_mtime: new.then_some(n[0]),
                exe_from_memfd: (len >= 67).then_some(flags[2]),
                exe_lower_layer: (len >= 68).then_some(flags[3]),
                pgid: (len >= 76).then_some(pgid),
            }
        })
}

/// Writes blocks and reads them back as lines.
fn through(target: Target, write: impl Fn(&mut Writer<Vec<u8>>)) -> Vec<String> {
    let mut writer = Writer::new(Vec::new(), target, Compression::None);
    writer.section(&Section::default()).unwrap();
    write(&mut writer);
    sound(writer.finish().unwrap()).blocks.split_off(1)
}

proptest! {
    #[test]
    fn any_threads(
        ids in any::<[i64; 8]>(), numbers in any::<[u32; 6]>(), tails in vec(tail(), 0..4), strings in vec(text(40), 8)
    ) {
        let list: Vec<_> = tails.iter().map(|tail| process(ids, numbers, *tail, &strings)).collect();
        let lines = through(Target::Newest, |writer| writer.processes(&list).unwrap());
        prop_assert_eq!(lines, [line(&Content::Processes(list.clone()))]);
        let old = |tail: &Tail| Tail {
            pidns_init_start_ts: None, tty: None, exe_upper_layer: None, exe_ino: None, exe_ino_ctime: None,
            exe_ino_mtime: None, exe_from_memfd: None, exe_lower_layer: None, pgid: None, ..*tail
        };
        let cut: Vec<_> = tails.iter().map(|tail| process(ids, numbers, old(tail), &strings)).collect();
        let lines = through(Target::All, |writer| writer.processes(&list).unwrap());
        prop_assert_eq!(lines, [line(&Content::Processes(cut))]);
    }

    #[test]
    fn any_descriptors(
        numbers in any::<(i64, i64, u64, u64, u32, u8)>(), a in address(), b in address(), name in text(1023),
        dev in any::<Option<u32>>(), type_code in prop::sample::select(vec![1u8, 2, 7, 9, 10, 11, 12, 13, 14, 15]),
    ) {
        let (tid, fd, ino, pointer, flags, l4) = numbers;
        let entry = |type_code, info| FdEntry { fd, ino, type_code, info };
        let socket = if a.is_ipv4() { 3 } else { 4 };
        let mut entries = vec![
            entry(socket + 2, FdInfo::Listener { address: a, l4 }),
            entry(8, FdInfo::Unix { source: pointer, destination: ino, path: &name }),
            entry(16, FdInfo::File { flags, path: &name, dev }),
            entry(type_code, FdInfo::Named(&name)),
        ];
        if a.is_ipv4() == b.is_ipv4() {
            entries.push(entry(socket, FdInfo::Socket { source: a, destination: b, l4 }));
        }
        let list = FdList { tid, entries };
        let thread = ProcessEntry { tid, ..ProcessEntry::default() };
        for target in [Target::All, Target::Newest] {
            let lines = through(target, |writer| {
                writer.processes(std::slice::from_ref(&thread)).unwrap();
                writer.fds(&list).unwrap();
            });
            prop_assert_eq!(&lines[1], &line(&Content::Fds(list.clone())));
        }
    }

    #[test]
    fn any_host(
        machine in any::<(u32, u64, u64, u64, u64, [u64; 2])>(), hostname in "[a-z.]{0,127}", name in text(255),
        ids in any::<(u32, u32)>(), ips in any::<[std::net::Ipv4Addr; 3]>(), ip6s in any::<[std::net::Ipv6Addr; 3]>(),
        speed in any::<Option<u64>>(),
    ) {
        let (cpus, memory, max_pid, boot_ts, flags, reserved) = machine;
        let machine = MachineInfo { cpus, memory, max_pid, hostname: hostname.as_bytes(), boot_ts, flags, reserved };
        let interface = |ips: [IpAddr; 3]| {
            Interface { name: &name, address: ips[0], netmask: ips[1], broadcast: ips[2], speed }
        };
        let interfaces = vec![interface(ips.map(IpAddr::V4)), interface(ip6s.map(IpAddr::V6))];
        let (uid, gid) = ids;
        let users = vec![
            User::User { uid, gid, name: &name, home: &name, shell: &name },
            User::Group { gid, name: &name },
        ];
        let lines = through(Target::All, |writer| {
            writer.machine(&machine).unwrap();
            writer.interfaces(&interfaces).unwrap();
            writer.users(&users).unwrap();
        });
        let expected = [
            line(&Content::Machine(machine)),
            line(&Content::Interfaces(interfaces.clone())),
            line(&Content::Users(users.clone())),
        ];
        prop_assert_eq!(lines, expected);
    }

    #[test]
    fn any_events(
        header in any::<(u64, i64, u16, u16, u32)>(), params in vec(text(300), 0..40), surplus in text(5),
        comments in vec(text(20), 0..3), large in any::<bool>(),
    ) {
        let (ts, tid, cpu, code, dump_flags) = header;
        let slices: Vec<&[u8]> = params.iter().map(Vec::as_slice).collect();
        let options: Vec<_> =
            comments.iter().map(|value| BlockOption { code: BlockOption::COMMENT, value }).collect();
        let surplus = &surplus[..];
        let raw = RawEvent {
            ts, tid, cpu, code, dump_flags, params: &slices, surplus, options: &options, large: large && code > 1000,
        };
        let mut writer = Writer::new(Vec::new(), Target::All, Compression::Gzip);
        writer.section(&Section::default()).unwrap();
        writer.event(&raw).unwrap();
        let mut reader = Reader::from_bytes(writer.finish().unwrap()).unwrap();
        reader.next_block().unwrap().unwrap();
        let block = reader.next_block().unwrap().unwrap();
        let Content::Event(event) = block.content else { panic!() };
        let (params, options) = (event.params(), event.options());
        prop_assert_eq!(RawEvent { large: raw.large, ..event.raw(&params, &options) }, raw);
        prop_assert_eq!(event.form == capture_scap::Form::Large, raw.large || [322, 324, 402].contains(&code));
    }
}
