//! How soon what was kept is written.

use crate::files::{CaptureWriter, Form, waiting};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// What waits is compressed together: so much of it at most,
const MEMBER: u64 = 1 << 20;

/// and for so long at most.
const LONGEST: Duration = Duration::from_secs(1);

/// Says when to write what a writer was given, which a killed recorder would take along. At once, as a rule. Compressed
/// captures consist of parts that are compressed each by itself, and hardly so if they are small: there, it waits a
/// little.
pub struct Pace {
    form: Form,
    due: Instant,
}

impl Pace {
    /// A file begins: what stands in front of its events is due at once, since without it the file does not open.
    pub fn new(form: Form) -> Pace {
        Pace { form, due: Instant::now() }
    }

    /// Writes what waits, if it is time.
    pub fn flush<W: Write>(&mut self, writer: &mut CaptureWriter<W>) -> io::Result<()> {
        if !self.is_due(waiting(writer)) {
            return Ok(());
        }
        self.due = Instant::now() + LONGEST;
        writer.flush()
    }

    fn is_due(&self, waiting: u64) -> bool {
        let is_enough = match self.form {
            Form::Scap => true,
            Form::ScapGzip => waiting >= MEMBER,
            // Its writer knows when a batch is full.
            Form::Cap => false,
        };
        waiting > 0 && (is_enough || Instant::now() >= self.due)
    }
}
