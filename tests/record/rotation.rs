//! Several files: each opens by itself, and begins with what is known of the host by then.

use crate::support::{Place, can_trace, intact, line, size};
use std::path::PathBuf;

/// A shell that has a file open and another name than at the start, and works with both.
const SCRIPT: &str = "echo text >long-lived; exec 7<long-lived; mkdir there; cd there; i=0; \
    while [ $i -lt 300 ]; do read -r x <&7; echo x >new; i=$((i+1)); done";

/// The files of a recording made with some options, oldest first.
fn pieces(place: &Place, options: &str, script: &str) -> Vec<PathBuf> {
    let ran = line(&format!("capture record -q -w p.scap {options} -- sh -c '{script}'"), place.dir.path());
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    let entries = std::fs::read_dir(place.dir.path()).expect("a directory of ours").map(|entry| entry.expect("a file"));
    let is_piece = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("p.scap"));
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(is_piece).collect();
    files.sort_by_key(|file| {
        let name = file.display().to_string();
        name.rsplit("scap").next().and_then(|number| number.parse::<u64>().ok())
    });
    files
}

fn lines(file: &std::path::Path, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["--separate", "--view", "classic"], arguments].concat();
    intact(file, &arguments).lines().map(str::to_owned).collect()
}

#[test]
fn every_file_begins_with_what_is_known_by_then() {
    if !can_trace() {
        return;
    }
    for options in [
        "-e 500",
        "-e 500 -z",
        "-e 500 --format cap",
        "-e 500 -W 3",
        "-e 100 evt.type in (read, openat)",
        "-G 1 -e 700",
    ] {
        let place = Place::new();
        let (flags, filter) = options.split_once(" evt").unwrap_or((options, ""));
        let filter = if filter.is_empty() { String::new() } else { format!("\"evt{filter}\"") };
        let files = pieces(&place, &format!("{flags} {filter}"), SCRIPT);
        assert!(files.len() > 2, "{options}: {files:?}");
        // Once the loop runs, each file has its share of it.
        for file in files.iter().rev().skip(1).take(files.len() / 2) {
            let of_shell = lines(file, &["-p", "%proc.name %fd.name", "evt.type=read and evt.dir=< and fd.num=0"]);
            assert!(!of_shell.is_empty(), "{options}: {file:?}");
            for line in of_shell {
                assert!(line.starts_with("sh ") && line.ends_with("/long-lived"), "{options}: {file:?}: {line}");
            }
            let opened = lines(file, &["-p", "%proc.cwd %fd.name", "evt.type=openat and evt.dir=<"]);
            assert!(!opened.is_empty(), "{options}: {file:?}");
            assert!(opened.iter().all(|line| line.ends_with("/there/new")), "{options}: {file:?}: {opened:?}");
        }
    }
}

#[test]
fn files_have_exactly_so_many_events() {
    if !can_trace() {
        return;
    }
    for (options, limit) in [("-e 400", 400), ("-e 7 evt.type=openat", 7), ("-e 1 evt.type=mkdir", 1)] {
        let place = Place::new();
        let files = pieces(&place, options, SCRIPT);
        let counts: Vec<usize> = files.iter().map(|file| lines(file, &["-p", "*%evt.num"]).len()).collect();
        let (last, full) = counts.split_last().expect("a file");
        assert!(full.iter().all(|count| *count == limit) && *last <= limit, "{options}: {counts:?}");
        assert!(counts.len() > 1, "{options}: {counts:?}");
    }
}

#[test]
fn no_file_is_much_larger_than_asked_and_only_so_many_are_kept() {
    if !can_trace() {
        return;
    }
    let place = Place::new();
    let script = "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done";
    let files = pieces(&place, "-C 1 -W 2", script);
    assert_eq!(files.len(), 2, "{files:?}");
    let place = Place::new();
    let all = pieces(&place, "-C 1", script);
    assert!(all.len() > 2, "{all:?}");
    for file in &all[..all.len() - 1] {
        let size = size(file);
        assert!((1_000_000..2_000_000).contains(&size), "{file:?}: {size}");
    }
    let place = Place::new();
    let all = pieces(&place, "-C 1 -s 65000 --format cap", "head -c 20000000 /dev/urandom >random");
    assert!(all.len() > 2, "{all:?}");
    for file in &all[..all.len() - 1] {
        let size = size(file);
        // What the writer finds at once goes into one file: on a busy machine that is more.
        assert!((500_000..8_000_000).contains(&size), "{file:?}: {size}");
    }
    let place = Place::new();
    let files = pieces(&place, "-G 1", "i=0; while [ $i -lt 25 ]; do sleep 0.1; i=$((i+1)); done");
    assert!((3..=5).contains(&files.len()), "{files:?}");
}
