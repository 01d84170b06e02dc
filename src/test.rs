//! `capture test`: whether rules still do on captures what test files expect.

mod find;
mod github;
mod human;
mod junit;
mod outcome;
mod sarif;
mod suite;
mod update;

use crate::escape;
use crate::output::Output;
use crate::status::{DAMAGED, End, Failure};
use capture_rules::regress::Defaults;
use outcome::{Outcome, Verdict};
use std::path::{Path, PathBuf};

/// The status of a run in which a test fails.
const FAILED: u8 = 1;
/// The status of a run in which a test could not be run.
const NOT_RUN: u8 = 2;

/// Test rules: whether alerts, queries and system calls of captures are what test files expect.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture test                            all *.test.yaml below this directory
  capture test rules/shell.test.yaml
  capture test --update rules             write what is seen into the test files
  capture test --junit report.xml --sarif report.sarif rules
  capture test -r events.cap --rules falco_rules.yaml suite.yaml   a test file of event-generator

docs/rules.md describes test files.

Exit status:
  0  all tests pass
  1  a test fails
  2  usage, or a test could not be run: its file, rules or capture cannot be used
  3  all tests pass, but a capture is damaged; what was readable was used")]
pub struct Args {
    /// Test files; a directory stands for the files called *.test.yaml or *.test.yml in it and below.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The capture of tests that name none.
    #[arg(short = 'r', long, value_name = "FILE")]
    read: Option<PathBuf>,
    /// The rule files of tests that name none; may be given several times.
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Write what is seen into the test files, after showing the difference. What is forbidden stays forbidden.
    #[arg(long)]
    update: bool,
    /// Write a report for CI servers, in the form of JUnit.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write failures in the form of SARIF 2.1.0, for code scanning.
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Print failures as annotations of GitHub Actions too; so it is where GITHUB_ACTIONS=true.
    #[arg(long)]
    github: bool,
    /// Say nothing of tests that pass.
    #[arg(short, long)]
    quiet: bool,
}

/// Runs tests.
pub fn run(args: Args) -> Result<End, Failure> {
    let defaults = Defaults { capture: args.read.clone(), rules: args.rules.clone() };
    for named in defaults.capture.iter().chain(&defaults.rules) {
        if !named.exists() {
            return Err(Failure::new(format_args!("{}: no such file", named.display())));
        }
    }
    let files = find::test_files(&args.paths)?;
    let mut output = Output::stdout(false)?;
    let mut runs = suite::run(&files, &defaults)?;
    if args.update {
        for run in &mut runs {
            if let Some(difference) = update::write(run, &defaults)? {
                say(&mut output, &difference)?;
                if let Some(again) = suite::run(std::slice::from_ref(&run.path), &defaults)?.pop() {
                    *run = again;
                }
            }
        }
    }
    let outcomes: Vec<Outcome> = runs.into_iter().flat_map(|run| run.outcomes).collect();
    say(&mut output, &human::text(&outcomes, args.quiet))?;
    if args.github || std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        output.write(github::annotations(&outcomes).as_bytes())?;
    }
    output.finish()?;
    write_report(args.junit.as_deref(), || junit::report(&outcomes))?;
    write_report(args.sarif.as_deref(), || sarif::report(&outcomes))?;
    Ok(end(&outcomes))
}

/// Prints text in which names and values from anywhere may stand.
fn say(output: &mut Output, text: &str) -> Result<(), Failure> {
    Ok(output.write(escape::in_lines(text.as_bytes()).as_bytes())?)
}

fn write_report(path: Option<&Path>, text: impl Fn() -> String) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    std::fs::write(path, text()).map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))
}

fn end(outcomes: &[Outcome]) -> End {
    let some = |verdict| outcomes.iter().any(|outcome| outcome.verdict() == verdict);
    match () {
        () if some(Verdict::NotRun) => End::Status(NOT_RUN),
        () if some(Verdict::Failed) => End::Status(FAILED),
        () if outcomes.iter().any(|outcome| !outcome.damage.is_empty()) => End::Status(DAMAGED),
        () => End::Good,
    }
}
