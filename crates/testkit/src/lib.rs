//! Builds hand-made captures for tests, independent of the reader.
