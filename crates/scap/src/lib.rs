//! Reads and writes the scap capture format of sysdig and Falco.
//!
//! A capture is a row of blocks in pcapng framing, plain or compressed: a section header, tables that say what the
//! host looked like when the capture began (machine, interfaces, users, threads, descriptors), then events.
//!
//! ```no_run
//! use capture_scap::{Content, Reader};
//! let mut reader = Reader::open("trace.scap".as_ref())?;
//! while let Some(block) = reader.next_block() {
//!     match block {
//!         Ok(block) => match block.content {
//!             Content::Event(event) => println!("{} {}", event.ts, event.code),
//!             Content::Processes(entries) => println!("{} threads", entries.len()),
//!             _ => {}
//!         },
//!         Err(damage) => eprintln!("{damage}"),
//!     }
//! }
//! # Ok::<(), capture_scap::OpenError>(())
//! ```
//!
//! # How it is arranged
//! * [`block`] has one file for each kind of block: its layout on disk and its Rust type. `read` and `write` have a
//!   file of the same name each: the parser and its opposite. A change of the format is visibly two edits.
//! * Framing (type, length, body, length again) is written once, in `frame`.
//! * Blocks are read in runs (`run`), on the caller's thread or one of their own (`feed`, [`Reader::ahead`]).
//! * `source` brings the bytes: a memory map, or pieces read (and unpacked) one after the other.
//! * Captures in another form than blocks in a row come through the same [`Reader`] if somebody makes blocks of them
//!   ([`Packed`]).
//!
//! # What a caller may rely on
//! * **Nothing is copied.** Blocks borrow from the reader until the next one is asked for. The parameters of an
//!   event are [`Span`]s of [`EventBlock::chunk`], a buffer that many events share and that a caller may keep by
//!   cloning it: once a chunk ([`EventBlock::chunk_id`]), not once an event.
//! * **Damage is a value.** [`Reader::next_block`] gives everything that can be read and, in its place in the row,
//!   what could not: see [`Damage`]. Reading goes on behind it wherever a block can be found again.
//! * **Unknown things are values too**: blocks of unknown type ([`Content::Unknown`]), events of unknown codes, with
//!   fewer or more parameters than the schema has. This crate looks nothing up in the schema but the width of an
//!   event's length array.
//!
//! Facts (codes, layouts, limits) are those of falcosecurity/libs (Apache-2.0).

pub mod block;
mod error;
mod feed;
mod frame;
mod kind;
mod packed;
mod read;
mod reader;
mod run;
mod source;
mod write;
mod writer;

pub use block::event::{EventBlock, Form, Params, RawEvent, Span};
pub use block::fd::{FdEntry, FdInfo, FdList};
pub use block::interface::Interface;
pub use block::machine::MachineInfo;
pub use block::option::BlockOption;
pub use block::places::Places;
pub use block::process::{ProcessEntry, Tail};
pub use block::section::Section;
pub use block::user::User;
pub use block::{Block, Content};
pub use error::{Damage, OpenError, Problem};
pub use kind::{BlockKind, Counts};
pub use packed::{Packed, Unpacked};
pub use reader::Reader;
pub use source::input::Input;
pub use source::live::Live;
pub use source::ranges::Ranges;
pub use write::build::{EventBuilder, EventHead};
pub use writer::{Compression, Target, WriteError, Writer};
