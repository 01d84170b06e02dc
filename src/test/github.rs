//! Failures as annotations: workflow commands of GitHub Actions.

use super::outcome::Outcome;
use std::fmt::Write;

/// A command for each problem.
pub fn annotations(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        for problem in &outcome.problems {
            let _ = writeln!(
                text,
                "::error file={},line={},col={},title={}::{}",
                property(&outcome.file),
                problem.at.line,
                problem.at.column,
                property(&outcome.name),
                data(&problem.text())
            );
        }
    }
    text
}

/// A message: it stays one line.
fn data(text: &str) -> String {
    let text = crate::escape::in_lines(text.as_bytes());
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value in front of the message.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("100%\r\n::error::x"), "100%25\\r%0A::error::x");
        assert_eq!(property("a,line=1::b"), "a%2Cline=1%3A%3Ab");
    }
}
