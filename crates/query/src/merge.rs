//! Several captures as one row of events, by time.
//!
//! Only rows that are wanted take part, so that the answer does not depend on which others were made, or skipped.
//! Within a capture they keep their order, whatever their times say: only the next one of each capture is compared. Of
//! equal times the capture named first comes first.

use std::ops::{ControlFlow, Range};

/// What is merged: parts, told by their numbers from 0, that consist of batches of rows.
pub(crate) trait Parts {
    /// A batch, and what was made of it.
    type Batch;
    /// How many parts there are.
    fn count(&self) -> usize;
    /// When a part begins: the time of its first event, wanted or not, ns since the epoch.
    fn first_ts(&self, part: usize) -> u64;
    /// A part's next batch; `None` at its end. Asked for the first time when the part has begun.
    fn load(&mut self, part: usize) -> Option<Self::Batch>;
    /// The first row of a batch, from a row on, that is wanted.
    fn wanted(batch: &Self::Batch, from: usize) -> Option<usize>;
    /// The time of a row of a batch, ns since the epoch.
    fn ts(batch: &Self::Batch, row: usize) -> u64;
    /// Takes the wanted ones of the next rows of all.
    fn emit(&mut self, part: usize, batch: &mut Self::Batch, rows: Range<usize>) -> ControlFlow<()>;
}

/// Where a part stands.
enum Lane<B> {
    /// Its first batch was not loaded yet: the time when it begins.
    Waiting(u64),
    /// A batch, and its next wanted row.
    At(B, usize),
    /// It has no rows any more.
    Ended,
}

/// Emits the wanted rows of all parts in the order of their times, in runs of rows of one batch.
pub(crate) fn merge<P: Parts>(parts: &mut P) -> ControlFlow<()> {
    if parts.count() == 1 {
        return follow(parts);
    }
    let mut lanes: Vec<Lane<P::Batch>> = (0..parts.count()).map(|i| Lane::Waiting(parts.first_ts(i))).collect();
    let mut due: Vec<Option<u64>> = lanes.iter().map(next_ts::<P>).collect();
    loop {
        let running = due.iter().enumerate().filter_map(|(i, due)| due.map(|ts| (ts, i)));
        let Some((_, next)) = running.min() else { return ControlFlow::Continue(()) };
        let Some(lane) = lanes.get_mut(next) else { return ControlFlow::Continue(()) };
        let is_used_up = match lane {
            Lane::At(batch, at) => {
                let end = run_end::<P>(batch, *at, limit(&due, next));
                let rows = *at..end.unwrap_or(usize::MAX);
                *at = rows.end;
                parts.emit(next, batch, rows)?;
                end.is_none()
            }
            _ => true,
        };
        if is_used_up {
            // The batch goes before the next one comes.
            *lane = Lane::Ended;
            *lane = load(parts, next);
        }
        if let Some(due) = due.get_mut(next) {
            *due = next_ts::<P>(lane);
        }
    }
}

/// Emits the wanted rows of the only part. Their times do not matter.
fn follow<P: Parts>(parts: &mut P) -> ControlFlow<()> {
    while let Lane::At(mut batch, at) = load(parts, 0) {
        parts.emit(0, &mut batch, at..usize::MAX)?;
    }
    ControlFlow::Continue(())
}

/// The next batch of a part that has wanted rows.
fn load<P: Parts>(parts: &mut P, part: usize) -> Lane<P::Batch> {
    while let Some(batch) = parts.load(part) {
        if let Some(at) = P::wanted(&batch, 0) {
            return Lane::At(batch, at);
        }
    }
    Lane::Ended
}

/// The time of a lane's next row, as far as that is known; `None` if there is none.
fn next_ts<P: Parts>(lane: &Lane<P::Batch>) -> Option<u64> {
    match lane {
        Lane::Waiting(ts) => Some(*ts),
        Lane::At(batch, at) => Some(P::ts(batch, *at)),
        Lane::Ended => None,
    }
}

/// Where a run of the lane `of` must end: before the first row with this time or a later one. `None`: nowhere.
fn limit(due: &[Option<u64>], of: usize) -> Option<u64> {
    let others = due.iter().enumerate().filter(|&(i, _)| i != of);
    // Of rows of the same time, those of the lane that stands first come first.
    others.filter_map(|(i, due)| due.map(|ts| if i > of { ts.saturating_add(1) } else { ts })).min()
}

