use super::*;
use capture_event::code::*;
use capture_scap::{EventBlock, Form, Places};

/// Events to a converter, each in a chunk of its own.
#[derive(Default)]
struct Feed {
    converter: Converter,
    chunks: u64,
}

impl Feed {
    /// Converts an event of thread 7.
    fn event(&mut self, code: u16, params: &[&[u8]]) -> Option<(u16, Vec<Vec<u8>>, RowFlags)> {
        self.event_of(7, code, params)
    }

    fn event_of(&mut self, tid: i64, code: u16, params: &[&[u8]]) -> Option<(u16, Vec<Vec<u8>>, RowFlags)> {
        let chunk = Bytes::from(params.concat());
        let mut start = 0;
        let mut spans = Vec::new();
        for param in params {
            spans.push(Span { start, len: param.len() as u32 });
            start += param.len() as u32;
        }
        let event = EventBlock {
            ts: 0,
            tid,
            cpu: 0,
            code,
            dump_flags: 0,
            form: Form::V2,
            chunk: &chunk,
            chunk_id: self.chunks,
            params: Places::Listed(&spans),
            surplus: Span::default(),
            trailing: Span::default(),
        };
        self.chunks += 1;
        match self.converter.convert(&event, 0) {
            Outcome::Dropped => None,
            Outcome::Unchanged(marks) => Some((code, params.iter().map(|p| p.to_vec()).collect(), marks)),
            Outcome::Changed(event, marks) => {
                Some((event.code, event.slices(&chunk).iter().map(|p| p.to_vec()).collect(), marks))
            }
        }
    }
}

const FD: [u8; 8] = 3i64.to_le_bytes();
const SIZE: [u8; 4] = 1024u32.to_le_bytes();
const RES: [u8; 8] = 5i64.to_le_bytes();
const NONE: RowFlags = RowFlags::empty();

fn bytes(params: &[&[u8]]) -> Vec<Vec<u8>> {
    params.iter().map(|p| p.to_vec()).collect()
}

#[test]
fn an_exit_event_gets_the_arguments_of_its_enter_event_once() {
    let mut feed = Feed::default();
    assert_eq!(feed.event(READ_E, &[&FD, &SIZE]), None);
    let read = feed.event(READ_X, &[&RES, b"hello"]).unwrap();
    assert_eq!(read, (READ_X, bytes(&[&RES, b"hello", &FD, &SIZE]), NONE));
    let read = feed.event(READ_X, &[&RES, b"hello"]).unwrap();
    assert_eq!(read, (READ_X, bytes(&[&RES, b"hello", &[0; 8], &[0; 4]]), RowFlags::UNPAIRED));
}

#[test]
fn the_enter_event_of_another_call_or_thread_is_no_partner() {
    let mut feed = Feed::default();
    feed.event(WRITE_E, &[&FD, &SIZE]);
    feed.event_of(8, READ_E, &[&FD, &SIZE]);
    let read = feed.event(READ_X, &[&RES, b"x"]).unwrap();
    assert_eq!(read, (READ_X, bytes(&[&RES, b"x", &[0; 8], &[0; 4]]), RowFlags::UNPAIRED));
    let read = feed.event_of(8, READ_X, &[&RES, b"x"]).unwrap();
    assert_eq!(read.2, NONE);
}

#[test]
fn an_enter_event_outlives_its_chunk() {
    let mut feed = Feed::default();
    feed.event(SENDTO_E, &[&FD, &SIZE, b"tuple"]);
    feed.event_of(8, SENDTO_E, &[b"something", b"else", b"!"]);
    feed.event_of(8, GETUID_X, &[]);
    let sendto = feed.event(SENDTO_X, &[&RES, b"data"]).unwrap();
    assert_eq!(sendto, (SENDTO_X, bytes(&[&RES, b"data", &FD, &SIZE, b"tuple"]), NONE));
}

#[test]
fn the_enter_event_of_a_thread_that_exited_is_forgotten_in_time() {
    let mut feed = Feed::default();
    feed.event(READ_E, &[&FD, &SIZE]);
    feed.event_of(8, READ_E, &[&FD, &SIZE]);
    feed.event(PROCEXIT_1_E, &[&RES]);
    feed.event_of(8, PROCEXIT_1_E, &[&RES]);
    assert_eq!(feed.event(READ_X, &[&RES, b""]).unwrap().2, NONE);
    feed.event(READ_E, &[&FD, &SIZE]);
    for _ in 0..70_000 {
        feed.event_of(9, GETUID_X, &[]);
    }
    assert_eq!(feed.event(READ_X, &[&RES, b""]).unwrap().2, NONE, "the enter of a later thread");
    assert_eq!(feed.event_of(8, READ_X, &[&RES, b""]).unwrap().2, RowFlags::UNPAIRED);
}

