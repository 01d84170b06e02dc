//! A line on the terminal about the recording that is under way.

use super::Args;
use crate::files::Meter;
use crate::progress::Progress;
use capture_record::stream::{Lost, Stream};
use indicatif::{FormattedDuration, HumanBytes, HumanCount};
use std::time::{Duration, Instant};

/// How often the line changes.
const EVERY: Duration = Duration::from_millis(250);

/// The line. It counts nothing itself: it looks at what others count, a few times a second.
pub struct Live<'s> {
    line: Progress,
    stream: &'s Stream,
    meter: Meter,
    began: Instant,
    /// When it changed last, and how many events there were by then.
    last: (Instant, u64),
}

impl<'s> Live<'s> {
    /// The line, if anybody is to see it: not beside the output of a command, or of whoever reads a capture from our
    /// standard output, which are on the same terminal.
    pub fn new(args: &Args, stream: &'s Stream, meter: Meter) -> Live<'s> {
        let is_alone = args.command.is_empty() && args.write.as_os_str() != "-";
        let now = Instant::now();
        Live { line: Progress::line(!args.quiet && is_alone), stream, meter, began: now, last: (now, 0) }
    }

    /// To be called often: changes the line if it is time.
    pub fn look(&mut self) {
        let (before, counted) = self.last;
        let passed = before.elapsed();
        if passed < EVERY {
            return;
        }
        let events = self.stream.events();
        self.last = (Instant::now(), events);
        let rate = (events.saturating_sub(counted) as f64 / passed.as_secs_f64()).round() as u64;
        self.line.say(format!(
            "{}  {} events  {} written  {} events/s  {}",
            FormattedDuration(self.began.elapsed()),
            HumanCount(events),
            HumanBytes(self.meter.bytes()),
            HumanCount(rate),
            self.lost(),
        ));
    }

    fn lost(&self) -> String {
        match self.stream.lost() {
            Lost { gaps: 0, .. } => "nothing lost".to_owned(),
            Lost { events, gaps } => format!("{} lost, {} gaps", HumanCount(events), HumanCount(gaps)),
        }
    }
}
