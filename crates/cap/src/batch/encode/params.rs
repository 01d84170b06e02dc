//! Parameters, by type of event.

use super::super::values::put_values;
use super::super::{Events, Row};
use super::{Links, has_exit};
use crate::Kind;
use crate::column::{Columns, Id};
use crate::strings::Interned;
use capture_event::schema::{self, Dialect};
use capture_event::{EventInfo, ParamType};

/// Adds the columns of all parameters.
pub(super) fn put(events: &Events, links: &Links, columns: &mut Columns<'_>, strings: &mut Interned) {
    let mut values: Vec<&[u8]> = Vec::new();
    for (code, rows) in &links.types {
        let of_rows = || rows.iter().filter_map(|row| Some((*row, events.rows.get(*row as usize)?)));
        let counts: Vec<i64> = of_rows().map(|(_, row)| row.params.len() as i64).collect();
        columns.numbers(Id { kind: Kind::Count, code: *code, index: 0 }, &counts);
        let most = counts.iter().copied().max().unwrap_or(0) as u16;
        for index in 0..most {
            values.clear();
            match same_in_enter(*code, index) {
                Some(at) => {
                    let id = |kind| Id { kind, code: *code, index };
                    let same = differing(events, links, of_rows(), (index, at), &mut values);
                    if !same.is_empty() {
                        columns.numbers(id(Kind::SameAs), &[at.into()]);
                        columns.numbers(id(Kind::Same), &same);
                    }
                }
                None => values.extend(of_rows().filter_map(|(_, row)| events.param(row, index))),
            }
            let is_buffer = param(*code, index).is_some_and(|ty| ty == ParamType::ByteBuf);
            put_values(*code, index, &values, is_buffer, columns, strings);
        }
    }
}

/// Appends the values that are not those of the enter event's parameter `at`; for each event that has both, whether it
/// is the same (1).
fn differing<'e>(
    events: &'e Events,
    links: &Links,
    rows: impl Iterator<Item = (u32, &'e Row)>,
    (index, at): (u16, u16),
    values: &mut Vec<&'e [u8]>,
) -> Vec<i64> {
    let mut same = Vec::new();
    for (number, row) in rows {
        let Some(value) = events.param(row, index) else { continue };
        let given = links.enter(events, number).and_then(|enter| events.param(enter, at));
        let is_same = given == Some(value);
        if given.is_some() {
            same.push(i64::from(is_same));
        }
        if !is_same {
            values.push(value);
        }
    }
    same
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
