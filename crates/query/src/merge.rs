//! Several captures as one row of events, by time.
//!
//! Within a capture events keep their order, whatever their times say: only the next event of each capture is
//! compared. Of equal times the capture named first comes first.

use std::ops::{ControlFlow, Range};

/// A capture as the merge sees it: batches of rows, made when they are due.
pub(crate) trait Feed {
    /// A batch, and what was made of it.
    type Batch;
    /// The time of its first event, ns since the epoch; anything before it if that is not known.
    fn first_ts(&self) -> u64;
    /// The next batch.
    fn next(&mut self) -> Option<Self::Batch>;
    /// How many rows a batch has.
    fn len(batch: &Self::Batch) -> usize;
    /// The time of a row of a batch, ns since the epoch.
    fn ts(batch: &Self::Batch, row: usize) -> u64;
}

/// The batch of a feed that is being merged, and its next row.
struct Head<B> {
    batch: B,
    at: usize,
}

/// A feed and where it stands.
struct Lane<F: Feed> {
    feed: F,
    head: Option<Head<F::Batch>>,
    ended: bool,
}

impl<F: Feed> Lane<F> {
    /// The time of its next row, as far as that is known.
    fn due(&self) -> u64 {
        match &self.head {
            Some(head) => F::ts(&head.batch, head.at),
            None => self.feed.first_ts(),
        }
    }

    /// Gets its next batch that has rows, or ends.
    fn load(&mut self) {
        while let Some(batch) = self.feed.next() {
            if F::len(&batch) > 0 {
                self.head = Some(Head { batch, at: 0 });
                return;
            }
        }
        self.ended = true;
    }
}

/// Hands the rows of all feeds to `emit` in the order of their times, in runs of rows of one batch. Feeds are told by
/// their place. A feed is asked for its first batch when its first event is due.
pub(crate) fn merge<F: Feed>(
    feeds: Vec<F>,
    mut emit: impl FnMut(usize, &mut F::Batch, Range<usize>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut lanes: Vec<Lane<F>> = feeds.into_iter().map(|feed| Lane { feed, head: None, ended: false }).collect();
    loop {
        let running = lanes.iter().enumerate().filter(|(_, lane)| !lane.ended);
        let Some((next, _)) = running.min_by_key(|(_, lane)| lane.due()) else { return ControlFlow::Continue(()) };
        let limit = limit(&lanes, next);
        let Some(lane) = lanes.get_mut(next) else { return ControlFlow::Continue(()) };
        let Some(head) = &mut lane.head else {
            lane.load();
            continue;
        };
        let rows = head.at..run_end::<F>(head, limit);
        head.at = rows.end;
        emit(next, &mut head.batch, rows)?;
        if head.at >= F::len(&head.batch) {
            lane.head = None;
            lane.load();
        }
    }
}

/// Where the run of the lane `of` must end: before the first row with this time or a later one. `None`: nowhere.
fn limit<F: Feed>(lanes: &[Lane<F>], of: usize) -> Option<u64> {
    let others = lanes.iter().enumerate().filter(|&(i, lane)| i != of && !lane.ended);
    // Rows of the same time may go on if the other lane's turn is later.
    others.map(|(i, lane)| if i > of { lane.due().saturating_add(1) } else { lane.due() }).min()
}

fn run_end<F: Feed>(head: &Head<F::Batch>, limit: Option<u64>) -> usize {
    let len = F::len(&head.batch);
    let Some(limit) = limit else { return len };
    let after_first = head.at + 1;
    (after_first..len).find(|&row| F::ts(&head.batch, row) >= limit).unwrap_or(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Batches of times.
    struct Times(u64, std::vec::IntoIter<Vec<u64>>);

    impl Feed for Times {
        type Batch = Vec<u64>;
        fn first_ts(&self) -> u64 {
            self.0
        }
        fn next(&mut self) -> Option<Vec<u64>> {
            self.1.next()
        }
        fn len(batch: &Vec<u64>) -> usize {
            batch.len()
        }
        fn ts(batch: &Vec<u64>, row: usize) -> u64 {
            batch[row]
        }
    }

    fn merged(captures: &[&[&[u64]]]) -> Vec<(usize, u64)> {
        let feed = |batches: &&[&[u64]]| {
            let batches: Vec<Vec<u64>> = batches.iter().map(|batch| batch.to_vec()).collect();
            Times(batches.iter().flatten().next().copied().unwrap_or(0), batches.into_iter())
        };
        let mut rows = Vec::new();
        let _ = merge(captures.iter().map(feed).collect(), |i, batch, range| {
            rows.extend(batch[range].iter().map(|&ts| (i, ts)));
            ControlFlow::Continue(())
        });
        rows
    }

    #[test]
    fn one_capture_stays_as_it_is() {
        assert_eq!(merged(&[&[&[3, 1], &[], &[2]]]), [(0, 3), (0, 1), (0, 2)]);
        assert_eq!(merged(&[]), []);
        assert_eq!(merged(&[&[]]), []);
    }

    #[test]
    fn captures_are_woven_by_time() {
        let rows = merged(&[&[&[1, 4], &[5, 9]], &[&[2, 3, 6]], &[&[7]]]);
        assert_eq!(rows, [(0, 1), (1, 2), (1, 3), (0, 4), (0, 5), (1, 6), (2, 7), (0, 9)]);
    }

    #[test]
    fn the_order_within_a_capture_holds_against_the_clock() {
        // The second capture's 2 comes after its 6, so it cannot come before the first one's 4.
        assert_eq!(merged(&[&[&[1, 4, 8]], &[&[6, 2, 7]]]), [(0, 1), (0, 4), (1, 6), (1, 2), (1, 7), (0, 8)]);
    }

    #[test]
    fn of_equal_times_the_first_capture_comes_first() {
        assert_eq!(merged(&[&[&[5, 5]], &[&[5, 5]]]), [(0, 5), (0, 5), (1, 5), (1, 5)]);
        assert_eq!(merged(&[&[&[6, 6]], &[&[5, 6]]]), [(1, 5), (0, 6), (0, 6), (1, 6)]);
    }

    #[test]
    fn a_consumer_can_stop() {
        let mut seen = 0;
        let feed = Times(1, vec![vec![1, 2], vec![3]].into_iter());
        let end = merge(vec![feed], |_, _, rows| {
            seen += rows.len();
            ControlFlow::Break(())
        });
        assert_eq!((seen, end), (2, ControlFlow::Break(())));
    }
}
