//! Who, when, where and what: what every event has.

use super::super::heads::by_thread;
use super::super::{Events, Row};
use super::{Links, NONE, all, has_exit};
use crate::Kind;
use crate::column::Columns;
use capture_scap::Form;
use rustc_hash::FxHashMap;

/// What a thread does, or a CPU.
#[derive(Clone, Copy)]
struct Thread {
    tid: i64,
    /// From 1; 0 for none.
    place: i64,
}

/// The call that a thread is in: row and type of its enter event.
#[derive(Clone, Copy)]
struct Call {
    row: u32,
    code: u16,
}

/// A type of events.
struct Type {
    is_enter: bool,
    /// Its place in the list of those that are named, from 1; 0 for none yet.
    named: i64,
    rows: Vec<u32>,
}

/// Adds the columns of what every event has.
pub(super) fn put(events: &Events, columns: &mut Columns<'_>) -> Links {
    let (places, counts) = put_threads(events, columns);
    let each = |value: fn(&Row) -> i64| events.rows.iter().map(value).collect::<Vec<_>>();
    columns.numbers(all(Kind::Cpu), &each(|row| row.cpu.into()));
    columns.numbers(all(Kind::Marks), &each(|row| i64::from(row.dump_flags) << 1 | i64::from(row.form == Form::Large)));
    let mut before = events.rows.first().map_or(0, |row| row.ts);
    let step = |row: &Row| (row.ts.wrapping_sub(std::mem::replace(&mut before, row.ts))) as i64;
    let steps: Vec<i64> = events.rows.iter().map(step).collect();
    columns.numbers(all(Kind::Time), &steps);
    put_types(events, &places, &counts, columns)
}

/// The place of each event's thread in the list of threads, from 0, and how many events each thread has.
fn put_threads(events: &Events, columns: &mut Columns<'_>) -> (Vec<u32>, Vec<u32>) {
    let mut known: FxHashMap<i64, i64> = FxHashMap::default();
    let (mut threads, mut counts) = (Vec::new(), Vec::new());
    let most = events.rows.iter().map(|row| row.cpu).max().unwrap_or(0);
    let mut on_cpu = vec![Thread { tid: 0, place: 0 }; usize::from(most) + 1];
    let (mut places, mut stored) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
    for row in &events.rows {
        let Some(last) = on_cpu.get_mut(usize::from(row.cpu)) else { continue };
        if last.place != 0 && last.tid == row.tid {
            stored.push(0);
        } else {
            let place = *known.entry(row.tid).or_insert_with(|| {
                threads.push(row.tid);
                counts.push(0);
                threads.len() as i64
            });
            *last = Thread { tid: row.tid, place };
            stored.push(place);
        }
        let place = last.place as u32 - 1;
        if let Some(count) = counts.get_mut(place as usize) {
            *count += 1;
        }
        places.push(place);
    }
    columns.numbers(all(Kind::Thread), &stored);
    columns.numbers(all(Kind::Threads), &threads);
    (places, counts)
}

fn put_types(events: &Events, places: &[u32], counts: &[u32], columns: &mut Columns<'_>) -> Links {
    let mut known: Vec<Option<usize>> = Vec::new();
    let (mut types, mut codes, mut named): (Vec<Type>, Vec<u16>, Vec<i64>) = Default::default();
    let (mut stored, mut enters) = (Vec::with_capacity(events.len()), vec![NONE; events.len()]);
    let (mut of_thread, mut call) = (0, Call { row: NONE, code: 0 });
    let order = by_thread(places, counts);
    for number in order.iter().copied() {
        let (Some(row), Some(thread)) = (events.rows.get(number as usize), places.get(number as usize)) else {
            continue;
        };
        let code = usize::from(row.code);
        if known.len() <= code {
            known.resize(code + 1, None);
        }
        let Some(at) = known.get_mut(code) else { continue };
        let at = *at.get_or_insert_with(|| {
            types.push(Type { is_enter: has_exit(row.code), named: 0, rows: Vec::new() });
            codes.push(row.code);
            codes.len() - 1
        });
        let Some(of_type) = types.get_mut(at) else { continue };
        of_type.rows.push(number);
        if std::mem::replace(&mut of_thread, *thread) != *thread {
            call.row = NONE;
        }
        let ends = call.row != NONE && call.code.checked_add(1) == Some(row.code);
        if let Some(enter) = enters.get_mut(number as usize).filter(|_| ends) {
            *enter = call.row;
        }
        if !ends && of_type.named == 0 {
            named.push(i64::from(row.code) << 1 | i64::from(of_type.is_enter));
            of_type.named = named.len() as i64;
        }
        stored.push(if ends { 0 } else { of_type.named });
        if ends || of_type.is_enter {
            call = Call { row: if of_type.is_enter { number } else { NONE }, code: row.code };
        }
    }
    columns.numbers(all(Kind::Type), &stored);
    columns.numbers(all(Kind::Types), &named);
    Links { order, enters, types: codes.into_iter().zip(types).map(|(code, of_type)| (code, of_type.rows)).collect() }
}
