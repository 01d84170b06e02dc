//! What our recorder says of events and of the recording, from captures made by hand.

use capture_batch::{Batch, Needs, RowFlags, View};
use capture_event::option::{ABI, ARGUMENTS, CODES, KEY, LOST, MERGED, ORIGIN, REAL_NAME, REASON};
use capture_event::recording::{HEADER, Recording};
use capture_event::{code, option};
use capture_filter::catalog::fields;
use capture_filter::{Env, Format};
use capture_machine::replay::{Piece, Replay};
use capture_scap::{BlockOption, Compression, Content, Reader, Target, Writer};
use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Form, Process, random_capture};
use proptest::prelude::*;

const VIEWS: [View; 2] = [View::Classic, View::Exit];

fn batches(bytes: &[u8], view: View, rows: usize) -> Vec<Batch> {
    let mut replay = Replay::new(Reader::from_bytes(bytes.to_vec()).unwrap(), view, Needs::all(), "made");
    replay = replay.with_batch_rows(rows);
    let pieces = std::iter::from_fn(|| replay.next_piece());
    pieces.filter_map(|piece| if let Piece::Batch(batch) = piece { Some(batch) } else { None }).collect()
}

/// What a format prints of every event that is shown.
fn lines(bytes: &[u8], view: View, format: &str) -> Vec<String> {
    let mut format = Format::compile(&format!("*{format}"), view).unwrap();
    let mut lines = Vec::new();
    for batch in batches(bytes, view, 1 << 14) {
        for row in batch.rows().filter(|row| !row.flags().intersects(RowFlags::NEVER_SHOWN)) {
            let mut line = Vec::new();
            format.render(row, &Env::default(), &mut line);
            lines.push(line.escape_ascii().to_string());
        }
    }
    lines
}

fn header(recording: &Recording) -> EventBuilder {
    EventBuilder::new(1, -1, code::NOTIFICATION_E).dump_flags(1).str(HEADER).str(recording.to_json())
}

fn real_names() -> Recording {
    let origin = Some("ptrace".to_owned());
    Recording { real_names: true, listed_real_names: true, origin, ..Recording::default() }
}

/// Thread 100 has a file open.
fn capture() -> CaptureBuilder {
    let process = Process::new(100, "sh").parent(1);
    CaptureBuilder::new().process(process).fd(100, Fd::file(0, "/dev/null"))
}

fn exit_of_open(ts: u64, tid: i64, fd: i64, name: &str) -> EventBuilder {
    EventBuilder::new(ts, tid, code::OPEN_X).i64(fd).str(name).u32(2).u32(0).u32(0).u64(0)
}

fn open(capture: CaptureBuilder, ts: u64, exit: EventBuilder) -> CaptureBuilder {
    capture.event(EventBuilder::new(ts, 100, code::OPEN_E).empty().u32(0).u32(0)).event(exit)
}

fn write(capture: CaptureBuilder, ts: u64, tid: i64, fd: i64) -> CaptureBuilder {
    let enter = EventBuilder::new(ts, tid, code::WRITE_E).i64(fd).u32(1);
    capture.event(enter).event(EventBuilder::new(ts + 1, tid, code::WRITE_X).i64(1).bytes(b"x"))
}

/// `fd.realname` of the writes.
fn real_names_of_writes(capture: &CaptureBuilder, view: View) -> Vec<String> {
    let lines = lines(&capture.to_bytes(), view, "%evt.type %evt.dir %fd.realname");
    lines.iter().filter_map(|line| line.strip_prefix("write < ")).map(str::to_owned).collect()
}

