//! A pipe that pauses: rows come out as soon as they can be read.

use crate::support::{Watchdog, capture, fixture};
use capture_scap::{Compression, Reader, Target, Writer};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// The fixture in two parts, the first of which ends within an event, and how many events it has.
fn plain(name: &str) -> (Vec<u8>, Vec<u8>, usize) {
    let bytes = std::fs::read(fixture(name)).unwrap();
    let mut reader = Reader::from_bytes(bytes.clone()).unwrap();
    let (mut events, mut at) = (0, 0);
    while let Some(block) = reader.next_block() {
        let block = block.unwrap();
        if matches!(block.content, capture_scap::Content::Event(_)) {
            if block.offset > bytes.len() as u64 * 4 / 5 {
                break;
            }
            events += 1;
            at = block.offset as usize + block.len as usize + 11;
        }
    }
    (bytes[..at].to_vec(), bytes[at..].to_vec(), events)
}

/// The fixture in two members.
fn packed(name: &str) -> (Vec<u8>, Vec<u8>, usize) {
    let mut reader = Reader::open(&fixture(name)).unwrap();
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::Gzip);
    let (mut events, mut first) = (0, 0);
    while let Some(block) = reader.next_block() {
        let block = block.unwrap();
        writer.block(&block).unwrap();
        events += usize::from(matches!(block.content, capture_scap::Content::Event(_)));
        if events == 5 && first == 0 {
            writer.flush().unwrap();
            first = writer.written() as usize;
        }
    }
    let bytes = writer.finish().unwrap();
    (bytes[..first].to_vec(), bytes[first..].to_vec(), 5)
}

#[test]
fn rows_come_out_when_the_pipe_pauses() {
    for (first, second, events) in [plain("intrusion"), plain("newest-drivers"), packed("intrusion")] {
        for options in [&["-r", "-"][..], &["-r", "-", "--unbuffered"], &["-r", "/dev/stdin", "--view", "classic"]] {
            let mut child = capture(options)
                .args(["-p", "%evt.rawtime"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let watchdog = Watchdog::on(&child);
            let mut input = child.stdin.take().unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            input.write_all(&first).unwrap();
            input.flush().unwrap();
            // The exit view shows no enter events: what must come is the last line of the first part.
            let shown = lines.by_ref().take(events / 2).filter_map(Result::ok).count();
            assert_eq!(shown, events / 2, "{options:?}: no line before the pipe goes on");
            input.write_all(&second).unwrap();
            drop(input);
            assert!(lines.map(Result::unwrap).count() > 0);
            drop(watchdog);
            assert_eq!(child.wait().unwrap().code(), Some(0));
        }
    }
}

#[test]
fn enough_events_end_it_although_the_pipe_goes_on() {
    let (first, _, _) = plain("intrusion");
    let mut child = capture(["-r", "-", "-n", "3", "-p", "%evt.num"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let watchdog = Watchdog::on(&child);
    let mut input = child.stdin.take().unwrap();
    input.write_all(&first).unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.collect::<Vec<_>>(), ["1", "2", "3"]);
    drop(watchdog);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(input);
}
