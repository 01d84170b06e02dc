use super::*;
use crate::fds::FdFlags;
use capture_event::tables::fd::FdType;

const O_DIRECTORY: u32 = 1 << 10;
const AT_FDCWD: i64 = -100;

fn open(host: &mut Host, fd: i64, entered: &str, path: &str) -> Applied {
    let request = |path: &str| vec![text(path), u32p(1), u32p(0)];
    let mut result = vec![i64p(fd)];
    result.extend(request(path));
    result.extend([u32p(0x801), u64p(77)]);
    host.call(code::OPEN_E, &request(entered), &result)
}

fn openat(host: &mut Host, fd: i64, directory: i64, path: &str, flags: u32) -> Applied {
    let request = vec![i64p(directory), text(path), u32p(flags), u32p(0)];
    let mut result = vec![i64p(fd)];
    result.extend(request.clone());
    result.extend([u32p(0x801), u64p(77)]);
    host.call(code::OPENAT_2_E, &request, &result)
}

#[test]
fn the_path_counts_as_it_was_entered() {
    for view in both() {
        let mut host = Host::new(view);
        let applied = open(&mut host, 3, "../shown", "swapped");
        assert_eq!(host.name(3), "/home/shown");
        assert!(applied.name_changed);
        assert_eq!(applied.object.map(|key| key.fd), Some(3));
        assert_eq!(host.fd(3).unwrap().dev, 0x801);
    }
}

#[test]
fn a_null_path_is_taken_from_the_exit() {
    for view in both() {
        let mut host = Host::new(view);
        let request = [text("(NULL)"), u32p(0), u32p(0)];
        host.call(code::OPEN_E, &request, &[i64p(3), text("/etc/hosts"), u32p(1), u32p(0), u32p(0)]);
        assert_eq!(host.name(3), "/etc/hosts");
    }
}

#[test]
fn only_the_exit_view_keeps_the_inode_and_the_raw_path() {
    let mut host = Host::new(View::Exit);
    open(&mut host, 3, "a/./b", "a/./b");
    let fd = host.fd(3).unwrap();
    assert_eq!((fd.ino, &*fd.name_raw, &*fd.name), (77, &b"a/./b"[..], &b"/home/u/a/b"[..]));
    let mut host = Host::new(View::Classic);
    open(&mut host, 3, "a/./b", "a/./b");
    let fd = host.fd(3).unwrap();
    assert_eq!((fd.ino, &*fd.name_raw), (0, &b""[..]));
}

#[test]
fn a_failed_open_has_no_object() {
    for view in both() {
        let mut host = Host::new(view);
        let applied = open(&mut host, -2, "/nope", "/nope");
        assert_eq!((applied.object, applied.object_by_number, host.number()), (None, None, -1));
    }
}

#[test]
fn a_directory_is_known_by_its_flag() {
    for view in both() {
        let mut host = Host::new(view);
        openat(&mut host, 3, AT_FDCWD, "d", O_DIRECTORY);
        assert_eq!(host.fd(3).unwrap().kind, FdType::Directory);
        openat(&mut host, 4, 3, "f", 1);
        assert_eq!(host.name(4), "/home/u/d/f");
        assert_eq!(host.fd(4).unwrap().kind, FdType::FileV2);
    }
}

#[test]
fn an_unknown_directory_shows_in_the_name() {
    for view in both() {
        let mut host = Host::new(view);
        openat(&mut host, 3, 9, "f", 1);
        assert_eq!(host.name(3), "<UNKNOWN>f");
        openat(&mut host, 4, 9, "/abs", 1);
        assert_eq!(host.name(4), "/abs");
    }
}

#[test]
fn a_failed_openat_works_on_its_directory_in_the_classic_view_only() {
    for (view, expected) in [(View::Classic, Some(3)), (View::Exit, None)] {
        let mut host = Host::new(view);
        openat(&mut host, 3, AT_FDCWD, "/d", O_DIRECTORY);
        let applied = openat(&mut host, -2, 3, "nope", 1);
        assert_eq!(applied.object.map(|key| key.fd), expected);
        assert_eq!((applied.name_changed, host.number()), (false, -1));
    }
}

#[test]
fn the_old_openat_says_everything_on_entering() {
    let mut host = Host::new(View::Classic);
    let request = [i64p(AT_FDCWD), text("f"), u32p(1), u32p(0)];
    host.call(code::OPENAT_E, &request, &[i64p(3)]);
    assert_eq!(host.name(3), "/home/u/f");
    host.pause();
    host.event(code::OPENAT_X, &[i64p(4)]);
    assert!(host.fd(4).is_none());
}

#[test]
fn layers_of_an_overlay_are_flags_of_the_file() {
    let mut host = Host::new(View::Exit);
    let creat = |layer: u16| vec![i64p(3), text("/f"), u32p(0o644), u32p(0), u64p(0), layer.to_le_bytes().to_vec()];
    host.event(code::CREAT_X, &creat(1));
    assert_eq!(host.fd(3).unwrap().flags, FdFlags::UPPER_LAYER);
    host.event(code::CREAT_X, &creat(2));
    assert_eq!(host.fd(3).unwrap().flags, FdFlags::LOWER_LAYER);
}

#[test]
fn open_by_handle_at_gives_an_absolute_path() {
    let mut host = Host::new(View::Exit);
    host.event(code::OPEN_BY_HANDLE_AT_X, &[i64p(3), i64p(4), u32p(1), text("/m/f"), u32p(5), u64p(6)]);
    let fd = host.fd(3).unwrap();
    assert_eq!((&*fd.name, fd.dev, fd.ino), (&b"/m/f"[..], 5, 6));
}
