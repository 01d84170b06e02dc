//! `capture rules`: Falco's rules.

mod alerts;
mod check;
mod files;
mod list;
mod run;
mod sinks;
mod tally;

use crate::status::{End, Failure};

/// Run Falco rules over captures, check rule files, and list what they hold.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules run -r incident.cap falco_rules.yaml   which rules fire
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
    List(list::Args),
    Run(Box<run::Args>),
}

/// Does what the subcommand is for.
pub fn run(args: Args) -> Result<End, Failure> {
    match args.command {
        Command::Check(args) => check::run(args),
        Command::List(args) => list::run(args),
        Command::Run(args) => run::run(*args),
    }
}
