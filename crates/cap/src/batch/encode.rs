//! Events to columns.

use super::values::put_values;
use super::{Events, OPTION, Row};
use crate::Kind;
use crate::column::{Columns, Id, Packer};
use crate::strings::Interned;
use capture_event::schema::{self, Dialect};
use capture_event::{EventInfo, ParamType};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// No enter event.
const NONE: usize = usize::MAX;

/// The columns of some events; their new strings are added to those of the segment.
pub fn encode(events: &Events, strings: &mut Interned, packer: &mut Packer) -> Vec<u8> {
    let mut columns = Columns::new(packer);
    let first_string = strings.strings().len();
    let base = events.rows.first().map_or(0, |row| row.ts);
    columns.numbers(all(Kind::Head), &[base as i64, first_string as i64]);
    let enters = put_heads(events, &mut columns);
    put_behind(events, &mut columns);
    put_params(events, &enters, &mut columns, strings);
    put_options(events, &mut columns, strings);
    let new = strings.strings().of(first_string..strings.strings().len());
    let lengths: Vec<i64> = new.map(|string| string.len() as i64).collect();
    columns.numbers(all(Kind::StringLength), &lengths);
    let new = strings.strings().of(first_string..strings.strings().len());
    columns.bytes(all(Kind::String), &new.flatten().copied().collect::<Vec<u8>>());
    columns.finish()
}

/// A column of all events.
pub(crate) fn all(kind: Kind) -> Id {
    Id { kind, code: 0, index: 0 }
}

/// What numbers the distinct values of something, in the order in which they come first.
#[derive(Default)]
struct Places<K> {
    by_value: FxHashMap<K, usize>,
    values: Vec<i64>,
}

impl<K: std::hash::Hash + Eq> Places<K> {
    fn of(&mut self, key: K, value: i64) -> usize {
        let next = self.values.len();
        let place = *self.by_value.entry(key).or_insert(next);
        if place == next {
            self.values.push(value);
        }
        place
    }
}

/// Who, when, where and what; for each row its enter event, or [`NONE`].
fn put_heads(events: &Events, columns: &mut Columns<'_>) -> Vec<usize> {
    let (mut threads, mut types) = (Places::default(), Places::default());
    let mut on_cpu: FxHashMap<u16, i64> = FxHashMap::default();
    // The call that each thread is in.
    let mut calls: Vec<usize> = Vec::new();
    let (mut thread, mut kind, mut enters) = (Vec::new(), Vec::new(), Vec::new());
    for (number, row) in events.rows.iter().enumerate() {
        let at = threads.of(row.tid, row.tid);
        calls.resize(threads.values.len(), NONE);
        thread.push(if on_cpu.insert(row.cpu, row.tid) == Some(row.tid) { 0 } else { at as i64 + 1 });
        let call = calls.get(at).copied().unwrap_or(NONE);
        let ends = events.rows.get(call).is_some_and(|enter| enter.code.checked_add(1) == Some(row.code));
        let is_enter = has_exit(row.code);
        kind.push(match ends {
            true => 0,
            false => types.of(row.code, i64::from(row.code) << 1 | i64::from(is_enter)) as i64 + 1,
        });
        enters.push(if ends { call } else { NONE });
        if let Some(call) = calls.get_mut(at).filter(|_| ends || is_enter) {
            *call = if is_enter { number } else { NONE };
        }
    }
    columns.numbers(all(Kind::Thread), &thread);
    columns.numbers(all(Kind::Threads), &threads.values);
    columns.numbers(all(Kind::Type), &kind);
    columns.numbers(all(Kind::Types), &types.values);
    let each = |value: fn(&Row) -> i64| events.rows.iter().map(value).collect::<Vec<_>>();
    columns.numbers(all(Kind::Cpu), &each(|row| row.cpu.into()));
    columns.numbers(all(Kind::Marks), &each(|row| i64::from(row.dump_flags) << 1 | i64::from(row.large)));
    let times = each(|row| row.ts as i64);
    let before = times.iter().take(1).chain(&times);
    let steps: Vec<i64> = times.iter().zip(before).map(|(time, before)| time.wrapping_sub(*before)).collect();
    columns.numbers(all(Kind::Time), &steps);
    enters
}

