//! What a capture holds, block by block.

pub mod event;
pub mod fd;
pub mod interface;
pub mod machine;
pub mod option;
pub mod places;
pub mod process;
pub mod section;
pub mod user;

use event::EventBlock;
use fd::FdList;
use interface::Interface;
use machine::MachineInfo;
use process::ProcessEntry;
use section::Section;
use user::User;

/// One block. It borrows from the reader.
#[derive(Debug, Clone, PartialEq)]
pub struct Block<'r> {
    /// Where it starts, in bytes of the unpacked stream.
    pub offset: u64,
    /// Its length in the stream, framing included.
    pub len: u32,
    /// Its type.
    pub kind: u32,
    /// What lies between the two lengths; of an event nothing, all of which is in its content.
    pub body: &'r [u8],
    /// What it says.
    pub content: Content<'r>,
}

/// What a block says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content<'r> {
    /// A capture begins here: all state starts anew, the numbering of events goes on.
    Section(Section<'r>),
    /// The host.
    Machine(MachineInfo<'r>),
    /// The host's network interfaces; replaces an earlier list.
    Interfaces(Vec<Interface<'r>>),
    /// The host's users and groups; replaces an earlier list.
    Users(Vec<User<'r>>),
    /// Threads; adds to earlier lists.
    Processes(Vec<ProcessEntry<'r>>),
    /// The open descriptors of one thread.
    Fds(FdList<'r>),
    /// An event.
    Event(EventBlock<'r>),
    /// A block of a type that is not ours, as it is.
    Unknown {
        /// The block type.
        kind: u32,
        /// What lies between the two lengths.
        body: &'r [u8],
    },
}
