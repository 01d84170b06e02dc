//! What `capture record` records, held against `strace` and against the same program run by itself.
//!
//! Tests need to trace processes of their own, some need `strace` or a C compiler. They say so and pass where that
//! cannot be had.

mod complete;
mod containers;
mod ending;
mod failures;
mod killed;
mod podman;
mod rotation;
mod same;
mod same_as_sysdig;
mod summary;
mod support;
