//! Descriptors as the objects of events.

use super::addresses::Family;
use super::fd::{Fd, FdFlags};
use super::table::STANDARD;
use crate::{FdKey, Machine};
use capture_batch::{Id, Object, ObjectFlags, Role, Segment, Socket, Text};
use capture_event::tables::fd::FdType;
use rustc_hash::FxHashMap;

/// What binding remembers of a descriptor: which version it interned, where. Not part of the state: it takes no part
/// in comparing, and a copy of the descriptor is the same object.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bound {
    /// Serial number of the segment, plus one; 0 for none.
    segment: u64,
    version: u32,
    id: Option<Id<Object>>,
}

impl Bound {
    /// The object in a segment with this serial number, if the descriptor has still this version.
    #[inline]
    pub(super) fn known(self, segment: u64, version: u32) -> Option<Id<Object>> {
        self.id.filter(|_| self.segment == segment.wrapping_add(1) && self.version == version)
    }
}

impl PartialEq for Bound {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Interns descriptors into one segment after the other.
#[derive(Default)]
pub struct ObjectBinder {
    segment: u64,
    known: FxHashMap<Object, Id<Object>>,
}

impl ObjectBinder {
    /// The object that a descriptor is at this moment; [`Id::NONE`] if it is not open or the segment is full.
    pub fn bind(&mut self, machine: &mut Machine, key: FdKey, segment: &Segment) -> Id<Object> {
        let entry = machine.threads.get_mut(key.owner).and_then(|owner| owner.fds.bound(key.fd));
        let Some((fd, version, bound)) = entry else { return Id::NONE };
        if let Some(id) = bound.known(segment.serial, version) {
            return id;
        }
        let id = self.intern(object(fd), segment);
        *bound = Bound { segment: segment.serial.wrapping_add(1), version, id: Some(id) };
        id
    }

    /// What standard input, output and error of the owner of a table are: [`ObjectBinder::bind`].
    pub fn bind_standard(&mut self, machine: &mut Machine, owner: i64, segment: &Segment) -> [Id<Object>; 3] {
        if let Some(bound) = machine.threads.get(owner).and_then(|owner| owner.fds.standard(segment.serial)) {
            return bound;
        }
        let bound = STANDARD.map(|fd| self.bind(machine, FdKey { owner, fd }, segment));
        if let Some(owner) = machine.threads.get_mut(owner) {
            owner.fds.remember_standard(segment.serial, bound);
        }
        bound
    }

    /// The same object under another name; it keeps its own one beside it.
    pub fn rename(&mut self, id: Id<Object>, name: Text, segment: &Segment) -> Id<Object> {
        match segment.objects.get(id) {
            Some(object) => self.intern(Object { name, name_raw: object.name.clone(), ..object.clone() }, segment),
            None => id,
        }
    }

    fn intern(&mut self, object: Object, segment: &Segment) -> Id<Object> {
        if self.segment != segment.serial {
            self.segment = segment.serial;
            self.known.clear();
        }
        if let Some(&id) = self.known.get(&object) {
            return id;
        }
        let Some(id) = segment.objects.push(object.clone()) else { return Id::NONE };
        self.known.insert(object, id);
        id
    }
}

/// What users see of a descriptor.
pub fn object(fd: &Fd) -> Object {
    let mut flags = ObjectFlags::empty();
    flags.set(ObjectFlags::CONNECTED, fd.flags.contains(FdFlags::CONNECTED));
    flags.set(ObjectFlags::UPPER_LAYER, fd.flags.contains(FdFlags::UPPER_LAYER));
    flags.set(ObjectFlags::LOWER_LAYER, fd.flags.contains(FdFlags::LOWER_LAYER));
    Object {
        fd_type: fd.kind,
        name: fd.name.clone(),
        name_raw: fd.name_raw.clone(),
        real_name: fd.real_name.clone(),
        open_flags: fd.open_flags,
        dev: fd.dev,
        ino: fd.ino,
        flags,
        socket: socket(fd),
        l4: fd.l4(),
        role: role(fd),
    }
}

fn role(fd: &Fd) -> Role {
    match (fd.flags.contains(FdFlags::SERVER), fd.flags.contains(FdFlags::CLIENT)) {
        (true, _) => Role::Server,
        (false, true) => Role::Client,
        (false, false) => Role::Unknown,
    }
}

fn socket(fd: &Fd) -> Option<Socket> {
    let inet = |family| {
        let ends = fd.addresses.ends(family);
        Socket::Inet { source: ends.source, destination: ends.destination }
    };
    Some(match fd.kind {
        FdType::Ipv4Sock => inet(Family::V4),
        FdType::Ipv6Sock => inet(Family::V6),
        FdType::Ipv4Servsock => Socket::Server(fd.addresses.server(Family::V4)),
        FdType::Ipv6Servsock => Socket::Server(fd.addresses.server(Family::V6)),
        FdType::UnixSock => {
            let (source, destination) = fd.addresses.unix();
            Socket::Unix { source, destination }
        }
        _ => return None,
    })
}
