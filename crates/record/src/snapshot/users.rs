//! Users and groups: `/etc/passwd` and `/etc/group`, as the C library reads them.

use crate::proc::scan::number;
use std::path::Path;

/// A user of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the field's own
pub struct User {
    pub uid: u32,
    pub gid: u32,
    pub name: Vec<u8>,
    pub home: Vec<u8>,
    pub shell: Vec<u8>,
}

/// A group of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the field's own
pub struct Group {
    pub gid: u32,
    pub name: Vec<u8>,
}

/// Users and groups, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)] // the names are the field's own
pub struct Accounts {
    pub users: Vec<User>,
    pub groups: Vec<Group>,
}

impl Accounts {
    /// Reads `passwd` and `group` of a directory, which is normally `/etc`. A file that cannot be read has none.
    pub fn read(directory: &Path) -> Accounts {
        let text = |name| std::fs::read(directory.join(name)).unwrap_or_default();
        Accounts { users: users(&text("passwd")), groups: groups(&text("group")) }
    }
}

/// The users of `passwd`: `name:password:uid:gid:comment:home:shell`. What follows the group may be missing.
pub fn users(text: &[u8]) -> Vec<User> {
    let user = |line| {
        let mut fields = fields(line);
        let name = fields.next()?.to_vec();
        let (uid, gid) = (number(fields.nth(1)?)?, number(fields.next()?)?);
        let mut text = |skip| fields.nth(skip).unwrap_or_default().to_vec();
        Some(User { uid, gid, name, home: text(1), shell: text(0) })
    };
    entries(text).filter_map(user).collect()
}

/// The groups of `group`: `name:password:gid:members`.
pub fn groups(text: &[u8]) -> Vec<Group> {
    let group = |line| {
        let mut fields = fields(line);
        let name = fields.next()?.to_vec();
        Some(Group { gid: number(fields.nth(1)?)?, name })
    };
    entries(text).filter_map(group).collect()
}

fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&byte| byte == b':')
}

/// The lines that are entries: no comments, and no references to other directories of users (`+name`, `-name`).
fn entries(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_start);
    lines.filter(|line| line.first().is_some_and(|first| !b"#+-".contains(first)))
}
