//! Evaluates checked conditions over batches.
//!
//! Two evaluators give the same answers. [`Sequential`] goes row by row, left to right, and stops where the answer is
//! clear: it says what is right. [`Columns`] goes condition by condition over all rows that are still undecided, and
//! computes a condition once for each thread, object or type that it depends on: it is what is used. It evaluates a
//! [`FilterSet`]; one filter is a set of one.

mod columns;
mod interest;
mod memo;
mod plan;
mod selection;
mod sequential;
mod set;

pub use columns::{Columns, OnBatch};
pub use interest::FilterInterest;
pub(crate) use plan::{Plan, describe};
pub use selection::Selection;
pub use sequential::Sequential;
pub use set::FilterSet;
