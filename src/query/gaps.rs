//! What the user hears of what a recording does not hold.

use crate::report;
use capture_batch::Gap;
use capture_filter::Filter;
use capture_query::Capture;
use jiff::Timestamp;
use std::ops::Range;

/// Warns of what a filter asks for and captures do not hold.
pub fn warn(filter: &Filter, text: &str, captures: &mut [Capture]) {
    let is_one = captures.len() == 1;
    for capture in captures {
        let recording = capture.recording();
        for warning in filter.not_recorded(text, recording.as_ref()) {
            let rendered = warning.render(text);
            report::note(&if is_one { rendered } else { format!("{}: {rendered}", capture.name()) });
        }
    }
}

/// Where the recorder lost events.
#[derive(Default)]
pub struct Gaps {
    lost: u64,
    is_count_known: bool,
    /// The times of the first and the last, ns since the epoch.
    between: Option<(u64, u64)>,
}

impl Gaps {
    /// Adds those that lie in a range of times (ns since the epoch).
    pub fn add(&mut self, gaps: &[Gap], times: &Range<u64>) {
        for gap in gaps.iter().filter(|gap| times.contains(&gap.ts)) {
            self.is_count_known = gap.lost != 0 && (self.is_count_known || self.between.is_none());
            self.lost = self.lost.saturating_add(gap.lost);
            let (first, last) = self.between.unwrap_or((gap.ts, gap.ts));
            self.between = Some((first.min(gap.ts), last.max(gap.ts)));
        }
    }

    /// Says, if there are any, that what was not found may have been there.
    pub fn say_nothing_is_proved(&self, capture: &str) {
        let Some((first, last)) = self.between else { return };
        let count = match (self.is_count_known, self.lost) {
            (true, lost) => format!("{lost} events are"),
            (false, 0) => "events are".to_owned(),
            (false, lost) => format!("at least {lost} events are"),
        };
        let when = if first == last {
            format!("at {}", time(first))
        } else {
            format!("between {} and {}", time(first), time(last))
        };
        report::note(&format!("{capture}: {count} missing {when}: that nothing was found proves nothing"));
    }
}

fn time(ts: u64) -> String {
    Timestamp::from_nanosecond(i128::from(ts)).map_or_else(|_| ts.to_string(), |time| time.to_string())
}
