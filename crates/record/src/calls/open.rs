//! Parameters of calls that open files: what the opened file really is.

use super::Moment;
use super::convert;
use capture_event::option;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

/// `O_F_CREATED` in the schema's file flags: the open made the file.
const CREATED: u32 = 0x4000;

/// At the enter: the flags. Whether the file is there already is seen now: afterwards it always is.
pub fn entered_flags<const DIR: i8, const PATH: u8, const FLAGS: u8>(moment: &mut Moment<'_>) {
    let flags = moment.arg(FLAGS) as u32;
    if flags as i32 & libc::O_CREAT != 0 {
        moment.kept.was_absent = is_absent(moment, DIR, PATH).unwrap_or(false);
    }
    moment.out.param(&convert::open_flags(flags).to_le_bytes());
}

/// At the exit: the flags, and what became of them.
pub fn flags<const FLAGS: u8>(moment: &mut Moment<'_>) {
    let mut flags = convert::open_flags(moment.arg(FLAGS) as u32);
    if moment.kept.was_absent && !moment.has_failed() {
        flags |= CREATED;
    }
    moment.out.param(&flags.to_le_bytes());
}

/// The device of the opened file. Known for files opened for writing; else 0.
pub fn device<const FLAGS: u8>(moment: &mut Moment<'_>) {
    let device = opened(moment, FLAGS).map_or(0, |(device, _)| device);
    moment.out.param(&device.to_le_bytes());
}

/// The inode of the opened file. Known for files opened for writing; else 0.
pub fn inode<const FLAGS: u8>(moment: &mut Moment<'_>) {
    let inode = opened(moment, FLAGS).map_or(0, |(_, inode)| inode);
    moment.out.param(&inode.to_le_bytes());
}

/// Device and inode of the opened file, looked up once a call.
fn opened(moment: &mut Moment<'_>, flags: u8) -> Option<(u32, u64)> {
    if moment.arg(flags) as i32 & libc::O_ACCMODE == libc::O_RDONLY {
        return None;
    }
    if moment.kept.opened.is_none() {
        let file = std::fs::metadata(format!("/proc/{}/fd/{}", moment.tid, descriptor(moment)?)).ok()?;
        moment.kept.opened = Some((device_number(file.dev()), file.ino()));
    }
    moment.kept.opened
}

fn descriptor(moment: &Moment<'_>) -> Option<i64> {
    (moment.result >= 0).then_some(moment.result)
}

/// Behind the event: where the opened descriptor really leads, unless the path that was given says just that.
pub fn real_name(moment: &mut Moment<'_>) {
    let Some(fd) = descriptor(moment) else { return };
    let Ok(real) = std::fs::read_link(format!("/proc/{}/fd/{fd}", moment.tid)) else { return };
    let given = moment.kept.strings.first().and_then(|&(_, from, to)| {
        moment.kept.bytes.get(from as usize..to as usize).and_then(|bytes| bytes.strip_suffix(&[0]))
    });
    let real: OsString = real.into_os_string();
    if given != Some(real.as_bytes()) {
        moment.out.option(option::REAL_NAME, real.as_bytes());
    }
}

/// Whether no file has the path of a call, as its process sees it.
fn is_absent(moment: &mut Moment<'_>, dir: i8, path: u8) -> Option<bool> {
    let base = if dir < 0 { libc::AT_FDCWD } else { moment.int(dir as u8) };
    let tid = moment.tid;
    let path = moment.string(path)?;
    let mut whole = format!("/proc/{tid}/").into_bytes();
    match (path.first(), base) {
        (Some(b'/'), _) => whole.extend(b"root"),
        (_, libc::AT_FDCWD) => whole.extend(b"cwd/"),
        (_, fd) => whole.extend(format!("fd/{fd}/").bytes()),
    }
    whole.extend(path);
    let found = std::fs::metadata(std::ffi::OsStr::from_bytes(&whole));
    Some(found.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound))
}

/// A device number as the kernel gives it to user space, in the 32 bits of the schema.
pub fn device_number(dev: u64) -> u32 {
    let (major, minor) = (libc::major(dev), libc::minor(dev));
    (minor & 0xff) | (major << 8) | ((minor & !0xff) << 12)
}
