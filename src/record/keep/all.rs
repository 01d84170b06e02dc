//! Everything, into one file.

use super::pace::Pace;
use super::{Kept, say_why};
use crate::files::Out;
use crate::status::Failure;
use capture_record::stream::Taker;
use capture_scap::{Compression, Target, Writer};

/// Writes all blocks to a file as they come, until the stream ends. They are counted if that is `wanted`.
pub fn all(taker: &Taker, out: Out, compression: Compression, is_counted: bool) -> super::Result {
    let mut writer = Writer::new(out, Target::All, compression);
    let mut kept = Kept::default();
    match write(taker, &mut writer, Pace::new(compression), &mut kept, is_counted) {
        Ok(()) => Ok(kept),
        Err(failure) => Err(say_why(&mut writer, None, failure)),
    }
}

fn write(
    taker: &Taker,
    writer: &mut Writer<Out>,
    mut pace: Pace,
    kept: &mut Kept,
    is_counted: bool,
) -> Result<(), Failure> {
    let mut spare = Vec::new();
    while let Some(mut blocks) = taker.take(spare) {
        writer.raw(&blocks)?;
        pace.flush(writer)?;
        if is_counted {
            kept.tally.add_blocks(&blocks);
            kept.events = kept.tally.events();
        }
        blocks.clear();
        spare = blocks;
    }
    Ok(writer.flush()?)
}
