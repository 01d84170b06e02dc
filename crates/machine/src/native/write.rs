//! What events are bound to, while they are written.

use crate::Follower;
use capture_batch::{Batch, Needs, View};
use capture_cap::batch::EventBlocks;
use capture_cap::{Bind, SEGMENT_BATCHES, VIEWS};
use capture_scap::Content;

/// Follows a capture for both views.
pub struct Followers {
    followers: [Follower; VIEWS.len()],
    /// How many batches there were.
    batches: usize,
}

impl Followers {
    /// At the beginning of a capture.
    pub fn new() -> Self {
        // Which row is an exit's enter is told by the events; lists of what is open are too long to be kept for each
        // row.
        let needs = Needs::all() - Needs::ENTERS - Needs::FD_TYPES - Needs::OPTIONS;
        let followers = VIEWS.map(|view: View| Follower::new(view, needs, "").bound_only());
        Followers { followers, batches: 0 }
    }
}

impl Default for Followers {
    fn default() -> Self {
        Followers::new()
    }
}

impl Bind for Followers {
    fn see(&mut self, content: &Content<'_>) {
        for follower in &mut self.followers {
            follower.take(content);
        }
    }

    fn bind(&mut self, events: &EventBlocks<'_>) -> [Batch; VIEWS.len()] {
        // What a segment of the file does not share need not be kept for it.
        if self.batches > 0 && self.batches.is_multiple_of(SEGMENT_BATCHES) {
            self.followers.iter_mut().for_each(Follower::next_segment);
        }
        self.batches += 1;
        self.followers.each_mut().map(|follower| follower.take_all(events.len(), events.each()))
    }

    fn awaited(&self) -> Vec<u64> {
        self.followers.iter().flat_map(Follower::awaited).collect()
    }
}
