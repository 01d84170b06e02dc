//! Test files, as read.

use super::fault::Fault;
use super::value::Wanted;
use crate::priority::Priority;
use crate::source::{Files, Place};
use crate::yaml::Node;
use capture_batch::View;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::sync::Arc;

/// Something that stands in a test file.
#[derive(Debug, Clone)]
pub struct Written<T> {
    /// What it says.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// A file of cases.
#[derive(Debug)]
pub struct TestFile {
    /// Its text.
    pub files: Files,
    /// Its cases, in their order. A file that cannot be used has one entry, which says why.
    pub entries: Vec<Entry>,
}

/// A case, or why it cannot be run.
#[derive(Debug)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// The case.
    pub case: Result<Case, Vec<Fault>>,
}

/// What is expected of a capture.
#[derive(Debug)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// The capture.
    pub capture: Written<PathBuf>,
    /// The rule files, in their order.
    pub rules: Vec<Written<PathBuf>>,
    /// The view in which rules and queries run.
    pub view: View,
    /// Options of Falco's configuration, as `KEY=VALUE`.
    pub options: Vec<Written<String>>,
    /// What of alerts that nobody expects.
    pub others: Others,
    /// The alerts that are expected, those that must not be among them. An alert counts for the first that it fits.
    pub alerts: Vec<ExpectedAlert>,
    /// What queries give.
    pub queries: Vec<ExpectedQuery>,
    /// Which system calls may be made.
    pub allowed_calls: Vec<AllowedCalls>,
    /// Whether anything was said of what is expected.
    pub expects_something: bool,
    pub(super) node: Arc<Node>,
}

/// What of alerts that no entry of a case expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They are of no interest.
    Allow,
    /// They fail the case.
    Forbid,
}

/// Alerts that are expected.
#[derive(Debug)]
pub struct ExpectedAlert {
    /// Of which rule.
    pub rule: Written<String>,
    /// How many.
    pub count: Count,
    /// How urgent they are.
    pub priority: Option<Written<Priority>>,
    /// What their members are: `source`, `hostname`.
    pub members: Vec<(&'static str, Written<Wanted>)>,
    /// What their output fields are.
    pub fields: Vec<ExpectedField>,
    /// Whether there must be none.
    pub is_forbidden: bool,
    /// Where it stands.
    pub place: Place,
    pub(super) node: Arc<Node>,
}

/// What an output field is to be.
#[derive(Debug)]
pub struct ExpectedField {
    /// Its name, and where that stands.
    pub name: Written<String>,
    /// The value.
    pub wanted: Written<Wanted>,
}

/// What a query is to give.
#[derive(Debug)]
pub struct ExpectedQuery {
    /// The filter.
    pub filter: Written<String>,
    /// How events are printed.
    pub format: Option<Written<String>>,
    /// How many events there are.
    pub count: Option<Written<Count>>,
    /// What is printed.
    pub lines: Option<Written<Vec<String>>>,
    pub(super) filter_node: Arc<Node>,
    pub(super) format_node: Option<Arc<Node>>,
    pub(super) node: Arc<Node>,
}

/// The system calls that the threads of a container or of programs of one name may make.
#[derive(Debug)]
pub struct AllowedCalls {
    /// The name or id of the container; `None` for any and none.
    pub container: Option<String>,
    /// The name of the program; `None` for any.
    pub process: Option<String>,
    /// The calls.
    pub calls: Vec<String>,
    /// Where it stands.
    pub place: Place,
    pub(super) node: Arc<Node>,
}

impl Display for AllowedCalls {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (&self.process, &self.container) {
            (None, None) => f.write_str("all threads"),
            (Some(process), None) => write!(f, "process `{process}`"),
            (None, Some(container)) => write!(f, "container `{container}`"),
            (Some(process), Some(container)) => write!(f, "process `{process}` in container `{container}`"),
        }
    }
}

/// How many there are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// At least so many.
    pub min: u64,
    /// At most so many.
    pub max: u64,
}

impl Count {
    /// One or more.
    pub const SOME: Count = Count { min: 1, max: u64::MAX };
    /// None.
    pub const NONE: Count = Count { min: 0, max: 0 };

    /// Reads `3`, `1..3`, `2..` or `..5`; both ends belong to a range.
    pub fn parse(text: &str) -> Option<Count> {
        let number = |text: &str| text.parse::<u64>().ok().filter(|_| !text.starts_with('+'));
        let Some((min, max)) = text.split_once("..") else {
            return number(text).map(|count| Count { min: count, max: count });
        };
        let min = if min.is_empty() { 0 } else { number(min)? };
        let max = if max.is_empty() { u64::MAX } else { number(max)? };
        (min <= max && text != "..").then_some(Count { min, max })
    }

    /// Whether so many are as many as there are to be.
    pub fn contains(&self, count: u64) -> bool {
        (self.min..=self.max).contains(&count)
    }

    /// So many of something, in words.
    pub fn of(&self, what: &str) -> String {
        match (self.min, self.max) {
            (0, 0) => format!("no {what}"),
            (1, 1) => format!("1 {what}"),
            (1, u64::MAX) => format!("at least 1 {what}"),
            (min, max) if min == max => format!("{min} {what}s"),
            (min, u64::MAX) => format!("at least {min} {what}s"),
            (0, max) => format!("at most {max} {what}{}", if max == 1 { "" } else { "s" }),
            (min, max) => format!("{min} to {max} {what}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn counts_are_numbers_or_ranges() {
        let count = |min, max| Some(Count { min, max });
        assert_eq!(Count::parse("3"), count(3, 3));
        assert_eq!(Count::parse("1..3"), count(1, 3));
        assert_eq!(Count::parse("2.."), count(2, u64::MAX));
        assert_eq!(Count::parse("..5"), count(0, 5));
        for wrong in ["", "..", "3..1", "-1", "+1", "a", "1..b", "1...3", "99999999999999999999"] {
            assert_eq!(Count::parse(wrong), None, "{wrong}");
        }
    }
}