#[test]
fn a_real_name_lasts_as_long_as_its_descriptor() {
    let link = || exit_of_open(2, 100, 3, "/tmp/link").option(REAL_NAME, b"/etc/shadow");
    let mut made = open(capture(), 1, link());
    made = write(made, 10, 100, 3);
    // A copy has it too.
    made = made.event(EventBuilder::new(20, 100, code::FCNTL_E).i64(3).u8(1));
    made = made.event(EventBuilder::new(21, 100, code::FCNTL_X).i64(7));
    made = write(made, 22, 100, 7);
    // Another file takes the number.
    made = made.event(EventBuilder::new(30, 100, code::CLOSE_E).i64(3));
    made = made.event(EventBuilder::new(31, 100, code::CLOSE_X).i64(0));
    made = open(made, 32, exit_of_open(33, 100, 3, "/tmp/plain"));
    made = write(write(made, 40, 100, 3), 50, 100, 7);
    for view in VIEWS {
        assert_eq!(
            real_names_of_writes(&made, view),
            ["/etc/shadow", "/etc/shadow", "<NA>", "/etc/shadow"],
            "{view:?}"
        );
        let opens = lines(&made.to_bytes(), view, "%evt.type %evt.dir %fd.name %fd.realname");
        let opens: Vec<_> = opens.iter().filter_map(|line| line.strip_prefix("open < ")).collect();
        assert_eq!(opens, ["/tmp/link /etc/shadow", "/tmp/plain <NA>"], "{view:?}");
    }
}

#[test]
fn in_a_recording_of_real_names_other_files_have_their_names() {
    let fill = |mut made: CaptureBuilder| {
        made = open(made, 2, exit_of_open(3, 100, 3, "/tmp/link").option(REAL_NAME, b"/etc/shadow"));
        made = open(made, 4, exit_of_open(5, 100, 4, "/tmp/plain"));
        made = open(made, 6, exit_of_open(7, 100, -2, "/tmp/missing"));
        [0, 3, 4, 9].into_iter().fold(made, |made, fd| write(made, 10, 100, fd))
    };
    let opened_only = Recording { listed_real_names: false, ..real_names() };
    for view in VIEWS {
        let made = fill(capture().event(header(&real_names())));
        assert_eq!(real_names_of_writes(&made, view), ["/dev/null", "/etc/shadow", "/tmp/plain", "<NA>"]);
        let failed = lines(&made.to_bytes(), view, "%evt.type %evt.dir %evt.failed %fd.realname");
        assert!(failed.contains(&"open < true <NA>".to_owned()) || view == View::Classic, "{failed:?}");
        let made = fill(capture().event(header(&opened_only)));
        assert_eq!(real_names_of_writes(&made, view), ["<NA>", "/etc/shadow", "/tmp/plain", "<NA>"]);
        let made = fill(capture());
        assert_eq!(real_names_of_writes(&made, view), ["<NA>", "/etc/shadow", "<NA>", "<NA>"]);
    }
}

#[test]
fn events_say_where_they_came_from_or_the_recording_does() {
    let event = |ts, code| EventBuilder::new(ts, 100, code);
    let body = |made: CaptureBuilder| {
        made.event(event(2, code::GETUID_X).u32(0))
            .event(event(3, code::GETUID_X).u32(0).option(ORIGIN, &[2]))
            .event(event(4, code::GETUID_X).u32(0).option(ORIGIN, &[99]))
            .event(event(5, code::NOTIFICATION_E).str("a").str("b"))
            .event(event(6, code::NOTIFICATION_E).str("a").str("b").option(ORIGIN, &[6]))
    };
    for view in VIEWS {
        let origins = |made: CaptureBuilder| lines(&body(made).to_bytes(), view, "%evt.origin %evt.source");
        let ours = origins(capture().event(header(&real_names())));
        assert_eq!(ours, ["ptrace syscall", "fanotify syscall", "<NA> syscall", "<NA> syscall", "recorder syscall"]);
        let others = origins(capture());
        assert_eq!(others, ["<NA> syscall", "fanotify syscall", "<NA> syscall", "<NA> syscall", "recorder syscall"]);
    }
}

