use super::*;

#[test]
fn an_exit_without_its_enter_works_on_no_descriptor_in_the_classic_view() {
    let mut host = Host::new(View::Classic);
    host.event(code::EVENTFD_X, &[i64p(0)]);
    // The number of an earlier call is left over, and fields of descriptors fall back on it.
    let applied = host.event(code::READ_X, &[i64p(1), none()]);
    assert_eq!((applied.object, applied.object_by_number.map(|key| key.fd)), (None, Some(0)));
    assert_eq!(host.number(), 0);
}

#[test]
fn an_exit_of_the_exit_view_names_its_descriptor_itself() {
    let mut host = Host::new(View::Exit);
    host.event(code::EVENTFD2_X, &[i64p(3)]);
    let applied = host.event(code::READ_X, &[i64p(1), none(), i64p(3), u32p(1)]);
    assert_eq!((applied.object.map(|key| key.fd), host.number()), (Some(3), 3));
    host.event(code::READ_X, &[i64p(1), none(), none(), none()]);
    assert_eq!(host.number(), -1);
}

#[test]
fn copy_file_range_works_on_its_output() {
    let mut host = Host::new(View::Classic);
    host.event(code::EVENTFD_X, &[i64p(4)]);
    host.event(code::COPY_FILE_RANGE_E, &[i64p(3), u64p(0), u64p(1)]);
    let applied = host.event(code::COPY_FILE_RANGE_X, &[i64p(1), i64p(4), u64p(0)]);
    assert_eq!((applied.object.map(|key| key.fd), host.number()), (Some(4), 4));
}

#[test]
fn getsockopt_says_on_leaving_what_it_worked_on() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, INET, STREAM);
        host.event(code::GETSOCKOPT_E, &[]);
        let applied = host.event(code::GETSOCKOPT_X, &[i64p(0), i64p(3), u8p(1), u8p(4), vec![1, 0], u32p(4)]);
        assert_eq!((applied.object.map(|key| key.fd), host.number()), (Some(3), 3));
    }
}

#[test]
fn the_classic_view_keeps_what_was_entered_beyond_an_exit_that_is_not_shown() {
    let mut host = Host::new(View::Classic);
    let request = |path: &str| [text(path), u32p(1), u32p(0)];
    host.event(code::OPEN_E, &request("/entered"));
    let result = |fd| [vec![i64p(fd)], request("/returned").to_vec(), vec![u32p(0)]].concat();
    host.hidden_event(code::OPEN_X, &result(3));
    host.event(code::OPEN_X, &result(4));
    host.event(code::OPEN_X, &result(5));
    assert_eq!([3, 4, 5].map(|fd| host.name(fd)), ["/entered", "/entered", "/returned"]);
}
