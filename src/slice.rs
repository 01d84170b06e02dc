//! `capture slice`: a part of a capture that answers as the whole does.

use crate::files::{Form, FormArgs};
use crate::moment::Between;
use crate::query::{self, Copy};
use crate::status::{End, Failure, READING_HELP};
use std::ffi::OsString;
use std::path::PathBuf;

/// Write a part of a capture to one of its own: some time, or what a filter selects.
///
/// The part has, hidden, what is needed to understand it, so that its answers are those of the whole: the lists of
/// threads and descriptors, and the events before that changed what is known of those that matter. Events are numbered
/// anew.
#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  capture slice trace.cap minute.cap --from 10:00 --to 10:01
  capture slice trace.scap nginx.cap proc.name=nginx
  capture slice trace.cap part.scap --from 90s container.id!=host

{READING_HELP}"))]
pub struct Args {
    /// The capture; `-` is standard input.
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where the part goes; `-` is standard output. It is a .cap, unless the name ends in .scap or .scap.gz.
    #[arg(id = "write", value_name = "OUT")]
    output: PathBuf,
    #[command(flatten)]
    between: Between,
    /// Times of day in UTC instead of the zone of this machine (TZ).
    #[arg(long)]
    utc: bool,
    /// The filter, in one word or several.
    #[arg(value_name = "FILTER", allow_negative_numbers = true)]
    words: Vec<OsString>,
    #[command(flatten)]
    form: FormArgs,
}

/// Writes it.
pub fn run(args: Args) -> Result<End, Failure> {
    if args.words.is_empty() && args.between == Between::default() {
        return Err(Failure::new("which part? name a time (--from, --to) or a filter (`capture convert` takes all)"));
    }
    let form = args.form.of(&args.output, Form::Cap);
    let copy = Copy::of(args.input, args.output, form);
    query::copy(Copy { words: args.words, between: args.between, utc: args.utc, ..copy })
}
