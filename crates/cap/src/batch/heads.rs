//! Who, when, where and what: what every event has.

use super::encode::all;
use crate::column::{Series, Stored};
use crate::{Fault, Kind};
use std::ops::Range;

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
        let symbols: Series<u32> = columns.series(all(Kind::Thread))?;
        let ids: Vec<i64> = columns.numbers(all(Kind::Threads))?;
        if cpus.len() != symbols.len() {
            return Err(Fault::Uneven);
        }
        let most = match cpus.same() {
            Some(cpu) => cpu,
            None => cpus.iter().max().unwrap_or(0),
        };
        // The thread of the event before on each CPU, from 1, and how many events each has; 0 stands for none.
        let mut on_cpu = vec![0; usize::from(most) + 1];
        let mut counts = vec![0u32; ids.len() + 1];
        let mut places = Vec::with_capacity(symbols.len());
        let mut is_listed = true;
        let mut take = |symbol: u32, cpu: u16| {
            let Some(last) = on_cpu.get_mut(usize::from(cpu)) else { return };
            if symbol != 0 {
                *last = symbol;
            }
            match counts.get_mut(*last as usize) {
                Some(count) => *count += 1,
                None => is_listed = false,
            }
            places.push(last.wrapping_sub(1));
        };
        match cpus.same() {
            Some(cpu) => symbols.for_each(|symbol| take(symbol, cpu)),
            None => {
                let mut cpus = cpus.iter();
                symbols.for_each(|symbol| take(symbol, cpus.next().unwrap_or(0)));
            }
        }
        // Those before the first named one on a CPU are of nobody.
        if !is_listed || counts.first() != Some(&0) {
            return Err(Fault::Uneven);
        }
        counts.remove(0);
        Ok(Threads { cpus, places, ids, counts })
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
    grouped(places, &counts)
}

/// The same, where it is known how many events each thread has.
fn grouped(places: &[u32], counts: &[u32]) -> Vec<u32> {
    let mut sum = 0;
    let start = |count: &u32| {
        sum += count;
        sum - count
    };
    let mut next: Vec<u32> = counts.iter().map(start).collect();
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
        let symbols: Series<u32> = columns.series(all(Kind::Type))?;
        let mut types = Distinct::default();
        let listed = types.listed(columns)?;
        let events = threads.places.len();
        if symbols.len() != events {
            return Err(Fault::Uneven);
        }
        let order = grouped(&threads.places, &threads.counts);
        let mut calls = Calls {
            codes: vec![0; events],
            places: vec![0; events],
            types: types.types,
            enters: vec![NO_ROW; events],
            order: Vec::new(),
        };
        let mut start = 0;
        for count in &threads.counts {
            let end = start + *count as usize;
            calls.read_thread(&order, start..end, &symbols, &listed)?;
            start = end;
        }
        calls.order = order;
        Ok(calls)
    }

    /// Reads the events of a thread, which stand there in the order of the columns.
    fn read_thread(
        &mut self,
        order: &[u32],
        range: Range<usize>,
        symbols: &Series<u32>,
        listed: &[Type],
    ) -> Result<(), Fault> {
        // The call that the thread is in: the row and type of its enter event.
        let mut call: Option<(u32, Type)> = None;
        for (at, row) in range.clone().zip(order.get(range).unwrap_or_default()) {
            let symbol = symbols.get(at).ok_or(Fault::Uneven)?;
            let (code, place, is_enter) = match (symbol.checked_sub(1), call) {
                (Some(which), _) => {
                    let named = listed.get(which as usize).ok_or(Fault::Uneven)?;
                    (named.code, named.place, named.is_enter)
                }
                (None, Some((_, enter))) => (enter.code.wrapping_add(1), enter.exit, false),
                (None, None) => return Err(Fault::Uneven),
            };
            let index = *row as usize;
            if let (Some(of_row), Some(of_place)) = (self.codes.get_mut(index), self.places.get_mut(index)) {
                (*of_row, *of_place) = (code, place);
            }
            let ended = call.filter(|(_, enter)| enter.code.checked_add(1) == Some(code));
            if let (Some((enter, _)), Some(of_row)) = (ended, self.enters.get_mut(index)) {
                *of_row = enter;
            }
            if is_enter {
                call = symbol.checked_sub(1).and_then(|which| Some((*row, *listed.get(which as usize)?)));
            } else if ended.is_some() {
                call = None;
            }
        }
        Ok(())
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
