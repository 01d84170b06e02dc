//! How soon what was kept is written.

use capture_scap::{Compression, Writer};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// What waits is compressed together: so much of it at most,
const MEMBER: u64 = 1 << 20;

/// and for so long at most.
const LONGEST: Duration = Duration::from_secs(1);

/// Says when to write what a writer was given, which a killed recorder would take along. At once, as a rule. Compressed
/// captures consist of parts that are compressed each by itself, and hardly so if they are small: there, it waits a little.
pub struct Pace {
    compression: Compression,
    due: Instant,
}

impl Pace {
    /// A file begins: what stands in front of its events is due at once, since without it the file does not open.
    pub fn new(compression: Compression) -> Pace {
        Pace { compression, due: Instant::now() }
    }

    /// Writes what waits, if it is time.
    pub fn flush<W: Write>(&mut self, writer: &mut Writer<W>) -> io::Result<()> {
        if !self.is_due(writer.waiting()) {
            return Ok(());
        }
        self.due = Instant::now() + LONGEST;
        writer.flush()
    }

    fn is_due(&self, waiting: u64) -> bool {
        waiting > 0 && (self.compression == Compression::None || waiting >= MEMBER || Instant::now() >= self.due)
    }
}
