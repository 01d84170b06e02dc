//! The reader against the tools that only bring the bytes: `cat` for a plain capture, `gzip -dc` for a compressed one.
//!
//! `cargo bench -p capture-scap` prints one line a case. Set `CAPTURE_BENCH_EVENTS` for another number of events.

use capture_scap::{Content, Reader};
use capture_testkit::{CaptureBuilder, EventBuilder, Program, find};
use std::fs::{File, FileTimes};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

/// A capture of so many reads and writes of 100 bytes.
fn capture(events: u64) -> CaptureBuilder {
    let data = [b'd'; 100];
    (0..events).fold(CaptureBuilder::new(), |capture, i| {
        let event = EventBuilder::new(i * 1000, 100 + (i % 7) as i64, 7).cpu((i % 4) as u16);
        capture.event(event.i64(100).bytes(&data).i64(3).u32(100))
    })
}

fn best_of_five(mut run: impl FnMut()) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..5).map(timed).min().unwrap_or_default()
}

fn read(path: &Path, events: u64) {
    let mut reader = Reader::open(path).expect("the capture opens");
    let (mut found, mut parameters) = (0, 0);
    while let Some(block) = reader.next_block() {
        if let Content::Event(event) = block.expect("the capture is sound").content {
            found += 1;
            parameters += event.params.len() as u64;
        }
    }
    assert_eq!((found, parameters), (events, 4 * events));
}

fn report(what: &str, bytes: u64, time: Duration, yardstick: Option<(&str, Duration)>) {
    let rate = |time: Duration| bytes as f64 / time.as_secs_f64() / 1e6;
    print!("{what:<8} {:8.1} ms {:7.0} MB/s unpacked", time.as_secs_f64() * 1e3, rate(time));
    match yardstick {
        Some((name, other)) => println!(
            "    {name}: {:.1} ms, {:.0} MB/s, ratio {:.2}",
            other.as_secs_f64() * 1e3,
            rate(other),
            time.as_secs_f64() / other.as_secs_f64()
        ),
        None => println!(),
    }
}

fn main() {
    let events = std::env::var("CAPTURE_BENCH_EVENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let capture = capture(events);
    let write = |name: &str, bytes: Vec<u8>| -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).expect("the capture can be written");
        path
    };
    let plain = write("plain.scap", capture.to_bytes());
    let packed = write("packed.scap", capture.to_gzip());
    let bytes = plain.metadata().expect("it is there").len();
    let piped = |program: Option<Program>, args: &[&str], path: &Path| {
        let program = program?;
        Some(best_of_five(|| {
            let status = program.command().args(args).arg(path).stdout(Stdio::null()).status();
            assert!(status.is_ok_and(|status| status.success()));
        }))
    };

    println!("{events} events, {bytes} bytes");
    let cat = piped(find("cat"), &[], &plain).map(|time| ("cat", time));
    report("read", bytes, best_of_five(|| read(&plain, events)), cat);
    let hour_ago = FileTimes::new().set_modified(SystemTime::now() - Duration::from_secs(3600));
    File::options().write(true).open(&plain).and_then(|file| file.set_times(hour_ago)).expect("times can be set");
    report("mapped", bytes, best_of_five(|| read(&plain, events)), cat);
    let gzip = piped(find("gzip"), &["-dc"], &packed).map(|time| ("gzip -dc", time));
    report("gzip", bytes, best_of_five(|| read(&packed, events)), gzip);
}
