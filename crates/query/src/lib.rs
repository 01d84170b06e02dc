//! Runs filters over captures.
