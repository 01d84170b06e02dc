//! Differences that are meant. Each class stands in `docs/differences.md` with its reason.

use crate::compare::Difference;

/// A class: its name, and whether a difference belongs to it.
type Class = (&'static str, fn(&Difference) -> bool);

const CLASSES: &[Class] = &[
    // sysdig 0.29 reads `not not x` as `not x`.
    ("double negation", |d| d.case.starts_with("not not ")),
    // sysdig 0.29 reads the bytes of the next parameter where a parameter has none, as newer programs write.
    ("parameters without a value", |d| fills_gaps(d)),
    // sysdig 0.29 prints what the event before left behind.
    ("latency of events without a thread", |d| {
        d.case.starts_with("%evt.latency.human ") && d.ours.as_deref() == Some("0ns")
    }),
    // sysdig 0.29 finds the name behind `evt.type.is.` at the format's end only.
    ("evt.type.is inside a format", |d| d.theirs.as_deref().is_some_and(|line| line.contains("<NA>evt.type.is."))),
];

/// Whether sysdig has something else where we print a missing value, and both are the same otherwise.
fn fills_gaps(difference: &Difference) -> bool {
    let (Some(theirs), Some(ours)) = (&difference.theirs, &difference.ours) else { return false };
    if difference.case.starts_with("%evt.arg") && ours == "<NA>" {
        return true;
    }
    let mut rest = theirs.as_str();
    let mut pieces = ours.split("=<NA> ");
    let starts = pieces.next().and_then(|first| rest.strip_prefix(first)).map(|after| rest = after).is_some();
    let mut gaps = 0;
    starts
        && pieces.all(|piece| {
            gaps += 1;
            rest.find(piece).map(|at| rest = &rest[at + piece.len()..]).is_some()
        })
        && gaps > 0
}

/// The class of a difference; `None` if it has none and is a fault of ours.
pub fn class(difference: &Difference) -> Option<&'static str> {
    CLASSES.iter().find(|(_, holds)| holds(difference)).map(|(name, _)| *name)
}
