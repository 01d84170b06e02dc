//! `-w`: a smaller capture answers for its events as the whole does, ours and sysdig's questions alike.

use crate::support::{fixture, run};
use capture_scap::{Content, Reader};
use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Process, captures, parallel, sysdig};
use std::path::{Path, PathBuf};

const FILTERS: &[&str] = &[
    "evt.num>100 and evt.num<300",
    "evt.type=connect",
    "evt.type in (open, openat)",
    "evt.type=close",
    "evt.is_io=true",
    "evt.failed=true",
    "fd.type=ipv4",
    "fd.name contains lib",
    "proc.name in (cat, sh, curl)",
    "proc.aname=bash",
    "proc.fdopencount>5",
    "proc.nchilds>0 and evt.type=write",
    "thread.vmsize>100",
    "container.id!=host",
    "fd.realname startswith /etc",
    "evt.origin=fanotify or evt.abi=i386",
];

/// What must be the same, as far as both programs know it.
const SHARED_FIELDS: &str = "*%evt.rawtime %evt.cpu %thread.tid %proc.name %proc.ppid %proc.cmdline %proc.cwd \
    %fd.name %evt.type %evt.dir %evt.args %container.id %user.name";

/// What must be the same in ours.
const FIELDS: &str = "*%evt.rawtime %evt.cpu %thread.tid %proc.name %proc.pname %proc.ppid %proc.cmdline %proc.cwd \
    %proc.exepath %fd.name %fd.num %fd.type %fd.cip %fd.sip %fd.sport %container.id %container.name %user.name \
    %evt.type %evt.dir %evt.args %evt.latency %proc.fdopencount %proc.nchilds %proc.nthreads %proc.vpid %proc.sid \
    %proc.aname[2] %proc.aname[3] %thread.vmsize %proc.env %proc.loginshellid %group.name \
    %fd.realname %evt.origin %evt.abi %evt.callarg[0] %evt.key %evt.merged";

fn all_captures() -> Vec<PathBuf> {
    let names = ["intrusion", "ancestor-changes", "open-counts", "late-container", "recycled-pid", "close-races-open"];
    let more = ["far-apart", "failed-open", "not-utf8", "newest-drivers", "containers", "own-recorder"];
    names.iter().chain(&more).map(|name| fixture(name)).chain(captures()).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is UTF-8")
}

/// What our program prints of a capture.
fn ours(capture: &Path, view: &str, filter: &str) -> String {
    let ran = run(["-r", text(capture), "--view", view, "-p", FIELDS, filter]);
    assert_eq!(ran.status, 0, "{ran:?}");
    ran.stdout
}

#[test]
fn a_copy_answers_as_the_whole_does() {
    let captures = all_captures();
    let cases = captures.iter().flat_map(|capture| FILTERS.iter().map(move |filter| (capture, *filter)));
    // In the classic view, exit events that have no enter events show what their thread did last, whatever that was.
    let is_classic = |capture: &Path| !text(capture).contains("exit-only");
    let views = |capture: &Path| if is_classic(capture) { &["classic", "exit"][..] } else { &["exit"] };
    let cases = cases.flat_map(|(capture, filter)| views(capture).iter().map(move |view| (capture, filter, *view)));
    let cases: Vec<_> = cases.collect();
    let sysdig = sysdig();
    let mut events = 0;
    let check = |(capture, filter, view): &(&PathBuf, &str, &str)| {
        let dir = tempfile::tempdir().unwrap();
        let copy = dir.path().join("copy.scap");
        let expected = ours(capture, view, filter);
        let ran = run(["-r", text(capture), "--view", view, "-w", text(&copy), filter]);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert_same(&expected, &ours(&copy, view, ""), capture, filter, view);
        if let Some(sysdig) = sysdig.as_ref().filter(|_| *view == "classic" && !expected.is_empty()) {
            let print = |words: &[&str]| {
                let output = sysdig.run([&["-d", "-p", SHARED_FIELDS, "-r"], words].concat());
                String::from_utf8_lossy(&output.stdout).into_owned()
            };
            let whole = print(&[text(capture), filter]);
            // What sysdig cannot read in the first place is no measure of the copy.
            if !whole.is_empty() {
                assert_same(&whole, &print(&[text(&copy)]), capture, filter, "sysdig");
            }
        }
        expected.lines().count()
    };
    parallel(&cases, check, |n| events += n);
    assert!(events > 1000, "{events} events");
}

