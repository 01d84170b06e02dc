//! How a test ended, in words: what all reports are made of.

use capture_filter::language::span::Position;
use capture_rules::Files;
use capture_rules::regress::{Failure, Fault};

/// How a test ended.
#[derive(Debug)]
pub struct Outcome {
    /// The test file.
    pub file: String,
    /// The test.
    pub name: String,
    /// Where it stands.
    pub at: Position,
    /// What is wrong; nothing, if it passes.
    pub problems: Vec<Problem>,
    /// Places of the capture that could not be read.
    pub damage: Vec<String>,
}

/// How a test ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It passes.
    Passed,
    /// Something is otherwise than expected.
    Failed,
    /// It could not be run.
    NotRun,
}

/// Something that is wrong.
#[derive(Debug)]
pub struct Problem {
    /// A name for its kind.
    pub kind: &'static str,
    /// What it is, on one line as a rule.
    pub message: String,
    /// More of it.
    pub notes: Vec<String>,
    /// Where it stands in the test file.
    pub at: Position,
    /// The line there, with carets, if the file is wrong rather than what it expects.
    pub excerpt: Option<String>,
}

/// The kind of problems that keep a test from being run.
pub const CANNOT_RUN: &str = "cannot-run";

impl Outcome {
    /// How it ended.
    pub fn verdict(&self) -> Verdict {
        match &*self.problems {
            [] => Verdict::Passed,
            problems if problems.iter().any(|problem| problem.kind == CANNOT_RUN) => Verdict::NotRun,
            _ => Verdict::Failed,
        }
    }
}

impl Problem {
    /// Something that is otherwise than expected.
    pub fn failure(failure: Failure, files: &Files) -> Problem {
        let at = files.position(failure.place.file, failure.place.start);
        let Failure { kind, message, notes, .. } = failure;
        Problem { kind: kind.name(), message, notes, at, excerpt: None }
    }

    /// Something that keeps a test from being run.
    pub fn fault(fault: &Fault, files: &Files) -> Problem {
        let at = files.position(fault.place.file, fault.place.start);
        let (message, notes) = (fault.message.clone(), fault.hint.iter().cloned().collect());
        Problem { kind: CANNOT_RUN, message, notes, at, excerpt: Some(fault.text(files)) }
    }

    /// Message and notes.
    pub fn text(&self) -> String {
        std::iter::once(&self.message).chain(&self.notes).map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}
