//! What fanotify(7) reports, as bytes: a row of events, each with records that say which file it is about.
//!
//! ```text
//! event   len u32 │ version u8 │ reserved u8 │ length of this head u16 │ mask u64 │ fd i32 │ pid i32 │ records
//! record  kind u8 │ pad u8 │ len u16 │ fsid 8 bytes │ handle's length u32 │ its type i32 │ handle │ name, ended by a 0
//! record of a process  kind u8 │ pad u8 │ len u16 │ pidfd i32
//! ```

/// Which file an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Info<'b> {
    /// Directory and name.
    pub place: Option<Place<'b>>,
    /// Where it was before it was moved.
    pub old: Option<Place<'b>>,
    /// Where it is since it was moved.
    pub new: Option<Place<'b>>,
    /// The file itself.
    pub target: Option<Handle<'b>>,
    /// A descriptor of the process; negative for none.
    pub process: i32,
}

/// A directory and a name in it; the directory itself for the name `.`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'b> {
    /// The directory.
    pub directory: Handle<'b>,
    /// The name.
    pub name: &'b [u8],
}

/// What a file system calls a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle<'b> {
    /// Which file system.
    pub file_system: u64,
    /// What kind of name it is.
    pub kind: i32,
    /// The name.
    pub bytes: &'b [u8],
}

/// An event as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported<'b> {
    /// Bits of `FAN_*`.
    pub mask: u64,
    /// The descriptor of the file; negative for none.
    pub file: i32,
    /// The process.
    pub pid: i32,
    /// The records.
    pub info: Info<'b>,
}

/// Bytes of an event's head.
const HEAD: usize = 24;

/// The events in what was read. It ends at the first that is none.
pub fn events(mut bytes: &[u8]) -> impl Iterator<Item = Reported<'_>> {
    std::iter::from_fn(move || {
        let len = u32_at(bytes, 0)? as usize;
        let head = u16_at(bytes, 6)? as usize;
        if head < HEAD || len < head {
            return None;
        }
        let (event, rest) = bytes.split_at_checked(len)?;
        bytes = rest;
        let (mask, file, pid) = (u64_at(event, 8)?, u32_at(event, 16)? as i32, u32_at(event, 20)? as i32);
        Some(Reported { mask, file, pid, info: info(event.get(head..)?) })
    })
}

fn info(mut records: &[u8]) -> Info<'_> {
    let mut info = Info { process: -1, ..Info::default() };
    while let (Some(kind), Some(len)) = (records.first(), u16_at(records, 2)) {
        let Some((record, rest)) = records.split_at_checked(usize::from(len)).filter(|_| len >= 4) else { break };
        records = rest;
        match *kind {
            libc::FAN_EVENT_INFO_TYPE_FID => info.target = handle(record).map(|(handle, _)| handle),
            libc::FAN_EVENT_INFO_TYPE_DFID => {
                info.place = handle(record).map(|(directory, _)| Place { directory, name: b"." });
            }
            libc::FAN_EVENT_INFO_TYPE_DFID_NAME => info.place = place(record),
            libc::FAN_EVENT_INFO_TYPE_OLD_DFID_NAME => info.old = place(record),
            libc::FAN_EVENT_INFO_TYPE_NEW_DFID_NAME => info.new = place(record),
            libc::FAN_EVENT_INFO_TYPE_PIDFD => info.process = u32_at(record, 4).map_or(-1, |fd| fd as i32),
            _ => {}
        }
    }
    info
}

/// A handle, and what stands behind it.
fn handle(record: &[u8]) -> Option<(Handle<'_>, &[u8])> {
    let (file_system, len) = (u64_at(record, 4)?, u32_at(record, 12)? as usize);
    let (bytes, rest) = record.get(20..)?.split_at_checked(len)?;
    Some((Handle { file_system, kind: u32_at(record, 16)? as i32, bytes }, rest))
}

fn place(record: &[u8]) -> Option<Place<'_>> {
    let (directory, rest) = handle(record)?;
    let name = rest.split(|&byte| byte == 0).next().filter(|name| !name.is_empty())?;
    Some(Place { directory, name })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_ne_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(kind: u8, handle: &[u8], name: &[u8]) -> Vec<u8> {
        let len = (20 + handle.len() + name.len()) as u16;
        let mut record = vec![kind, 0];
        record.extend(len.to_ne_bytes());
        record.extend(7u64.to_ne_bytes());
        record.extend((handle.len() as u32).to_ne_bytes());
        record.extend(1i32.to_ne_bytes());
        record.extend(handle);
        record.extend(name);
        record
    }

    fn event(mask: u64, records: &[u8]) -> Vec<u8> {
        let mut event = ((HEAD + records.len()) as u32).to_ne_bytes().to_vec();
        event.extend([3, 0]);
        event.extend((HEAD as u16).to_ne_bytes());
        event.extend(mask.to_ne_bytes());
        event.extend((-1i32).to_ne_bytes());
        event.extend(42i32.to_ne_bytes());
        event.extend(records);
        event
    }

    #[test]
    fn events_and_their_records_are_read() {
        let moved =
            [record(10, b"olddir", b"a\0\0\0"), record(12, b"newdir", b"b\0"), record(1, b"file", b"")].concat();
        let pidfd = [&[4, 0, 8, 0][..], &9i32.to_ne_bytes()].concat();
        let bytes = [event(0x1000_0000, &moved), event(8, &[record(2, b"dir", b"name\0\0"), pidfd].concat())].concat();
        let read: Vec<Reported<'_>> = events(&bytes).collect();
        let handle = |bytes| Handle { file_system: 7, kind: 1, bytes };
        let place = |dir, name| Some(Place { directory: handle(dir), name });
        let [moved, closed] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!((moved.mask, moved.file, moved.pid), (0x1000_0000, -1, 42));
        assert_eq!((moved.info.old, moved.info.new), (place(b"olddir", b"a"), place(b"newdir", b"b")));
        assert_eq!((moved.info.target, moved.info.process), (Some(handle(b"file")), -1));
        assert_eq!((closed.info.place, closed.info.process), (place(b"dir", b"name"), 9));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300), len in 0u32..200, cut in 0usize..100) {
            let mut bytes = [event(1, &bytes), bytes].concat();
            bytes[..4].copy_from_slice(&len.to_ne_bytes());
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            for event in events(&bytes) {
                prop_assert!(event.info.target.is_none_or(|handle| handle.bytes.len() <= bytes.len()));
            }
        }
    }
}
