//! Line by line.

use crate::known;
use crate::run::{Case, Outcome, Pair};
use crate::subject::Subject;

/// What comparing two outputs found.
#[derive(Debug, Default)]
pub struct Found {
    /// Lines of sysdig's output, and lines that only ours has.
    pub compared: u64,
    /// Lines that are the same in both.
    pub equal: u64,
    /// The case, if sysdig refuses it.
    pub refused: Option<String>,
    /// The case and the capture, if sysdig crashes.
    pub crashed: Option<String>,
    /// Every line that differs.
    pub differences: Vec<Difference>,
}

/// Lines or values that differ. One of them may be missing.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// The capture's name.
    pub capture: String,
    /// The case's name; for a value, the field and the event.
    pub case: String,
    /// The field, if these are values and not lines.
    pub field: Option<String>,
    pub theirs: Option<String>,
    pub ours: Option<String>,
    /// For a value: what else sysdig says of the event.
    pub event: EventFacts,
    /// Why that is right, if it is: the name of a class in [`known`].
    pub class: Option<&'static str>,
}

/// What sysdig says of an event.
#[derive(Debug, Clone, Default)]
pub struct EventFacts {
    /// 0 if the line does not say it.
    pub number: u64,
    /// The kind of its descriptor, a letter.
    pub fd_kind: String,
    /// The path of its thread's program; empty or `<NA>` if that is not known.
    pub program: String,
    /// The name of its thread.
    pub thread: String,
    /// The field's value for the event before.
    pub value_before: Option<String>,
}

/// How far to look for a line again before it counts as missing.
const WINDOW: usize = 64;

/// Compares what both programs print for a case.
pub fn lines(pair: &Pair, subject: &Subject, case: &Case) -> Found {
    let (theirs, ours) = match pair.outputs(subject, case) {
        Outcome::Both(theirs, ours) => (theirs, ours),
        Outcome::Refused(why) => {
            return Found { refused: Some(format!("{}: {why}", case.name())), ..Found::default() };
        }
        Outcome::Crashed => {
            return Found { crashed: Some(format!("{} on {}", case.name(), subject.name)), ..Found::default() };
        }
    };
    let (mut theirs, mut ours) = (split(&theirs), split(&ours));
    if case.has_ties() {
        [&mut theirs, &mut ours].into_iter().for_each(without_order);
    }
    let (mut t, mut o) = (0, 0);
    let mut found = Found::default();
    while t < theirs.len() || o < ours.len() {
        found.compared += 1;
        if t < theirs.len() && o < ours.len() && theirs[t] == ours[o] {
            found.equal += 1;
            (t, o) = (t + 1, o + 1);
            continue;
        }
        let again = |lines: &[&[u8]], from: usize, wanted: Option<&&[u8]>| {
            lines.iter().skip(from).take(WINDOW).position(|line| Some(line) == wanted)
        };
        let (in_ours, in_theirs) = (again(&ours, o, theirs.get(t)), again(&theirs, t, ours.get(o)));
        let (their_line, our_line) = match (in_ours, in_theirs) {
            (Some(_), None) => (None, ours.get(o)),
            (None, Some(_)) => (theirs.get(t), None),
            _ => (theirs.get(t), ours.get(o)),
        };
        (t, o) = (t + usize::from(their_line.is_some()), o + usize::from(our_line.is_some()));
        let text = |line: Option<&&[u8]>| line.map(|line| String::from_utf8_lossy(line).into_owned());
        let mut difference = Difference {
            capture: subject.name.clone(),
            case: case.name(),
            theirs: text(their_line),
            ours: text(our_line),
            ..Difference::default()
        };
        difference.event.number = difference.ours.as_deref().and_then(event_number).unwrap_or(0);
        difference.class = known::class(&difference, subject);
        found.differences.push(difference);
    }
    found
}

/// How many lines a summary has at most, its head included.
const SUMMARY: usize = 103;

/// Sorts lines that end with a count; without the last ones of an equal count if some of these may be missing.
fn without_order(lines: &mut Vec<&[u8]>) {
    let count = |line: &[u8]| line.rsplit(|&byte| byte == b' ').next().unwrap_or_default().to_vec();
    if lines.len() >= SUMMARY
        && let Some(least) = lines.last().map(|line| count(line))
    {
        lines.retain(|line| count(line) != least);
    }
    lines.sort_unstable();
}

/// The number of the event that a line is of, if the line says it.
fn event_number(line: &str) -> Option<u64> {
    let from = line.split_once("\"evt.num\":").map_or(line, |(_, after)| after);
    let digits = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
    from.get(..digits)?.parse().ok()
}

fn split(output: &[u8]) -> Vec<&[u8]> {
    let output = output.strip_suffix(b"\n").unwrap_or(output);
    if output.is_empty() { Vec::new() } else { output.split(|&byte| byte == b'\n').collect() }
}
