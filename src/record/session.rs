//! One recording from its beginning to its end.

use super::command::{self, Command, NotStarted};
use super::containers::Containers;
use super::keep::{self, Choice};
use super::live::Live;
use super::summary::{self, Course};
use super::target::Targets;
use super::wanted::Wanted;
use super::watch::{PASSED_OVER, SIGNALS, Watch, Why};
use super::{Args, Calls, OWN_FAILURE, header, host};
use crate::files::{Files, Form, Meter, Out};
use crate::query::settings::{compile, filter_text};
use crate::status::Failure;
use crate::{moment, report};
use capture_batch::View;
use capture_filter::{Env, Filter};
use capture_record::calls::Extent;
use capture_record::container::Newcomers;
use capture_record::proc::Host;
use capture_record::snapshot::Snapshot;
use capture_record::stream::{Stream, now, stream};
use capture_record::sys::guard::Guard;
use capture_record::sys::{seccomp, signal, spawn};
use capture_record::trace::place::Places;
use capture_record::trace::{Control, Ended, Followed, Note, Tracer};
use capture_scap::{Compression, Target, Writer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

/// So much of what is said to name servers and container engines is kept at least.
const LONG_SNAPLEN: usize = 4096;

/// Records. The status to end with.
pub fn run(args: &Args, pids: Vec<i32>) -> Result<u8, Failure> {
    let targets = Targets::find(args, pids)?;
    let is_whole_host = args.command.is_empty() && targets.is_empty();
    if args.fast && (is_whole_host || !targets.is_empty()) {
        return Err(Failure::new(
            "--fast works for a command only: a process that runs already cannot be given a filter",
        ));
    }
    if !args.quiet {
        warn(args);
    }
    let command = match Command::find(&args.command) {
        _ if args.command.is_empty() => None,
        Ok(command) => Some(command),
        Err(NotStarted(message, status)) => {
            report::error(&message);
            return Ok(status);
        }
    };
    let compiled = |text: &str| compile(text, View::Classic, &Env::default());
    let filter = compiled(&filter_text(args.words.clone())?)?;
    let until = args.until.as_deref().map(compiled).transpose()?.flatten();
    let wanted = wanted(args, filter.as_ref(), until.as_ref());
    let (order, meter) = Order::of(args, filter, until, &wanted)?;
    let began = Instant::now();
    // Before any thread is started: all of them are to hold these signals, so that only the watch takes them.
    signal::hold(&SIGNALS)?;
    signal::hold(&PASSED_OVER)?;
    let (stream, taker) = stream();
    let control = Control::default();
    let filter = args.fast.then(|| seccomp::Filter::tracing(&wanted.calls().stops()));
    let hold = |command: Command| spawn::held(&command.program, &command.words, filter.as_ref());
    let held = command.map(hold).transpose()?;
    // Nobody is moved whom nobody follows.
    let guard = if is_whole_host { None } else { Some(Guard::start()?) };
    let watcher = signal::this_thread();
    thread::scope(|scope| {
        let keeper = scope.spawn(move || match order {
            Order::All(file, form) => keep::all(&taker, file, form, args.summary),
            Order::Chosen(choice) => choice.keep(taker),
        });
        // The kernel lets go of all that are followed when this thread ends.
        let tracing = scope.spawn(|| {
            let result = match guard {
                Some(guard) => trace(args, &wanted, &targets, held, guard, &stream, &control),
                None => host::run(args, &wanted, &stream, &control).map(|()| Traced::default()),
            };
            signal::notify(watcher);
            result
        });
        let deadline = args.max_time.map(|time| Instant::now() + time);
        let save = || header::save(&stream);
        let watch = Watch { control: &control, deadline, has_command: !args.command.is_empty(), save: &save };
        let mut live = Live::new(args, &stream, meter.clone());
        let why = watch.until(|| tracing.is_finished(), || !stream.is_closed(), || live.look());
        drop(live);
        let traced = joined(tracing.join());
        let is_kept = !stream.is_closed();
        if stream.events() > 0 {
            header::end(&stream, &why.reason(watch.has_command));
        }
        stream.close();
        let kept = joined(keeper.join());
        remove_if_empty(args);
        let why = kept.as_ref().ok().and_then(|kept| kept.why).filter(|_| !is_kept).unwrap_or(why);
        let traced = traced?;
        if let (true, Ok(kept)) = (args.summary, &kept) {
            let reason = why.reason(watch.has_command);
            let missing = stream.missing();
            summary::print(&Course { args, reason, took: began.elapsed(), traced: &traced, kept, meter, missing });
        }
        finish(args, why, traced.ended, kept)
    })
}

/// Says what the options mean that users may not expect.
fn warn(args: &Args) {
    if args.fast {
        report::note("--fast: the command ends if the recorder is killed, and cannot go on without it");
    }
    if args.target() == Target::AllWithLongTail {
        report::note(
            "--scap-tail newest: sysdig 0.29 takes other numbers for the login users of threads that are there when the \
             recording begins, and for whether they can write their programs",
        );
    }
}

/// Removes the file if nobody could be followed, or nothing be written: it would be in the way of the next try. (Where
/// there are several, their names are others.)
fn remove_if_empty(args: &Args) {
    let is_empty = || args.write.metadata().is_ok_and(|meta| meta.is_file() && meta.len() == 0);
    if !args.rotation.is_wanted() && is_empty() {
        let _ = std::fs::remove_file(&args.write);
    }
}

/// What became of those who were followed.
#[derive(Default)]
pub struct Traced {
    /// How the command ended, if it did.
    ended: Option<Ended>,
    /// How many were followed.
    pub followed: Followed,
    /// Programs that ran without the privileges that they would have gained.
    pub without_privileges: Vec<PathBuf>,
}

/// The result of a thread; a fault of ours in there must not look like its end.
fn joined<T>(result: thread::Result<T>) -> T {
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Follows whom the options say, until the end.
fn trace(
    args: &Args,
    wanted: &Wanted,
    targets: &Targets,
    held: Option<spawn::Held>,
    guard: Guard,
    stream: &Stream,
    control: &Control,
) -> Result<Traced, Failure> {
    let extent =
        Extent { snaplen: args.snaplen.into(), long_snaplen: LONG_SNAPLEN.max(args.snaplen.into()), env: !args.no_env };
    let mut tracer = Tracer::new(stream.clone(), extent, wanted.calls(), control.clone());
    tracer.keep_together(Places::here(guard, !args.fast)?);
    for pid in &targets.pids {
        tracer.follow_process(*pid).map_err(Failure::new)?;
    }
    if let Some(held) = &held {
        tracer.follow_command(held.tid(), args.fast)?;
    }
    let (_, snapshot) = look_round(args)?;
    tables(&snapshot, args.target(), stream)?;
    header::begin(stream, &header::describe(args, wanted, targets, &snapshot));
    let (sender, groups) = channel();
    let containers = Containers::start(&snapshot, stream, args.quiet)?;
    let is_over = &AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(move || containers.follow(&groups));
        if let Some(newcomers) = newcomers(args, targets) {
            let is_over = || is_over.load(Ordering::Relaxed);
            scope.spawn(move || newcomers.follow(is_over, |pid| control.follow(pid)));
        }
        // It ends when nobody is left to send what it waits for.
        tracer.tell_of_groups(sender);
        let (notes, noted) = channel();
        let is_quiet = args.quiet;
        tracer.tell(move |Note::LosesPrivilege(program)| {
            if !is_quiet {
                report::note(&format!(
                    "{}: runs without the privileges that it would gain, since it is traced by an ordinary user",
                    program.display()
                ));
            }
            // Kept for the end, which waits for it.
            let _ = notes.send(program);
        });
        // If we are killed from here on, the file opens.
        stream.settle();
        let released = held.map(spawn::Held::release).transpose();
        let ended = released.and_then(|_| tracer.run());
        let followed = tracer.followed();
        is_over.store(true, Ordering::Relaxed);
        drop(tracer);
        Ok(Traced { ended: ended?, followed, without_privileges: noted.iter().collect() })
    })
}

