//! Line by line.

use crate::known;
use crate::run::{Case, Pair};
use std::path::Path;

/// What comparing two outputs found.
#[derive(Debug, Default)]
pub struct Found {
    /// Lines of sysdig's output, and lines that only ours has.
    pub compared: u64,
    /// Lines that are the same in both.
    pub equal: u64,
    /// The case, if sysdig refuses it.
    pub refused: Option<String>,
    /// Every line that differs.
    pub differences: Vec<Difference>,
}

/// Lines that differ. One of them may be missing.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The capture's file name.
    pub capture: String,
    /// The case's name.
    pub case: String,
    pub theirs: Option<String>,
    pub ours: Option<String>,
    /// Why that is right, if it is: the name of a class in [`known`].
    pub class: Option<&'static str>,
}

/// How far to look for a line again before it counts as missing.
const WINDOW: usize = 64;

/// Compares what both programs print for a case.
pub fn lines(pair: &Pair, capture: &Path, case: &Case) -> Found {
    let Some((theirs, ours)) = pair.outputs(capture, case) else {
        return Found { refused: Some(case.name()), ..Found::default() };
    };
    let (theirs, ours) = (split(&theirs), split(&ours));
    let (mut t, mut o) = (0, 0);
    let mut found = Found::default();
    let name = capture.file_name().unwrap_or_default().to_string_lossy().into_owned();
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
            capture: name.clone(),
            case: case.name(),
            theirs: text(their_line),
            ours: text(our_line),
            class: None,
        };
        difference.class = known::class(&difference);
        found.differences.push(difference);
    }
    found
}

fn split(output: &[u8]) -> Vec<&[u8]> {
    let output = output.strip_suffix(b"\n").unwrap_or(output);
    if output.is_empty() { Vec::new() } else { output.split(|&byte| byte == b'\n').collect() }
}
