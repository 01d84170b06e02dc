//! One recording from its beginning to its end.

use super::command::{self, Command, NotStarted};
use super::watch::{SIGNALS, Watch, Why};
use super::{Args, OWN_FAILURE, file, header, keep};
use crate::report;
use crate::status::Failure;
use capture_record::calls::Extent;
use capture_record::stream::{Stream, stream};
use capture_record::sys::guard::Guard;
use capture_record::sys::{signal, spawn};
use capture_record::trace::place::Places;
use capture_record::trace::{Control, Ended, Tracer};
use capture_scap::{Compression, MachineInfo, Section, Target, Writer};
use std::io;
use std::thread;
use std::time::Instant;

/// So much of what is said to name servers and container engines is kept at least.
const LONG_SNAPLEN: usize = 4096;

/// Records. The status to end with.
pub fn run(args: &Args) -> Result<u8, Failure> {
    if args.command.is_empty() && args.pid.is_empty() {
        return Err(Failure::new("nobody to follow: name a command behind `--`, or processes with -p"));
    }
    let command = match Command::find(&args.command) {
        _ if args.command.is_empty() => None,
        Ok(command) => Some(command),
        Err(NotStarted(message, status)) => {
            report::error(&message);
            return Ok(status);
        }
    };
    let mut out = file::create(&args.write, args.force)?;
    // Before any thread is started: all of them are to hold these signals, so that only the watch takes them.
    signal::hold(&SIGNALS)?;
    let (stream, taker) = stream();
    let control = Control::default();
    let guard = Guard::start()?;
    let held = command.map(|command| spawn::held(&command.program, &command.words, || Ok(()))).transpose()?;
    let watcher = signal::this_thread();
    thread::scope(|scope| {
        let keeper = scope.spawn(|| keep::all(&taker, &mut *out, args.compress));
        // The kernel lets go of all that are followed when this thread ends.
        let tracing = scope.spawn(|| {
            let result = trace(args, held, guard, &stream, &control);
            signal::notify(watcher);
            result
        });
        let deadline = args.max_time.map(|time| Instant::now() + time);
        let watch = Watch { control: &control, deadline, has_command: !args.command.is_empty() };
        let why = watch.until(|| tracing.is_finished(), || !stream.is_closed());
        let traced = joined(tracing.join());
        header::end(&stream, &why.reason(watch.has_command));
        stream.close();
        let kept = joined(keeper.join());
        finish(args, why, traced?, kept, stream.events())
    })
}

/// The result of a thread; a fault of ours in there must not look like its end.
fn joined<T>(result: thread::Result<T>) -> T {
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Follows whom the options say, until the end.
fn trace(
    args: &Args,
    held: Option<spawn::Held>,
    guard: Guard,
    stream: &Stream,
    control: &Control,
) -> Result<Option<Ended>, Failure> {
    let extent =
        Extent { snaplen: args.snaplen.into(), long_snaplen: LONG_SNAPLEN.max(args.snaplen.into()), env: !args.no_env };
    let mut tracer = Tracer::new(stream.clone(), extent, control.clone());
    tracer.keep_together(Places::here(guard)?);
    for pid in &args.pid {
        tracer.follow_process(*pid).map_err(Failure::new)?;
    }
    if let Some(held) = &held {
        tracer.follow_command(held.tid())?;
    }
    tables(stream)?;
    header::begin(stream, &header::describe(args));
    held.map(spawn::Held::release).transpose()?;
    Ok(tracer.run()?)
}

/// The host as it is: what stands in front of the events.
fn tables(stream: &Stream) -> Result<(), Failure> {
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::None);
    writer.section(&Section { major: 1, minor: 2, options: Vec::new() }).map_err(Failure::new)?;
    writer.machine(&MachineInfo::default()).map_err(Failure::new)?;
    stream.append().blocks().extend(writer.finish()?);
    Ok(())
}

/// Says what is to be said, and decides about the status.
fn finish(args: &Args, why: Why, ended: Option<Ended>, kept: io::Result<u64>, events: u64) -> Result<u8, Failure> {
    let name = args.write.display();
    let status = match (why, ended) {
        (_, Some(ended)) => command::status(ended),
        (Why::Signal(signal), None) if !args.command.is_empty() => 128 + signal as u8,
        _ => 0,
    };
    match kept {
        Ok(bytes) => {
            if args.summary {
                report::note(&format!(
                    "{name}: {events} events, {bytes} bytes; {}",
                    why.reason(!args.command.is_empty())
                ));
            }
            Ok(status)
        }
        // Whoever reads our output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(status),
        Err(error) => {
            report::error(&format!("{name}: {error}; what was written before is intact, and the command runs on"));
            Ok(if ended.is_some() { status } else { OWN_FAILURE })
        }
    }
}
