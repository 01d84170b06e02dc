//! A report in the form of JUnit: what CI servers read.
//!
//! There is no one JUnit schema. The strictest in use is `junit-10.xsd` of Jenkins' xUnit plugin, which refuses what it
//! does not know: so a test case has no attributes `file` and `line`, and places stand in the texts of failures.

use super::outcome::{Outcome, Verdict};
use std::fmt::Write;

/// A suite for each test file. There are no times: the same tests give the same bytes.
pub fn report(outcomes: &[Outcome]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"capture test\" {}>", counts(outcomes));
    for suite in outcomes.chunk_by(|one, next| one.file == next.file) {
        let file = suite.first().map_or_else(String::new, |outcome| escape(&outcome.file));
        let _ = writeln!(text, "  <testsuite name=\"{file}\" file=\"{file}\" {} skipped=\"0\">", counts(suite));
        suite.iter().for_each(|outcome| text += &case(outcome));
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

fn counts(outcomes: &[Outcome]) -> String {
    let count = |verdict| outcomes.iter().filter(|outcome| outcome.verdict() == verdict).count();
    let (failed, not_run) = (count(Verdict::Failed), count(Verdict::NotRun));
    format!("tests=\"{}\" failures=\"{failed}\" errors=\"{not_run}\"", outcomes.len())
}

fn case(outcome: &Outcome) -> String {
    let (file, name) = (escape(&outcome.file), escape(&outcome.name));
    let mut text = format!("    <testcase classname=\"{file}\" name=\"{name}\"");
    if outcome.problems.is_empty() && outcome.damage.is_empty() {
        return text + "/>\n";
    }
    text += ">\n";
    let element = if outcome.verdict() == Verdict::NotRun { "error" } else { "failure" };
    for problem in &outcome.problems {
        let place = format!("{}:{}:{}", outcome.file, problem.at.line, problem.at.column);
        let whole = escape(&format!("{place}: {}", problem.text()));
        let _ = writeln!(
            text,
            "      <{element} type=\"{}\" message=\"{}\">{whole}</{element}>",
            problem.kind,
            escape(&problem.message).replace('\n', "&#10;")
        );
    }
    if !outcome.damage.is_empty() {
        let _ = writeln!(text, "      <system-err>{}</system-err>", escape(&outcome.damage.join("\n")));
    }
    text + "    </testcase>\n"
}

/// Text in XML. Characters that XML does not have are written out.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in crate::escape::in_lines(text.as_bytes()).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_ends_an_element_early() {
        assert_eq!(escape("a\"/><x>&\u{1b}\u{0}\u{ffff}ü"), "a&quot;/&gt;&lt;x&gt;&amp;\\x1b\\x00\u{fffd}ü");
    }
}
