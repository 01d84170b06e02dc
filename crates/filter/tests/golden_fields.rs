//! Every value that the newest libraries were measured to print, in the exit view.
//!
//! Prints a table: field, values compared, values equal.

mod support;

use capture_batch::{Needs, RowFlags, View};
use capture_filter::{Env, Format};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{shared_dir, skip};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io::Read;
use std::path::Path;
use support::{Count, formatter, report};

/// Differences that are meant: field, and why. `docs/differences.md` tells users of them.
const MEANT: &[(&str, &str)] = &[
    ("evt.hostname", "the capture says on which host it was made; they give the name of the host that reads it"),
    ("proc.ppid.duration", "where the parent's start is unknown they print the number of open descriptors"),
];

/// What tells an event from others: time, CPU, thread, type, direction.
type Key = [String; 5];

/// What was measured of one file: fields, and their values by capture and event.
struct Golden {
    fields: Vec<String>,
    events: Vec<(String, Key, Vec<String>)>,
}

fn golden(path: &Path) -> Golden {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut text).unwrap();
    let mut lines = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let columns = |line: &[u8]| -> Vec<String> {
        line.split(|&b| b == b'\t').map(|column| column.escape_ascii().to_string()).collect()
    };
    let header = columns(lines.next().unwrap());
    let event = |line| {
        let mut columns = columns(line).into_iter();
        let capture = columns.next().unwrap();
        let key = std::array::from_fn(|_| columns.next().unwrap());
        (capture, key, columns.collect())
    };
    Golden {
        fields: header[6..].iter().map(|name| name.replace("\\\"", "\"")).collect(),
        events: lines.map(event).collect(),
    }
}

/// As the measurements write values.
fn escaped(value: &[u8]) -> String {
    let mut out = Vec::new();
    for &byte in value {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            0 => out.extend(b"\\0"),
            _ => out.push(byte),
        }
    }
    out.escape_ascii().to_string()
}

/// The values of some fields for every event that is shown, in order.
fn values(capture: &Path, fields: &[String]) -> HashMap<Key, VecDeque<Vec<String>>> {
    let compile =
        |field: &str| Format::compile(&format!("*%{field}"), View::Exit).unwrap_or_else(|e| panic!("{field}: {e:?}"));
    let all = || -> Vec<Format> { fields.iter().map(|field| compile(field)).collect() };
    let mut formats = [all(), all(), all()];
    let mut keys: Vec<Format> =
        ["evt.rawtime", "evt.cpu", "thread.tid", "evt.type", "evt.dir"].iter().map(|field| compile(field)).collect();
    let env = Env::default();
    let mut found: HashMap<Key, VecDeque<Vec<String>>> = HashMap::new();
    let mut replay = Replay::new(Reader::open(capture).unwrap(), View::Exit, Needs::all(), "");
    while let Some(piece) = replay.next_piece() {
        let Piece::Batch(batch) = piece else { continue };
        for row in batch.rows() {
            if row.flags().intersects(RowFlags::NEVER_SHOWN | RowFlags::INTERNAL) {
                continue;
            }
            let mut print = |format: &mut Format| {
                let mut out = Vec::new();
                format.render(row, &env, &mut out);
                escaped(&out)
            };
            let key: Vec<String> = keys.iter_mut().map(&mut print).collect();
            let values = formats[formatter(row)].iter_mut().map(&mut print).collect();
            found.entry(key.try_into().unwrap()).or_default().push_back(values);
        }
    }
    found
}

#[test]
fn values_equal_those_of_the_newest_libraries() {
    let Some(shared) = shared_dir().filter(|dir| dir.join("golden/fields-newest").is_dir()) else {
        return skip("the shared measurements are not here");
    };
    let only = std::env::var("GOLDEN_ONLY").unwrap_or_default();
    let mut files: Vec<_> =
        std::fs::read_dir(shared.join("golden/fields-newest")).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut missing = BTreeSet::new();
    for file in files.iter().filter(|file| file.to_string_lossy().contains(&only)) {
        let golden = golden(file);
        let name = file.file_name().unwrap().to_string_lossy().trim_end_matches(".tsv.gz").to_string();
        let mut captures: BTreeMap<&str, Vec<(&Key, &Vec<String>)>> = BTreeMap::new();
        for (capture, key, expected) in &golden.events {
            captures.entry(capture).or_default().push((key, expected));
        }
        for (capture, events) in captures {
            let mut ours = values(&shared.join("captures").join(format!("{capture}.scap")), &golden.fields);
            for (key, expected) in events {
                let Some(found) = ours.get_mut(key).and_then(VecDeque::pop_front) else {
                    missing.insert(format!("{capture} {}", key.join(" ")));
                    continue;
                };
                for ((field, expected), found) in golden.fields.iter().zip(expected).zip(&found) {
                    let example = || format!("{capture} {}: {expected:.150} | {found:.150}", key.join(" "));
                    counts.entry(format!("{name}: {field}")).or_default().add(expected == found, example);
                }
            }
        }
    }
    let name = |field: &str| field.split_once(": ").map_or(String::new(), |(_, name)| name.to_owned());
    let wrong = report(&counts, |field| MEANT.iter().any(|(meant, _)| *meant == name(field)));
    println!("events not found: {missing:?}");
    assert!(wrong.is_empty() && missing.is_empty(), "{missing:?}\n{}", wrong.join("\n"));
}
