//! `capture info`: what is in a capture.

mod collect;
mod native;
pub mod print;
mod recording;

use crate::input;
use crate::output::Output;
use crate::report::DamageReport;
use crate::status::{End, Failure, READING_HELP};
use std::path::PathBuf;

/// Say what is in a capture: host, recording, times, events by type, threads, containers, blocks, gaps, damage.
#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  capture info trace.scap
  capture info trace.scap | grep container
  capture info -j trace.scap | jq .events
  capture info trace.cap | grep native            what takes how many bytes

{READING_HELP}"))]
pub struct Args {
    /// Name every section and column of a .cap.
    #[arg(short, long)]
    verbose: bool,
    /// Print a JSON object for each capture.
    #[arg(short, long)]
    json: bool,
    /// The captures; `-` is standard input, a directory stands for the files in it.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Prints it.
pub fn run(args: Args) -> Result<End, Failure> {
    let mut output = Output::stdout(false)?;
    let input::Opened { captures, mut end } = input::open(&args.files)?;
    for (i, capture) in captures.into_iter().enumerate() {
        let mut damage = DamageReport::default();
        let info = collect::info(capture, &mut damage);
        end = end.and(damage.finish());
        let facts = info.into_json(args.verbose);
        let text = if args.json { format!("{facts}\n") } else { print::text(&facts, output.is_terminal()) };
        if i > 0 && !args.json {
            output.write(b"\n")?;
        }
        output.write(text.as_bytes())?;
    }
    output.finish()?;
    Ok(end)
}
