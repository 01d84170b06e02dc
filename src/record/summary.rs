//! `--summary`: what was recorded, said at the end on standard error.

use super::Args;
use super::keep::{Kept, Tally};
use super::session::Traced;
use crate::files::Meter;
use crate::info;
use crate::progress;
use capture_record::stream::Missing;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// How many types of events are named.
const TYPES: usize = 20;

/// How a recording went.
pub struct Course<'c> {
    /// The options.
    pub args: &'c Args,
    /// Why it ended.
    pub reason: String,
    /// How long it took.
    pub took: Duration,
    /// What became of those who were followed.
    pub traced: &'c Traced,
    /// What was kept.
    pub kept: &'c Kept,
    /// How much was written.
    pub meter: Meter,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// Prints it: tables on a terminal, plain lines elsewhere.
pub fn print(course: &Course<'_>) {
    let mut stderr = std::io::stderr();
    let text = info::print::text(&facts(course), stderr.is_terminal());
    // Nothing can be done about a closed stderr.
    progress::beside(|| drop(stderr.write_all(text.as_bytes())));
}

fn facts(course: &Course<'_>) -> Value {
    let Course { args, kept, traced, .. } = course;
    let types = kept.tally.most(TYPES);
    let rest = kept.events.saturating_sub(types.iter().map(|(_, events)| events).sum());
    let rest = (rest > 0 && !types.is_empty()).then_some(("others", rest));
    let followed = (traced.followed.threads > 0)
        .then(|| json!({"processes": traced.followed.processes, "threads": traced.followed.threads}));
    json!({
        "file": args.write.display().to_string(),
        "reason": course.reason,
        "seconds": (course.took.as_secs_f64() * 1000.0).round() / 1000.0,
        "events": kept.events,
        "bytes": course.meter.bytes(),
        "files": course.meter.files(),
        "followed": followed,
        "threads_with_events": Some(kept.tally.threads()).filter(|threads| *threads > 0),
        "blind": blind(args, traced, &kept.tally),
        "missing": course.missing.iter().map(missing).collect::<Vec<_>>(),
        "types": types.into_iter().chain(rest).map(|(name, events)| json!({"type": name, "events": events}))
            .collect::<Vec<_>>(),
    })
}

fn missing(missing: &Missing) -> Value {
    let events = match (missing.lost.events, missing.is_uncounted) {
        (0, true) => "unknown".to_owned(),
        (events, true) => format!("{events} or more"),
        (events, false) => events.to_string(),
    };
    json!({"events": events, "places": missing.lost.gaps, "reason": missing.reason})
}

/// What happened that could not be seen, or not as it would have been.
fn blind(args: &Args, traced: &Traced, tally: &Tally) -> Vec<String> {
    let mut blind = Vec::new();
    if ["io_uring_setup", "io_uring_enter", "io_uring_register"].iter().any(|call| tally.of(call) > 0) {
        blind.push("io_uring was used: what was submitted through it was not seen".to_owned());
    }
    if args.fast && tally.of("seccomp") > 0 {
        blind.push("a seccomp filter was set: calls that it answered were not seen".to_owned());
    }
    for program in &traced.without_privileges {
        blind.push(format!("{} ran without the privileges that it would have gained", program.display()));
    }
    blind
}
