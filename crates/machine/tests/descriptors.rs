//! The descriptors of events against what the reference programs show: sysdig 0.29 for the classic view, measured
//! values of the newest libraries for the exit view.

use capture_batch::{Needs, ObjectFlags, Row, RowFlags, View};
use capture_event::{EventFlags, code};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{Form, captures, newest, random_capture, shared_dir, skip, sysdig};
use flate2::read::MultiGzDecoder;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// The fields of descriptors that this test compares, as both programs print them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Shown {
    num: String,
    name: String,
    typechar: String,
    kind: String,
    l4: String,
    connected: String,
    name_changed: String,
}

/// In `-p` order; the name last but one, so that a blank in it does no harm.
const FIELDS: [&str; 7] =
    ["fd.num", "fd.name", "fd.typechar", "fd.type", "fd.l4proto", "fd.connected", "fd.name_changed"];

impl Shown {
    fn from_fields(fields: &[String]) -> Option<Shown> {
        let [num, name, typechar, kind, l4, connected, name_changed] = fields.to_vec().try_into().ok()?;
        Some(Shown { num, name, typechar, kind, l4, connected, name_changed })
    }
}

const MISSING: &str = "<NA>";

/// What is shown of a row's descriptor. Where the event has none, names come from parameters, and that is not this
/// crate's business: name and type character are left empty then.
fn shown(row: Row<'_>) -> Shown {
    let about_fds = EventFlags::CREATES_FD | EventFlags::USES_FD | EventFlags::DESTROYS_FD;
    let none = || MISSING.to_owned();
    if row.own().is_none() || !row.info().is_some_and(|info| info.flags.intersects(about_fds)) {
        let fields = vec![none(); FIELDS.len()];
        return Shown::from_fields(&fields).unwrap_or_default();
    }
    let num = row.fd().to_string();
    let Some(object) = row.object() else {
        return Shown { num, kind: none(), l4: none(), connected: none(), name_changed: none(), ..Shown::default() };
    };
    Shown {
        num,
        name: object.name.to_str_lossy().into_owned(),
        typechar: object.fd_type.typechar().into(),
        kind: object.fd_type.type_string().unwrap_or(MISSING).into(),
        l4: object.l4.name().unwrap_or(MISSING).into(),
        connected: object.flags.contains(ObjectFlags::CONNECTED).to_string(),
        name_changed: row.flags().contains(RowFlags::NAME_CHANGED).to_string(),
    }
}

/// Lets `look` see every row of a capture.
fn each_row(path: &Path, view: View, mut look: impl FnMut(Row<'_>)) {
    let mut replay =
        Replay::new(Reader::open(path).unwrap(), view, Needs::LIVE | Needs::FD_TYPES | Needs::OBJECTS, "test");
    while let Some(piece) = replay.next_piece() {
        if let Piece::Batch(batch) = piece {
            batch.rows().for_each(&mut look);
        }
    }
}

/// Text without what neither program prints the same way.
fn plain(name: &str) -> String {
    name.chars().filter(|c| matches!(c, ' '..='~')).collect()
}

/// Compares what a program shows with what we show, and gives whether all that counts is equal.
fn agrees(ours: &Shown, theirs: &Shown, row: Row<'_>) -> bool {
    let mut theirs = theirs.clone();
    let mut ours = ours.clone();
    (ours.name, theirs.name) = (plain(&ours.name), plain(&theirs.name));
    if ours.kind == MISSING && ours.connected == MISSING && ours.num != MISSING {
        (theirs.name, theirs.typechar) = (String::new(), String::new());
    }
    // The classic program shows the parameter of a connect that failed.
    if row.code() == code::CONNECT_X && row.i64(0).is_some_and(|result| result < 0) {
        theirs.name.clone_from(&ours.name);
    }
    ours == theirs
}

#[test]
fn the_classic_view_shows_the_descriptors_that_sysdig_shows() {
    let Some(sysdig) = sysdig() else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut files = captures();
    for (seed, form) in [(1, Form::Pairs), (2, Form::TidyPairs), (3, Form::ExitOnly)] {
        let path = dir.path().join(format!("random-{seed}.scap"));
        std::fs::write(&path, random_capture(seed, 2000, form).to_bytes()).unwrap();
        files.push(path);
    }
    let format: String = FIELDS.iter().map(|field| format!("\t%{field}")).collect();
    for path in files {
        let file = path.to_str().unwrap();
        let output = sysdig.run(["-d", "-D", "-r", file, "-p", &format!("*@%evt.num{format}")]);
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = text.lines().filter_map(|line| {
            let mut fields = line.strip_prefix('@')?.split('\t').map(str::to_owned);
            let num: u64 = fields.next()?.parse().ok()?;
            Some((num, Shown::from_fields(&fields.collect::<Vec<_>>())?))
        });
        let theirs: HashMap<u64, Shown> = lines.collect();
        let mut compared = 0;
        each_row(&path, View::Classic, |row| {
            let Some(theirs) = theirs.get(&row.num()) else { return };
            compared += 1;
            let ours = shown(row);
            // The program looks at a failed openat's directory again while it prints the name, and then prints the
            // directory's other fields: what it prints depends on the order of the fields.
            let failed_openat = matches!(row.code(), code::OPENAT_2_X | code::OPENAT2_X) && ours.num == "-1";
            assert!(failed_openat || agrees(&ours, theirs, row), "{file} {}: {ours:?}, sysdig {theirs:?}", row.num());
        });
        assert!(compared > 100, "{file}: {compared} events compared");
    }
}

/// Capture, then time, CPU, thread and direction of an event, and the how-manieth of these.
type Key = (String, String, usize);

/// A measured value as it was.
fn unescaped(field: &str) -> String {
    field.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\0", "\0").replace("\\\\", "\\")
}

/// A table of measured values: capture, event and fields by name.
fn golden(file: &Path) -> HashMap<Key, HashMap<String, String>> {
    let mut text = String::new();
    MultiGzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().trim_start_matches("# ").split('\t').collect();
    let mut seen = HashMap::new();
    let rows = lines.map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let event = [fields[1], fields[2], fields[3], fields[5]].join(" ");
        let nth = seen.entry((fields[0].to_owned(), event.clone())).or_insert(0);
        *nth += 1;
        let named = header.iter().zip(&fields).map(|(name, field)| ((*name).to_owned(), unescaped(field)));
        ((fields[0].to_owned(), event, *nth), named.collect())
    });
    rows.collect()
}

