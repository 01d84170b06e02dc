//! Everything, into one file.

use super::pace::Pace;
use super::{Kept, say_why};
use crate::files::{CaptureWriter, Form, Out};
use crate::status::Failure;
use capture_record::stream::Taker;
use capture_scap::Target;

/// Writes all blocks to a file as they come, until the stream ends. They are counted if that is `wanted`.
pub fn all(taker: &Taker, out: Out, form: Form, is_counted: bool) -> super::Result {
    let mut writer = form.writer(out, Target::All)?;
    let mut kept = Kept::default();
    match write(taker, &mut writer, Pace::new(form), &mut kept, is_counted) {
        Ok(()) => {
            writer.finish()?.close()?;
            Ok(kept)
        }
        Err(failure) => Err(say_why(&mut writer, None, failure)),
    }
}

fn write(
    taker: &Taker,
    writer: &mut CaptureWriter<Out>,
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
