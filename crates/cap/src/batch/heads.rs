//! Who, when, where and what: what every event has.

use super::encode::all;
use crate::column::{Series, Stored};
use crate::{Fault, Kind};

/// In place of a row: none.
pub const NO_ROW: u32 = u32::MAX;

/// The threads of events.
#[derive(Default)]
pub struct Threads {
    /// The CPU of each event.
    pub cpus: Series<u16>,
    /// The thread of each event: its place in `ids`, which has it.
    pub places: Vec<u32>,
    /// The distinct thread ids.
    pub ids: Vec<i64>,
    /// How many events each of them has.
    pub counts: Vec<u32>,
}

impl Threads {
    /// Reads them from a batch.
    pub fn read(columns: &Stored<'_>) -> Result<Threads, Fault> {
        let cpus: Series<u16> = columns.series(all(Kind::Cpu))?;
        let mut places: Vec<u32> = columns.numbers(all(Kind::Thread))?;
        let ids: Vec<i64> = columns.numbers(all(Kind::Threads))?;
        if cpus.len() != places.len() {
            return Err(Fault::Uneven);
        }
        // How many events each has.
        let mut counts = vec![0; ids.len() + 1];
        let mut running = Running { on_cpu: vec![0; usize::from(cpus.max().unwrap_or(0)) + 1], counts: &mut counts };
        let are_listed = match &cpus {
            Series::Same(..) => running.name(&mut places, std::iter::repeat(0)),
            Series::Bytes(cpus) => running.name(&mut places, cpus.iter().map(|cpu| usize::from(*cpu))),
            Series::Each(cpus) => running.name(&mut places, cpus.iter().map(|cpu| usize::from(*cpu))),
        };
        // Those before the first named one on a CPU are of nobody.
        if !are_listed || counts.first() != Some(&0) {
            return Err(Fault::Uneven);
        }
        counts.remove(0);
        Ok(Threads { cpus, places, ids, counts })
    }
}

/// Which threads run.
struct Running<'c> {
    /// The thread of the event before on each CPU, from 1; 0 stands for none.
    on_cpu: Vec<u32>,
    /// How many events each thread has, and none.
    counts: &'c mut [u32],
}

impl Running<'_> {
    /// Puts the place of each event's thread where its symbol is. Whether all of them are listed.
    fn name(&mut self, symbols: &mut [u32], cpus: impl Iterator<Item = usize>) -> bool {
        let mut are_listed = true;
        for (symbol, cpu) in symbols.iter_mut().zip(cpus) {
            let Some(last) = self.on_cpu.get_mut(cpu) else { continue };
            if *symbol != 0 {
                *last = *symbol;
            }
            match self.counts.get_mut(*last as usize) {
                Some(count) => *count += 1,
                None => are_listed = false,
            }
            *symbol = last.wrapping_sub(1);
        }
        are_listed
    }
}

