//! The user list: users and groups of the host.
//!
//! | type | user (kind 0) | group (any other kind) |
//! |---|---|---|
//! | u32 | in V2 only: length of the entry, these four bytes included | the same |
//! | u8 | kind | kind |
//! | u32 | uid | gid |
//! | u32 | gid | |
//! | str16 | name | name |
//! | str16 | home directory | |
//! | str16 | shell | |
//!
//! A str16 is a `u16` length and so many bytes.

/// A user or a group of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the field's own
pub enum User<'r> {
    User { uid: u32, gid: u32, name: &'r [u8], home: &'r [u8], shell: &'r [u8] },
    Group { gid: u32, name: &'r [u8] },
}
