//! `capture rules`: Falco's rules.

mod check;
mod files;
mod list;

use crate::status::{End, Failure};

/// Check Falco rule files, and list what they hold.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
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
}

/// Does what the subcommand is for.
pub fn run(args: Args) -> Result<End, Failure> {
    match args.command {
        Command::Check(args) => check::run(args),
        Command::List(args) => list::run(args),
    }
}
