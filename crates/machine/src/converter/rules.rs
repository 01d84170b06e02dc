//! What happens to an event of a type and a count of parameters.

use super::table::{ROWS, Row};
use capture_event::schema::{EVENT_COUNT, event};
use capture_event::{Dialect, EventFlags};
use std::sync::LazyLock;

/// The next step of an event's conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It goes no further and leaves nothing behind.
    Drop,
    /// It is finished.
    Deliver,
    /// Apply this row.
    Apply(&'static Row),
    /// No version writes this count: give it this many parameters, then go on.
    Resize(usize),
    /// It has more parameters than are known; the first ones are as they should be.
    DeliverSurplus,
}

#[derive(Clone, Copy)]
enum Kind {
    Drop,
    Deliver,
    /// Enter events always take a row, so do exit events of retired types.
    Convert,
    /// Exit events of current types take a row unless they have this many parameters.
    ConvertUnless(usize),
}

struct Rule {
    kind: Kind,
    rows: &'static [Row],
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| (0..EVENT_COUNT).map(rule).collect());

fn rule(code: u16) -> Rule {
    let start = ROWS.partition_point(|row| row.code < code);
    let end = ROWS.partition_point(|row| row.code <= code);
    Rule { kind: kind(code), rows: ROWS.get(start..end).unwrap_or_default() }
}

fn kind(code: u16) -> Kind {
    let Some(info) = event(code, Dialect::Newest) else { return Kind::Deliver };
    let is = |flag| info.flags.contains(flag);
    if is(EventFlags::UNUSED) {
        Kind::Drop
    } else if !is(EventFlags::CONVERTER_MANAGED) {
        if is(EventFlags::OLD_VERSION) { Kind::Drop } else { Kind::Deliver }
    } else if info.is_enter() || is(EventFlags::OLD_VERSION) {
        Kind::Convert
    } else {
        Kind::ConvertUnless(info.params.len())
    }
}

/// What happens next to an event. Types that the newest schema does not know are delivered.
pub fn step(code: u16, count: usize) -> Step {
    let Some(rule) = RULES.get(usize::from(code)) else { return Step::Deliver };
    let full = match rule.kind {
        Kind::Drop => return Step::Drop,
        Kind::Deliver => return Step::Deliver,
        Kind::ConvertUnless(full) if count == full => return Step::Deliver,
        Kind::ConvertUnless(full) => Some(full),
        Kind::Convert => None,
    };
    if let Some(row) = rule.rows.iter().find(|row| row.count == count) {
        return Step::Apply(row);
    }
    match rule.rows.iter().find(|row| row.count > count) {
        Some(row) => Step::Resize(row.count),
        None => beyond_rows(rule, full, count),
    }
}

/// A count greater than that of every row.
fn beyond_rows(rule: &Rule, full: Option<usize>, count: usize) -> Step {
    match (full, rule.rows.last()) {
        (Some(full), _) if count < full => Step::Resize(full),
        (Some(_), _) => Step::DeliverSurplus,
        (None, Some(row)) => Step::Resize(row.count),
        (None, None) => Step::Deliver,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use capture_event::code::*;

    #[test]
    fn rows_are_sorted_and_no_two_are_for_the_same_event() {
        assert!(ROWS.is_sorted_by(|a, b| (a.code, a.count) < (b.code, b.count)));
    }

    #[test]
    fn every_event_type_ends_in_few_steps() {
        use crate::converter::table::Action;
        for code in 0..EVENT_COUNT + 2 {
            for count in 0..40 {
                let (mut code, mut count) = (code, count);
                let ended = (0..32).any(|_| match step(code, count) {
                    Step::Resize(to) => {
                        count = to;
                        false
                    }
                    Step::Apply(row) => match row.action {
                        Action::Append(new) => {
                            count += new.len();
                            false
                        }
                        Action::Retype(to, new) => {
                            (code, count) = (to, new.len());
                            false
                        }
                        Action::Store | Action::Pass | Action::StoreAndPass => true,
                    },
                    Step::Drop | Step::Deliver | Step::DeliverSurplus => true,
                });
                assert!(ended, "event type {code} with {count} parameters");
            }
        }
    }

    #[test]
    fn counts_that_nobody_writes_are_brought_to_one_that_somebody_does() {
        assert_eq!(step(READ_X, 1), Step::Resize(2));
        assert_eq!(step(READ_X, 3), Step::Resize(4));
        assert_eq!(step(READ_X, 4), Step::Deliver);
        assert_eq!(step(READ_X, 5), Step::DeliverSurplus);
        assert_eq!(step(READ_E, 3), Step::Resize(2));
        assert_eq!(step(OPEN_E, 1), Step::Resize(3));
        assert_eq!(step(EXECVE_8_X, 9), Step::Resize(8));
        assert_eq!(step(GETCWD_X, 77), Step::Deliver);
        assert_eq!(step(GETCWD_E, 0), Step::Drop);
    }
}
