//! What can be wrong with a filter, as data; and as text with a caret.

use super::span::{Position, Span, floor};
use crate::catalog::Usual;
use std::fmt;

/// One fault of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where, in bytes of the text.
    pub span: Span,
    /// The comparison that it is in, if it was found in one; in bytes of the text.
    pub check: Option<Span>,
    /// Where it starts, for people.
    pub position: Position,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One thing in a valid filter that is probably not what its author wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterWarning {
    /// What is odd.
    pub kind: WarningKind,
    /// Where, in bytes of the text.
    pub span: Span,
    /// The comparison that it is in, if it was found in one; in bytes of the text.
    pub check: Option<Span>,
    /// Where it starts, for people.
    pub position: Position,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the fields say what the message says
pub enum ErrorKind {
    /// There is no text.
    Empty,
    /// Something else should stand here.
    Expected(&'static str),
    /// Parentheses, transformers or macros lie too deep in each other.
    TooDeep { limit: usize },
    /// An escape in quotes that does not exist.
    BadEscape { escape: String },
    /// A word that is no comparison and no macro.
    UnknownName { name: String },
    /// There is no such field.
    UnknownField { name: String },
    /// The field needs an argument.
    ArgumentMissing { field: &'static str },
    /// The field takes no argument.
    ArgumentNotAllowed { field: String },
    /// The field's argument is not what it can be.
    ArgumentInvalid { field: &'static str, wanted: &'static str },
    /// The operator does not exist for values of this type.
    OperatorForType { operator: &'static str, what: String, ty: String },
    /// The value is none of the type.
    InvalidValue { value: String, wanted: &'static str },
    /// The value is none of those that the field can have.
    UnknownValue { field: &'static str, value: String },
    /// The value has a zero byte, which no text of a capture has.
    ZeroByte,
    /// The value is too long.
    TooLong { limit: usize },
    /// The pattern is wrong.
    InvalidPattern { message: String },
    /// The transformer does not exist for values of this type.
    TransformerForType { transformer: &'static str, what: String, ty: String },
    /// The transformer takes other arguments.
    TransformerArguments { transformer: &'static str, wanted: &'static str },
    /// The field cannot stand in a transformer.
    NoTransformer { field: &'static str },
    /// The field cannot stand on, or be compared with, a right-hand side that is a field.
    NoRightSide { field: &'static str },
    /// The operator compares with values that are written out only.
    OperatorTakesNoField { operator: &'static str },
    /// Both sides have to be of the same type.
    TypesDiffer { left: String, right: String },
    /// The field has no value to print.
    OnlyInFilters { field: &'static str },
    /// The place for a value is too wide.
    TooWide { limit: usize },
}

/// What is odd.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the fields say what the message says
pub enum WarningKind {
    /// A pattern that a plain comparison does as well.
    PlainPattern { pattern: String },
    /// A value that is a field's name.
    FieldAsValue { value: String },
    /// A value that looks like a transformer.
    TransformerAsValue { value: String },
    /// A value that the field never has.
    NeverMatches { field: &'static str, value: String, usual: Usual },
    /// An event type of calls that the recorder was not asked for.
    NotRecorded { event_type: String },
    /// Real names, where none were recorded.
    NoRealNames,
    /// Text within buffers, of which the recorder kept the beginnings.
    BuffersCut { limit: u64 },
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            Empty => write!(f, "the filter is empty"),
            Expected(what) => write!(f, "expected {what}"),
            TooDeep { limit } => write!(f, "nested more than {limit} levels deep"),
            BadEscape { escape } => write!(f, "`{escape}` is not an escape"),
            UnknownName { name } => write!(f, "`{name}` is neither a comparison nor a macro"),
            UnknownField { name } => write!(f, "there is no field `{name}`"),
            ArgumentMissing { field } => write!(f, "the field `{field}` needs an argument"),
            ArgumentNotAllowed { field } => write!(f, "`{field}` takes no argument"),
            ArgumentInvalid { field, wanted } => write!(f, "the argument of `{field}` has to be {wanted}"),
            OperatorForType { operator, what, ty } => write!(f, "`{operator}` does not apply to {what}, which is {ty}"),
            InvalidValue { value, wanted } => write!(f, "`{value}` is not {wanted}"),
            UnknownValue { field, value } => write!(f, "`{field}` never is `{value}`"),
            ZeroByte => write!(f, "a text cannot contain a zero byte"),
            TooLong { limit } => write!(f, "a value has at most {limit} bytes"),
            InvalidPattern { message } => write!(f, "invalid pattern: {message}"),
            TransformerForType { transformer, what, ty } => {
                write!(f, "`{transformer}()` does not apply to {what}, which is {ty}")
            }
            TransformerArguments { transformer, wanted } => write!(f, "`{transformer}()` takes {wanted}"),
            NoTransformer { field } => write!(f, "the field `{field}` cannot stand in a transformer"),
            NoRightSide { field } => write!(f, "the field `{field}` cannot be compared with another field"),
            OperatorTakesNoField { operator } => write!(f, "`{operator}` cannot compare with a field"),
            OnlyInFilters { field } => write!(f, "the field `{field}` is for filters only"),
            TooWide { limit } => write!(f, "a value takes at most {limit} bytes"),
            TypesDiffer { left, right } => write!(f, "the left side is {left}, the right side is {right}"),
        }
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WarningKind::PlainPattern { pattern } => {
                write!(f, "`{pattern}` needs no pattern: `=`, `contains`, `startswith` or `endswith` is faster")
            }
            WarningKind::FieldAsValue { value } => {
                write!(f, "`{value}` is compared as a text, though a field has this name: `val({value})` is its value")
            }
            WarningKind::TransformerAsValue { value } => {
                write!(f, "`{value}` is compared as a text, though it looks like a transformer")
            }
            WarningKind::NeverMatches { field, value, usual } => match usual {
                Usual::AtMost(longest) => write!(f, "`{field}` is never that long: it has at most {longest} bytes"),
                Usual::OneOf(values) if nearest(value, values.iter().copied()).is_some() => {
                    let meant = nearest(value, values.iter().copied()).unwrap_or_default();
                    write!(f, "`{field}` never is `{value}`: did you mean `{meant}`?")
                }
                _ => write!(f, "`{field}` never is `{value}`"),
            },
            WarningKind::NotRecorded { event_type } => write!(f, "`{event_type}` was not recorded"),
            WarningKind::NoRealNames => write!(f, "no real names were recorded: `fd.realname` has no value"),
            WarningKind::BuffersCut { limit } => {
                write!(f, "buffers were recorded up to {limit} bytes: what stands behind is not found")
            }
        }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)
    }
}

impl std::error::Error for FilterError {}

impl fmt::Display for FilterWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)
    }
}

impl FilterError {
    /// An error at a place of a text. The position is filled in once the text is known.
    pub fn new(kind: ErrorKind, span: Span) -> Self {
        FilterError { kind, span, check: None, position: Position::default(), hint: None }
    }

    /// With advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The error as some lines: message, the line of the filter, a caret below the fault, and advice.
    pub fn render(&self, text: &str) -> String {
        let hint = self.hint.as_ref().map(|hint| format!("\n  = {hint}")).unwrap_or_default();
        format!("error: {self}{}{hint}", excerpt(text, self.span, Position::of(text, self.span.start), None))
    }
}

impl FilterWarning {
    /// The warning as some lines: message, the line of the filter, a caret below the place.
    pub fn render(&self, text: &str) -> String {
        format!("warning: {self}{}", excerpt(text, self.span, Position::of(text, self.span.start), None))
    }
}

/// How much of a long line is shown on each side of the fault, in characters.
const CONTEXT: usize = 60;

/// The line of the text in which a span starts, with carets below the span; `file` is what the text is called,
/// `position` is that of the span.
pub fn excerpt(text: &str, span: Span, position: Position, file: Option<&str>) -> String {
    let start = floor(text, span.start);
    let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let line_end = text.get(start..).and_then(|after| after.find('\n')).map_or(text.len(), |len| start + len);
    // One character more than is shown tells whether there are more. A line can be as long as a file.
    let before = text.get(line_start..start).unwrap_or_default().chars().rev().take(CONTEXT + 1);
    let before: Vec<char> = before.collect::<Vec<_>>().into_iter().rev().collect();
    let after: Vec<char> = text.get(start..line_end).unwrap_or_default().chars().take(4 * CONTEXT + 1).collect();
    let marked = text.get(start..floor(text, span.end).clamp(start, line_end)).unwrap_or_default();
    let marked = marked.chars().take(4 * CONTEXT).count();

    let skipped = before.len().saturating_sub(CONTEXT);
    let shown_before = shown(before.iter().skip(skipped));
    let room = CONTEXT.max(marked).min(4 * CONTEXT);
    let shown_after = shown(after.iter().take(room));
    let (head, tail) = (if skipped > 0 { "…" } else { "" }, if after.len() > room { "…" } else { "" });
    let margin = " ".repeat(position.line.to_string().len());
    let indent = " ".repeat(head.chars().count() + shown_before.chars().count());
    let carets = "^".repeat(marked.clamp(1, 4 * CONTEXT));
    let Position { line, column } = position;
    let place = match file {
        Some(file) => format!("{file}:{line}:{column}"),
        None => format!("line {line}, column {column}"),
    };
    format!(
        "\n{margin}--> {place}\n{margin} |\n{line} | {head}{shown_before}{shown_after}{tail}\n{margin} | {indent}{carets}"
    )
}

/// Characters that a terminal shows as one cell each, control characters replaced.
fn shown<'c>(chars: impl Iterator<Item = &'c char>) -> String {
    chars.map(|&c| if c.is_control() { ' ' } else { c }).collect()
}

/// How many faults of one text are reported.
pub(crate) const MAX_ERRORS: usize = 100;

/// The one of `candidates` that is most like `word`, if any is like it.
pub fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .map(|candidate| (distance(word, candidate, limit), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters have to be put in, left out, replaced or swapped with their neighbour to make one word the
/// other (optimal string alignment); more than `limit` if it is clear that it is more.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut above: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &cb) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j + 1) + 1).min(at(&row, j) + 1).min(at(&last, j) + usize::from(ca != cb));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&cb) && b.get(j - 1) == Some(&ca);
            if swapped {
                best = best.min(at(&above, j - 1) + 1);
            }
            row.push(best);
        }
        above = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_if_it_is_near() {
        let words = ["proc.name", "proc.pname", "proc.aname", "fd.name"];
        let near = |word| nearest(word, words.into_iter());
        assert_eq!(near("proc.nmae"), Some("proc.name"));
        assert_eq!(near("proc.pnam"), Some("proc.pname"));
        assert_eq!(near("evt.buffer"), None);
    }

    #[test]
    fn a_caret_stands_below_the_fault() {
        let text = "proc.name=cat and\nfd.nmae=x";
        let error = FilterError::new(ErrorKind::UnknownField { name: "fd.nmae".into() }, Span::new(18, 25))
            .hint("did you mean `fd.name`?");
        assert_eq!(
            error.render(text),
            "error: there is no field `fd.nmae`\n --> line 2, column 1\n  |\n2 | fd.nmae=x\n  | ^^^^^^^\n  = did you mean `fd.name`?"
        );
    }

    #[test]
    fn odd_spans_and_long_lines_render() {
        let text = "ä".repeat(1000);
        for (start, end) in [(0, 0), (1, 1999), (3, 4), (2000, 2000), (5000, 1)] {
            let error = FilterError::new(ErrorKind::Empty, Span::new(start, end));
            assert!(error.render(&text).contains('^'));
        }
    }
}
