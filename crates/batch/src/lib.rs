//! Batches of events as columns, with the interned tables they refer to.
