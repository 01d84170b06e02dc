//! Against the programs that others use.

mod common;

use capture_event::{Category, Dialect, schema};
use capture_scap::{Compression, Content, Reader, Target, Writer};
use capture_testkit::{Program, captures, find, newest, skip, sysdig};
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

fn lines(program: &Program, args: &[&OsStr]) -> Vec<String> {
    let output = program.run(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect()
}

/// What sysdig shows of a capture.
fn shown(sysdig: &Program, path: &Path, format: &str) -> Vec<String> {
    lines(sysdig, &["-d".as_ref(), "-r".as_ref(), path.as_os_str(), "-p".as_ref(), format.as_ref()])
}

/// The events that sysdig would show: known codes have a number, bookkeeping is not shown, nor is what it reads
/// ahead when it opens a file.
fn expected(path: &Path) -> Vec<String> {
    let mut reader = Reader::open(path).unwrap();
    let (mut lines, mut number, mut opening) = (Vec::new(), 0, true);
    while let Some(block) = reader.next_block() {
        let Content::Event(event) = block.unwrap().content else { continue };
        let Some(info) = schema::event(event.code, Dialect::Classic) else { continue };
        number += 1;
        opening &= [228, 272, 324].contains(&event.code);
        if !opening && info.category != Category::Internal && !event.state_only() {
            let direction = if info.is_enter() { '>' } else { '<' };
            lines.push(format!("{number} {} {} {} {direction}", event.ts, event.cpu, event.tid));
        }
    }
    lines
}

#[test]
fn sysdig_sees_the_same_events() {
    let Some(sysdig) = sysdig() else { return };
    for path in captures() {
        let theirs = shown(&sysdig, &path, "*%evt.num %evt.rawtime %evt.cpu %thread.tid %evt.dir");
        assert_eq!(theirs, expected(&path), "{}", path.display());
    }
}

/// A capture written again.
fn rewritten(path: &Path, target: Target, compression: Compression) -> tempfile::NamedTempFile {
    let mut writer = Writer::new(Vec::new(), target, compression);
    let mut reader = Reader::open(path).unwrap();
    while let Some(block) = reader.next_block() {
        writer.block(&block.unwrap()).unwrap();
    }
    let mut file = tempfile::Builder::new().suffix(".scap").tempfile().unwrap();
    file.write_all(&writer.finish().unwrap()).unwrap();
    file
}

/// Everything that depends on tables, for every event.
const FORMAT: &str = "*%evt.num %evt.rawtime %evt.cpu %evt.type %evt.info %proc.name %proc.pid %proc.ppid %proc.exe \
    %proc.args %proc.env %proc.cwd %proc.aname[1] %proc.aname[2] %proc.sname %proc.vmsize %proc.fdopencount \
    %thread.cgroups %user.name %user.loginuid %group.name %fd.name %fd.type %fd.sip %fd.cip %container.id";

fn has_new_tails(path: &Path) -> bool {
    let mut reader = Reader::open(path).unwrap();
    while let Some(block) = reader.next_block() {
        if let Content::Processes(list) = block.unwrap().content {
            return list.iter().any(|process| process.tail.tty.is_some());
        }
    }
    false
}

#[test]
fn sysdig_shows_the_same_lines_of_what_is_written() {
    let Some(sysdig) = sysdig() else { return };
    for path in captures() {
        // sysdig takes the start of a new tail for the login user; what we write has it right.
        let format = if has_new_tails(&path) { FORMAT.replace("%user.loginuid ", "") } else { FORMAT.to_string() };
        let before = shown(&sysdig, &path, &format);
        assert!(!before.is_empty());
        for compression in [Compression::None, Compression::Gzip] {
            let file = rewritten(&path, Target::All, compression);
            assert!(shown(&sysdig, file.path(), &format) == before, "{} {compression:?}", path.display());
        }
    }
}

#[test]
fn the_newest_libraries_show_the_same_lines_of_what_is_written() {
    let Some(newest) = newest() else { return };
    let format = format!(
        "*LINE {} %proc.pgid.name %proc.tty %thread.cap_effective",
        FORMAT.trim_start_matches('*').replace("%container.id", "")
    );
    let shown = |path: &Path| {
        let args = ["-a".as_ref(), "-s".as_ref(), path.as_os_str(), "-o".as_ref(), format.as_ref()];
        let mut lines = lines(&newest, &args);
        lines.retain(|line| line.starts_with("LINE"));
        lines
    };
    for path in captures() {
        let before = shown(&path);
        assert!(!before.is_empty());
        let file = rewritten(&path, Target::Newest, Compression::Gzip);
        assert!(shown(file.path()) == before, "{}", path.display());
    }
}

#[test]
fn tshark_sees_every_event_of_what_is_written() {
    let Some(tshark) = find("tshark") else { return skip("tshark is not installed") };
    for path in captures() {
        for target in [Target::All, Target::Newest] {
            let file = rewritten(&path, target, Compression::Gzip);
            let mut reader = Reader::open(file.path()).unwrap();
            while reader.next_block().is_some() {}
            let theirs = lines(&tshark, &["-r".as_ref(), file.path().as_os_str()]);
            assert_eq!(theirs.len() as u64, reader.counts().events(), "{}", path.display());
        }
    }
}

/// sysdig's own writer makes interface lists that say they are too short, which sysdig itself cannot read.
#[test]
fn what_sysdig_writes_is_read() {
    let Some(sysdig) = sysdig() else { return };
    let dir = tempfile::tempdir().unwrap();
    let written = dir.path().join("written.scap");
    for path in captures() {
        let args = ["-r".as_ref(), path.as_os_str(), "-w".as_ref(), written.as_os_str()];
        assert!(sysdig.run(args).status.success());
        let (original, copy) = (common::drain(Reader::open(&path).unwrap()), Reader::open(&written).unwrap());
        let copy = common::drain(copy);
        assert_eq!(copy.damage, [], "{}", path.display());
        for kind in ["Machine", "Interfaces", "Users"] {
            assert_eq!(copy.of(kind), original.of(kind), "{}", path.display());
        }
        assert_eq!(copy.of("Processes").len(), 1);
        assert!(!copy.events().is_empty());
    }
}