/// The types of what the process has open, as `fd.types` prints them.
fn open_types(row: Row<'_>) -> String {
    let mut types = Vec::new();
    for (_, fd_type) in row.fd_types().into_iter().flat_map(|open| open.0.iter()) {
        let name = fd_type.type_string().unwrap_or(MISSING);
        if !types.contains(&name) {
            types.push(name);
        }
    }
    format!("({})", types.join(","))
}

const CAPTURES: [&str; 6] =
    ["cat_write", "curl_google", "open-multiple-files", "psp_run_as_user_0_container", "sample", "single_ipv6_conn"];

#[test]
fn the_exit_view_shows_the_descriptors_that_the_newest_libraries_show() {
    let Some(shared) = shared_dir() else { return skip("no shared captures") };
    let values = golden(&shared.join("golden/fields-newest/fd.tsv.gz"));
    let types = golden(&shared.join("golden/fields-newest/fd-net.tsv.gz"));
    for capture in CAPTURES {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut compared = 0;
        each_row(&shared.join(format!("captures/{capture}.scap")), View::Exit, |row| {
            let Some(info) = row.info() else { return };
            let header = row.batch.header(row.index).unwrap();
            let direction = if info.is_enter() { ">" } else { "<" };
            let event = format!("{} {} {} {direction}", header.ts, header.cpu, header.tid);
            let nth = seen.entry(event.clone()).or_insert(0);
            *nth += 1;
            let key = (capture.to_owned(), event, *nth);
            let (Some(value), Some(kinds)) = (values.get(&key), types.get(&key)) else { return };
            compared += 1;
            let field = |name: &str| value.get(name).or_else(|| kinds.get(name)).cloned().unwrap();
            let theirs = Shown::from_fields(&FIELDS.map(field)).unwrap();
            let ours = shown(row);
            assert!(agrees(&ours, &theirs, row), "{key:?}: {ours:?}, newest {theirs:?}");
            if ours.num != MISSING {
                assert_eq!(open_types(row), field("fd.types"), "{key:?}");
            }
            if let Some(object) = row.object() {
                assert_eq!(object.ino.to_string(), field("fd.ino"), "{key:?}");
                assert_eq!(format!("{:X}", object.dev), field("fd.dev"), "{key:?}");
            }
        });
        let expected = values.keys().filter(|key| key.0 == capture).count();
        assert_eq!(compared, expected, "{capture}: events compared");
    }
}

/// What random captures do and kernels do not shows defects of the program that are not ours: a failed call that opens
/// a descriptor of a negative number, a guess from the bytes behind an event without a tuple, and what follows from
/// these. So a few events may differ.
#[test]
fn the_exit_view_shows_the_descriptors_of_random_captures_as_the_newest_libraries_do() {
    let Some(newest) = newest() else { return };
    let dir = tempfile::tempdir().unwrap();
    let format: String = FIELDS.iter().map(|field| format!("\t%{field}")).collect();
    let mut different = Vec::new();
    let mut all = 0;
    for (seed, form) in (1..5).flat_map(|seed| [(seed, Form::TidyPairs), (seed, Form::ExitOnly)]) {
        let path = dir.path().join("random.scap");
        std::fs::write(&path, random_capture(seed, 2000, form).to_bytes()).unwrap();
        let output = format!("*@%evt.rawtime %thread.tid %evt.dir{format}");
        let output = newest.run(["-a", "-s", path.to_str().unwrap(), "-o", &output]);
        let text = String::from_utf8_lossy(&output.stdout);
        let mut theirs: HashMap<(String, usize), Shown> = HashMap::new();
        let mut seen = HashMap::new();
        for line in text.lines().filter_map(|line| line.strip_prefix('@')) {
            let mut fields = line.split('\t').map(str::to_owned);
            let event = fields.next().unwrap();
            let nth = *seen.entry(event.clone()).and_modify(|n| *n += 1).or_insert(1);
            theirs.extend(Shown::from_fields(&fields.collect::<Vec<_>>()).map(|shown| ((event, nth), shown)));
        }
        let mut ours_seen = HashMap::new();
        let mut compared = 0;
        each_row(&path, View::Exit, |row| {
            if row.flags().intersects(RowFlags::NEVER_SHOWN) {
                return;
            }
            let direction = if row.info().is_some_and(|info| info.is_enter()) { ">" } else { "<" };
            let event = format!("{} {} {direction}", row.ts(), row.tid());
            let nth = *ours_seen.entry(event.clone()).and_modify(|n| *n += 1).or_insert(1);
            let Some(theirs) = theirs.get(&(event, nth)) else { return };
            compared += 1;
            let ours = shown(row);
            if !agrees(&ours, theirs, row) {
                different.push(format!("{form:?} {seed}, event {}: {ours:?}, newest {theirs:?}", row.num()));
            }
        });
        assert!(compared > 500, "{form:?} {seed}: {compared} events compared");
        all += compared;
    }
    assert!(different.len() * 200 < all, "{} of {all} events differ:\n{}", different.len(), different.join("\n"));
}
