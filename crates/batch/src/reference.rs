//! What the parameters of an event refer to, beside its own descriptor.

use crate::{Container, Id, Object, Text};

/// What a parameter refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// An open descriptor of the process.
    Object(Id<Object>),
    /// The descriptor that the event works on.
    OwnObject,
    /// A name: the command of a thread, a user, a group.
    Name(Id<Text>),
    /// Exit view, parameter 0: the container that a container event tells of. The event has no thread.
    Container(Id<Container>),
}

/// One reference of a row. Rows list theirs in the order of parameter and item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Row in the batch.
    pub row: u32,
    /// Parameter, from 0.
    pub param: u16,
    /// Item of a list parameter, from 0.
    pub item: u16,
    /// What it refers to.
    pub target: Target,
}
