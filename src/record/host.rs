//! Recording the whole host: nobody is followed, the kernel tells.

use super::containers::Containers;
use super::target::Targets;
use super::wanted::Wanted;
use super::{Args, Preset, header, session};
use crate::report;
use crate::status::Failure;
use capture_batch::Types;
use capture_event::option::Origin;
use capture_record::host::{Recorder, Sources, Watches, Wishes};
use capture_record::stream::Stream;
use capture_record::trace::Control;
use std::sync::mpsc::channel;
use std::thread;

/// What no recording of this kind can see.
const BLIND: [&str; 7] = [
    "system calls are not seen: only what the kernel tells of files, processes and sockets",
    "what processes read and write is not seen, nor how much of it, nor through which descriptor",
    "calls that failed are not seen",
    "files that are only read are seen as they are opened",
    "connections that are shorter than the interval at which sockets are asked for are not seen",
    "that a socket file is used is not seen: of the requests to a container engine, only what it says of them",
    "in a file system that is mounted while recording, what happens in its first moments is not seen",
];

/// Records until the control says that it is enough.
pub fn run(args: &Args, wanted: &Wanted, stream: &Stream, control: &Control) -> Result<(), Failure> {
    let watches = watches(args)?;
    let types = if args.full { Types::ALL } else { wanted.selected() };
    let sources = Sources::open(Wishes::of(&types, &watches));
    let (host, snapshot) = session::look_round(args)?;
    let mut recorder = Recorder::begin(sources, host, &snapshot, stream.clone(), watches, !args.no_env);
    if !recorder.is_of_use() {
        let missing = recorder.missing().join("; ");
        return Err(Failure::new(format!("nothing of the whole host can be recorded: {missing}")));
    }
    if !args.quiet {
        recorder.missing().iter().for_each(|missing| report::note(missing));
    }
    session::tables(&snapshot, args.target(), stream)?;
    let mut recording = header::describe(args, wanted, &Targets::default(), &snapshot);
    recording.sources = recorder.origins().into_iter().map(|origin| Origin::name(origin).to_owned()).collect();
    recording.origin = None;
    recording.mode = "host".to_owned();
    recording.calls = None;
    recording.real_names = false;
    recording.blind = BLIND.iter().map(|sentence| (*sentence).to_owned()).chain(recorder.blind()).collect();
    header::begin(stream, &recording);
    let (sender, groups) = channel();
    let containers = Containers::start(&snapshot, stream, args.quiet)?;
    thread::scope(|scope| {
        scope.spawn(move || containers.follow(&groups));
        // It ends when nobody is left to send what it waits for.
        recorder.tell_of_groups(sender);
        let result = recorder.run(args.poll, || control.is_to_stop() || stream.is_closed());
        drop(recorder);
        result
    })?;
    Ok(())
}

/// The watches that the options ask for.
fn watches(args: &Args) -> Result<Watches, Failure> {
    let mut watches = Watches::default();
    watches.all_files = args.all_files;
    for rule in &args.watch {
        watches.add(rule).map_err(|error| Failure::new(format_args!("--watch '{rule}': {error}")))?;
    }
    for file in &args.audit_rules {
        let failed = |error| Failure::new(format_args!("{}: {error}", file.display()));
        let text = std::fs::read_to_string(file).map_err(failed)?;
        for (line, reason) in watches.add_all(&text) {
            report::note(&format!("{}:{line}: not watched: {reason}", file.display()));
        }
    }
    for Preset::DockerHost in &args.preset {
        watches.add_preset(capture_record::host::Preset::DockerHost);
        if !args.quiet {
            report::note("docker-host: that the engine's socket is used is not seen; its own event stream is recorded");
        }
    }
    let is_asked_for = !(args.watch.is_empty() && args.audit_rules.is_empty());
    if is_asked_for && watches.is_empty() {
        return Err(Failure::new("no rule of those that were given says which files to watch"));
    }
    Ok(watches)
}
