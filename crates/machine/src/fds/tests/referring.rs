use super::*;
use crate::fds::{BoundEvent, ObjectBinder, ReferenceBinder};
use capture_batch::{Segment, Target};
use capture_event::schema;

/// The references of an event as `parameter.item=what`.
fn references(host: &mut Host, code: u16, params: &[Vec<u8>]) -> Vec<String> {
    let segment = Segment::default();
    let params: Vec<&[u8]> = params.iter().map(Vec::as_slice).collect();
    let event = Event { ts: 0, tid: TID, cpu: 0, code, state_only: false, params: &params };
    let info = schema::event(code, host.machine.view.dialect()).unwrap();
    let mut found = Vec::new();
    let at = BoundEvent {
        machine: &mut host.machine,
        objects: &mut ObjectBinder::default(),
        segment: &segment,
        event: &event,
        info,
        row: 7,
    };
    ReferenceBinder::default().bind(at, &mut found);
    let shown = found.iter().map(|reference| {
        assert_eq!(reference.row, 7);
        let what = match reference.target {
            Target::Object(id) => segment.objects.get(id).unwrap().fd_type.typechar().to_string(),
            Target::Name(id) => segment.names.get(id).unwrap().to_str_lossy().into_owned(),
            Target::Container(_) => unreachable!("no descriptor is a container"),
        };
        format!("{}.{}={what}", reference.param, reference.item)
    });
    shown.collect()
}

#[test]
fn every_parameter_refers_by_its_type() {
    let mut host = Host::new(View::Exit);
    host.event(code::EVENTFD2_X, &[i64p(3)]);
    host.event(code::PIPE_X, &[i64p(0), i64p(4), i64p(5), u64p(1)]);
    assert_eq!(
        references(&mut host, code::SENDFILE_X, &[i64p(0), u64p(0), i64p(3), i64p(4), u64p(1)]),
        ["2.0=e", "3.0=p"]
    );
    assert_eq!(references(&mut host, code::KILL_X, &[i64p(0), i64p(TID), u8p(9)]), ["1.0=test"]);
    assert!(references(&mut host, code::KILL_X, &[i64p(0), i64p(999), u8p(9)]).is_empty());
}

#[test]
fn items_of_a_list_refer_one_by_one() {
    let mut host = Host::new(View::Classic);
    host.event(code::EVENTFD_X, &[i64p(3)]);
    let list: Vec<u8> = [&[3, 0][..], &i64p(9), &[1, 0], &i64p(3), &[1, 0], &i64p(-1), &[1, 0]].concat();
    assert_eq!(references(&mut host, code::POLL_E, &[list, u64p(0)]), ["0.1=e"]);
    let cut = vec![3, 0, 3, 0, 0];
    assert!(references(&mut host, code::POLL_E, &[cut, u64p(0)]).is_empty());
}

#[test]
fn a_value_that_says_what_it_is_refers_as_that() {
    let mut host = Host::new(View::Classic);
    host.event(code::EVENTFD_X, &[i64p(3)]);
    let descriptor = [&[0][..], &i64p(3)].concat();
    assert_eq!(references(&mut host, code::BPF_X, &[descriptor]), ["0.0=e"]);
    let error = [&[1][..], &i64p(3)].concat();
    assert!(references(&mut host, code::BPF_X, &[error]).is_empty());
}

#[test]
fn the_same_descriptor_is_one_object_until_it_changes() {
    let mut host = Host::new(View::Exit);
    let segment = Segment::default();
    let mut objects = ObjectBinder::default();
    host.socket(3, INET, STREAM);
    let key = crate::FdKey { owner: TID, fd: 3 };
    let new = objects.bind(&mut host.machine, key, &segment);
    assert_eq!(objects.bind(&mut host.machine, key, &segment), new);
    host.event(code::WRITE_X, &[i64p(1), text(""), i64p(3), u32p(1)]);
    let connected = objects.bind(&mut host.machine, key, &segment);
    assert_ne!(connected, new);
    host.event(code::DUP_1_X, &[i64p(4), i64p(3)]);
    assert_eq!(objects.bind(&mut host.machine, crate::FdKey { owner: TID, fd: 4 }, &segment), connected);
    assert!(objects.bind(&mut host.machine, crate::FdKey { owner: TID, fd: 5 }, &segment).is_none());
    let next = Segment { serial: 1, ..Segment::default() };
    assert_eq!(objects.bind(&mut host.machine, key, &next).index(), 0);
}
