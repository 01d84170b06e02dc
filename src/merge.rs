//! `capture merge`: one capture of several.

use crate::files::{Form, FormArgs, Lossless, refuse_same};
use crate::input;
use crate::progress::Progress;
use crate::status::{End, Failure, READING_HELP};
use capture_event::code;
use capture_event::recording::Notice;
use capture_query::{Capture, Disorder, Placed, in_order};
use capture_scap::{Content, EventBlock};
use std::path::PathBuf;

/// Make one capture of several of one host, by time.
///
/// Where one goes on with what another one was recording (not more than a second later, or with the very same lists),
/// its lists are left out: what was known at the end of the other one holds. Where something is missing in between, its
/// lists stand there, and all is as they say. Captures of different hosts, or of the same time, cannot be one: `capture
/// query` reads several at once, by time, each with a state of its own.
#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  capture merge -w all.cap trace.scap0 trace.scap1 trace.scap2   the files that a recorder left
  capture merge -w all.cap rotated/

{READING_HELP}"))]
pub struct Args {
    /// Where it goes; `-` is standard output. It is a .cap, unless the name ends in .scap or .scap.gz.
    #[arg(short, long, value_name = "OUT")]
    write: PathBuf,
    /// The captures; a directory stands for the files in it.
    #[arg(value_name = "IN", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
}

/// Writes it.
pub fn run(args: Args) -> Result<End, Failure> {
    let input::Opened { captures, mut end } = input::open(&args.files)?;
    let inputs: Vec<PathBuf> = captures.iter().filter_map(Capture::path).map(Into::into).collect();
    refuse_same(&inputs, &args.write)?;
    let progress = Progress::new(true, captures.iter().map(Capture::file_size).sum());
    let row = in_order(captures).map_err(explain)?;
    let form = args.form.of(&args.write, Form::Cap);
    let mut out = Lossless::create(args.write, form)?;
    let goes_on: Vec<bool> = row.iter().skip(1).map(|placed| placed.continues).chain([false]).collect();
    let (mut before, mut last_ts) = (0, 0);
    for (Placed { capture, continues, last_ts: next }, goes_on) in row.into_iter().zip(goes_on) {
        let (reader, name) = capture.into_parts();
        let is_wanted = |content: &Content<'_>| match content {
            Content::Event(event) => !is_repeated(event, continues.then_some(last_ts), goes_on),
            _ => !continues,
        };
        let size = reader.file_size().unwrap_or(0);
        let damage = out.some(reader.ahead(), &name, |bytes| progress.set(before + bytes), is_wanted)?;
        end = end.and(damage.finish());
        (before, last_ts) = (before + size, next);
    }
    drop(progress);
    out.finish()?;
    Ok(end)
}

/// Whether an event says what the capture before has said (which ended at a time), or what is not true of the whole:
/// that the recording begins or ends here.
fn is_repeated(event: &EventBlock<'_>, continues: Option<u64>, goes_on: bool) -> bool {
    if continues.is_some_and(|ended| event.state_only() && event.ts <= ended) {
        return true;
    }
    let notice = (event.code == code::NOTIFICATION_E).then(|| Notice::of(&event.event(&event.params()))).flatten();
    match notice {
        Some(Notice::Begin(_)) => continues.is_some(),
        Some(Notice::End(_)) => goes_on,
        None => false,
    }
}

fn explain(disorder: Disorder) -> Failure {
    Failure::new(match disorder {
        Disorder::Hosts(one, other) => {
            format!(
                "{one} and {other} are of different hosts, or of one that was restarted: `capture query` reads both at once"
            )
        }
        Disorder::Overlap(one, other) => {
            format!(
                "{one} and {other} are of the same time, with a state of their own each: `capture query` reads both at once"
            )
        }
        Disorder::Empty(name) => format!("{name}: no file with events of system calls"),
    })
}
