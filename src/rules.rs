//! `capture rules`: Falco's rules.

mod alerts;
mod captures;
mod check;
mod choices;
mod coverage;
mod diff;
mod explain;
pub mod files;
mod list;
mod nodes;
mod run;
mod sinks;
mod subject;
mod tally;

use crate::status::{End, Failure};

/// Run Falco rules over captures, check rule files, and list what they hold.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules run -r incident.cap falco_rules.yaml   which rules fire
  capture rules explain -r incident.cap --event 812 --rule 'Shell Spawned' falco_rules.yaml
                                                    why a rule fired, or did not
  capture rules diff -r captures old.yaml new.yaml  alerts that a change gains and loses
  capture rules coverage -r captures rules.yaml     which rules and conditions captures reach
  capture rules check falco_rules.yaml local.yaml   faults, warnings, what is probably not meant
  capture rules list falco_rules.yaml               rules, macros, lists, fields, events, tags")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do with rules.
#[derive(clap::Subcommand)]
enum Command {
    Check(check::Args),
    Coverage(Box<coverage::Args>),
    Diff(Box<diff::Args>),
    Explain(Box<explain::Args>),
    List(list::Args),
    Run(Box<run::Args>),
}

/// Does what the subcommand is for.
pub fn run(args: Args) -> Result<End, Failure> {
    match args.command {
        Command::Check(args) => check::run(args),
        Command::Coverage(args) => coverage::run(*args),
        Command::Diff(args) => diff::run(*args),
        Command::Explain(args) => explain::run(*args),
        Command::List(args) => list::run(args),
        Command::Run(args) => run::run(*args),
    }
}
