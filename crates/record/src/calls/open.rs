//! Parameters of calls that open files: what the opened file really is.

use super::convert::{self, Convert, Resolve};
use super::{Moment, buffer};
use capture_event::option;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

/// `O_F_CREATED` in the schema's file flags: the open made the file.
const CREATED: u32 = 0x4000;

/// The magic number of overlays.
const OVERLAY: u64 = 0x794c_7630;

/// Bits of the schema's file flags and of its flags of creat(2): the file is in the upper layer of an overlay.
const UPPER_LAYER: u32 = 0x8000;
const UPPER_LAYER_OF_CREAT: u16 = 0x1;

/// In place of the position of the flags: they are in the structure that openat2(2) takes.
pub const HOW: u8 = 255;

/// In place of the position of the flags: they are those of creat(2).
pub const CREAT: u8 = 254;

/// An opened file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    device: u32,
    inode: u64,
    is_in_overlay: bool,
}

/// How openat2(2) is to open a file: its flags, mode and ways to resolve the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct How {
    flags: u64,
    mode: u64,
    resolve: u64,
}

/// The structure is read once a call; it is zero if it cannot be read.
fn how(moment: &mut Moment<'_>) -> How {
    let (tid, at) = (moment.tid, moment.arg(2));
    *moment.kept.how.get_or_insert_with(|| {
        let bytes: [u8; 24] = crate::sys::memory::read_array(tid, at).unwrap_or_default();
        let field = |index: usize| bytes.get(index * 8..index * 8 + 8).map_or(0, buffer::number);
        How { flags: field(0), mode: field(1), resolve: field(2) }
    })
}

/// Linux's flags.
fn given_flags(moment: &mut Moment<'_>, n: u8) -> u32 {
    match n {
        HOW => how(moment).flags as u32,
        CREAT => (libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC) as u32,
        n => moment.arg(n) as u32,
    }
}

/// The mode of a file that the open may create; 0 if it creates none.
pub fn mode<const FLAGS: u8, const MODE: u8>(moment: &mut Moment<'_>) {
    let flags = given_flags(moment, FLAGS);
    let mode = if MODE == HOW { how(moment).mode } else { moment.arg(MODE) };
    moment.out.param(&convert::open_mode(flags, mode as u32).to_le_bytes());
}

/// How openat2(2) is to resolve the path.
pub fn resolve(moment: &mut Moment<'_>) {
    let resolve = Resolve::convert(how(moment).resolve);
    moment.out.param(&resolve.to_le_bytes());
}

/// At the enter: the flags. Whether the file is there already is seen now: afterwards it always is.
pub fn entered_flags<const DIR: i8, const PATH: u8, const FLAGS: u8>(moment: &mut Moment<'_>) {
    let flags = given_flags(moment, FLAGS);
    if flags as i32 & libc::O_CREAT != 0 {
        moment.kept.was_absent = is_absent(moment, DIR, PATH).unwrap_or(false);
    }
    moment.out.param(&convert::open_flags(flags).to_le_bytes());
}

/// At the exit: the flags, and what became of them.
pub fn flags<const FLAGS: u8>(moment: &mut Moment<'_>) {
    let mut flags = convert::open_flags(given_flags(moment, FLAGS));
    if moment.kept.was_absent && !moment.has_failed() {
        flags |= CREATED;
    }
    if opened(moment, FLAGS).is_some_and(|file| file.is_in_overlay) {
        flags |= UPPER_LAYER;
    }
    moment.out.param(&flags.to_le_bytes());
}

/// What became of creat(2).
pub fn creat_flags(moment: &mut Moment<'_>) {
    let is_in_overlay = opened(moment, CREAT).is_some_and(|file| file.is_in_overlay);
    let flags = if is_in_overlay { UPPER_LAYER_OF_CREAT } else { 0 };
    moment.out.param(&flags.to_le_bytes());
}

/// The device of the opened file. Known for files opened for writing; else 0.
pub fn device<const FLAGS: u8>(moment: &mut Moment<'_>) {
    let device = opened(moment, FLAGS).map_or(0, |file| file.device);
    moment.out.param(&device.to_le_bytes());
}

/// The inode of the opened file. Known for files opened for writing; else 0.
pub fn inode<const FLAGS: u8>(moment: &mut Moment<'_>) {
    let inode = opened(moment, FLAGS).map_or(0, |file| file.inode);
    moment.out.param(&inode.to_le_bytes());
}

/// The opened file, looked up once a call if it is open for writing. Overlays write to their upper layer only.
fn opened(moment: &mut Moment<'_>, flags: u8) -> Option<Opened> {
    if given_flags(moment, flags) as i32 & libc::O_ACCMODE == libc::O_RDONLY {
        return None;
    }
    if moment.kept.opened.is_none() {
        let path = format!("/proc/{}/fd/{}", moment.tid, descriptor(moment)?);
        let file = std::fs::metadata(&path).ok()?;
        let is_in_overlay = rustix::fs::statfs(&path).is_ok_and(|system| system.f_type as u64 == OVERLAY);
        moment.kept.opened = Some(Opened { device: device_number(file.dev()), inode: file.ino(), is_in_overlay });
    }
    moment.kept.opened
}

/// The path of a file that was opened by a handle.
pub fn real_path(moment: &mut Moment<'_>) {
    let path = descriptor(moment).and_then(|fd| std::fs::read_link(format!("/proc/{}/fd/{fd}", moment.tid)).ok());
    moment.out.param_with(|out| {
        if let Some(path) = path {
            out.extend_from_slice(path.as_os_str().as_bytes());
            out.push(0);
        }
    });
}

fn descriptor(moment: &Moment<'_>) -> Option<i64> {
    (moment.result >= 0).then_some(moment.result)
}

/// Behind the event: where the opened descriptor really leads, unless the path that was given says just that.
pub fn real_name(moment: &mut Moment<'_>) {
    let Some(fd) = descriptor(moment) else { return };
    let Ok(real) = std::fs::read_link(format!("/proc/{}/fd/{fd}", moment.tid)) else { return };
    let given = moment.kept.first_string().and_then(|bytes| bytes.strip_suffix(&[0]));
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
