//! What events are bound to, while they are written.

use crate::Follower;
use capture_batch::{Batch, Needs, View};
use capture_cap::{Bind, VIEWS};
use capture_scap::Block;

/// More than a batch ever has.
const NEVER_FULL: usize = 1 << 20;

/// Follows a capture for both views.
pub struct Followers([Follower; VIEWS.len()]);

impl Followers {
    /// At the beginning of a capture.
    pub fn new() -> Self {
        // Which row is an exit's enter is told by the events; lists of what is open are too long to be kept for each row.
        let needs = Needs::all() - Needs::ENTERS - Needs::FD_TYPES;
        let follower = |view: View| {
            let mut follower = Follower::new(view, needs, "");
            follower.set_batch_rows(NEVER_FULL);
            follower
        };
        Followers(VIEWS.map(follower))
    }
}

impl Default for Followers {
    fn default() -> Self {
        Followers::new()
    }
}

impl Bind for Followers {
    fn see(&mut self, block: &Block<'_>) {
        for follower in &mut self.0 {
            follower.take(&block.content);
        }
    }

    fn bind(&mut self) -> [Batch; VIEWS.len()] {
        self.0.each_mut().map(Follower::take_batch)
    }

    fn awaited(&self) -> Vec<u64> {
        self.0.iter().flat_map(Follower::awaited).collect()
    }
}
