//! Standard error: what is not a result.

use crate::escape;
use crate::status::End;
use std::io::{IsTerminal, Write};

/// Prints a message for the user. Names and texts in it may come from a capture.
fn say(prefix: &str, message: &str) {
    let mut line = Vec::new();
    match std::io::stderr().is_terminal() {
        true => escape::for_terminal(message.as_bytes(), true, &mut line),
        false => line.extend_from_slice(message.as_bytes()),
    }
    let line = String::from_utf8_lossy(&line);
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
        let places = match self.seen {
            0 => return End::Good,
            1 => "1 damaged place".to_owned(),
            n => format!("{n} damaged places"),
        };
        let shown =
            if self.seen > DAMAGE_LINES { format!(", {DAMAGE_LINES} of which are named above") } else { String::new() };
        note(&format!("{}: {places}{shown}; everything readable was used", self.file));
        End::Damaged
    }
}
