//! `capture cat`: captures, for other programs.

use crate::files::{Form, Lossless};
use crate::input;
use crate::report::DamageReport;
use crate::status::{End, Failure, READING_HELP};
use std::path::PathBuf;

/// Write captures to standard output, one behind the other.
///
/// Each begins anew with its own tables: `capture merge` makes one
/// of the pieces of a recording.
#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  capture cat trace.cap | capture query -r - proc.name=sh
  capture cat --format scap trace.cap | gzip > trace.scap.gz
  ssh host capture cat trace.scap > trace.cap    compressed on its way

{READING_HELP}"))]
pub struct Args {
    /// The captures; `-` is standard input, a directory stands for the files in it.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The form in which they are written.
    #[arg(long, value_enum, value_name = "FORM", default_value = "cap")]
    format: Form,
}

/// Writes them.
pub fn run(args: Args) -> Result<End, Failure> {
    let input::Opened { captures, mut end } = input::open(&args.files)?;
    let mut out = Lossless::create("-".into(), args.format)?;
    for capture in captures {
        let (reader, name) = capture.into_parts();
        let damage: DamageReport = out.all(reader.ahead(), &name, |_| ())?;
        end = end.and(damage.finish());
    }
    out.finish()?;
    Ok(end)
}