/// Whether a call begins with it whose exit is an event of its own.
fn has_exit(code: u16) -> bool {
    let info = |code| schema::event(code, Dialect::Newest);
    let is_call = info(code).is_some_and(|event| event.source == capture_event::Source::Syscall);
    code.is_multiple_of(2) && is_call && info(code + 1).is_some_and(|exit| !exit.name.is_empty())
}

/// What stands behind the parameters, but for the options' values.
fn put_behind(events: &Events, columns: &mut Columns<'_>) {
    if events.rows.iter().any(|row| row.surplus.len > 0) {
        let lengths: Vec<i64> = events.rows.iter().map(|row| row.surplus.len.into()).collect();
        columns.numbers(all(Kind::SurplusLength), &lengths);
        let bytes: Vec<u8> = events.rows.iter().flat_map(|row| row.surplus.of(&events.bytes)).copied().collect();
        columns.bytes(all(Kind::Surplus), &bytes);
    }
    if events.options.is_empty() {
        return;
    }
    let (mut shapes, mut listed, mut each) = (FxHashMap::default(), Vec::new(), Vec::new());
    for row in &events.rows {
        let codes: Vec<u16> = events.options(row).iter().map(|(code, _)| *code).collect();
        if codes.is_empty() {
            each.push(0);
            continue;
        }
        let next = shapes.len() as i64 + 1;
        each.push(*shapes.entry(codes.clone()).or_insert_with(|| {
            listed.push(codes.len() as i64);
            listed.extend(codes.iter().map(|code| i64::from(*code)));
            next
        }));
    }
    columns.numbers(all(Kind::Shape), &each);
    columns.numbers(all(Kind::Shapes), &listed);
}

fn put_params(events: &Events, enters: &[usize], columns: &mut Columns<'_>, strings: &mut Interned) {
    let mut by_code: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
    events.rows.iter().enumerate().for_each(|(number, row)| by_code.entry(row.code).or_default().push(number));
    for (code, rows) in by_code {
        let of_rows = || rows.iter().filter_map(|number| Some((events.rows.get(*number)?, enters.get(*number)?)));
        let counts: Vec<i64> = of_rows().map(|(row, _)| row.params.len() as i64).collect();
        columns.numbers(Id { kind: Kind::Count, code, index: 0 }, &counts);
        let most = counts.iter().copied().max().unwrap_or(0) as u16;
        for index in 0..most {
            let id = |kind| Id { kind, code, index };
            let same_as = same_in_enter(code, index);
            let (mut same, mut values) = (Vec::new(), Vec::new());
            for (row, enter) in of_rows() {
                let Some(value) = events.params(row).get(usize::from(index)) else { continue };
                let value = value.of(&events.bytes);
                let enter = events.rows.get(*enter).map(|enter| events.params(enter));
                if let Some(given) = same_as.and_then(|at| enter?.get(usize::from(at))) {
                    let is_same = given.of(&events.bytes) == value;
                    same.push(i64::from(is_same));
                    if is_same {
                        continue;
                    }
                }
                values.push(value);
            }
            if let Some(at) = same_as.filter(|_| !same.is_empty()) {
                columns.numbers(id(Kind::SameAs), &[at.into()]);
                columns.numbers(id(Kind::Same), &same);
            }
            let is_buffer = param(code, index).is_some_and(|ty| ty == ParamType::ByteBuf);
            put_values(code, index, &values, is_buffer, columns, strings);
        }
    }
}

fn param(code: u16, index: u16) -> Option<ParamType> {
    Some(schema::event(code, Dialect::Newest)?.params.get(usize::from(index))?.ty)
}

/// The parameter of the enter event that is called as this one of the exit event.
fn same_in_enter(code: u16, index: u16) -> Option<u16> {
    let info = |code| schema::event(code, Dialect::Newest);
    let enter: &EventInfo = code.checked_sub(1).filter(|enter| has_exit(*enter)).and_then(info)?;
    let name = info(code)?.params.get(usize::from(index))?.name;
    enter.params.iter().position(|param| param.name == name).and_then(|at| u16::try_from(at).ok())
}

fn put_options(events: &Events, columns: &mut Columns<'_>, strings: &mut Interned) {
    let mut by_code: BTreeMap<u16, Vec<&[u8]>> = BTreeMap::new();
    for (code, value) in &events.options {
        by_code.entry(*code).or_default().push(value.of(&events.bytes));
    }
    for (code, values) in by_code {
        put_values(code, OPTION, &values, false, columns, strings);
    }
}
