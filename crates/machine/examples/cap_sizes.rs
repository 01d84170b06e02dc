//! Converts captures and back, and prints how large each is, how long that took, and what is how large.
//!
//!     cargo run --release -p capture-machine --example cap_sizes -- [-v] FILE.scap …

use capture_cap::{Reader, Writer, batch, column, section};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Each is done so often; the fastest counts.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let listed = paths.iter().any(|path| path == "-v");
    paths.retain(|path| path != "-v");
    for path in paths {
        let bytes = std::fs::read(&path)?;
        let (mut file, mut back) = (Vec::new(), Vec::new());
        let mut events = 0;
        let scap = fastest(|| events = read_scap(&bytes));
        let bare = fastest(|| file = write(&bytes, false));
        let bare_size = file.len();
        let bound = fastest(|| file = write(&bytes, true));
        let read = fastest(|| back = read_cap(&file));
        let heads = fastest(|| read_columns(&file, false));
        let columns = fastest(|| read_columns(&file, true));
        let buffers: usize =
            sizes(&file).iter().filter(|(name, _)| name.starts_with("Data")).map(|(_, size)| size).sum();
        let each = |size: usize| size as f64 / events as f64;
        let ns = |time: Duration| time.as_secs_f64() * 1e9 / events as f64;
        let name = path.rsplit('/').next().unwrap_or_default();
        let same = if back == bytes { "as it was" } else { "differs" };
        println!(
            "{name}: {events} events, {} bytes, {:.3} an event, {:.3} without buffers, {:.3} without bindings; {same}",
            file.len(),
            each(file.len()),
            each(file.len() - buffers),
            each(bare_size),
        );
        println!(
            "    ns an event: reading .scap {:.0}; writing besides {:.0}, with bindings {:.0}; reading as blocks {:.0}, threads, types and times {:.1}, all results {:.1}",
            ns(scap),
            ns(bare.saturating_sub(scap)),
            ns(bound.saturating_sub(scap)),
            ns(read),
            ns(heads),
            ns(columns)
        );
        if listed {
            for (name, size) in sizes(&file) {
                println!("{name:>24} {size:>9} {:.3}", each(size));
            }
        }
    }
    Ok(())
}

fn fastest(mut work: impl FnMut()) -> Duration {
    let timed = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    timed.min().unwrap_or_default()
}

fn read_scap(bytes: &[u8]) -> u64 {
    let mut reader = capture_scap::Reader::from_bytes(bytes.to_vec()).expect("a capture");
    let mut events = 0;
    while let Some(block) = reader.next_block() {
        events += u64::from(matches!(block.expect("whole").content, capture_scap::Content::Event(_)));
    }
    events
}

fn write(bytes: &[u8], with_bindings: bool) -> Vec<u8> {
    let mut reader = capture_scap::Reader::from_bytes(bytes.to_vec()).expect("a capture");
    let writer = match with_bindings {
        true => Writer::binding(Vec::new(), Box::new(capture_machine::native::Followers::new())),
        false => Writer::new(Vec::new()),
    };
    let mut writer = writer.expect("memory");
    while let Some(block) = reader.next_block() {
        writer.block(&block.expect("whole")).expect("memory");
    }
    writer.finish().expect("memory")
}

fn read_cap(file: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(file);
    let mut back = Vec::new();
    while let Some(blocks) = reader.next_blocks() {
        back.extend(blocks.expect("whole").blocks);
    }
    back
}

/// Reads what a query of results reads: threads, types and times, and the first parameter of each type with one.
fn read_columns(file: &[u8], results: bool) {
    each_batch(file, |columns| {
        let heads = batch::Heads::read(columns).expect("whole");
        if results {
            let rows = batch::Rows::read(columns, &heads.calls).expect("whole");
            for of_type in rows.types.iter().filter(|of_type| of_type.code % 2 == 1) {
                let id = column::Id { kind: capture_cap::Kind::Int64, code: of_type.code, index: 0 };
                std::hint::black_box(columns.numbers::<i64>(id).expect("whole"));
            }
        }
        std::hint::black_box(heads);
    });
}

fn each_batch(file: &[u8], mut then: impl FnMut(&column::Stored<'_>)) {
    let mut rest = file;
    while let Some(header) = section::Header::read(rest) {
        let (payload, after) = rest[section::HEADER..].split_at(header.len as usize);
        if header.kind == section::BATCH {
            then(&column::Stored::open(payload).expect("whole"));
        }
        rest = after;
    }
}

fn sizes(file: &[u8]) -> BTreeMap<String, usize> {
    let mut sizes = BTreeMap::new();
    capture_cap::each_column(file, |id, size| {
        *sizes.entry(format!("{:?} {:x}.{}", id.kind, id.code, id.index)).or_default() += size
    });
    sizes
}
