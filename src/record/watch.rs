//! What ends a recording before those who are followed end: signals, and the time that was given.

use capture_record::sys::signal;
use capture_record::trace::Control;
use std::time::{Duration, Instant};

/// Signals that ask the recorder to end, the one that asks to save what is in memory, and the one that says that the
/// tracer has ended.
pub const SIGNALS: [i32; 6] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGUSR1, signal::NOTICE];

/// Signals that are not to end the recorder: the one that says that a file is as long as it may be, as the call that
/// writes to it does too.
pub const PASSED_OVER: [i32; 1] = [libc::SIGXFSZ];

/// How often it is looked whether it is time, and whether all is well.
const LOOK: Duration = Duration::from_millis(50);

/// Why the recording was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody is left to follow.
    Over,
    /// By this signal.
    Signal(i32),
    /// The time that was given is over.
    Time,
    /// As many events were kept as were asked for.
    Enough,
    /// What was waited for happened.
    Triggered,
    /// What was recorded could not be kept.
    NotKept,
}

impl Why {
    /// In words.
    pub fn reason(self, has_command: bool) -> String {
        match self {
            Why::Over if has_command => "the command ended".to_owned(),
            Why::Over => "the processes that were followed ended".to_owned(),
            Why::Signal(signal) => format!("signal {signal}"),
            Why::Time => "the time that was given was over".to_owned(),
            Why::Enough => "as many events were recorded as were asked for".to_owned(),
            Why::Triggered => "what was waited for happened".to_owned(),
            Why::NotKept => "the capture could not be written".to_owned(),
        }
    }
}

/// Watches until the tracer has ended, and makes it end.
pub struct Watch<'w> {
    /// The tracer.
    pub control: &'w Control,
    /// When the time that was given is over.
    pub deadline: Option<Instant>,
    /// Whether a command is recorded: Ctrl-C on the terminal is for the command then.
    pub has_command: bool,
    /// Saves what is in memory.
    pub save: &'w dyn Fn(),
}

impl Watch<'_> {
    /// Returns when the tracer has ended, with the reason. `is_over` says whether it has, `is_kept` whether what it
    /// records is still wanted; `look` is called several times a second.
    pub fn until(&self, is_over: impl Fn() -> bool, is_kept: impl Fn() -> bool, mut look: impl FnMut()) -> Why {
        let mut why = None;
        while !is_over() {
            look();
            let got = signal::next(&SIGNALS, self.until_next_look(why.is_some()));
            why = why.or_else(|| self.why(got, is_kept()));
            match why {
                Some(_) => self.control.stop(),
                None => self.control.look(),
            }
        }
        why.unwrap_or(Why::Over)
    }

    fn until_next_look(&self, is_ending: bool) -> Duration {
        let left = self.deadline.map_or(LOOK, |deadline| deadline.saturating_duration_since(Instant::now()));
        if is_ending { Duration::from_millis(5) } else { left.clamp(Duration::from_millis(1), LOOK) }
    }

    fn why(&self, got: Option<signal::Got>, is_kept: bool) -> Option<Why> {
        match got {
            _ if !is_kept => Some(Why::NotKept),
            // The terminal sent it to the command too, which knows what to make of it.
            Some(got) if got.signal == signal::NOTICE => None,
            Some(got) if got.signal == libc::SIGUSR1 => {
                (self.save)();
                None
            }
            Some(got) if got.is_of_terminal && self.has_command => None,
            Some(got) => Some(Why::Signal(got.signal)),
            None if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) => Some(Why::Time),
            None => None,
        }
    }
}
