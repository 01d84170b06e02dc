//! Who, when, where and what: what every event has.

use super::encode::all;
use crate::column::Stored;
use crate::{Fault, Kind};

/// In place of a row: none.
pub const NO_ROW: u32 = u32::MAX;

/// The threads of events.
#[derive(Default)]
pub struct Threads {
    /// The CPU of each event.
    pub cpus: Vec<u16>,
    /// The thread of each event: its place in `ids`, which has it.
    pub places: Vec<u32>,
    /// The distinct thread ids.
    pub ids: Vec<i64>,
}

impl Threads {
    /// Reads them from a batch.
    pub fn read(columns: &Stored<'_>) -> Result<Threads, Fault> {
        let cpus: Vec<u16> = columns.numbers(all(Kind::Cpu))?;
        let mut places: Vec<u32> = columns.numbers(all(Kind::Thread))?;
        let ids: Vec<i64> = columns.numbers(all(Kind::Threads))?;
        let most = places.iter().copied().max().unwrap_or(0) as usize;
        if cpus.len() != places.len() || most > ids.len() {
            return Err(Fault::Uneven);
        }
        // The thread of the event before on each CPU, from 1.
        let mut on_cpu = vec![0; cpus.iter().copied().max().map_or(0, |most| usize::from(most) + 1)];
        let mut is_named = true;
        for (place, cpu) in places.iter_mut().zip(&cpus) {
            if let Some(last) = on_cpu.get_mut(usize::from(*cpu)) {
                *last = if *place == 0 { *last } else { *place };
                is_named &= *last != 0;
                *place = last.wrapping_sub(1);
            }
        }
        if is_named { Ok(Threads { cpus, places, ids }) } else { Err(Fault::Uneven) }
    }
}

/// The rows of events thread by thread, those of each in order, by the place of each event's thread. What threads do they
/// do over and over: side by side, their events compress far better than as they happened to meet.
pub fn by_thread(places: &[u32], threads: usize) -> Vec<u32> {
    let mut next = vec![0u32; threads + 1];
    for place in places {
        if let Some(count) = next.get_mut(*place as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut next {
        sum += *start;
        *start = sum;
    }
    let mut rows = vec![0; places.len()];
    for (row, place) in (0..).zip(places) {
        if let Some(next) = next.get_mut(*place as usize)
            && let Some(at) = rows.get_mut(*next as usize)
        {
            *at = row;
            *next += 1;
        }
    }
    rows
}

/// What events are, and which belong together.
#[derive(Default)]
pub struct Calls {
    /// The type of each event.
    pub codes: Vec<u16>,
    /// For each event that ends a call of its thread: the row of the call's enter event, else [`NO_ROW`].
    pub enters: Vec<u32>,
    /// The rows of all events in the order in which columns have them that are not of all events: [`by_thread`].
    pub order: Vec<u32>,
}

impl Calls {
    /// Reads them from a batch.
    pub fn read(columns: &Stored<'_>, threads: &Threads) -> Result<Calls, Fault> {
        let kinds: Vec<u32> = columns.numbers(all(Kind::Type))?;
        let types: Vec<u32> = columns.numbers(all(Kind::Types))?;
        if kinds.len() != threads.places.len() {
            return Err(Fault::Uneven);
        }
        let order = by_thread(&threads.places, threads.ids.len());
        let (mut codes, mut enters) = (vec![0; kinds.len()], vec![NO_ROW; kinds.len()]);
        // The call that the thread is in: row and type of its enter event.
        let (mut of_thread, mut call) = (0, (NO_ROW, 0u16));
        for (kind, row) in kinds.iter().zip(&order) {
            let at = *row as usize;
            let thread = *threads.places.get(at).ok_or(Fault::Uneven)?;
            if std::mem::replace(&mut of_thread, thread) != thread {
                call = (NO_ROW, 0);
            }
            let (code, is_enter) = match kind.checked_sub(1) {
                Some(place) => {
                    let listed = *types.get(place as usize).ok_or(Fault::Uneven)?;
                    let code = u16::try_from(listed >> 1).map_err(|_| Fault::Value("event type", listed.into()))?;
                    (code, listed & 1 != 0)
                }
                None if call.0 == NO_ROW => return Err(Fault::Uneven),
                None => (call.1.wrapping_add(1), false),
            };
            let ends = call.0 != NO_ROW && call.1.checked_add(1) == Some(code);
            if let (Some(of_row), Some(enter)) = (codes.get_mut(at), enters.get_mut(at)) {
                *of_row = code;
                *enter = if ends { call.0 } else { NO_ROW };
            }
            if ends || is_enter {
                call = (if is_enter { *row } else { NO_ROW }, code);
            }
        }
        Ok(Calls { codes, enters, order })
    }
}

/// Times of events, and what else is needed of every event.
pub struct Heads {
    /// Time of each event, ns since the epoch.
    pub times: Vec<u64>,
    /// Where each happened.
    pub threads: Threads,
    /// What each is.
    pub calls: Calls,
}

impl Heads {
    /// Reads them from a batch.
    pub fn read(columns: &Stored<'_>) -> Result<Heads, Fault> {
        let threads = Threads::read(columns)?;
        let calls = Calls::read(columns, &threads)?;
        let times = times(columns)?;
        if times.len() != calls.codes.len() {
            return Err(Fault::Uneven);
        }
        Ok(Heads { times, threads, calls })
    }
}

/// The time of each event, ns since the epoch.
pub fn times(columns: &Stored<'_>) -> Result<Vec<u64>, Fault> {
    let head: Vec<i64> = columns.numbers(all(Kind::Head))?;
    let mut time = *head.first().ok_or(Fault::Uneven)? as u64;
    let steps: Vec<i64> = columns.numbers(all(Kind::Time))?;
    let next = |step: i64| {
        time = time.wrapping_add_signed(step);
        time
    };
    Ok(steps.into_iter().map(next).collect())
}
