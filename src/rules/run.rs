//! `capture rules run`: which rules fire on captures.

use super::alerts::{Alerting, Taking};
use super::sinks::Sinks;
use super::subject::Subject;
use crate::moment;
use crate::progress::Progress;
use crate::status::{End, Failure};
use capture_filter::Env;
use capture_query::{Capture, Stats};
use std::path::PathBuf;
use std::sync::Arc;

/// The status of a run in which a rule fired.
const FIRED: u8 = 1;

/// Run Falco rules over captures: alerts as Falco prints them, and how many there were.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules run -r incident.cap falco_rules.yaml
  capture rules run -j -r a.scap -r b.cap falco_rules.yaml local.yaml | jq .rule
  capture rules run -r incident.cap -t mitre_persistence falco_rules.yaml
  capture rules run -r incident.cap -o 'rules[].disable.rule=*' -o rules[].enable.tag=network falco_rules.yaml

Exit status:
  0  no rule fired
  1  a rule fired
  2  usage, unreadable, or the files do not load
  3  a capture is damaged; what was readable was used")]
pub struct Args {
    #[command(flatten)]
    subject: Subject,
    /// Print alerts as JSON, one object a line.
    #[arg(short, long)]
    json: bool,
    /// Append alerts to this file too.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Run this command (with `sh -c`), and give it all alerts on its standard input, a line each.
    #[arg(long, value_name = "PROGRAM")]
    exec: Option<String>,
    /// Print neither alerts nor how many there were: the status tells.
    #[arg(short, long)]
    quiet: bool,
    /// Times of day in UTC instead of the zone of this machine (TZ).
    #[arg(long)]
    utc: bool,
    /// Show progress on standard error, if that is a terminal.
    #[arg(short = 'P', long)]
    progress: bool,
}

/// Runs rules.
pub fn run(args: Args) -> Result<End, Failure> {
    let mut config = args.subject.config()?;
    config.alerts.json |= args.json;
    config.alerts.hostname = std::env::var("FALCO_HOSTNAME").ok().filter(|name| !name.is_empty());
    let run = args.subject.run(&config)?;
    let (captures, opened) = args.subject.captures.open()?;
    let env = Env::in_zone(moment::zone(args.utc));
    let asked: Vec<Alerting> = captures.iter().map(|_| Alerting::new(&run, &config.alerts, &env)).collect();
    let plan = args.subject.captures.plan(run.view(), run.needs());
    let sinks = Sinks::new(args.quiet, args.output.as_deref(), args.exec.as_deref())?;
    let total = captures.iter().map(Capture::file_size).sum();
    let mut taking = Taking::new(captures.len(), sinks, Progress::new(args.progress, total));
    capture_query::run(captures, &asked, plan, &mut taking, &Arc::new(Stats::default()));
    let (tally, end) = taking.finish()?;
    if !args.quiet {
        eprint!("{}", tally.table(run.rule_set()));
    }
    Ok(end.and(opened).with_answer(if tally.is_empty() { 0 } else { FIRED }))
}
