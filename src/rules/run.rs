//! `capture rules run`: which rules fire on captures.

use super::alerts::{Alerting, Taking};
use super::files::RuleFiles;
use super::sinks::Sinks;
use super::tally::Tally;
use crate::input;
use crate::progress::Progress;
use crate::report;
use crate::status::{End, Failure};
use capture_filter::Env;
use capture_query::{Plan, Stats};
use capture_rules::Options;
use capture_rules::run::{AlertOptions, Choice, Config, Run, Selector};
use jiff::tz::TimeZone;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

/// The status of a run in which a rule fired.
const FIRED: u8 = 1;
/// The status of a run over a damaged capture, whatever fired.
const DAMAGED: u8 = 3;

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
    rules: RuleFiles,
    /// Read this capture; `-` is standard input, a directory stands for the files in it. May be given several times.
    #[arg(short, long, value_name = "FILE", required = true)]
    read: Vec<PathBuf>,
    /// Read each file by itself. Else files that are pieces of one recording are taken for one capture.
    #[arg(long)]
    separate: bool,
    /// Print alerts as JSON, one object a line.
    #[arg(short, long)]
    json: bool,
    /// An option of Falco's configuration, such as rule_matching=all, priority=warning,
    /// json_include_tags_property=false, time_format_iso_8601=true, rules[].disable.rule=NAME,
    /// append_output[]={"extra_output": "…"}.
    #[arg(short = 'o', long = "option", value_name = "KEY=VALUE")]
    options: Vec<String>,
    /// Switch off the rules that have this in their names.
    #[arg(short = 'D', long, value_name = "TEXT")]
    disable: Vec<String>,
    /// Switch off the rules with this tag.
    #[arg(short = 'T', long, value_name = "TAG", conflicts_with = "tag")]
    disable_tag: Vec<String>,
    /// Run no rules but those with this tag.
    #[arg(short, long, value_name = "TAG")]
    tag: Vec<String>,
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
    /// How many threads run rules; as many as the machine can run at once by default.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Runs rules.
pub fn run(args: Args) -> Result<End, Failure> {
    let config = config(&args)?;
    let options = Options { append_output: config.append_output.clone(), ..args.rules.options() };
    let rules = args.rules.rules(&options)?;
    if rules.skipped() > 0 {
        report::note(&format!(
            "{} rules are for other sources of events, or other fields: they are skipped",
            rules.skipped()
        ));
    }
    let is_on = |rule: &_| Choice::decide(&config.choices, rule) && rule.priority <= config.priority;
    let run = Run::new(rules, is_on, config.matching);
    let opened = input::open(&args.read)?;
    let captures = if args.separate { opened.captures } else { input::joined(opened.captures) };
    let zone = if args.utc { TimeZone::UTC } else { TimeZone::system() };
    let env = Env { time_zone: Some(zone).filter(|zone| *zone != TimeZone::UTC), ..Env::default() };
    let hostname = std::env::var("FALCO_HOSTNAME").ok().filter(|name| !name.is_empty());
    let alerts = AlertOptions { json: config.json, properties: config.properties, iso_time: config.iso_time, hostname };
    let stats = Arc::new(Stats::default());
    let asked: Vec<Alerting> = captures.iter().map(|_| Alerting::new(&run, &alerts, args.rules.view(), &env)).collect();
    let threads =
        args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get), usize::from);
    let plan = Plan { view: args.rules.view(), needs: run.needs(), times: Plan::ANY_TIME, threads };
    let sinks = Sinks::new(args.quiet, args.output.as_deref(), args.exec.as_deref())?;
    let total = captures.iter().map(capture_query::Capture::file_size).sum();
    let mut taking = Taking::new(captures.len(), sinks, Progress::new(args.progress, total));
    capture_query::run(captures, &asked, plan, &mut taking, &stats);
    let (tally, end) = taking.finish()?;
    if !args.quiet {
        eprint!("{}", tally.table(run.rule_set()));
    }
    Ok(status(end.and(opened.end), &tally))
}

fn status(end: End, tally: &Tally) -> End {
    match end {
        End::Damaged => End::Status(DAMAGED),
        _ if tally.is_empty() => End::Good,
        _ => End::Status(FIRED),
    }
}

/// What options say, the older spellings first.
fn config(args: &Args) -> Result<Config, Failure> {
    let mut config = Config::default();
    let choice = |selector, is_on| Choice { selector, is_on };
    let parts = args.disable.iter().map(|part| choice(Selector::Part(part.clone()), false));
    config.choices.extend(parts);
    config.choices.extend(args.disable_tag.iter().map(|tag| choice(Selector::Tag(tag.clone()), false)));
    if !args.tag.is_empty() {
        config.choices.push(choice(Selector::Name(String::new()), false));
        config.choices.extend(args.tag.iter().map(|tag| choice(Selector::Tag(tag.clone()), true)));
    }
    for option in &args.options {
        config.set(option).map_err(|error| Failure::new(format_args!("-o {error}")))?;
    }
    config.json |= args.json;
    Ok(config)
}
