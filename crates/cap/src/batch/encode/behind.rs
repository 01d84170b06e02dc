//! What stands behind the parameters: surplus bytes, and options.

use super::super::values::put_values;
use super::super::{Events, OPTION};
use super::all;
use crate::Kind;
use crate::column::Columns;
use crate::strings::Interned;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Adds the columns of bytes that are no parameters, if there are any.
pub(super) fn put_surplus(events: &Events, columns: &mut Columns<'_>) {
    if events.rows.iter().any(|row| row.surplus.len > 0) {
        let lengths: Vec<i64> = events.rows.iter().map(|row| row.surplus.len.into()).collect();
        columns.numbers(all(Kind::SurplusLength), &lengths);
        let bytes: Vec<u8> = events.rows.iter().flat_map(|row| row.surplus.of(&events.bytes)).copied().collect();
        columns.bytes(all(Kind::Surplus), &bytes);
    }
}

/// Adds the columns of options, if there are any.
pub(super) fn put_options(events: &Events, columns: &mut Columns<'_>, strings: &mut Interned) {
    if events.options.is_empty() {
        return;
    }
    put_shapes(events, columns);
    let mut by_code: BTreeMap<u16, Vec<&[u8]>> = BTreeMap::new();
    for (code, value) in &events.options {
        by_code.entry(*code).or_default().push(value.of(&events.bytes));
    }
    for (code, values) in by_code {
        put_values(code, OPTION, &values, false, columns, strings);
    }
}

/// Adds which options each event has.
fn put_shapes(events: &Events, columns: &mut Columns<'_>) {
    let mut shapes: FxHashMap<Vec<u16>, i64> = FxHashMap::default();
    let (mut listed, mut each, mut codes) = (Vec::new(), Vec::with_capacity(events.len()), Vec::new());
    for row in &events.rows {
        codes.clear();
        codes.extend(events.options(row).iter().map(|(code, _)| *code));
        if codes.is_empty() {
            each.push(0);
        } else if let Some(shape) = shapes.get(&codes) {
            each.push(*shape);
        } else {
            let shape = shapes.len() as i64 + 1;
            shapes.insert(codes.clone(), shape);
            listed.push(codes.len() as i64);
            listed.extend(codes.iter().map(|code| i64::from(*code)));
            each.push(shape);
        }
    }
    columns.numbers(all(Kind::Shape), &each);
    columns.numbers(all(Kind::Shapes), &listed);
}
