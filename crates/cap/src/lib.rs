//! Reads and writes `.cap`, the native capture format.
//!
//! A `.cap` holds what a `.scap` holds, block for block: `docs/cap-format.md` is the specification. Events stand in
//! batches, whose parts are stored as columns ([`mod@column`]): all times together, all threads, all results of one
//! type of call. Like lies by like then, and compresses several times better; and a column can be read without the
//! others.
//!
//! # How it is arranged
//! * [`numbers`], [`varint`]: how numbers become bytes.
//! * [`mod@column`]: sets of columns, each with its checksum.
//! * [`batch`]: events to columns, and back.
//! * [`entities`]: interned values that events are bound to: threads, lineages, objects, containers.
//! * [`bind`]: what both views bind to the events of a batch, as what differs from a prediction.
//! * `bindings`: puts both together while a file is written, with what a [`Bind`] knows of the events, which `follow`
//!   finds out on a thread of its own.
//! * `summaries`, `index`: what batches have, and where they are.
//! * [`section`]: the frame around each piece of a file, and how the next one is found behind damage.
//! * [`Writer`], [`Reader`]: whole files, from their first byte to their last. [`File`]: any batch of a file.
//! * [`open()`]: captures of either form, read as blocks.

pub mod batch;
pub mod bind;
mod bindings;
pub mod blocks;
pub mod column;
pub mod entities;
mod fault;
mod file;
mod follow;
mod index;
mod kind;
pub mod numbers;
mod open;
mod reader;
pub mod section;
pub mod strings;
mod summaries;
mod varint;
mod writer;

pub use bind::VIEWS;
pub use fault::Fault;
pub use file::{File, SegmentAt};
pub use follow::Bind;
pub use kind::Kind;
pub use open::{is_native, of, open, stdin};
pub use reader::Reader;
pub use writer::{SEGMENT_BATCHES, VERSION, Writer};

/// Gives the size of each column of a file.
pub fn each_column(file: &[u8], mut then: impl FnMut(column::Id, usize)) {
    let mut rest = file;
    while let Some(header) = section::Header::read(rest) {
        let payload = rest.get(section::HEADER..).and_then(|rest| rest.get(..header.len as usize)).unwrap_or_default();
        if header.kind != section::FILE
            && let Ok(columns) = column::Stored::open(payload)
        {
            columns.sizes().for_each(|(id, size)| then(id, size));
        }
        rest = rest.get(section::HEADER + header.len as usize..).unwrap_or_default();
    }
}
