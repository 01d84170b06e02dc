//! Several captures as one row of events, by time.
//!
//! Within a capture events keep their order, whatever their times say: only the next event of each capture is
//! compared. Of equal times the capture named first comes first.

use std::ops::{ControlFlow, Range};

/// What is merged: parts, told by their numbers from 0, that consist of batches of rows.
pub(crate) trait Parts {
    /// A batch, and what was made of it.
    type Batch;
    /// How many parts there are.
    fn count(&self) -> usize;
    /// The time of a part's first row, ns since the epoch; anything before it if that is not known.
    fn first_ts(&self, part: usize) -> u64;
    /// A part's next batch; `None` at its end. Asked for the first time when the first row is due.
    fn load(&mut self, part: usize) -> Option<Self::Batch>;
    /// How many rows a batch has.
    fn len(batch: &Self::Batch) -> usize;
    /// The time of a row of a batch, ns since the epoch.
    fn ts(batch: &Self::Batch, row: usize) -> u64;
    /// Takes the next rows of all.
    fn emit(&mut self, part: usize, batch: &mut Self::Batch, rows: Range<usize>) -> ControlFlow<()>;
}

/// Where a part stands.
enum Lane<B> {
    /// Its first batch was not loaded yet: the time of its first row.
    Waiting(u64),
    /// A batch, and its next row.
    At(B, usize),
    /// It has no rows any more.
    Ended,
}

/// Emits the rows of all parts in the order of their times, in runs of rows of one batch.
pub(crate) fn merge<P: Parts>(parts: &mut P) -> ControlFlow<()> {
    let mut lanes: Vec<Lane<P::Batch>> = (0..parts.count()).map(|i| Lane::Waiting(parts.first_ts(i))).collect();
    let mut due: Vec<Option<u64>> = lanes.iter().map(next_ts::<P>).collect();
    loop {
        let running = due.iter().enumerate().filter_map(|(i, due)| due.map(|ts| (ts, i)));
        let Some((_, next)) = running.min() else { return ControlFlow::Continue(()) };
        let Some(lane) = lanes.get_mut(next) else { return ControlFlow::Continue(()) };
        let is_used_up = match lane {
            Lane::At(batch, at) => {
                let rows = *at..run_end::<P>(batch, *at, limit(&due, next));
                *at = rows.end;
                let len = P::len(batch);
                parts.emit(next, batch, rows)?;
                *at >= len
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

/// The next batch of a part that has rows.
fn load<P: Parts>(parts: &mut P, part: usize) -> Lane<P::Batch> {
    while let Some(batch) = parts.load(part) {
        if P::len(&batch) > 0 {
            return Lane::At(batch, 0);
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

fn run_end<P: Parts>(batch: &P::Batch, at: usize, limit: Option<u64>) -> usize {
    let len = P::len(batch);
    let Some(limit) = limit else { return len };
    (at + 1..len).find(|&row| P::ts(batch, row) >= limit).unwrap_or(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Batches of times, and what was emitted of them.
    struct Times {
        first: Vec<u64>,
        batches: Vec<std::vec::IntoIter<Vec<u64>>>,
        rows: Vec<(usize, u64)>,
        stop_after: usize,
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
        fn len(batch: &Vec<u64>) -> usize {
            batch.len()
        }
        fn ts(batch: &Vec<u64>, row: usize) -> u64 {
            batch[row]
        }
        fn emit(&mut self, part: usize, batch: &mut Vec<u64>, rows: Range<usize>) -> ControlFlow<()> {
            self.rows.extend(batch[rows].iter().map(|&ts| (part, ts)));
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
        let mut times = Times { stop_after: 1, ..Times::new(&[&[&[1, 2], &[3]]]) };
        assert_eq!(merge(&mut times), ControlFlow::Break(()));
        assert_eq!(times.rows.len(), 2);
    }
}
