//! The state of a host.

use crate::allowance::Allowance;
use crate::containers::Containers;
use crate::thread::KeptEvent;
use crate::threads::family::Groups;
use crate::threads::{RecentExits, Threads};
use crate::tracked::Memo;
use crate::users::Users;
use capture_batch::{SourceInfo, Text, View};
use capture_event::recording::Recording;
use std::collections::BTreeSet;

/// Counters that go up when something changes that was bound to other threads' events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Epochs {
    /// A thread that others may descend from changed, came or went.
    pub lineage: u64,
}

/// What is to be removed before the next event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pending {
    /// A thread that exited.
    pub thread: Option<i64>,
    /// The thread in whose table descriptors were closed.
    pub fds_of: i64,
    /// Closed descriptors.
    pub fds: Vec<i64>,
}

/// The host at one moment, as one view of a capture sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// The view it is run for.
    pub view: View,
    /// Threads by thread id.
    pub threads: Threads,
    /// Exit view: thread groups.
    pub groups: Groups,
    /// Exit view: threads that just exited.
    pub recent_exits: RecentExits,
    /// Users and groups.
    pub users: Users,
    /// Containers.
    pub containers: Containers,
    /// Host name; empty if unknown.
    pub hostname: Text,
    /// Number of CPUs, if said.
    pub cpus: Option<u32>,
    /// Boot time, ns since the epoch; 0 if unknown.
    pub boot_ts: u64,
    /// Addresses and netmasks of the host's interfaces.
    pub addresses: Vec<(std::net::IpAddr, std::net::IpAddr)>,
    /// Ports that something on the host listened on when the capture began.
    pub server_ports: BTreeSet<u16>,
    /// What the recorder said of the recording.
    pub recording: Option<Recording>,
    /// Time of the event applied last, ns since the epoch.
    pub now: u64,
    /// What the next event removes first.
    pub pending: Pending,
    /// What changed for others.
    pub epochs: Epochs,
    /// Descriptors that threads of the table were given when they were forked.
    pub(crate) forked_fds: usize,
    /// What may be spent on long lists.
    pub(crate) allowance: Allowance,
    /// Memory for the next event that is kept.
    pub(crate) spare: Memo<KeptEvent>,
}

impl Machine {
    /// A host of which nothing is known.
    pub fn new(view: View) -> Self {
        Machine {
            view,
            threads: Threads::default(),
            groups: Groups::default(),
            recent_exits: RecentExits::default(),
            users: Users::default(),
            containers: Containers::new(view),
            hostname: Text::default(),
            cpus: None,
            boot_ts: 0,
            addresses: Vec::new(),
            server_ports: BTreeSet::new(),
            recording: None,
            now: 0,
            pending: Pending::default(),
            epochs: Epochs::default(),
            forked_fds: 0,
            allowance: Allowance::default(),
            spare: Memo::default(),
        }
    }

    /// What batches say of the capture.
    pub fn source_info(&self, name: &str) -> SourceInfo {
        SourceInfo {
            name: name.into(),
            hostname: self.hostname.clone(),
            cpus: self.cpus,
            boot_ts: self.boot_ts,
            addresses: self.addresses.clone(),
            recording: self.recording.clone(),
        }
    }
}
