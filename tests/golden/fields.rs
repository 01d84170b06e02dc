//! Every value of `fields-newest/`.

use crate::{Golden, known};
use capture_testkit::parallel;
use flate2::read::GzDecoder;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The columns that tell which event a line is of: capture, time, CPU, thread, type. Direction comes after them.
const KEY: usize = 5;

/// Between two values of an event, and behind an event.
const BETWEEN: u8 = 1;
const BEHIND: u8 = 2;

/// A value of an event, as both print it.
pub struct Difference {
    /// The field.
    pub field: String,
    /// The event: capture, time, CPU, thread, type.
    pub event: String,
    /// What the libraries print.
    pub newest: Vec<u8>,
    /// What we print; `None` if we have no such event.
    pub ours: Option<Vec<u8>>,
}

/// What was found in one file.
#[derive(Default)]
struct Found {
    /// Values compared and equal, by field.
    fields: BTreeMap<String, (u64, u64)>,
    differences: Vec<Difference>,
}

/// Compares all, prints what was found, and says whether every difference is explained.
pub fn compare(golden: &Golden, is_wanted: impl Fn(&str) -> bool) -> bool {
    let files = files(&golden.file("fields-newest"), is_wanted);
    let mut fields: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut classes: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unexplained = Vec::new();
    parallel(
        &files,
        |file| compare_file(golden, file),
        |found| {
            for (field, (compared, equal)) in found.fields {
                let counts = fields.entry(field).or_default();
                *counts = (counts.0 + compared, counts.1 + equal);
            }
            for difference in found.differences {
                match known::field_class(&difference) {
                    Some(class) => *classes.entry(class).or_default() += 1,
                    None => unexplained.push(difference),
                }
            }
        },
    );
    print(&fields, &classes, &unexplained);
    unexplained.is_empty()
}

fn print(fields: &BTreeMap<String, (u64, u64)>, classes: &BTreeMap<&str, u64>, unexplained: &[Difference]) {
    println!("\n{:<44}{:>10}{:>10}", "field", "compared", "equal");
    for (field, (compared, equal)) in fields {
        let mark = if compared == equal { "" } else { "   differs" };
        println!("{field:<44}{compared:>10}{equal:>10}{mark}");
    }
    classes.iter().for_each(|(class, n)| println!("  {n:>6}  {class}"));
    println!("  {:>6}  without an explanation", unexplained.len());
    let mut shown: HashMap<&str, u64> = HashMap::new();
    for difference in unexplained {
        let count = shown.entry(&difference.field).or_default();
        *count += 1;
        if *count <= 3 {
            let ours = difference.ours.as_ref().map_or("(no such event)".into(), |v| v.escape_ascii().to_string());
            println!("{} of {}", difference.field, difference.event);
            println!("  newest: {}\n  ours:   {ours}", difference.newest.escape_ascii());
        }
    }
}

fn files(dir: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| is_wanted(&path.to_string_lossy())).collect();
    files.sort();
    files
}

/// The lines of a golden file, split into columns, by capture; and the names of the columns.
fn read(path: &Path) -> (Vec<String>, BTreeMap<String, Vec<Vec<Vec<u8>>>>) {
    let mut bytes = Vec::new();
    let unpacked = File::open(path).and_then(|file| GzDecoder::new(file).read_to_end(&mut bytes));
    unpacked.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let head = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let names = head.trim_start_matches("# ").split('\t').map(str::to_owned).collect();
    let mut captures: BTreeMap<String, Vec<Vec<Vec<u8>>>> = BTreeMap::new();
    for line in lines {
        let columns: Vec<Vec<u8>> = line.split(|&byte| byte == b'\t').map(unescape).collect();
        let capture = String::from_utf8_lossy(columns.first().map(Vec::as_slice).unwrap_or_default()).into_owned();
        captures.entry(capture).or_default().push(columns);
    }
    (names, captures)
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let (mut out, mut bytes) = (Vec::new(), text.iter());
    while let Some(&byte) = bytes.next() {
        out.push(match (byte, byte == b'\\') {
            (_, true) => match bytes.next() {
                Some(b't') => b'\t',
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b'0') => 0,
                Some(&other) => other,
                None => b'\\',
            },
            (byte, false) => byte,
        });
    }
    out
}

fn compare_file(golden: &Golden, path: &Path) -> Found {
    let (names, captures) = read(path);
    let mut found = Found::default();
    for (capture, events) in captures {
        let mut ours = our_events(golden, &capture, &names);
        for columns in events {
            let key = columns.get(1..KEY).unwrap_or_default().to_vec();
            let mine = ours.get_mut(&key).and_then(VecDeque::pop_front);
            let event = columns.get(..KEY).unwrap_or_default().join(&b' ').escape_ascii().to_string();
            for (i, field) in names.iter().enumerate().skip(KEY) {
                let newest = columns.get(i).cloned().unwrap_or_default();
                let ours = mine.as_ref().map(|row| row.get(i - 1).cloned().unwrap_or_default());
                let counts = found.fields.entry(field.clone()).or_default();
                counts.0 += 1;
                if ours.as_deref() == Some(&newest) {
                    counts.1 += 1;
                } else {
                    found.differences.push(Difference { field: field.clone(), event: event.clone(), newest, ours });
                }
            }
        }
    }
    found
}

type Columns = Vec<Vec<u8>>;

/// Our values of all columns but the capture, by what tells which event they are of, in the order of events.
fn our_events(golden: &Golden, capture: &str, names: &[String]) -> HashMap<Columns, VecDeque<Columns>> {
    let mut format = vec![b'*'];
    for (i, name) in names.iter().skip(1).enumerate() {
        if i > 0 {
            format.push(BETWEEN);
        }
        format.extend(format!("%{name}").into_bytes());
    }
    format.push(BEHIND);
    let format = String::from_utf8_lossy(&format).into_owned();
    let output = golden.query(capture).args(["-p", &format, "--", "evt.type!=procinfo"]).output();
    let output = output.unwrap_or_else(|error| panic!("{capture}: {error}"));
    let mut events: HashMap<Columns, VecDeque<Columns>> = HashMap::new();
    for event in output.stdout.split(|&byte| byte == BEHIND) {
        let event = event.strip_prefix(b"\n").unwrap_or(event);
        let values: Columns = event.split(|&byte| byte == BETWEEN).map(<[u8]>::to_vec).collect();
        if values.len() > KEY {
            events.entry(values.get(..KEY - 1).unwrap_or_default().to_vec()).or_default().push_back(values);
        }
    }
    events
}
