//! Failures in the form of SARIF 2.1.0: what code scanning reads.

use super::outcome::{CANNOT_RUN, Outcome, Problem, Verdict};
use crate::escape;
use capture_rules::regress::FailureKind;
use serde_json::{Value, json};
use std::path::Path;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run with a result for each problem, at its line of the test file.
pub fn report(outcomes: &[Outcome]) -> String {
    let kinds = FailureKind::ALL.iter().map(|kind| (kind.name(), kind.words()));
    let rules = kinds.chain([(CANNOT_RUN, "A test that could not be run")]);
    let rules: Vec<Value> =
        rules.map(|(name, words)| json!({ "id": name, "shortDescription": { "text": words } })).collect();
    let of = |outcome| problems(outcome, &rules);
    let results: Vec<Value> = outcomes.iter().flat_map(of).collect();
    let was_run = outcomes.iter().all(|outcome| outcome.verdict() != Verdict::NotRun);
    let driver = json!({ "name": "capture", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let run = json!({
        "tool": { "driver": driver },
        "columnKind": "unicodeCodePoints",
        "invocations": [{ "executionSuccessful": was_run }],
        "results": results,
    });
    format!("{:#}\n", json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] }))
}

fn problems(outcome: &Outcome, rules: &[Value]) -> Vec<Value> {
    outcome.problems.iter().map(|problem| result(outcome, problem, rules)).collect()
}

fn result(outcome: &Outcome, problem: &Problem, rules: &[Value]) -> Value {
    let text = format!("{}: {}", outcome.name, problem.text());
    json!({
        "ruleId": problem.kind,
        "ruleIndex": rules.iter().position(|rule| rule["id"] == problem.kind),
        "level": "error",
        "message": { "text": escape::in_lines(text.as_bytes()) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&outcome.file) },
            "region": { "startLine": problem.at.line, "startColumn": problem.at.column },
        } }],
    })
}

/// A path as a reference: relative to the working directory, if it lies in there.
fn uri(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = Path::new(file);
    let relative = path.strip_prefix(&here).unwrap_or(path);
    let relative = relative.strip_prefix(".").unwrap_or(relative).to_string_lossy();
    let mut uri = String::from(if relative.starts_with('/') { "file://" } else { "" });
    for byte in relative.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            byte => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("./a b/c%.yaml"), "a%20b/c%25.yaml");
        assert_eq!(uri("/nowhere/ü"), "file:///nowhere/%C3%BC");
        let here = std::env::current_dir().unwrap().join("x.yaml");
        assert_eq!(uri(&here.to_string_lossy()), "x.yaml");
    }
}
