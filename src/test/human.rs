//! How tests ended, for people.

use super::outcome::{CANNOT_RUN, Outcome, Problem, Verdict};
use crate::plural::counted;
use std::fmt::Write;

/// A line for each test, with all that is wrong below it, and at the end how many there were.
pub fn text(outcomes: &[Outcome], is_quiet: bool) -> String {
    let mut text = String::new();
    let shown = |outcome: &&Outcome| !is_quiet || outcome.verdict() != Verdict::Passed || !outcome.damage.is_empty();
    for outcome in outcomes.iter().filter(shown) {
        let word = match outcome.verdict() {
            Verdict::Passed => "ok",
            Verdict::Failed => "FAILED",
            Verdict::NotRun => "ERROR",
        };
        let _ = writeln!(text, "{word:<7} {}:{}: {}", outcome.file, outcome.at.line, outcome.name);
        for problem in &outcome.problems {
            text += &problem_text(problem);
        }
        for damage in &outcome.damage {
            let _ = writeln!(text, "  the capture is damaged: {damage}");
        }
    }
    text + &counts(outcomes)
}

fn problem_text(problem: &Problem) -> String {
    let mut text = String::new();
    if let Some(excerpt) = problem.excerpt.as_deref().filter(|_| problem.kind == CANNOT_RUN) {
        for line in excerpt.lines() {
            let _ = writeln!(text, "  {line}");
        }
        return text;
    }
    let _ = writeln!(text, "  line {}: {}", problem.at.line, problem.message);
    for note in problem.notes.iter().flat_map(|note| note.lines()) {
        let _ = writeln!(text, "    {note}");
    }
    text
}

fn counts(outcomes: &[Outcome]) -> String {
    let count = |verdict| outcomes.iter().filter(|outcome| outcome.verdict() == verdict).count();
    let [passed, failed, not_run] = [Verdict::Passed, Verdict::Failed, Verdict::NotRun].map(count);
    let mut text = format!("{}: {passed} passed", counted(outcomes.len() as u64, "test"));
    if failed > 0 {
        let _ = write!(text, ", {failed} failed");
    }
    if not_run > 0 {
        let _ = write!(text, ", {not_run} could not be run");
    }
    text + "\n"
}