/// The rows of events thread by thread, those of each in order, by the place of each event's thread. What threads do
/// they do over and over: side by side, their events compress far better than as they happened to meet.
pub fn by_thread(places: &[u32], threads: usize) -> Vec<u32> {
    let mut counts = vec![0; threads];
    for place in places {
        if let Some(count) = counts.get_mut(*place as usize) {
            *count += 1;
        }
    }
    let mut next: Vec<u32> = starts(&counts).collect();
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

/// Where the rows of each thread begin in that order, given how many each has.
fn starts(counts: &[u32]) -> impl Iterator<Item = u32> {
    counts.iter().scan(0, |sum, count| Some(std::mem::replace(sum, *sum + count)))
}

/// What events are, and which belong together.
#[derive(Default)]
pub struct Calls {
    /// The type of each event.
    pub codes: Vec<u16>,
    /// The same as a place in `types`.
    pub places: Vec<u16>,
    /// The distinct types.
    pub types: Vec<u16>,
    /// For each event that ends a call of its thread: the row of the call's enter event, else [`NO_ROW`].
    pub enters: Vec<u32>,
    /// The rows of all events in the order in which columns have them that are not of all events: [`by_thread`].
    pub order: Vec<u32>,
}

/// What a symbol of [`Kind::Type`] stands for.
#[derive(Clone, Copy)]
struct Type {
    code: u16,
    /// Its place among the distinct types.
    place: u16,
    is_enter: bool,
    /// The type that ends its call, if it is an enter event: its place.
    exit: u16,
}

/// The distinct types, each with its place.
#[derive(Default)]
struct Distinct {
    types: Vec<u16>,
    /// By type: its place, from 1; 0 for none yet. As long as it has to be.
    places: Vec<u32>,
}

impl Distinct {
    fn place(&mut self, code: u16) -> u16 {
        let at = usize::from(code);
        if self.places.len() <= at {
            self.places.resize(at + 1, 0);
        }
        if let Some(place) = self.places.get_mut(at).filter(|place| **place == 0) {
            self.types.push(code);
            *place = self.types.len() as u32;
        }
        // There are no more places than types.
        self.places.get(at).map_or(0, |place| (*place - 1) as u16)
    }

    /// What the types that a batch lists stand for.
    fn listed(&mut self, columns: &Stored<'_>) -> Result<Vec<Type>, Fault> {
        let listed: Vec<u32> = columns.numbers(all(Kind::Types))?;
        let of = |listed: &u32| {
            let code = u16::try_from(listed >> 1).map_err(|_| Fault::Value("event type", (*listed).into()))?;
            let (place, is_enter) = (self.place(code), listed & 1 != 0);
            let exit = if is_enter { self.place(code.wrapping_add(1)) } else { 0 };
            Ok(Type { code, place, is_enter, exit })
        };
        listed.iter().map(of).collect()
    }
}

impl Calls {
    /// Reads them from a batch.
    pub fn read(columns: &Stored<'_>, threads: &Threads) -> Result<Calls, Fault> {
        let symbols: Vec<u32> = columns.numbers(all(Kind::Type))?;
        let mut types = Distinct::default();
        let listed = types.listed(columns)?;
        let events = threads.places.len();
        if symbols.len() != events {
            return Err(Fault::Uneven);
        }
        let mut calls = Calls {
            codes: Vec::with_capacity(events),
            places: Vec::with_capacity(events),
            types: types.types,
            enters: Vec::with_capacity(events),
            order: vec![0; events],
        };
        let mut states: Vec<ThreadState> =
            starts(&threads.counts).map(|next| ThreadState { next, call: None }).collect();
        for (row, place) in (0..).zip(&threads.places) {
            let state = states.get_mut(*place as usize).ok_or(Fault::Uneven)?;
            let next = state.next as usize;
            let (symbol, at) = symbols.get(next).zip(calls.order.get_mut(next)).ok_or(Fault::Uneven)?;
            *at = row;
            state.next += 1;
            let (event, enter) = state.event(row, *symbol, &listed).ok_or(Fault::Uneven)?;
            calls.codes.push(event.code);
            calls.places.push(event.place);
            calls.enters.push(enter);
        }
        Ok(calls)
    }
}

/// A thread whose events are read.
struct ThreadState {
    /// Where its next event stands in the order of the columns.
    next: u32,
    /// The call that it is in: the row and type of the enter event.
    call: Option<(u32, Type)>,
}

impl ThreadState {
    /// What a symbol says of its next event, which has this row, and the row of the enter event whose call that ends,
    /// or [`NO_ROW`].
    #[inline]
    fn event(&mut self, row: u32, symbol: u32, listed: &[Type]) -> Option<(Type, u32)> {
        let event = match symbol.checked_sub(1) {
            Some(which) => *listed.get(which as usize)?,
            None => {
                let (_, enter) = self.call?;
                Type { code: enter.code.wrapping_add(1), place: enter.exit, is_enter: false, exit: 0 }
            }
        };
        let ended = self.call.filter(|(_, enter)| enter.code.checked_add(1) == Some(event.code));
        if event.is_enter {
            self.call = Some((row, event));
        } else if ended.is_some() {
            self.call = None;
        }
        Some((event, ended.map_or(NO_ROW, |(enter, _)| enter)))
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
