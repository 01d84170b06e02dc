//! Running captures: a question is asked of every batch, and the answers are taken in order.

use crate::Stats;
use crate::merge::{Parts, merge};
use crate::pool::{Queue, work};
use crate::source::{Damage, Input};
use crate::stats::Count;
use crate::stream::Stream;
use capture_batch::{Batch, Interest, Needs, View};
use capture_filter::Selection;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// How many batches of one capture may be worked on, or wait to be taken, at most: memory stays bounded, however many
/// threads there are.
const MOST_IN_FLIGHT: usize = 16;

/// How captures are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The view that is shown.
    pub view: View,
    /// What is looked at.
    pub needs: Needs,
    /// The times that are looked at, ns since the epoch: batches of which no row that may be shown is of these need not
    /// be made.
    pub times: Range<u64>,
    /// How many threads work on batches. Beside them, each capture has one that reads and one that replays, and the
    /// caller's thread takes what was made. With 1, all is done on the caller's thread, one after the other: what is
    /// right by definition.
    pub threads: usize,
}

impl Plan {
    /// All of the captures.
    pub const ANY_TIME: Range<u64> = 0..u64::MAX;

    /// All events, whatever their times.
    pub fn whole(view: View, needs: Needs, threads: usize) -> Plan {
        Plan { view, needs, times: Plan::ANY_TIME, threads }
    }

    /// Whether other threads than the caller's do something.
    pub fn is_parallel(&self) -> bool {
        self.threads > 1
    }

    /// How many batches of each of `captures` are given out at once: one for every thread, and one to be taken.
    fn window(&self, captures: usize) -> usize {
        let of_all = self.threads.saturating_add(1);
        of_all.div_ceil(captures.max(1)).clamp(2, MOST_IN_FLIGHT)
    }
}

/// What is asked of one capture, by any number of threads.
pub trait Question: Sync {
    /// What works on the batches of one capture.
    type Maker<'q>: Maker<Output = Self::Output>
    where
        Self: 'q;
    /// What it makes of a batch.
    type Output: Send + 'static;

    /// Which rows it looks at.
    fn interest(&self) -> Box<dyn Interest>;

    /// Whether an answer may depend on the batches before. Then all batches go through one maker, in their order.
    fn is_ordered(&self) -> bool;

    /// What works on batches. Each thread has its own, and keeps it to the end.
    fn maker(&self) -> Self::Maker<'_>;
}

/// Works on the batches of one capture.
pub trait Maker {
    /// What it makes of a batch.
    type Output;

    /// Works on a batch. Batches come in their order, but not all of them unless the question is ordered.
    fn make(&mut self, batch: &Batch) -> Made<Self::Output>;
}

/// What is made of a batch; damage, if some of what was looked at turned out to make no sense.
pub(crate) fn asked<M: Maker>(maker: &mut M, batch: &Batch) -> Result<Made<M::Output>, Damage> {
    let made = maker.make(batch);
    batch.late_params.as_ref().and_then(|params| params.damage()).map_or(Ok(made), Err)
}

/// What was made of a batch.
pub struct Made<O> {
    /// The rows that are taken.
    pub selected: Selection,
    /// What is known of them: lines of text, say.
    pub output: O,
}

/// Takes what was made, on one thread. Captures are told by their place in the list that was given.
pub trait Taker<O> {
    /// Hears of every batch before its rows are taken, and how many bytes of all files were read by then. Batches of a
    /// capture come in order.
    fn arrives(&mut self, _capture: usize, _batch: &Batch, _bytes: u64) {}

    /// Takes the next rows of all, of those that were selected: by time, and within a capture in its order. The
    /// range may end behind the batch.
    fn take(&mut self, capture: usize, batch: &Batch, made: &mut Made<O>, rows: Range<usize>) -> ControlFlow<()>;

    /// Hears of a place in a file of a capture that could not be read, between the batches before and after it.
    fn damage(&mut self, capture: usize, file: &str, damage: &Damage);
}

