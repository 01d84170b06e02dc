//! No parser of `/proc` fails on any bytes: neither on random ones, nor on the real thing with some of it changed.

use capture_event::tables::fd::L4Proto;
use capture_record::proc::cgroups::Cgroups;
use capture_record::proc::fdinfo::FdInfo;
use capture_record::proc::stat::Stat;
use capture_record::proc::status::Status;
use capture_record::proc::{command_line, executable, limits, machine, mounts, scan, sockets};
use capture_record::snapshot::{groups, users};
use proptest::prelude::*;

fn parse_all(text: &[u8]) {
    if let Some(stat) = Stat::parse(text) {
        assert!(stat.comm.len() < text.len());
    }
    assert!(Status::parse(text).is_none_or(|status| status.pid > 0));
    let (exe, args) = command_line::split(text);
    assert!(exe.len() + args.len() <= 4096 && args.last().is_none_or(|&last| last == 0));
    let list = command_line::list(text);
    assert!(list.len() <= 4096 && list.last().is_none_or(|&last| last == 0));
    limits::open_files(text);
    FdInfo::parse(text);
    machine::cpus_and_boot(text);
    machine::memory(text);
    executable::maps(text, 0);
    assert!(scan::unescaped(text).len() <= text.len());
    for mount in mounts::parse(text) {
        mount.upper_directory();
        mount.lower_directories();
        mount.inside(text);
        Cgroups::new(&[mount]).items(text);
    }
    let items = Cgroups::new(&[]).items(text);
    assert!(items.len() <= 4096 && items.last().is_none_or(|&last| last == 0));
    for line in scan::lines(text) {
        sockets::inet(line, L4Proto::Tcp);
        sockets::unix(line);
        sockets::netlink(line);
    }
    users(text);
    groups(text);
}

/// Files as the kernel of this machine writes them.
fn real_texts() -> Vec<Vec<u8>> {
    let names = ["stat", "status", "cgroup", "limits", "mountinfo", "fdinfo/0", "cmdline", "environ", "uid_map"];
    let own = names.iter().map(|name| format!("/proc/self/{name}"));
    let all = ["stat", "meminfo", "net/tcp", "net/tcp6", "net/udp", "net/unix", "net/netlink"];
    let files = own.chain(all.iter().map(|name| format!("/proc/{name}")));
    let texts = files.chain(["/etc/passwd".to_owned(), "/etc/group".to_owned()]).map(std::fs::read);
    texts.flatten().filter(|text| !text.is_empty()).map(|text| text.into_iter().take(8192).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(text in proptest::collection::vec(any::<u8>(), 0..600)) {
        parse_all(&text);
    }

    #[test]
    fn random_words(text in "([0-9a-fA-F:,=/()\\\\-]{0,9}[ \n\t:]){0,80}") {
        parse_all(text.as_bytes());
    }

    #[test]
    fn real_texts_with_changes(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        end in any::<prop::sample::Index>(),
    ) {
        let texts = real_texts();
        let mut text = which.get(&texts).clone();
        for (at, byte) in changes {
            let at = at.index(text.len());
            text[at] = byte;
        }
        parse_all(&text);
        text.truncate(end.index(text.len()));
        parse_all(&text);
    }
}
