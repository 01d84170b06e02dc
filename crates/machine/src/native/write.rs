//! What events are bound to, while they are written.

use crate::Follower;
use capture_batch::{Batch, Needs, View};
use capture_cap::batch::EventBlocks;
use capture_cap::{Bind, VIEWS};
use capture_scap::Content;

/// Follows a capture for both views.
pub struct Followers([Follower; VIEWS.len()]);

impl Followers {
    /// At the beginning of a capture.
    pub fn new() -> Self {
        // Which row is an exit's enter is told by the events; lists of what is open are too long to be kept for each row.
        let needs = Needs::all() - Needs::ENTERS - Needs::FD_TYPES - Needs::OPTIONS;
        Followers(VIEWS.map(|view: View| Follower::new(view, needs, "").bound_only()))
    }
}

impl Default for Followers {
    fn default() -> Self {
        Followers::new()
    }
}

impl Bind for Followers {
    fn see(&mut self, content: &Content<'_>) {
        for follower in &mut self.0 {
            follower.take(content);
        }
    }

    fn bind(&mut self, events: &EventBlocks<'_>) -> [Batch; VIEWS.len()] {
        self.0.each_mut().map(|follower| follower.take_all(events.len(), events.each()))
    }

    fn awaited(&self) -> Vec<u64> {
        self.0.iter().flat_map(Follower::awaited).collect()
    }
}
