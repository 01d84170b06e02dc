//! What is bound to events in a `.cap` is what a replay binds to them.

use capture_batch::{Batch, Needs, Row, Target, View};
use capture_cap::{File, Writer};
use capture_machine::native::{Followers, batch};
use capture_machine::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{captures, parallel, skip};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn files() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let of = |directory: PathBuf| std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let all = of(fixtures.clone()).chain(of(fixtures.join("scenarios"))).chain(captures());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "scap")).collect()
}

fn written(mut reader: Reader, batch_events: usize) -> Vec<u8> {
    let writer = Writer::binding(Vec::new(), Box::new(Followers::new())).unwrap();
    let mut writer = writer.with_batch_events(batch_events);
    while let Some(block) = reader.next_block() {
        if let Ok(block) = block {
            writer.block(&block).unwrap();
        }
    }
    writer.finish().unwrap()
}

/// All that is bound to a row, without the numbers of interned values.
fn describe(row: Row<'_>) -> String {
    let mut text = format!("{:?}\n", row.batch.header(row.index));
    let _ = writeln!(text, "{:?}", row.batch.head.source);
    let params: Vec<_> =
        (0..row.param_count()).map(|i| row.raw(i).map(<[u8]>::escape_ascii).unwrap().to_string()).collect();
    let options: Vec<_> = row.options().map(|(code, value)| (code, value.escape_ascii().to_string())).collect();
    let _ = writeln!(text, "params {params:?} {options:?}");
    let own = |own: Option<&capture_batch::Own>| own.map(|own| capture_batch::Own { container: None, ..own.clone() });
    let _ = writeln!(text, "own {:?} {:?}", own(row.own()), row.container());
    let lineage: Vec<_> = (0..8).map(|n| own(row.ancestor(n)).map(|own| (own.pid, own.comm.clone()))).collect();
    let searched: Vec<_> = row.searched().map(|own| own.tid).collect();
    let leaders = [row.parent(), row.session(), row.group(), row.vgroup()].map(|own| own.map(|own| own.tid));
    let known = row.lineage().map(|lineage| (lineage.ppid, lineage.login_shell));
    let _ = writeln!(text, "lineage {known:?} {lineage:?} {searched:?} {leaders:?}");
    let _ = writeln!(text, "object {:?} {} latency {}", row.object(), row.fd(), row.latency());
    let live = row.live().map(|live| capture_batch::Live { std: [capture_batch::Id::NONE; 3], ..*live });
    let streams = [0, 1, 2].map(|n| row.std_stream(n));
    let _ = writeln!(text, "live {live:?} {streams:?}");
    let segment = &row.batch.segment;
    for reference in row.references() {
        let target = match reference.target {
            Target::Object(id) => format!("{:?}", segment.objects.get(id)),
            Target::OwnObject => format!("{:?}", row.object()),
            Target::Name(id) => format!("{:?}", segment.names.get(id)),
            Target::Container(id) => format!("{:?}", segment.containers.get(id)),
        };
        let _ = writeln!(text, "reference {} {} {target}", reference.param, reference.item);
    }
    text
}

fn replayed(reader: Reader, view: View) -> (Vec<String>, Vec<capture_batch::Gap>) {
    let needs = Needs::all() - Needs::ENTERS - Needs::FD_TYPES;
    let mut replay = Replay::new(reader, view, needs, "");
    let (mut rows, mut gaps) = (Vec::new(), Vec::new());
    while let Some(piece) = replay.next_piece() {
        if let Piece::Batch(batch) = piece {
            rows.extend(batch.rows().map(describe));
            gaps.extend_from_slice(&batch.gaps);
        }
    }
    (rows, gaps)
}

fn stored(cap: &[u8], view: View) -> (Vec<String>, Vec<capture_batch::Gap>) {
    let file = File::from_bytes(cap.to_vec().into()).unwrap();
    let (mut rows, mut gaps) = (Vec::new(), Vec::new());
    for (segment, at) in file.segments().iter().flat_map(|segment| segment.batches.iter().map(move |at| (segment, at)))
    {
        let loaded = Arc::new(file.load(segment).unwrap());
        let late = Arc::new(file.batch(at, loaded.clone()).unwrap());
        let sources: Vec<_> = loaded.sources.iter().cloned().map(Arc::new).collect();
        let batch: Batch = batch(late.clone(), view, loaded.segment.clone(), &sources);
        rows.extend(batch.rows().map(describe));
        gaps.extend_from_slice(&batch.gaps);
        assert_eq!(late.damage(), None);
    }
    (rows, gaps)
}

/// Compares what a replay says of a capture with what batches of so many events say.
fn compare(open: &dyn Fn() -> Reader, name: &str, batch_events: &[usize]) {
    let expected = [View::Classic, View::Exit].map(|view| replayed(open(), view));
    for events in batch_events {
        let cap = written(open(), *events);
        for (view, (expected, expected_gaps)) in [View::Classic, View::Exit].into_iter().zip(&expected) {
            let (found, gaps) = stored(&cap, view);
            for (expected, found) in expected.iter().zip(&found) {
                assert_eq!(found, expected, "{name}, {view:?}, batches of {events}");
            }
            let (found, expected) = ((found.len(), &gaps), (expected.len(), expected_gaps));
            assert_eq!(found, expected, "{name}, {view:?}, batches of {events}");
        }
    }
}

#[test]
fn stored_batches_say_what_a_replay_says() {
    if captures().is_empty() {
        skip("only fixtures are compared");
    }
    let check = |path: &PathBuf| {
        let open = || Reader::open(path).unwrap();
        // Whatever belongs together falls apart somewhere.
        compare(&open, &path.display().to_string(), &[1 << 16, 100, 7]);
    };
    parallel(&files(), check, |()| ());
}

#[test]
fn each_of_two_captures_in_a_row_has_its_host() {
    let all = files().into_iter().map(|path| (path.clone(), replayed(Reader::open(&path).unwrap(), View::Classic).0));
    let mut of_hosts: Vec<PathBuf> = Vec::new();
    let mut hosts = Vec::new();
    for (path, rows) in all.filter(|(path, _)| path.metadata().unwrap().len() < 50_000) {
        let host = rows.first().and_then(|row| row.lines().nth(1)).map(str::to_owned);
        if host.is_some() && !hosts.contains(&host) {
            hosts.push(host);
            of_hosts.push(path);
        }
    }
    let [one, other, ..] = of_hosts.as_slice() else { panic!("fixtures of two hosts") };
    let bytes = [one, other].map(|path| std::fs::read(path).unwrap()).concat();
    compare(&|| Reader::from_bytes(bytes.clone()).unwrap(), "two in a row", &[1 << 16, 50, 7]);
}

#[test]
fn one_event_a_batch_is_enough() {
    let small = |path: &PathBuf| path.metadata().unwrap().len() < 20_000;
    let files: Vec<PathBuf> = files().into_iter().filter(small).collect();
    assert!(!files.is_empty());
    let check = |path: &PathBuf| compare(&|| Reader::open(path).unwrap(), &path.display().to_string(), &[1]);
    parallel(&files, check, |()| ());
}
