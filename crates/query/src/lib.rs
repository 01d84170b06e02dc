//! From captures to results: reading, replay, and the order in which results appear.
mod merge;