/// Asks each capture its question, and hands the answers to a taker, until the captures or the taker's wishes end. Then
/// no thread works on batches any more; those that read or replay go as soon as they have finished a piece, or as soon
/// as the pipe goes on that they wait for.
pub fn run<Q: Question, T: Taker<Q::Output>>(
    captures: Vec<impl Input>,
    questions: &[Q],
    plan: Plan,
    taker: &mut T,
    stats: &Arc<Stats>,
) {
    let parts = captures.into_iter().zip(questions).map(|(mut capture, question)| Part {
        first_ts: capture.first_ts(),
        question,
        state: State::Waiting(capture),
        maker: None,
        position: 0,
    });
    let queue = Arc::new(Queue::new());
    let threads = if plan.is_parallel() { plan.threads } else { 0 };
    let mut run = Run { parts: parts.collect(), plan, taker, queue: queue.clone(), stats };
    std::thread::scope(|scope| {
        let _closing = Closing(&queue);
        (0..threads).for_each(|_| drop(scope.spawn(|| work(&queue, questions))));
        let _ = merge(&mut run);
    });
}

/// Closes a queue when it goes, in a panic too.
struct Closing<'q, O>(&'q Queue<O>);

impl<O> Drop for Closing<'_, O> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// One capture of a run.
struct Part<'q, I, Q: Question> {
    first_ts: u64,
    question: &'q Q,
    state: State<I, Q::Output>,
    /// Works on the batches that are not worked on elsewhere.
    maker: Option<Q::Maker<'q>>,
    position: u64,
}

enum State<I, O> {
    Waiting(I),
    Running(Stream<O>),
    Ended,
}

struct Run<'q, I, Q: Question, T> {
    parts: Vec<Part<'q, I, Q>>,
    plan: Plan,
    taker: &'q mut T,
    queue: Arc<Queue<Q::Output>>,
    stats: &'q Arc<Stats>,
}

impl<I: Input, Q: Question, T: Taker<Q::Output>> Run<'_, I, Q, T> {
    /// Begins a capture.
    fn start(&self, index: usize, capture: I, question: &Q) -> Stream<Q::Output> {
        let source = capture.start(self.plan.clone(), question.interest(), self.stats.clone());
        if self.plan.is_parallel() {
            let window = self.plan.window(self.parts.len());
            Stream::ahead(index, source, self.stats.clone(), self.queue.clone(), window)
        } else {
            Stream::Here(source, self.stats.clone())
        }
    }
}

impl<I: Input, Q: Question, T: Taker<Q::Output>> Parts for Run<'_, I, Q, T> {
    type Batch = (Box<Batch>, Made<Q::Output>);

    fn count(&self) -> usize {
        self.parts.len()
    }

    fn first_ts(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.first_ts)
    }

    fn load(&mut self, index: usize) -> Option<Self::Batch> {
        let part = self.parts.get_mut(index)?;
        let question = part.question;
        let mut stream = match std::mem::replace(&mut part.state, State::Ended) {
            State::Waiting(capture) => self.start(index, capture, question),
            State::Running(stream) => stream,
            State::Ended => return None,
        };
        loop {
            let arrival = stream.next()?;
            let part = self.parts.get_mut(index)?;
            part.position = arrival.position;
            let mut here = |batch: Box<Batch>| {
                let made = asked(part.maker.get_or_insert_with(|| question.maker()), &batch)?;
                Ok((batch, made))
            };
            let answered = arrival.result.and_then(|(batch, made)| match made {
                Some(made) => Ok((batch, made)),
                None => here(batch),
            });
            let (batch, made) = match answered {
                Ok(answered) => answered,
                Err(damage) => {
                    self.taker.damage(index, &arrival.file, &damage);
                    continue;
                }
            };
            let bytes = self.parts.iter().map(|part| part.position).sum();
            self.taker.arrives(index, &batch, bytes);
            self.stats.add(Count::Batches, 1);
            self.stats.add(Count::Rows, batch.len() as u64);
            self.stats.add(Count::Matched, made.selected.count() as u64);
            self.parts.get_mut(index)?.state = State::Running(stream);
            return Some((batch, made));
        }
    }

    fn wanted((_, made): &Self::Batch, from: usize) -> Option<usize> {
        made.selected.next(from)
    }

    fn ts((batch, _): &Self::Batch, row: usize) -> u64 {
        batch.ts.value(row).unwrap_or(0)
    }

    fn emit(&mut self, part: usize, (batch, made): &mut Self::Batch, rows: Range<usize>) -> ControlFlow<()> {
        self.taker.take(part, batch, made, rows)
    }
}
