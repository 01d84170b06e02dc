//! Everything, into one file.

use super::Kept;
use capture_record::stream::Taker;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// A member of a compressed capture ends after so many bytes: what a reader finds whole if the recorder is killed.
const MEMBER: usize = 1 << 20;

/// It ends after so long too, however little is in it.
const LONG: Duration = Duration::from_secs(1);

/// Writes all blocks to a file as they come, until the stream ends.
///
/// What is written by one call is whole blocks, so that the file opens whenever the recorder is killed.
pub fn all(taker: &Taker, out: &mut dyn Write, compress: bool) -> super::Result {
    let bytes = if compress { compressed(taker, out) } else { plain(taker, out) }?;
    Ok(Kept { bytes, ..Kept::default() })
}

fn plain(taker: &Taker, out: &mut dyn Write) -> io::Result<u64> {
    let (mut spare, mut written) = (Vec::new(), 0);
    while let Some(mut blocks) = taker.take(spare) {
        out.write_all(&blocks)?;
        written += blocks.len() as u64;
        blocks.clear();
        spare = blocks;
    }
    out.flush()?;
    Ok(written)
}

fn compressed(taker: &Taker, out: &mut dyn Write) -> io::Result<u64> {
    let (mut spare, mut waiting, mut written) = (Vec::new(), Vec::new(), 0);
    let mut member = |blocks: &mut Vec<u8>| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(blocks)?;
        let packed = encoder.finish()?;
        blocks.clear();
        written += packed.len() as u64;
        out.write_all(&packed)
    };
    // At once what stands in front of the events: with it the file opens.
    let mut due = Instant::now();
    while let Some(mut blocks) = taker.take(spare) {
        waiting.extend_from_slice(&blocks);
        blocks.clear();
        spare = blocks;
        if waiting.len() >= MEMBER || !waiting.is_empty() && Instant::now() >= due {
            member(&mut waiting)?;
            due = Instant::now() + LONG;
        }
    }
    member(&mut waiting)?;
    out.flush()?;
    Ok(written)
}