#[test]
fn other_options_have_a_field_each() {
    let arguments: Vec<u8> = [-100i64, 2, 3, 4, 5, i64::MAX].iter().flat_map(|n| n.to_le_bytes()).collect();
    let call = EventBuilder::new(2, 100, code::GENERIC_X).u16(1).option(ARGUMENTS, &arguments).option(ABI, &[1]);
    let lost = EventBuilder::new(3, 100, code::GETUID_X).u32(0).option(LOST, &7u64.to_le_bytes());
    let merged = EventBuilder::new(4, 100, code::GETUID_X).u32(0).option(MERGED, &[]).option(KEY, b"passwd");
    let odd = EventBuilder::new(5, 100, code::GETUID_X).u32(0).option(ABI, &[1, 2]).option(LOST, b"7");
    let made = capture().event(call).event(lost.option(REASON, b"queue full")).event(merged).event(odd);
    let format =
        "%evt.abi %evt.callarg[0] %evt.callarg[5] %evt.callarg[6] %evt.merged %evt.key %evt.lost %evt.lost.reason";
    for view in VIEWS {
        assert_eq!(
            lines(&made.to_bytes(), view, format),
            [
                "i386 -100 9223372036854775807 <NA> false <NA> <NA> <NA>",
                "<NA> <NA> <NA> <NA> false <NA> 7 queue full",
                "<NA> <NA> <NA> <NA> true passwd <NA> <NA>",
                "<NA> <NA> <NA> <NA> false <NA> <NA> <NA>",
            ],
            "{view:?}"
        );
    }
}

#[test]
fn the_header_has_a_number_and_is_never_shown() {
    let made = capture().event(header(&real_names())).event(EventBuilder::new(2, 100, code::GETUID_X).u32(0));
    for view in VIEWS {
        assert_eq!(lines(&made.to_bytes(), view, "%evt.num %evt.type"), ["2 getuid"], "{view:?}");
        let source = batches(&made.to_bytes(), view, 9)[0].head.source.clone();
        assert_eq!(source.recording, Some(real_names()));
    }
    // Only in front of all others.
    let made = capture().event(EventBuilder::new(2, 100, code::GETUID_X).u32(0)).event(header(&real_names()));
    assert_eq!(batches(&made.to_bytes(), View::Exit, 9)[0].head.source.recording, None);
}

#[test]
fn places_of_lost_events_are_told_without_rows() {
    let drop = |ts, code| EventBuilder::new(ts, -1, code).u32(0).dump_flags(1);
    let made = capture()
        .event(EventBuilder::new(2, 100, code::GETUID_X).u32(0).option(LOST, &9u64.to_le_bytes()))
        .event(drop(3, code::DROP_E).option(LOST, &5u64.to_le_bytes()).option(LOST, &6u64.to_le_bytes()))
        .event(drop(4, code::DROP_X))
        .event(drop(5, code::DROP_E).option(LOST, &0u64.to_le_bytes()));
    for view in VIEWS {
        let reader = Reader::from_bytes(made.to_bytes()).unwrap();
        let mut replay = Replay::new(reader, view, Needs::empty(), "").only(Box::new(capture_batch::Types::NONE));
        let Some(Piece::Batch(batch)) = replay.next_piece() else { panic!("no batch") };
        let gaps: Vec<_> = batch.gaps.iter().map(|gap| (gap.ts, gap.lost)).collect();
        assert_eq!((batch.len(), gaps), (0, vec![(3, 5), (5, 0)]), "{view:?}");
        assert!(replay.next_piece().is_none());
    }
}

#[test]
fn a_repeated_enter_event_keeps_its_options() {
    let enter = EventBuilder::new(1, 100, code::READ_E).i64(0).u32(1).option(KEY, b"k").option(ABI, &[3]);
    let mut made = capture().event(enter);
    for ts in 2..40 {
        made = made.event(EventBuilder::new(ts, 200, code::GETUID_X).u32(0).option(KEY, b"other"));
    }
    let made = made.event(EventBuilder::new(50, 100, code::READ_X).i64(1).bytes(b"x").option(KEY, b"exit"));
    let batches = batches(&made.to_bytes(), View::Classic, 8);
    let exit = batches.last().unwrap().rows().last().unwrap();
    assert_eq!(exit.option(KEY), Some(&b"exit"[..]));
    let enter = exit.enter().unwrap();
    assert!(enter.flags().contains(RowFlags::REPEATED));
    assert_eq!(enter.options().collect::<Vec<_>>(), [(KEY, &b"k"[..]), (ABI, &[3])]);
    assert_eq!(batches[1].row(0).unwrap().option(KEY), Some(&b"other"[..]));
}

