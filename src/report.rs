//! Standard error: what is not a result.

use crate::escape;
use crate::plural::counted;
use crate::status::End;
use std::io::{IsTerminal, Write};

/// Prints a message for the user. Names and texts in it may come from a capture.
fn say(prefix: &str, message: &str) {
    let line = match std::io::stderr().is_terminal() {
        true => escape::in_lines(message.as_bytes()),
        false => message.to_owned(),
    };
    // Nothing can be done about a closed stderr, and results may still be wanted.
    crate::progress::beside(|| drop(writeln!(std::io::stderr(), "capture: {prefix}{line}")));
}

/// Says why the command ends.
pub fn error(message: &str) {
    say("", message);
}

/// Says something the user should know about results.
pub fn note(message: &str) {
    say("", message);
}

/// More places of damage than this in one capture are only counted.
const DAMAGE_LINES: u64 = 20;

/// Says where captures are damaged.
pub struct DamageReports(Vec<DamageReport>);

impl DamageReports {
    /// Of so many captures.
    pub fn new(captures: usize) -> DamageReports {
        DamageReports((0..captures).map(|_| DamageReport::default()).collect())
    }

    /// One place in a file of a capture.
    pub fn add(&mut self, capture: usize, file: &str, damage: &dyn std::fmt::Display) {
        if let Some(report) = self.0.get_mut(capture) {
            report.add(file, damage);
        }
    }

    /// Says how many places there were in each, if any.
    pub fn finish(self) -> End {
        self.0.into_iter().map(DamageReport::finish).fold(End::Good, End::and)
    }
}

/// Says where a capture is damaged, each place on a line.
#[derive(Default)]
pub struct DamageReport {
    /// The file that was damaged last.
    file: String,
    seen: u64,
}

impl DamageReport {
    /// One place in a file.
    pub fn add(&mut self, file: &str, damage: &dyn std::fmt::Display) {
        self.seen += 1;
        file.clone_into(&mut self.file);
        if self.seen <= DAMAGE_LINES {
            note(&format!("{file}: {damage}"));
        }
    }

    /// Says how many places there were, if any.
    pub fn finish(self) -> End {
        if self.seen == 0 {
            return End::Good;
        }
        let places = counted(self.seen, "damaged place");
        let shown =
            if self.seen > DAMAGE_LINES { format!(", {DAMAGE_LINES} of which are named above") } else { String::new() };
        note(&format!("{}: {places}{shown}; everything readable was used", self.file));
        End::Damaged
    }
}
