//! Every field in the exit view against the program of the newest libraries, on every event of every capture: the
//! shared ones, those of `fixtures/`, those in the directory that `CAPTURE_EXTRA` names, and random ones. Prints a
//! table.
//!
//! `NEWEST_ONLY` selects fields that contain it, `NEWEST_SEEDS` the random captures: `100..150` for instance.

mod support;

use capture_batch::{Needs, RowFlags, View};
use capture_event::PrintFormat;
use capture_filter::catalog::{FieldFlags, Get, fields};
use capture_filter::{Env, Format};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{Form, Program, newest, parallel, random_capture};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use support::{Count, formatter, report};

/// Fields with arguments.
const WITH_ARGUMENTS: &[&str] = &[
    "evt.arg[0]",
    "evt.arg[1]",
    "evt.arg[2]",
    "evt.arg[3]",
    "evt.arg[9]",
    "evt.arg.fd",
    "evt.arg.name",
    "evt.arg.flags",
    "evt.arg.res",
    "evt.arg.data",
    "evt.arg.fds",
    "evt.arg.uid",
    "evt.rawarg.fd",
    "evt.rawarg.name",
    "evt.abspath.src",
    "evt.abspath.dst",
    "proc.aname[1]",
    "proc.apid[2]",
    "proc.aexepath[1]",
    "proc.acmdline[1]",
    "proc.args[0]",
    "proc.env[PATH]",
    "fd.types[1]",
    "thread.cgroup.cpu",
];

/// Differences that are meant, and why; `docs/differences.md` tells users of them. A field also stands for all that
/// begin with it and a dot or bracket.
const MEANT: &[(&str, &str)] = &[
    ("evt.hostname", "the capture says on which host it was made; they lose it"),
    ("evt.buffer", "theirs passes the dump through the dump again, and prints stale bytes for an empty buffer"),
    ("evt.buflen", "theirs ends the program on events without a result"),
    ("evt.rawarg", "an argument without a value prints as 0 in theirs"),
    ("evt.abspath", "theirs changes what later fields of the same event take for its descriptor"),
    ("fd.containername", "their program knows no containers without its plugin"),
    ("fd.containerdirectory", "the same"),
    ("proc.pidns_init_start_ts", "they lose the boot time that the capture holds"),
    ("proc.exe_ino.ctime_duration_proc_start", "theirs prints uninitialised memory"),
    ("proc.exe_ino.ctime_duration_pidns_start", "the same"),
    ("proc.ppid.duration", "where the parent's start is unknown theirs prints the number of open descriptors"),
    ("fd.cip.name", "theirs asks the network"),
    ("fd.sip.name", "the same"),
    ("fd.lip.name", "the same"),
    ("fd.rip.name", "the same"),
];

/// Differ where the thread is in a container, of which their program knows nothing without its plugin: whose addresses
/// are local.
const OF_THE_HOST: &[&str] = &["fd.is_server", "fd.lip", "fd.lport", "fd.lproto", "fd.rip", "fd.rport", "fd.rproto"];

fn is_meant(field: &str) -> bool {
    let stands_for =
        |meant: &str| field.strip_prefix(meant).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    MEANT.iter().any(|(meant, _)| stands_for(meant))
}

const BETWEEN: u8 = 1;
const BEHIND: u8 = 2;
/// Stands before every event: their program prints other lines too.
const MARK: &str = "EVENT ";
/// How many fields are printed in one run.
const AT_A_TIME: usize = 12;

/// What tells an event from others, and the values of events with it, in order.
type Events = HashMap<Vec<u8>, VecDeque<Vec<Vec<u8>>>>;

fn format_of<'f>(fields: impl IntoIterator<Item = &'f String>) -> String {
    let values: String = fields.into_iter().map(|field| format!("{}%{field}", char::from(BETWEEN))).collect();
    format!("*{MARK}%evt.rawtime %evt.cpu %thread.tid %evt.type{values}{}", char::from(BEHIND))
}

fn events(output: &[u8]) -> Events {
    let mut found = Events::new();
    for event in output.split(|&byte| byte == BEHIND) {
        let Some(start) = event.windows(MARK.len()).position(|window| window == MARK.as_bytes()) else { continue };
        let mut columns = event[start..].split(|&byte| byte == BETWEEN).map(<[u8]>::to_vec);
        let key = columns.next().unwrap_or_default();
        found.entry(key).or_default().push_back(columns.collect());
    }
    found
}

fn theirs(program: &Program, capture: &Path, fields: &[String]) -> Events {
    let format = format_of(fields);
    let output = program.run(["-a", "-s", &capture.to_string_lossy(), "-f", "evt.type!=procinfo", "-o", &format]);
    events(&output.stdout)
}

