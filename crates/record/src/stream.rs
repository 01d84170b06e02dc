//! The stream of blocks, between those who record and the one who keeps it.
//!
//! Recorders append whole blocks to a buffer in memory. The keeper takes what is there, at latest a moment after it
//! came. If it does not keep up, recorders wait: nothing is lost here, what is recorded becomes slower. Where a source
//! lost something since nobody asked it for so long, a gap is told ([`Stream::gap`]).

use capture_event::code;
use capture_event::option::{self, Origin};
use capture_scap::{EventBuilder, EventHead, Live};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So much wakes the keeper at once.
const ENOUGH: usize = 256 << 10;

/// So much makes recorders wait.
const TOO_MUCH: usize = 16 << 20;

/// How long a block may lie there before the keeper takes it.
const MOMENT: Duration = Duration::from_millis(50);

#[derive(Default)]
struct State {
    blocks: Vec<u8>,
    events: u64,
    is_closed: bool,
    /// Whether what is there is to be taken at once.
    is_urgent: bool,
    /// Whether the keeper is done with all that it took, and asks for more.
    is_done: bool,
    /// The time of the last event: no event may be earlier than the one before it.
    last_ts: u64,
    missing: Vec<Missing>,
}

/// What is missing in a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lost {
    /// How many events, as far as that is known.
    pub events: u64,
    /// At how many places.
    pub gaps: u64,
}

impl Lost {
    /// So many events are missing at another place; 0 if nobody knows how many.
    pub fn add(&mut self, events: u64) {
        self.events = self.events.saturating_add(events);
        self.gaps += 1;
    }
}

/// What is missing for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Why.
    pub reason: String,
    /// How much.
    pub lost: Lost,
    /// Whether nobody knows how many events are missing at one of the places.
    pub is_uncounted: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    is_enough: Condvar,
    has_room: Condvar,
}

/// Where recorders put blocks. Several may share one.
#[derive(Clone, Default)]
pub struct Stream(Arc<Shared>);

/// Where the keeper takes them from.
pub struct Taker(Arc<Shared>);

/// The buffer, while a recorder appends to it.
pub struct Appending<'s> {
    shared: &'s Shared,
    state: MutexGuard<'s, State>,
}

/// A new stream, and its other end.
pub fn stream() -> (Stream, Taker) {
    let stream = Stream::default();
    let taker = Taker(stream.0.clone());
    (stream, taker)
}

/// A panic of another thread leaves whole blocks and perhaps one begun, which its builder took back.
fn lock(mutex: &Mutex<State>) -> MutexGuard<'_, State> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream {
    /// The buffer, to append whole blocks to. Waits if the keeper is far behind.
    pub fn append(&self) -> Appending<'_> {
        let mut state = lock(&self.0.state);
        while state.blocks.len() > TOO_MUCH && !state.is_closed {
            state = self.0.has_room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Appending { shared: &self.0, state }
    }

    /// Waits until the keeper is done with all that was appended so far, or gave up.
    pub fn settle(&self) {
        let mut state = lock(&self.0.state);
        while !(state.is_closed || state.is_done && state.blocks.is_empty()) {
            state.is_urgent = true;
            self.0.is_enough.notify_all();
            state = self.0.has_room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_urgent = false;
    }

    /// Says that nothing more will come, or that nobody takes it any more.
    pub fn close(&self) {
        lock(&self.0.state).is_closed = true;
        self.0.is_enough.notify_all();
        self.0.has_room.notify_all();
    }

    /// Whether the keeper gave up.
    pub fn is_closed(&self) -> bool {
        lock(&self.0.state).is_closed
    }

    /// What is missing so far, by reasons.
    pub fn missing(&self) -> Vec<Missing> {
        lock(&self.0.state).missing.clone()
    }

    /// How many events were appended.
    pub fn events(&self) -> u64 {
        lock(&self.0.state).events
    }

    /// What is missing, by the gaps that were told.
    pub fn lost(&self) -> Lost {
        let add = |all: Lost, missing: &Missing| Lost {
            events: all.events.saturating_add(missing.lost.events),
            gaps: all.gaps + missing.lost.gaps,
        };
        lock(&self.0.state).missing.iter().fold(Lost::default(), add)
    }

    /// Events of a source are missing here: how many (0 if nobody knows), and why.
    pub fn gap(&self, origin: Origin, lost: u64, reason: &str) {
        let mut appending = self.append();
        appending.miss(lost, reason);
        let ts = appending.time(now());
        let head = EventHead { ts, tid: -1, cpu: 0, code: code::DROP_E, state_only: false };
        let mut out = EventBuilder::new(appending.blocks(), head, 1);
        out.param(&0u32.to_le_bytes());
        out.option(option::ORIGIN, &[origin as u8]);
        out.option(option::LOST, &lost.to_le_bytes());
        out.option(option::REASON, reason.as_bytes());
        out.finish();
    }
}

impl Appending<'_> {
    /// The blocks that wait.
    pub fn blocks(&mut self) -> &mut Vec<u8> {
        &mut self.state.blocks
    }

    /// A time for the next event: `now`, but not before the last event.
    pub fn time(&mut self, now: u64) -> u64 {
        self.state.events += 1;
        self.state.last_ts = self.state.last_ts.max(now);
        self.state.last_ts
    }

    fn miss(&mut self, lost: u64, reason: &str) {
        let missing = &mut self.state.missing;
        let at = missing.iter().position(|known| known.reason == reason).unwrap_or_else(|| {
            missing.push(Missing { reason: reason.to_owned(), lost: Lost::default(), is_uncounted: false });
            missing.len() - 1
        });
        if let Some(known) = missing.get_mut(at) {
            known.lost.add(lost);
            known.is_uncounted |= lost == 0;
        }
    }
}

impl Drop for Appending<'_> {
    fn drop(&mut self) {
        if self.state.blocks.len() > ENOUGH {
            self.shared.is_enough.notify_one();
        }
    }
}

impl Taker {
    /// What came since the last time, at most a moment after the first of it; empty if nothing came. `None`: nothing
    /// more will come. `spare` is an empty buffer to go on with.
    pub fn take(&self, spare: Vec<u8>) -> Option<Vec<u8>> {
        let mut state = lock(&self.0.state);
        state.is_done = true;
        self.0.has_room.notify_all();
        let is_to_wait = |state: &State| state.blocks.len() <= ENOUGH && (state.blocks.is_empty() || !state.is_urgent);
        if is_to_wait(&state) && !state.is_closed {
            let waited = self.0.is_enough.wait_timeout(state, MOMENT);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.blocks.is_empty() && state.is_closed {
            return None;
        }
        let taken = std::mem::replace(&mut state.blocks, spare);
        state.is_done = taken.is_empty();
        self.0.has_room.notify_all();
        Some(taken)
    }

    /// Whether nothing is there to take now, and more may come.
    pub fn would_wait(&self) -> bool {
        let state = lock(&self.0.state);
        state.blocks.is_empty() && !state.is_closed
    }
}

/// Nobody takes anything any more, for whatever reason: recorders need not go on, nor wait.
impl Drop for Taker {
    fn drop(&mut self) {
        Stream(self.0.clone()).close();
    }
}

impl Live for Taker {
    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let blocks = self.take(Vec::new())?;
            if !blocks.is_empty() {
                return Some(blocks);
            }
        }
    }

    fn would_wait(&mut self) -> bool {
        Taker::would_wait(self)
    }
}

/// Now: ns since the epoch.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |time| time.as_nanos() as u64)
}
