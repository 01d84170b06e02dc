//! The command line of `capture`: the only place that prints and exits.
//!
//! * [`cli`] lists the subcommands; each has a file of its own with its help, options and `run`.
//! * What they share: [`input`] (which captures), [`output`] (stdout), [`escape`] (text that is safe on a
//!   terminal), [`framed`] (tables there), [`progress`] and [`report`] (stderr), [`status`] (how a run ends), [`moment`]
//!   (times on the command line), [`threads`] (how many), [`plural`] (numbers in words), [`files`] and [`told`] (captures
//!   that are written).

mod cat;
mod cli;
mod completions;
mod convert;
mod escape;
mod events;
mod fields;
mod files;
mod framed;
mod info;
mod input;
mod man;
mod merge;
mod moment;
mod output;
mod plural;
mod progress;
mod query;
mod record;
mod report;
mod rules;
mod slice;
mod split;
mod status;
mod test;
mod threads;
mod told;

use std::process::ExitCode;

fn main() -> ExitCode {
    let command = match cli::parse(std::env::args_os()) {
        Ok(command) => command,
        Err(error) => error.exit(),
    };
    status::exit_code(command.run())
}