/// The wanted row before which a run that begins at a wanted row must end; `None` if it reaches to the batch's end.
fn run_end<P: Parts>(batch: &P::Batch, at: usize, limit: Option<u64>) -> Option<usize> {
    let limit = limit?;
    let mut wanted = std::iter::successors(P::wanted(batch, at + 1), |&row| P::wanted(batch, row + 1));
    wanted.find(|&row| P::ts(batch, row) >= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Batches of times, and what was emitted of them. Times of which nothing is wanted end in 9.
    struct Times {
        first: Vec<u64>,
        batches: Vec<std::vec::IntoIter<Vec<u64>>>,
        rows: Vec<(usize, u64)>,
        stop_after: usize,
    }

    fn is_wanted(ts: u64) -> bool {
        ts % 10 != 9
    }

    impl Times {
        fn new(captures: &[&[&[u64]]]) -> Self {
            let batches = |parts: &&[&[u64]]| parts.iter().map(|b| b.to_vec()).collect::<Vec<_>>().into_iter();
            let first = |parts: &&[&[u64]]| parts.iter().copied().flatten().next().copied().unwrap_or(0);
            Times {
                first: captures.iter().map(first).collect(),
                batches: captures.iter().map(batches).collect(),
                rows: Vec::new(),
                stop_after: usize::MAX,
            }
        }
    }

    impl Parts for Times {
        type Batch = Vec<u64>;
        fn count(&self) -> usize {
            self.first.len()
        }
        fn first_ts(&self, part: usize) -> u64 {
            self.first[part]
        }
        fn load(&mut self, part: usize) -> Option<Vec<u64>> {
            self.batches[part].next()
        }
        fn wanted(batch: &Vec<u64>, from: usize) -> Option<usize> {
            (from..batch.len()).find(|&row| is_wanted(batch[row]))
        }
        fn ts(batch: &Vec<u64>, row: usize) -> u64 {
            assert!(is_wanted(batch[row]));
            batch[row]
        }
        fn emit(&mut self, part: usize, batch: &mut Vec<u64>, rows: Range<usize>) -> ControlFlow<()> {
            let rows = &batch[rows.start..rows.end.min(batch.len())];
            self.rows.extend(rows.iter().filter(|&&ts| is_wanted(ts)).map(|&ts| (part, ts)));
            if self.rows.len() >= self.stop_after { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }

    fn merged(captures: &[&[&[u64]]]) -> Vec<(usize, u64)> {
        let mut times = Times::new(captures);
        assert_eq!(merge(&mut times), ControlFlow::Continue(()));
        times.rows
    }

    #[test]
    fn one_capture_stays_as_it_is() {
        assert_eq!(merged(&[&[&[3, 1], &[], &[2]]]), [(0, 3), (0, 1), (0, 2)]);
        assert_eq!(merged(&[]), []);
        assert_eq!(merged(&[&[]]), []);
    }

    #[test]
    fn captures_are_woven_by_time() {
        let rows = merged(&[&[&[1, 4], &[5, 8]], &[&[2, 3, 6]], &[&[7]]]);
        assert_eq!(rows, [(0, 1), (1, 2), (1, 3), (0, 4), (0, 5), (1, 6), (2, 7), (0, 8)]);
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
    fn rows_that_nobody_wants_change_nothing() {
        let with = merged(&[&[&[1, 29, 4], &[9, 9], &[19, 8]], &[&[2, 49, 3, 6, 9]]]);
        let without = merged(&[&[&[1, 4], &[], &[8]], &[&[2, 3, 6]]]);
        assert_eq!(with, without);
        assert_eq!(with, [(0, 1), (1, 2), (1, 3), (0, 4), (1, 6), (0, 8)]);
    }

    #[test]
    fn a_consumer_can_stop() {
        for captures in [&[&[&[1, 2][..], &[3]][..]][..], &[&[&[1], &[2]], &[&[3]]]] {
            let mut times = Times { stop_after: 1, ..Times::new(captures) };
            assert_eq!(merge(&mut times), ControlFlow::Break(()));
            assert!(times.rows.len() <= 2);
        }
    }
}
