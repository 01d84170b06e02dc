use super::*;
use crate::fds::ObjectBinder;
use capture_batch::Segment;

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