/// Who looks for processes that come into the containers that are followed, if there are any.
fn newcomers(args: &Args, targets: &Targets) -> Option<Newcomers> {
    if targets.containers.is_empty() {
        return None;
    }
    let opened = Newcomers::of(targets.containers.clone());
    if let (Err(error), false) = (&opened, args.quiet) {
        report::note(&format!(
            "what others start in the container is not seen, such as sessions of podman exec: that needs CAP_NET_ADMIN \
             on the host ({error})"
        ));
    }
    opened.ok()
}

/// Looks at the host as it is, as far as that is to be recorded.
pub fn look_round(args: &Args) -> Result<(Host, Snapshot), Failure> {
    let failed = |error| Failure::new(format_args!("/proc: {error}"));
    let mut host = Host::open(Path::new("/proc")).map_err(failed)?;
    let mut snapshot = Snapshot::take(&mut host).map_err(failed)?;
    if args.no_env {
        snapshot.threads.iter_mut().for_each(|thread| thread.facts.env = Arc::default());
    }
    Ok((host, snapshot))
}

/// Writes the host as it is: what stands in front of the events.
pub fn tables(snapshot: &Snapshot, target: Target, stream: &Stream) -> Result<(), Failure> {
    let mut writer = Writer::new(Vec::new(), target, Compression::None);
    snapshot.write(&mut writer)?;
    stream.append().blocks().extend(writer.finish()?);
    Ok(())
}

