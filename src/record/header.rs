//! What stands in a recording about itself: how it was made, and how it ended.

use super::Args;
use super::target::Targets;
use super::wanted::Wanted;
use capture_event::Dialect;
use capture_event::code::NOTIFICATION_E;
use capture_event::recording::{self, Calls, Ending, Followed, Recording};
use capture_event::tables::syscall::{self, Arch};
use capture_record::snapshot::Snapshot;
use capture_record::stream::{Stream, now};
use capture_scap::{EventBuilder, EventHead};
use rustix::system::uname;
use std::ffi::OsString;

/// The id of the event that asks to save what is in memory.
pub const SAVE: &str = "capture.save";

/// What no recording of this kind can see.
const BLIND: [&str; 4] = [
    "what is submitted through io_uring is not seen: only the calls that set it up",
    "calls that the kernel answers in the process (vDSO: clock_gettime, gettimeofday, time, getcpu) are not seen",
    "processes that are not followed are not seen",
    "what is written and read through mapped memory is not seen",
];

/// Describes a recording that begins now.
pub fn describe(args: &Args, wanted: &Wanted, targets: &Targets, snapshot: &Snapshot) -> Recording {
    let words =
        |words: &[OsString]| words.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<String>>();
    let mut blind = BLIND.map(str::to_owned).to_vec();
    if snapshot.unreadable > 0 {
        blind.push(format!(
            "descriptors and programs of {} processes of other users are not known",
            snapshot.unreadable
        ));
    }
    let kernel = uname();
    let zone = jiff::tz::TimeZone::system();
    Recording {
        format: recording::FORMAT,
        program: format!("capture {}", env!("CARGO_PKG_VERSION")),
        command: words(&std::env::args_os().collect::<Vec<_>>()),
        filter: words(&args.words).join(" "),
        snap_length: Some(args.snaplen.into()),
        sources: vec!["ptrace".to_owned()],
        origin: Some("ptrace".to_owned()),
        mode: if args.fast { "fast" } else { "default" }.to_owned(),
        host: kernel.nodename().to_string_lossy().into_owned(),
        kernel: kernel.release().to_string_lossy().into_owned(),
        arch: kernel.machine().to_string_lossy().into_owned(),
        zone: zone.iana_name().unwrap_or_default().to_owned(),
        utc_offset: Some(zone.to_offset(jiff::Timestamp::now()).seconds().into()),
        boot_time: Some(snapshot.machine.boot_ts),
        started: Some(now()),
        piece: Some(1),
        real_names: true,
        listed_real_names: true,
        calls: Some(calls(wanted)),
        followed: Followed {
            pids: targets.pids.iter().map(|pid| i64::from(*pid)).collect(),
            containers: targets.containers.iter().map(|found| found.full_id.clone()).collect(),
            command: words(&args.command),
        },
        blind,
    }
}

/// The calls that are recorded.
fn calls(wanted: &Wanted) -> Calls {
    if *wanted == Wanted::ALL {
        return Calls::All;
    }
    let name = |nr: u16| {
        let (id, _) = syscall::native(nr, Arch::X86_64)?;
        syscall::name(id, Dialect::Newest).map(str::to_owned)
    };
    Calls::Only(wanted.calls().stops().into_iter().filter_map(name).collect())
}

/// Writes how the recording is made: its first event.
pub fn begin(stream: &Stream, recording: &Recording) {
    notice(stream, recording::HEADER, &recording.to_json());
}

/// Writes how it ended: its last event.
pub fn end(stream: &Stream, reason: &str) {
    let (events, lost) = (Some(stream.events()), stream.lost());
    let (lost, gaps) = (Some(lost.events), Some(lost.gaps));
    let ending = Ending { ended: Some(now()), reason: reason.to_owned(), events, lost, gaps };
    notice(stream, recording::END, &ending.to_json());
}

/// Asks to save what is in memory.
pub fn save(stream: &Stream) {
    notice(stream, SAVE, "{}");
}

fn notice(stream: &Stream, id: &str, json: &str) {
    let mut appending = stream.append();
    let ts = appending.time(now());
    let head = EventHead { ts, tid: -1, cpu: 0, code: NOTIFICATION_E, state_only: true };
    let mut out = EventBuilder::new(appending.blocks(), head, 2);
    for text in [id, json] {
        out.param_with(|out| {
            out.extend_from_slice(text.as_bytes());
            out.push(0);
        });
    }
    out.finish();
}
