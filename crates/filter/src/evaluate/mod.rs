//! Evaluates checked conditions over batches.
//!
//! Two evaluators give the same answers. [`Sequential`] goes row by row, left to right, and stops where the answer is
//! clear: it says what is right. [`Columns`] goes condition by condition over all rows that are still undecided, and
//! computes a condition once for each thread, object or type that it depends on: it is what is used.

mod columns;
mod interest;
mod plan;
mod selection;
mod sequential;

pub use columns::Columns;
pub use interest::FilterInterest;
pub(crate) use interest::generic_calls;
pub(crate) use plan::{Plan, describe};
pub use selection::Selection;
pub use sequential::Sequential;
