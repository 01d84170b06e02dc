//! The subcommands, and how a command line becomes one of them.

use crate::status::{End, Failure};
use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;

/// Records what processes do, reads such captures (those of sysdig and Falco too), and answers questions about them in
/// sysdig's words.
#[derive(Parser)]
#[command(name = "capture", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Without a subcommand the words are those of `query`:
  capture -r trace.scap evt.type=connect

Examples:
  capture record -w trace.scap -- ls             what ls does
  capture info trace.scap                        what is in it
  capture query -r trace.scap proc.name=cat      what cat did
  capture fields fd.                             fields that start with fd.";

/// Declares the subcommands: name and module. Each module has its options (`Args`, which carry the help) and `run`.
macro_rules! subcommands {
    ($($name:ident: $module:ident),* $(,)?) => {
        /// A subcommand with its options.
        #[derive(Subcommand)]
        pub enum Command {
            $(#[allow(missing_docs)] $name(Box<crate::$module::Args>),)*
        }

        impl Command {
            /// Does what it is for.
            pub fn run(self) -> Result<End, Failure> {
                match self {
                    $(Command::$name(args) => crate::$module::run(*args),)*
                }
            }
        }
    };
}

subcommands! {
    Record: record,
    Query: query,
    Info: info,
    Convert: convert,
    Slice: slice,
    Split: split,
    Merge: merge,
    Cat: cat,
    Rules: rules,
    Test: test,
    Fields: fields,
    Events: events,
    Completions: completions,
    Man: man,
}

/// All that is known of the command line, for completions and man pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads a command line. A line that does not start with a subcommand is one of `query`.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Command, clap::Error> {
    Cli::try_parse_from(with_implied_query(args.collect())).map(|cli| cli.command)
}

fn with_implied_query(mut args: Vec<OsString>) -> Vec<OsString> {
    let is_ours = |word: &OsString| {
        let words = ["help", "-h", "--help", "-V", "--version"];
        let command = command();
        words.iter().any(|w| word == w) || command.get_subcommands().any(|c| word == c.get_name())
    };
    if args.get(1).is_some_and(|word| !is_ours(word)) {
        args.insert(1, "query".into());
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declarations_are_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_line_without_a_subcommand_is_a_query() {
        let line = |words: &[&str]| with_implied_query(words.iter().map(OsString::from).collect());
        assert_eq!(line(&["capture", "-r", "x"]), ["capture", "query", "-r", "x"]);
        assert_eq!(line(&["capture", "info", "x"]), ["capture", "info", "x"]);
        assert_eq!(line(&["capture", "--help"]), ["capture", "--help"]);
        assert_eq!(line(&["capture"]), ["capture"]);
    }
}