/// The values of the fields, and behind them the container's id.
fn ours(capture: &Path, fields: &[String]) -> Events {
    let container = "container.id".to_owned();
    let fields = fields.iter().chain([&container]);
    let text = format_of(fields);
    let compile = || Format::compile(&text, View::Exit).unwrap_or_else(|errors| panic!("{errors:?}"));
    let mut formats = [compile(), compile(), compile()];
    let hidden = RowFlags::NEVER_SHOWN | RowFlags::INTERNAL;
    let mut replay = Replay::new(Reader::open(capture).unwrap(), View::Exit, Needs::all(), "");
    let mut out = Vec::new();
    while let Some(piece) = replay.next_piece() {
        let Piece::Batch(batch) = piece else { continue };
        for row in batch.rows().filter(|row| !row.flags().intersects(hidden)) {
            formats[formatter(row)].render(row, &Env::default(), &mut out);
        }
    }
    events(&out)
}

/// Fields that both can print, as far as the catalog knows.
fn printable() -> Vec<String> {
    let only = std::env::var("NEWEST_ONLY").unwrap_or_default();
    let refused = FieldFlags::CLASSIC_ONLY | FieldFlags::FILTER_ONLY | FieldFlags::ARG_REQUIRED;
    let plain = fields().filter(|field| {
        let has_values = !matches!(field.exit.get, Get::Nothing);
        has_values && !field.flags.intersects(refused) && field.format != PrintFormat::Dir
    });
    let names = plain.map(|field| field.name).chain(WITH_ARGUMENTS.iter().copied());
    names.filter(|name| !is_meant(name) && name.contains(&only)).map(str::to_owned).collect()
}

/// Writes random captures into `dir`: as newest drivers make them, and as older ones do when no event is lost. (The
/// libraries lose more where some are.)
fn random_captures(dir: &Path) -> Vec<PathBuf> {
    let seeds = std::env::var("NEWEST_SEEDS").unwrap_or_else(|_| "10..13".into());
    let (from, to) = seeds.split_once("..").expect("NEWEST_SEEDS is FROM..TO");
    let seeds = from.parse::<u64>().unwrap()..to.parse().unwrap();
    let forms = [(Form::ExitOnly, "exit"), (Form::TidyPairs, "tidy")];
    let write = |(seed, (form, name))| {
        let path = dir.join(format!("{name}-{seed}.scap"));
        random_capture(seed, 2000, form).write(&path).unwrap();
        path
    };
    seeds.flat_map(|seed| forms.map(|form| (seed, form))).map(write).collect()
}

fn captures() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let dirs = [Some(fixtures), std::env::var_os("CAPTURE_EXTRA").map(PathBuf::from)];
    let listed = dirs.iter().flatten().filter_map(|dir| std::fs::read_dir(dir).ok()).flatten().flatten();
    let mut found: Vec<PathBuf> =
        listed.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "scap")).collect();
    found.sort();
    found.extend(capture_testkit::captures());
    found
}

fn compare(capture: &Path, fields: &[String], theirs: Events) -> BTreeMap<String, Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut ours = ours(capture, fields);
    let name = capture.file_name().unwrap_or_default().to_string_lossy();
    for (key, expected) in theirs {
        let mut found = ours.remove(&key).unwrap_or_default();
        for expected in expected {
            let found = found.pop_front();
            for (i, (field, expected)) in fields.iter().zip(&expected).enumerate() {
                let is_contained = || found.as_ref().and_then(|values| values.last()).is_some_and(|id| id != b"host");
                if OF_THE_HOST.contains(&&**field) && is_contained() {
                    continue;
                }
                let value = found.as_ref().and_then(|values| values.get(i));
                counts.entry(field.clone()).or_default().add(value == Some(expected), || {
                    let ours = value.map_or("(no such event)".into(), |value| String::from_utf8_lossy(value));
                    let (key, theirs) = (String::from_utf8_lossy(&key), String::from_utf8_lossy(expected));
                    format!("{name} {key}\n      theirs: {theirs:.150}\n      ours:   {ours:.150}")
                });
            }
        }
    }
    counts
}

#[test]
fn values_equal_those_of_the_program() {
    let Some(program) = newest() else { return };
    let dir = tempfile::tempdir().unwrap();
    let captures: Vec<PathBuf> = captures().into_iter().chain(random_captures(dir.path())).collect();
    let Some(first) = captures.first() else { return };
    let accepted = |field: &String| !theirs(&program, first, std::slice::from_ref(field)).is_empty();
    let (fields, refused): (Vec<String>, Vec<String>) = printable().into_iter().partition(accepted);
    let work: Vec<(&PathBuf, &[String])> =
        captures.iter().flat_map(|capture| fields.chunks(AT_A_TIME).map(move |fields| (capture, fields))).collect();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    parallel(
        &work,
        |(capture, fields)| compare(capture, fields, theirs(&program, capture, fields)),
        |found| {
            for (field, found) in found {
                counts.entry(field).or_default().extend(found);
            }
        },
    );
    println!("not known to the program: {}", refused.join(" "));
    // Those that differ on purpose were not asked for.
    let wrong = report(&counts, |_| false);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
