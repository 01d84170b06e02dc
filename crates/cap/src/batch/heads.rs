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

/// The rows of events thread by thread, those of each in order, by the place of each event's thread and how many each
/// has. What threads do they do over and over: side by side, their events compress far better than as they happened to
/// meet.
pub fn by_thread(places: &[u32], counts: &[u32]) -> Vec<u32> {
    let mut next: Vec<u32> = counts.iter().scan(0, |sum, count| Some(std::mem::replace(sum, *sum + count))).collect();
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
    /// Its place among the distinct types.
    place: u32,
    /// The place of the type that ends its call; [`NO_PLACE`] if it is no enter event.
    exit: u32,
}

/// In place of a place: none.
const NO_PLACE: u32 = u32::MAX;

/// The distinct types, each with its place.
#[derive(Default)]
struct Distinct {
    types: Vec<u16>,
    /// By type: its place, from 1; 0 for none yet. As long as it has to be.
    places: Vec<u32>,
}

impl Distinct {
    fn place(&mut self, code: u16) -> u32 {
        let at = usize::from(code);
        if self.places.len() <= at {
            self.places.resize(at + 1, 0);
        }
        if let Some(place) = self.places.get_mut(at).filter(|place| **place == 0) {
            self.types.push(code);
            *place = self.types.len() as u32;
        }
        self.places.get(at).map_or(NO_PLACE, |place| place.wrapping_sub(1))
    }

    /// What the types that a batch lists stand for.
    fn listed(&mut self, columns: &Stored<'_>) -> Result<Vec<Type>, Fault> {
        let listed: Vec<u32> = columns.numbers(all(Kind::Types))?;
        let of = |listed: &u32| {
            let is_enter = listed & 1 != 0;
            let code = u16::try_from(listed >> 1).ok().filter(|code| !is_enter || *code < u16::MAX);
            let code = code.ok_or(Fault::Value("event type", (*listed).into()))?;
            Ok(Type { place: self.place(code), exit: if is_enter { self.place(code + 1) } else { NO_PLACE } })
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
        let order = by_thread(&threads.places, &threads.counts);
        let (mut places, mut enters) = (vec![0; events], vec![NO_ROW; events]);
        let (mut rows, mut symbols) = (&*order, &*symbols);
        for count in &threads.counts {
            let cut = rows.split_at_checked(*count as usize).zip(symbols.split_at_checked(*count as usize));
            let ((of_thread, rows_behind), (theirs, symbols_behind)) = cut.ok_or(Fault::Uneven)?;
            (rows, symbols) = (rows_behind, symbols_behind);
            let mut call = Call { row: NO_ROW, exit: NO_PLACE };
            for (row, symbol) in of_thread.iter().zip(theirs) {
                let (place, enter) = call.event(*row, *symbol, &listed).ok_or(Fault::Uneven)?;
                if let (Some(of_row), Some(enters)) = (places.get_mut(*row as usize), enters.get_mut(*row as usize)) {
                    // There are no more places than types.
                    (*of_row, *enters) = (place as u16, enter);
                }
            }
        }
        let types = types.types;
        let codes = places.iter().map(|place| types.get(usize::from(*place)).copied().unwrap_or(0)).collect();
        Ok(Calls { codes, places, types, enters, order })
    }
}

/// The call that a thread is in.
struct Call {
    /// The row of the enter event.
    row: u32,
    /// The place of the type that ends it; [`NO_PLACE`] if the thread is in none.
    exit: u32,
}

impl Call {
    /// What a symbol says of the thread's next event, which has this row: the place of its type, and the row of the
    /// enter event whose call it ends, or [`NO_ROW`].
    #[inline]
    fn event(&mut self, row: u32, symbol: u32, listed: &[Type]) -> Option<(u32, u32)> {
        let event = match symbol.checked_sub(1) {
            Some(which) => *listed.get(which as usize)?,
            None if self.exit == NO_PLACE => return None,
            None => Type { place: self.exit, exit: NO_PLACE },
        };
        let ended = if self.exit == event.place { self.row } else { NO_ROW };
        if event.exit != NO_PLACE {
            *self = Call { row, exit: event.exit };
        } else if ended != NO_ROW {
            self.exit = NO_PLACE;
        }
        Some((event.place, ended))
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
