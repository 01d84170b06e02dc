//! Converts a `.scap` and back, and prints how large what is.
//!
//!     cargo run --release -p capture-cap --example sizes -- FILE.scap

use capture_cap::{Reader, Writer};
use std::collections::BTreeMap;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a capture")?;
    let mut reader = capture_scap::Reader::open(path.as_ref())?;
    let began = Instant::now();
    let mut writer = Writer::new(Vec::new())?;
    let mut events = 0u64;
    while let Some(block) = reader.next_block() {
        let block = block?;
        events += u64::from(matches!(block.content, capture_scap::Content::Event(_)));
        writer.block(&block)?;
    }
    let file = writer.finish()?;
    let written = began.elapsed();
    let began = Instant::now();
    let mut reader = Reader::new(file.as_slice());
    let mut back = Vec::new();
    while let Some(blocks) = reader.next_blocks() {
        back.extend(blocks?.blocks);
    }
    let read = began.elapsed();
    let original = std::fs::read(&path)?;
    println!(
        "{events} events, {} bytes, {:.2} an event; as it was: {}",
        file.len(),
        file.len() as f64 / events as f64,
        original == back
    );
    println!("written in {written:?}, read in {read:?}");
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    capture_cap::each_column(&file, |id, size| *sizes.entry(format!("{:?}", id.kind)).or_default() += size);
    for (kind, size) in sizes {
        println!("{kind:>14} {size:>9} {:.3}", size as f64 / events as f64);
    }
    Ok(())
}
