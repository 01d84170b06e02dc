//! Replays events into the state of the host and makes batches.
