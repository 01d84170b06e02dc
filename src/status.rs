//! How a run ends.

use capture_scap::WriteError;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

/// The end of a reading command that showed what there was to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything could be read: status 0.
    Good,
    /// A capture is damaged, and what was readable was shown: status 1.
    Damaged,
    /// A command of the user's was run, or something was checked: its status.
    Status(u8),
}

/// The status for a damaged capture of commands whose status 1 is an answer.
pub const DAMAGED: u8 = 3;

impl End {
    /// The end of two pieces of work.
    pub fn and(self, other: End) -> End {
        if self == End::Good { other } else { self }
    }

    /// The end of a command whose status is its answer, unless a capture is damaged.
    pub fn with_answer(self, status: u8) -> End {
        End::Status(if self == End::Damaged { DAMAGED } else { status })
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// Usage, a bad filter, an unreadable capture …: the message for stderr, status 2.
    Message(String),
    /// Whoever read our output has seen enough: a normal end without a word, status 0.
    OutputClosed,
}

impl Failure {
    /// A failure that says this.
    pub fn new(message: impl Display) -> Self {
        Failure::Message(message.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::OutputClosed,
            _ => Failure::Message(error.to_string()),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(error) => error.into(),
            error => Failure::new(error),
        }
    }
}

/// What every subcommand's help says of its status.
pub const READING_HELP: &str = "\
Exit status:
  0  good
  1  a capture is damaged; what was readable was shown
  2  usage, bad filter, unreadable capture";

/// The exit status of a command, after its message has gone to stderr.
pub fn exit_code(result: Result<End, Failure>) -> ExitCode {
    match result {
        Ok(End::Good) | Err(Failure::OutputClosed) => ExitCode::SUCCESS,
        Ok(End::Damaged) => ExitCode::from(1),
        Ok(End::Status(status)) => ExitCode::from(status),
        Err(Failure::Message(message)) => {
            crate::report::error(&message);
            ExitCode::from(2)
        }
    }
}