fn assert_same(whole: &str, copy: &str, capture: &Path, filter: &str, what: &str) {
    let differs = whole.lines().zip(copy.lines()).find(|(whole, copy)| whole != copy);
    assert!(
        whole == copy,
        "{} {filter} ({what}): {} and {} lines, {differs:#?}",
        capture.display(),
        whole.lines().count(),
        copy.lines().count()
    );
}

/// All blocks of a capture but the section headers, as text.
fn blocks(path: &Path) -> Vec<String> {
    let mut reader = Reader::open(path).unwrap();
    let mut blocks = Vec::new();
    while let Some(block) = reader.next_block() {
        match block.unwrap().content {
            Content::Event(event) => {
                let raw = (event.ts, event.tid, event.cpu, event.code, event.dump_flags);
                blocks.push(format!(
                    "{raw:?} {:?} {:?} {:?}",
                    event.params(),
                    event.surplus.of(event.chunk),
                    event.options()
                ));
            }
            Content::Section(header) => blocks.push(format!("section {}.{}", header.major, header.minor)),
            other => blocks.push(format!("{other:?}")),
        }
    }
    blocks
}

#[test]
fn without_a_filter_nothing_is_lost() {
    const UNKNOWN_EVENT: u16 = 4000;
    let one = |i: u64| EventBuilder::new(i, 100, 3).i64(3).str("/x").u32(1).u32(0).u32(0);
    let section = || {
        CaptureBuilder::new()
            .process(Process::new(100, "bash").parent(1))
            .fd(100, Fd::file(0, "/dev/null"))
            .block(0x777, b"nobody knows this")
            .event(one(10).comment("looked at this"))
            .event(EventBuilder::new(20, 100, UNKNOWN_EVENT).str("what is it"))
            .event(one(30).dump_flags(1))
            .event(one(40).surplus(b"more"))
            .event(one(50).large())
    };
    let dir = tempfile::tempdir().unwrap();
    let (whole, copy) = (dir.path().join("whole.scap"), dir.path().join("copy.scap"));
    std::fs::write(&whole, [section().to_bytes(), section().to_bytes()].concat()).unwrap();
    for options in [&[][..], &["-F"], &["--thin"], &["-z"], &["--view", "exit"]] {
        let ran = run([&["-r", text(&whole), "-w", text(&copy)], options].concat());
        assert_eq!(ran.status, 0, "{ran:?}");
        assert_eq!(blocks(&copy), blocks(&whole), "{options:?}");
    }
    // With a filter, both sections are there still.
    let ran = run(["-r", text(&whole), "-w", text(&copy), "evt.rawtime>=40"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let printed = |path: &Path, filter: &str| run(["-r", text(path), "-p", "%evt.rawtime %fd.name", filter]).stdout;
    assert_eq!(printed(&copy, ""), printed(&whole, "evt.rawtime>=40"));
    assert_eq!(blocks(&copy).iter().filter(|block| block.starts_with("section")).count(), 2);
}

#[test]
fn tables_behind_events_are_left_out_and_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (whole, copy) = (dir.path().join("whole.scap"), dir.path().join("copy.scap"));
    let one = |i: u64| EventBuilder::new(i, 100, 3).i64(3).str("/x").u32(1).u32(0).u32(0);
    CaptureBuilder::new().event(one(10)).block(0x777, b"late").event(one(20)).write(&whole).unwrap();
    let ran = run(["-r", text(&whole), "-w", text(&copy)]);
    assert!(ran.status == 0 && ran.stderr.contains("1 block behind the first event is left out"), "{ran:?}");
}

#[test]
fn a_fat_copy_knows_all_threads() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.scap");
    for name in ["intrusion", "open-counts", "containers"] {
        let whole = fixture(name);
        let filter = "proc.pid=100";
        assert_eq!(run(["-r", text(&whole), "-F", "-w", text(&copy), filter]).status, 0);
        assert_same(&ours(&whole, "classic", filter), &ours(&copy, "classic", ""), &whole, filter, "-F");
        let events = |path: &Path, of: &str| {
            let ran = run(["info", text(path)]);
            let line = ran.stdout.lines().find_map(|line| line.strip_prefix(of)).expect("a line of events");
            line.trim().parse::<u64>().unwrap()
        };
        assert!(events(&copy, "events.state_only:") > 0, "{name}");
        assert!(events(&copy, "events.total:") <= events(&whole, "events.total:"), "{name}");
    }
}
