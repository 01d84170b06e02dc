//! `capture convert`: a capture in another form, or what a filter selects of it.

use crate::files::{Form, FormArgs, Lossless, refuse_same};
use crate::input;
use crate::progress::Progress;
use crate::query::{self, Copy};
use crate::status::{End, Failure, READING_HELP};
use std::ffi::OsString;
use std::path::PathBuf;

/// Write a capture in another form: .cap, .scap or .scap.gz. Nothing is lost.
#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  capture convert trace.scap trace.cap            several times smaller, and faster to query
  capture convert trace.cap trace.scap            for sysdig, Falco and Wireshark
  capture convert - trace.cap < trace.scap.gz
  capture convert trace.scap sh.cap proc.name=sh  what a filter selects, with what is needed to understand it

{READING_HELP}"))]
pub struct Args {
    /// The capture; `-` is standard input.
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where it goes; `-` is standard output. It is a .cap, unless the name ends in .scap or .scap.gz.
    #[arg(id = "write", value_name = "OUT")]
    output: PathBuf,
    /// Write only what this filter selects and, hidden, what is needed to understand that, as `capture query -w` does.
    #[arg(value_name = "FILTER", allow_negative_numbers = true)]
    words: Vec<OsString>,
    #[command(flatten)]
    form: FormArgs,
    /// Show no progress.
    #[arg(short, long)]
    quiet: bool,
}

/// Writes it.
pub fn run(args: Args) -> Result<End, Failure> {
    let form = args.form.of(&args.output, Form::Cap);
    if !args.words.is_empty() {
        return query::copy(Copy { words: args.words, ..Copy::of(args.input, args.output, form) });
    }
    let inputs = [args.input];
    refuse_same(&inputs, &args.output)?;
    let (reader, name) = input::one(&inputs)?.into_parts();
    let progress = Progress::new(!args.quiet, reader.file_size());
    let mut out = Lossless::create(args.output, form)?;
    let damage = out.all(reader.ahead(), &name, |bytes| progress.set(bytes))?;
    drop(progress);
    out.finish()?;
    Ok(damage.finish())
}