/// Which events are recorded.
fn wanted(args: &Args, filter: Option<&Filter>, until: Option<&Filter>) -> Wanted {
    let kept = match (filter, args.calls) {
        (None, Calls::All) => Wanted::ALL,
        (None, Calls::Security) => Wanted::security(),
        (Some(filter), _) => Wanted::of(filter, args.full),
    };
    // What is waited for must be seen too.
    match until {
        Some(until) => kept.and(Wanted::of(until, args.full)),
        None => kept,
    }
}

/// What is to be done with the stream.
enum Order {
    /// All of it goes to this file.
    All(Out, Form),
    /// What is chosen.
    Chosen(Box<Choice>),
}

impl Order {
    /// What the options ask for. The file, or the first of them, is opened now: so that nothing is recorded that cannot
    /// be kept.
    fn of(
        args: &Args,
        filter: Option<Filter>,
        until: Option<Filter>,
        wanted: &Wanted,
    ) -> Result<(Order, Meter), Failure> {
        let rotation = args.rotation.clone();
        let files = Files::new(args.write.clone(), rotation.clone(), moment::zone(args.utc))?;
        let mut files = files.private(args.force);
        let (first, meter) = (files.next(now())?, files.meter());
        let form = args.form.of(&args.write, Form::Cap);
        if filter.is_none() && !rotation.is_wanted() && args.ring.is_none() && args.numevents.is_none() {
            return Ok((Order::All(first, form), meter));
        }
        let (wanted, is_counted) = (wanted.clone(), args.summary && args.ring.is_none());
        let ring = args.ring.map(|span| (span, until));
        let (limit, target, first) = (args.numevents, args.target(), Some(first));
        let choice = Choice { filter, wanted, limit, form, target, files, rotation, first, ring, is_counted };
        Ok((Order::Chosen(Box::new(choice)), meter))
    }
}

/// Says what is to be said, and decides about the status.
fn finish(args: &Args, why: Why, ended: Option<Ended>, kept: keep::Result) -> Result<u8, Failure> {
    let name = args.write.display();
    let has_command = !args.command.is_empty();
    let status = match (why, ended) {
        (_, Some(ended)) => command::status(ended),
        (Why::Signal(signal), None) if has_command => 128 + signal as u8,
        _ => 0,
    };
    match kept {
        // Whoever reads our output has seen enough.
        Ok(_) | Err(Failure::OutputClosed) => Ok(status),
        Err(Failure::Message(error)) => {
            report::error(&format!("{name}: {error}; what was written before is intact"));
            Ok(OWN_FAILURE)
        }
    }
}
