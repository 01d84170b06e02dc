//! What stands behind the parameters: surplus bytes, and options.

use super::super::values::put_values;
use super::super::{Events, OPTION};
use super::{Links, all};
use crate::Kind;
use crate::column::{Columns, Id};
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
pub(super) fn put_options(events: &Events, links: &Links, columns: &mut Columns<'_>, strings: &mut Interned) {
    if events.options.is_empty() {
        return;
    }
    put_shapes(events, links, columns);
    let mut by_code: BTreeMap<u16, Vec<&[u8]>> = BTreeMap::new();
    for row in links.order.iter().filter_map(|row| events.rows.get(*row as usize)) {
        for (code, value) in events.options(row) {
            by_code.entry(*code).or_default().push(value.of(&events.bytes));
        }
    }
    for (code, values) in by_code {
        put_values(code, OPTION, &values, false, columns, strings);
    }
}

/// Adds which options each event has: mostly the same for all events of a type.
fn put_shapes(events: &Events, links: &Links, columns: &mut Columns<'_>) {
    let mut shapes: FxHashMap<Vec<u16>, i64> = FxHashMap::default();
    let (mut listed, mut codes, mut last) = (Vec::new(), Vec::new(), 0);
    for (code, rows) in &links.types {
        let mut shape_of = |row: &u32| {
            let options = events.rows.get(*row as usize).map_or(&[][..], |row| events.options(row));
            if options.is_empty() {
                return 0;
            }
            // Mostly they are those of the event before.
            if options.iter().map(|(code, _)| code).eq(&codes) {
                return last;
            }
            codes.clear();
            codes.extend(options.iter().map(|(code, _)| *code));
            if let Some(shape) = shapes.get(&codes) {
                last = *shape;
                return last;
            }
            let shape = shapes.len() as i64 + 1;
            last = shape;
            shapes.insert(codes.clone(), shape);
            listed.push(codes.len() as i64);
            listed.extend(codes.iter().map(|code| i64::from(*code)));
            shape
        };
        let each: Vec<i64> = rows.iter().map(&mut shape_of).collect();
        if each.iter().any(|shape| *shape != 0) {
            columns.numbers(Id { kind: Kind::Shape, code: *code, index: 0 }, &each);
        }
    }
    columns.numbers(all(Kind::Shapes), &listed);
}
