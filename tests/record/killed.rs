//! A recorder that is killed leaves a file that opens, and a command that lives on (or, with `--fast`, does not).

use crate::support::{CAPTURE, Place, query};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How many recorders are killed in a mode: `CAPTURE_KILLS`, or a few.
fn rounds() -> u64 {
    std::env::var("CAPTURE_KILLS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(8)
}

/// When to kill the recorder: some time while the command is at work, another one each round.
fn moment(round: u64) -> Duration {
    Duration::from_millis(2 + round * 37 % 90)
}

/// A command that says a word, works for a while, and says another.
const SCRIPT: &str =
    "echo begun; i=0; while [ $i -lt 30 ]; do /bin/true; i=$((i+1)); done; sleep 0.2; nproc; echo over";

fn start(file: &Path, options: &[&str]) -> Child {
    let mut command = Command::new(CAPTURE);
    command.arg("record").args(options).arg("-q").arg("-w").arg(file).args(["--", "sh", "-c", SCRIPT]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("our program")
}

/// Kills a recorder so long after its command began; what the command printed.
fn killed_after(time: Duration, file: &Path, options: &[&str]) -> Option<String> {
    let mut recorder = start(file, options);
    let mut output = BufReader::new(recorder.stdout.take().expect("a pipe"));
    let mut printed = String::new();
    output.read_line(&mut printed).expect("a line");
    if printed.is_empty() {
        recorder.wait().expect("a process of ours");
        eprintln!("skipped: processes may not be traced here");
        return None;
    }
    std::thread::sleep(time);
    recorder.kill().expect("a process of ours");
    recorder.wait().expect("a process of ours");
    // Ends when nobody has the pipe any more: the command and all that it started are gone.
    output.read_to_string(&mut printed).expect("text");
    Some(printed)
}

/// The number of the last event of a recording that may have been cut.
fn events(file: &Path) -> usize {
    query(file, &["-p", "%evt.num"]).lines().count()
}

#[test]
fn the_command_lives_on_unharmed() {
    let alone = Command::new("sh").args(["-c", SCRIPT]).output().expect("a shell");
    for round in 0..rounds() {
        let place = Place::new();
        let file = place.path("r.scap");
        let time = moment(round);
        let Some(printed) = killed_after(time, &file, &[]) else { return };
        assert_eq!(printed, String::from_utf8_lossy(&alone.stdout), "killed after {time:?}");
        // What was recorded a tenth of a second before is there.
        let began = Instant::now();
        let count = events(&file);
        assert!(time < Duration::from_millis(60) || count > 20, "{count} events after {time:?}, {:?}", began.elapsed());
    }
}

#[test]
fn a_compressed_file_opens_too() {
    let place = Place::new();
    let file = place.path("r.scap");
    if killed_after(Duration::from_millis(1), &file, &["-z"]).is_some() {
        query(&file, &[]);
    }
}

#[test]
fn a_native_file_opens_whenever_its_recorder_is_killed() {
    for round in 0..rounds() {
        let place = Place::new();
        let file = place.path("r.cap");
        let time = moment(round) * 17;
        if killed_after(time, &file, &[]).is_none() {
            return;
        }
        // The tables are there from the beginning; what was recorded a second before is there.
        let count = events(&file);
        assert!(time < Duration::from_millis(1300) || count > 20, "{count} events after {time:?}");
    }
}

#[test]
fn with_fast_the_command_ends_too() {
    for round in 0..rounds() {
        let place = Place::new();
        let file = place.path("r.scap");
        let time = moment(round) / 4;
        let Some(printed) = killed_after(time, &file, &["--fast"]) else { return };
        assert!(printed.starts_with("begun"));
        assert!(!printed.contains("over") || time > Duration::from_millis(10), "the command went on");
        events(&file);
    }
}
