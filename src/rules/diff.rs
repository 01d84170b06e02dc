//! `capture rules diff`: which alerts a change of rules gains and loses.

mod compare;

use super::captures::Captures;
use super::choices::{self, Choices};
use super::files::Reading;
use crate::escape;
use crate::moment;
use crate::output::{Output, or_stop};
use crate::plural::counted;
use crate::report::DamageReports;
use crate::status::{End, Failure};
use capture_batch::Batch;
use capture_filter::Env;
use capture_query::{Damage, Made, Stats, Taker};
use capture_rules::run::{Config, Run};
use compare::{Change, Comparing, Side};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Show which alerts a change of rules gains (`+`) and loses (`-`) on captures. An alert is a rule's name and an event:
/// texts and priorities may change.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules diff -r captures old/falco_rules.yaml new/falco_rules.yaml
  capture rules diff -r incident.cap --base falco_rules.yaml local.yaml.orig local.yaml
  git show main:rules.yaml | capture rules diff -j -r captures - rules.yaml

Exit status:
  0  the same alerts
  1  alerts were gained or lost
  2  usage, unreadable, or rules do not load
  3  a capture is damaged; what was readable was used")]
pub struct Args {
    /// The rules as they were: a file, a directory with files, or `-` for standard input.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The rules as they are now.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Rules that are loaded before either of them. May be given several times.
    #[arg(long, value_name = "RULES")]
    base: Vec<PathBuf>,
    #[command(flatten)]
    captures: Captures,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    reading: Reading,
    /// Print alerts as JSON, one object a line.
    #[arg(short, long)]
    json: bool,
    /// Print how many alerts changed, and not which.
    #[arg(short, long)]
    summary: bool,
    /// Times of day in UTC instead of the zone of this machine (TZ).
    #[arg(long)]
    utc: bool,
}

/// The status if alerts were gained or lost.
const DIFFERENT: u8 = 1;

/// Prints the differences.
pub fn run(args: Args) -> Result<End, Failure> {
    let mut config = args.choices.config()?;
    config.alerts.json |= args.json;
    let runs = [side(&args, &config, &args.old)?, side(&args, &config, &args.new)?];
    let (captures, opened) = args.captures.open()?;
    let names = captures.iter().map(|capture| capture.files().next().unwrap_or_default().to_owned()).collect();
    let env = Env::in_zone(moment::zone(args.utc));
    let asked: Vec<Comparing> = captures.iter().map(|_| Comparing::new(&runs, &config.alerts, &env)).collect();
    let [old, new] = &runs;
    let plan = args.captures.plan(new.view(), old.needs() | new.needs());
    let mut taking = Taking {
        output: Output::stdout(false)?,
        names,
        json: config.alerts.json,
        quiet: args.summary,
        counts: BTreeMap::new(),
        damage: DamageReports::new(captures.len()),
        failed: None,
    };
    capture_query::run(captures, &asked, plan, &mut taking, &Arc::new(Stats::default()));
    taking.finish(opened)
}

/// The rules of one side.
fn side(args: &Args, config: &Config, path: &Path) -> Result<Run, Failure> {
    let paths: Vec<PathBuf> = args.base.iter().cloned().chain([path.to_owned()]).collect();
    choices::run(&paths, &args.reading, config)
}

/// Takes differences.
struct Taking {
    output: Output,
    /// What captures are called.
    names: Vec<String>,
    json: bool,
    quiet: bool,
    /// By rule: how many alerts were lost, and how many gained.
    counts: BTreeMap<Arc<str>, [u64; 2]>,
    damage: DamageReports,
    failed: Option<io::Error>,
}

impl Taking {
    fn finish(self, opened: End) -> Result<End, Failure> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        let (table, is_same) = (table(&self.counts), self.counts.is_empty());
        self.output.finish()?;
        eprint!("{table}");
        Ok(opened.and(self.damage.finish()).with_answer(if is_same { 0 } else { DIFFERENT }))
    }

    /// The line of a change.
    fn line(&self, capture: usize, change: &Change) -> String {
        let name = self.names.get(capture).map_or("", String::as_str);
        let alert = String::from_utf8_lossy(&change.alert);
        if self.json {
            let alert: Value = serde_json::from_str(&alert).unwrap_or_default();
            let what = if change.side == Side::Old { "lost" } else { "gained" };
            return format!("{}\n", json!({ "change": what, "capture": name, "event": change.event, "alert": alert }));
        }
        let sign = if change.side == Side::Old { '-' } else { '+' };
        let of = if self.names.len() > 1 { format!(" of {name}") } else { String::new() };
        format!("{sign} {}, event {}{of}: {alert}", change.rule, change.event)
    }
}

impl Taker<Vec<Change>> for Taking {
    fn take(&mut self, capture: usize, _: &Batch, made: &mut Made<Vec<Change>>, rows: Range<usize>) -> ControlFlow<()> {
        for change in made.output.iter().filter(|change| rows.contains(&change.row)) {
            let [lost, gained] = self.counts.entry(change.rule.clone()).or_default();
            *(if change.side == Side::Old { lost } else { gained }) += 1;
            if self.quiet {
                continue;
            }
            let line = self.line(capture, change);
            or_stop(self.output.write_text(&line), &mut self.failed)?;
        }
        ControlFlow::Continue(())
    }

    fn damage(&mut self, capture: usize, file: &str, damage: &Damage) {
        self.damage.add(capture, file, damage);
    }
}

/// A line a rule, and one for all.
fn table(counts: &BTreeMap<Arc<str>, [u64; 2]>) -> String {
    let mut text = String::new();
    for (rule, [lost, gained]) in counts {
        let _ = writeln!(text, "{lost:>8} lost {gained:>8} gained  {}", escape::in_line(rule.as_bytes()));
    }
    let sum = |side: usize| counts.values().filter_map(|counts| counts.get(side)).sum::<u64>();
    let _ = writeln!(text, "{} lost, {} gained", counted(sum(0), "alert"), sum(1));
    text
}
