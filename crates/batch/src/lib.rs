//! What passes between the sources of events and their uses.
//!
//! A [`Batch`] holds some tens of thousands of events as columns: per row the event's header and parameters, and
//! the answers that the machine gave for it at that moment. Whoever has a batch needs no replay any more, so
//! batches can be filtered, printed and stored in any order and in parallel.
//!
//! Each fact is bound where it keeps the answer that a sequential replay gives:
//!
//! | fact | bound as |
//! |---|---|
//! | a thread's own identity (names, arguments, ids …) | [`Own`], interned: a new version when it changes |
//! | ancestors and leaders | [`Lineage`], interned lists of own parts |
//! | what the event worked on (file, socket, pipe …) | [`Object`], interned, as after the event |
//! | memory sizes, counts, standard streams | [`Live`], per row, shared by rows between which nothing changed |
//! | other descriptors, pids, users in parameters | [`Reference`], sparse, by row and parameter |
//! | what the recorder says of an event beside its parameters | [`RowOption`], sparse, by row |
//! | containers | [`Container`] versions; the own part names the version of its moment |
//!
//! Interned values live in a [`Segment`], an append-only store that several batches share. A capture uses one
//! segment after another, so that memory stays bounded however many tuples a busy server makes.
//!
//! [`Row`] is how everyone reads a batch: one event with all that is bound to it.

mod actor;
pub mod address;
mod alike;
mod attempted;
mod batch;
mod column;
mod container;
mod interest;
mod live;
mod object;
mod option;
pub mod path;
mod reference;
mod row;
mod segment;
mod summary;
mod text;
mod types;

pub use actor::{Account, Lineage, Own, OwnFlags};
pub use alike::{Alike, Differ};
pub use attempted::{AT_FDCWD, attempted, attempted_path, meant_path};
pub use batch::{
    Batch, Chunk, Head, LateParams, NO_ROW, NOT_STORED, Needs, ParamSlice, RowFlags, RowHeader, SourceInfo, View,
};
pub use column::Column;
pub use container::{Container, Mount, Pod, PortMapping, Probe, ProbeKind, Workload};
pub use interest::{Interest, NO_TYPE};
pub use live::{FdTypes, Live};
pub use object::{Endpoint, Object, ObjectFlags, Role, Socket};
pub use option::{Gap, RowOption};
pub use reference::{Reference, Target};
pub use row::Row;
pub use segment::{Id, Segment, Table};
pub use summary::Summary;
pub use text::Text;
pub use types::Types;
