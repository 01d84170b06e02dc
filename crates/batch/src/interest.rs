//! Which rows somebody looks at.

use crate::{Id, Own, Segment, Types};
use std::sync::Arc;

/// Says which rows a consumer of batches may want, before they are made: a machine applies all events, and makes no
/// rows of those that nobody looks at.
pub trait Interest: Send {
    /// The types of which a row may be wanted.
    fn types(&self) -> Types;

    /// Whether a row of one of these types, with this thread ([`Id::NONE`]: none), may be wanted.
    fn wants(&mut self, code: u16, own: Id<Own>, segment: &Arc<Segment>) -> bool;
}

/// Rows of these types, whatever their threads.
impl Interest for Types {
    fn types(&self) -> Types {
        *self
    }

    fn wants(&mut self, code: u16, _: Id<Own>, _: &Arc<Segment>) -> bool {
        self.contains(code)
    }
}
