//! `capture rules check`: what is wrong with rule files.

use super::files::{RuleFiles, each_once};
use crate::output::Output;
use crate::status::{End, Failure};
use capture_rules::{Diagnostic, Loaded, Severity};
use serde_json::json;
use std::collections::HashSet;
use std::fmt::Write;

/// Check rule files: all faults at once, Falco's warnings, and what is probably not meant.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules check falco_rules.yaml rules.d
  capture rules check -j local.yaml          as `falco -V` with JSON output prints it

Exit status:
  0  the files load
  2  usage, unreadable, or the files do not load")]
pub struct Args {
    #[command(flatten)]
    rules: RuleFiles,
    /// Print the results as JSON, in the form of `falco -V` with JSON output.
    #[arg(short, long)]
    json: bool,
}

/// Checks the files.
pub fn run(args: Args) -> Result<End, Failure> {
    let loaded = args.rules.load()?;
    let mut output = Output::stdout(false)?;
    if args.json {
        let results: Vec<_> = loaded.results.iter().map(|result| result.to_json(&loaded.files)).collect();
        output.write(format!("{}\n", json!({ "falco_load_results": results })).as_bytes())?;
    } else {
        output.write_text(&text(&loaded))?;
    }
    output.finish()?;
    Ok(if loaded.rules.is_some() { End::Good } else { End::Status(2) })
}

/// Everything that was said, then a line for each file and one for all.
fn text(loaded: &Loaded) -> String {
    let mut text = String::new();
    for said in each_once(&loaded.results, &loaded.files) {
        let _ = writeln!(text, "{said}\n");
    }
    for result in &loaded.results {
        let word = match result.diagnostics.iter().map(|diagnostic| diagnostic.code.severity()).min() {
            Some(Severity::Error) => "does not load",
            Some(Severity::Warning) => "loads, with warnings",
            Some(Severity::Lint) => "loads, with lints",
            None => "loads",
        };
        let _ = writeln!(text, "{}: {word}", result.name);
        if result.left_out > 0 {
            let _ = writeln!(text, "{}: there is more to say, {} times", result.name, result.left_out);
        }
    }
    if let Some(rules) = &loaded.rules {
        let counts = [rules.rules().len(), rules.macros().len(), rules.lists().len(), rules.skipped()];
        let [rules, macros, lists, skipped] = counts;
        let _ = write!(text, "rules {rules}, macros {macros}, lists {lists}, skipped {skipped}; ");
    }
    text += &counts(loaded);
    text
}

/// How much was said, each thing once.
fn counts(loaded: &Loaded) -> String {
    let mut seen = HashSet::new();
    let all = loaded.results.iter().flat_map(|result| &result.diagnostics);
    let once: Vec<&Diagnostic> = all.filter(|diagnostic| seen.insert(diagnostic.text(&loaded.files))).collect();
    let of = |severity| once.iter().filter(|diagnostic| diagnostic.code.severity() == severity).count();
    let [errors, warnings, lints] = [Severity::Error, Severity::Warning, Severity::Lint].map(of);
    format!("errors {errors}, warnings {warnings}, lints {lints}\n")
}