#[test]
fn of_thousands_of_options_the_first_of_each_code_counts() {
    let mut event = EventBuilder::new(1, 100, code::GETUID_X).u32(0);
    for i in 0..6000u16 {
        event = event.option(i % 3, b"").option(0xCA00 + i % 40, &i.to_le_bytes());
    }
    let bytes = capture().event(event.clone()).event(event).to_bytes();
    // Code 0 ends a row of options.
    assert_eq!(batches(&bytes, View::Exit, 9)[0].options.len(), 0);
    let mut event = EventBuilder::new(1, 100, code::GETUID_X).u32(0);
    for i in 0..7000u16 {
        event = event.option(0xCA00 + i % 40, &i.to_le_bytes());
    }
    let bytes = capture().event(event.clone()).event(event).to_bytes();
    let batch = batches(&bytes, View::Exit, 9).remove(0);
    assert_eq!(batch.options.len(), 2 * CODES.count());
    assert_eq!(batch.row(1).unwrap().option(ORIGIN), Some(&1u16.to_le_bytes()[..]));
    assert_eq!(batch.row(1).unwrap().option(0xCA00), None);
}

/// The capture written anew, with options behind some of its events.
fn with_options(bytes: &[u8], options: &[(u8, u16, Vec<u8>)]) -> Vec<u8> {
    let mut reader = Reader::from_bytes(bytes.to_vec()).unwrap();
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::None);
    let mut number = 0usize;
    while let Some(block) = reader.next_block() {
        let block = block.unwrap();
        let Content::Event(event) = &block.content else {
            writer.block(&block).unwrap();
            continue;
        };
        number += 1;
        let own = options.iter().filter(|(every, ..)| number.is_multiple_of(usize::from(*every) + 1));
        let own: Vec<_> = own.map(|(_, code, value)| BlockOption { code: *code, value }).collect();
        let params = event.params();
        writer.event(&event.raw(&params, &own)).unwrap();
    }
    writer.finish().unwrap()
}

fn is_ours(field: &str) -> bool {
    let names = ["fd.realname", "evt.origin", "evt.abi", "evt.callarg", "evt.key", "evt.merged"];
    names.contains(&field) || field.starts_with("evt.lost")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn options_change_no_other_field(
        seed in 0u64..1000,
        exit_only in any::<bool>(),
        options in prop::collection::vec(
            (any::<u8>(), prop_oneof![option::CODES, any::<u16>()], prop::collection::vec(any::<u8>(), 0..60)), 1..9),
    ) {
        let form = if exit_only { Form::ExitOnly } else { Form::Pairs };
        let bytes = random_capture(seed, 300, form).to_bytes();
        let (plain, changed) = (with_options(&bytes, &[]), with_options(&bytes, &options));
        prop_assert_ne!(&plain, &changed);
        for view in VIEWS {
            let others = fields().map(|field| field.name).filter(|name| !is_ours(name));
            let known: Vec<_> =
                others.map(|name| format!("%{name}")).filter(|text| Format::compile(text, view).is_ok()).collect();
            prop_assert!(known.len() > 200);
            let format = known.join(" ");
            let (plain, changed) = (lines(&plain, view, &format), lines(&changed, view, &format));
            prop_assert_eq!(plain.len(), changed.len());
            for (plain, changed) in plain.iter().zip(&changed) {
                prop_assert_eq!(plain, changed);
            }
        }
    }
}
