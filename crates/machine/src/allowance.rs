//! A bound on what hostile captures can make a replay do.
//!
//! Nearly every event costs a fixed amount of work. A few may cost as much as there are threads or children on the
//! host, because the reference implementations go through all of them: a leader that is forced out of the table, a
//! process whose children go to another. One such event is nothing, but a capture can be made of them. So every event
//! pays in more than it should ever need, and whoever is about to go through a long list draws from what was paid. A
//! list that cannot be paid for is left as it is: on no real host does it come to that.

/// What one event pays in: list entries that may be looked at.
const PER_EVENT: u64 = 1 << 8;
/// What is there from the start, and the most that may be saved up.
const MOST: u64 = 1 << 22;

/// How many list entries may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance(u64);

impl Default for Allowance {
    fn default() -> Self {
        Allowance(MOST)
    }
}

impl Allowance {
    /// An event comes.
    #[inline]
    pub fn pay_in(&mut self) {
        self.0 = (self.0 + PER_EVENT).min(MOST);
    }

    /// Whether a list of so many entries may be gone through; if so, it is paid for.
    pub fn draw(&mut self, entries: usize) -> bool {
        match self.0.checked_sub(entries as u64) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_time_no_more_is_drawn_than_was_paid_in() {
        let mut allowance = Allowance::default();
        let mut drawn = 0;
        for _ in 0..1_000_000 {
            allowance.pay_in();
            drawn += if allowance.draw(1 << 18) { 1 << 18 } else { 0 };
        }
        assert!(drawn > 0 && drawn <= MOST + 1_000_000 * PER_EVENT);
    }

    #[test]
    fn what_a_real_host_needs_is_there_at_once() {
        let mut allowance = Allowance::default();
        assert!(allowance.draw(262_144));
        (0..1_000_000).for_each(|_| allowance.pay_in());
        assert_eq!(allowance, Allowance(MOST));
    }
}
