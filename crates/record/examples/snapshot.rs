//! Writes what the host looks like now as a capture: `snapshot FILE`. `sysdig -r FILE -D` opens it.

use capture_event::code;
use capture_record::proc::Host;
use capture_record::snapshot::Snapshot;
use capture_scap::{Compression, RawEvent, Target, Writer};
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::{Instant, SystemTime};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: snapshot FILE")?;
    let start = Instant::now();
    let mut host = Host::open(Path::new("/proc"))?;
    let opened = start.elapsed();
    let snapshot = Snapshot::take(&mut host)?;
    let taken = start.elapsed() - opened;
    let mut writer = Writer::new(File::create(&path)?, Target::All, Compression::None);
    snapshot.write(&mut writer)?;
    let ts = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos() as u64;
    // No reader opens a capture without an event; this one is hidden.
    let params: [&[u8]; 2] = [b"snapshot\0", b"the host as it is\0"];
    writer.event(&RawEvent {
        ts,
        tid: i64::from(std::process::id()),
        cpu: 0,
        code: code::NOTIFICATION_E,
        dump_flags: 0,
        params: &params,
        surplus: &[],
        options: &[],
        large: false,
    })?;
    writer.finish()?;
    let fds: usize = snapshot.threads.iter().map(|thread| thread.fds.len()).sum();
    println!("{} threads, {fds} descriptors, {} unreadable", snapshot.threads.len(), snapshot.unreadable);
    println!("opened in {opened:?}, taken in {taken:?}, written in {:?}", start.elapsed() - taken - opened);
    Ok(())
}
