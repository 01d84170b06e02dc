//! Filters match as many events as they did in the newest libraries when that was measured.

use capture_batch::{Batch, Needs, Row, RowFlags, View};
use capture_event::code;
use capture_filter::{Env, Filter, Selection};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{shared_dir, skip};
use std::path::Path;

const CAPTURES: [&str; 5] = ["cat_write", "curl_google", "psp_run_as_user_0_container", "single_ipv6_conn", "sample"];

fn batches(path: &Path) -> Vec<Batch> {
    let mut replay = Replay::new(Reader::open(path).unwrap(), View::Exit, Needs::all(), "golden");
    let pieces = std::iter::from_fn(|| replay.next_piece());
    pieces.filter_map(|piece| if let Piece::Batch(batch) = piece { Some(batch) } else { None }).collect()
}

/// How many exit events match, and how many events at all.
fn counts(filter: &Filter, batches: &[Batch]) -> (usize, usize) {
    let mut evaluator = filter.columns();
    let mut sequential = filter.sequential();
    let (mut exits, mut all) = (0, 0);
    let hidden = RowFlags::STATE_ONLY | RowFlags::APPLIED_ONLY | RowFlags::UNKNOWN_CODE;
    for batch in batches {
        let rows = Selection::with(batch.len(), |&row| !batch.flags[row].intersects(hidden));
        let hits = evaluator.select(batch, &rows);
        assert_eq!(hits, sequential.select(batch, &rows), "{}", filter.expr());
        // Events that are shown to filters but to nobody else.
        let shown = |row: &Row<'_>| row.code() != code::PROCINFO_E && !row.flags().contains(RowFlags::PREAMBLE);
        for row in hits.iter().filter_map(|row| batch.row(row)).filter(shown) {
            exits += usize::from(!row.code().is_multiple_of(2));
            all += 1;
        }
    }
    (exits, all)
}

/// Filters whose counts differ on purpose, and why.
fn differs_on_purpose(filter: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 2] = [
        ("proc.vmsize>4000", "filters see the state after the event, also of events that an earlier filter rejected"),
        ("proc.aenv[0] exists", "a level is a level, in filters too"),
    ];
    KNOWN.iter().find(|(known, _)| *known == filter).map(|(_, reason)| *reason)
}

fn check(file: &str) {
    let Some(shared) = shared_dir() else { return skip("the shared measurements are not here") };
    let captures: Vec<_> =
        CAPTURES.iter().map(|name| batches(&shared.join("captures").join(name).with_extension("scap"))).collect();
    let text = std::fs::read_to_string(shared.join("golden").join(file)).unwrap();
    let (mut compared, mut on_purpose, mut wrong) = (0, 0, Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        if columns[1] != "accept" {
            continue;
        }
        let written: String = serde_json::from_str(columns[0]).unwrap();
        let counted = match columns[2].starts_with("counts of: ") {
            true => format!("evt.rawres exists and ({written})"),
            false => written.clone(),
        };
        let filter = Filter::compile(&counted, View::Exit, &Env::default()).unwrap();
        let found: Vec<_> = captures.iter().map(|batches| counts(&filter, batches)).collect();
        let found: Vec<usize> =
            found.iter().map(|(exits, _)| *exits).chain(found.iter().map(|(_, all)| *all)).collect();
        let expected: Vec<usize> = columns[3..13].iter().map(|count| count.parse().unwrap()).collect();
        compared += 1;
        if found == expected {
            continue;
        }
        match differs_on_purpose(&written) {
            Some(_) => on_purpose += 1,
            None => wrong.push(format!("{written}\n    expected {expected:?}\n    found    {found:?}")),
        }
    }
    eprintln!("{file}: {compared} filters, {on_purpose} differ on purpose, {} otherwise", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn filters_without_containers() {
    check("filters.tsv");
}

#[test]
fn filters_of_containers() {
    check("filters-container.tsv");
}
