//! `capture split`: a capture in pieces.

use crate::files::{Form, FormArgs};
use crate::query::{self, Cut};
use crate::record;
use crate::status::{End, Failure, READING_HELP};
use std::path::PathBuf;
use std::time::Duration;

/// Write a capture in pieces: by time, size, number of events, or container.
///
/// Each piece has, hidden, what is needed to understand it, so that its answers are those of the whole. Events are
/// numbered anew in each. What a container did is in its own piece, in that of the host what no container did.
#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  capture split trace.cap minute.cap --time 1m     minute-0.cap, minute-1.cap …
  capture split trace.scap part.scap --size 100MB  part-0.scap …
  capture split trace.scap by.cap --container      by-host.cap, by-3ad7b26ded6d.cap …

{READING_HELP}"))]
#[command(group = clap::ArgGroup::new("cut").required(true))]
pub struct Args {
    /// The capture; `-` is standard input.
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// What the pieces are called: their numbers, or the ids of containers, are put before the end of the name. They
    /// are .cap, unless the name ends in .scap or .scap.gz.
    #[arg(id = "write", value_name = "OUT")]
    output: PathBuf,
    /// Pieces of so much time: seconds, or a duration such as 1m30s.
    #[arg(long, value_name = "DURATION", value_parser = record::duration, group = "cut")]
    time: Option<Duration>,
    /// Pieces with events of about so many bytes, such as 100MB. What is needed of other pieces comes on top.
    #[arg(long, value_name = "SIZE", value_parser = record::bytes, group = "cut")]
    size: Option<u64>,
    /// Pieces of so many events.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), group = "cut")]
    events: Option<u64>,
    /// A piece for each container, and one for the host.
    #[arg(long, group = "cut")]
    container: bool,
    #[command(flatten)]
    form: FormArgs,
}

/// Writes them.
pub fn run(args: Args) -> Result<End, Failure> {
    let form = args.form.of(&args.output, Form::Cap);
    let nanoseconds = |time: Duration| Cut::Time(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    let cut = args.time.map(nanoseconds).or(args.size.map(Cut::Size)).or(args.events.map(Cut::Events));
    query::split(args.input, &args.output, form, cut.unwrap_or(Cut::Container))
}
