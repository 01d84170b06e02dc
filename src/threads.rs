//! How many threads work.

use std::num::NonZero;

/// As many threads as can run at once; 1 if that is not known.
pub fn available() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}
