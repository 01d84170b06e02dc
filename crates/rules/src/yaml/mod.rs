//! YAML with places: a file's documents as trees of which every node knows its bytes.
//!
//! The events of a parser become [`Node`]s. Aliases share the node that they name, so that a document takes as much
//! memory as its text; how large it would be written out is counted, and bounded ([`MAX_NODES`]), as is its depth.
//! Scalars keep their text: what it means depends on who asks ([`convert`]), as in Falco, which reads `yes` as a truth
//! where it wants one and as a word elsewhere.

mod align;
mod build;
pub(crate) mod convert;
mod node;

pub(crate) use build::parse;
pub(crate) use node::{Node, Value};

/// How many nodes a document may have, aliases written out.
pub const MAX_NODES: usize = 1_000_000;

/// How deep nodes may lie in each other.
pub const MAX_DEPTH: usize = 250;