#[test]
fn retired_types_become_the_current_one_through_several_rows() {
    let mut feed = Feed::default();
    let old: Vec<Vec<u8>> = (0..8u8).map(|i| vec![i; 8]).collect();
    let old: Vec<&[u8]> = old.iter().map(|p| p.as_slice()).collect();
    assert_eq!(feed.event(EXECVE_8_E, &[]).unwrap(), (EXECVE_19_E, bytes(&[b""]), RowFlags::APPLIED_ONLY));
    let (code, params, marks) = feed.event(EXECVE_8_X, &old).unwrap();
    assert_eq!((code, params.len(), marks), (EXECVE_19_X, 31, NONE));
    assert_eq!(params[..8], bytes(&old)[..]);
    assert!(params[8..].iter().all(|p| p.is_empty()));
}

#[test]
fn values_are_cut_to_the_new_type_and_defaults_have_its_size() {
    let mut feed = Feed::default();
    feed.event(BPF_E, &[&[1, 2, 3, 4, 5, 6, 7, 8]]);
    assert_eq!(feed.event(BPF_X, &[&RES]).unwrap(), (BPF_2_X, bytes(&[&RES, &[1, 2, 3, 4]]), NONE));
    let accept = feed.event(ACCEPT_X, &[&FD, b"", &[0]]).unwrap();
    assert_eq!(accept, (ACCEPT_5_X, bytes(&[&FD, b"", &[0], &[0; 4], &[0; 4]]), NONE));
}

#[test]
fn enter_events_with_a_use_of_their_own_are_delivered_and_marked() {
    let mut feed = Feed::default();
    let open = feed.event(OPEN_E, &[b"/x\0", &SIZE, &SIZE]).unwrap();
    assert_eq!(open, (OPEN_E, bytes(&[b"/x\0", &SIZE, &SIZE]), RowFlags::APPLIED_ONLY));
    assert_eq!(feed.event(OPEN_E, &[]).unwrap(), (OPEN_E, bytes(&[b"", b"", b""]), RowFlags::APPLIED_ONLY));
    let connect = feed.event(CONNECT_E, &[&FD, b"addr"]).unwrap();
    assert_eq!(connect, (CONNECT_E, bytes(&[&FD, b"addr"]), RowFlags::APPLIED_ONLY));
    // The first row takes the descriptor and forgets the enter event, so the second finds no address.
    assert_eq!(feed.event(CONNECT_X, &[&RES, b""]).unwrap(), (CONNECT_X, bytes(&[&RES, b"", &FD, b""]), NONE));
    // A newer file has the descriptor; the address is taken.
    feed.event(CONNECT_E, &[&FD, b"addr"]);
    let connect = feed.event(CONNECT_X, &[&RES, b"", &FD]).unwrap();
    assert_eq!(connect, (CONNECT_X, bytes(&[&RES, b"", &FD, b"addr"]), NONE));
}

#[test]
fn the_oldest_container_event_becomes_json() {
    let mut feed = Feed::default();
    let (code, params, marks) = feed.event(CONTAINER_E, &[b"abc\0", &[1, 0, 0, 0], b"n\0", b"img\0"]).unwrap();
    assert_eq!((code, marks), (CONTAINER_JSON_2_E, NONE));
    assert_eq!(params, bytes(&[b"{\"id\":\"abc\",\"type\":1,\"name\":\"n\",\"image\":\"img\"}\0"]));
    let (_, params, _) = feed.event(CONTAINER_E, &[b"abc\0", &[1], b"n\0", b"img\0"]).unwrap();
    assert_eq!(params, bytes(&[b""]));
}

#[test]
fn odd_counts_of_parameters_are_filled_up_and_marked() {
    let mut feed = Feed::default();
    feed.event(READ_E, &[&FD]);
    let read = feed.event(READ_X, &[&RES]).unwrap();
    assert_eq!(read, (READ_X, bytes(&[&RES, b"", &FD, b""]), RowFlags::ODD_PARAMS));
    let many: Vec<&[u8]> = vec![&RES; 40];
    assert_eq!(feed.event(READ_X, &many).unwrap(), (READ_X, bytes(&many), RowFlags::ODD_PARAMS));
    assert_eq!(feed.event(u16::MAX, &many).unwrap(), (u16::MAX, bytes(&many), NONE));
}
