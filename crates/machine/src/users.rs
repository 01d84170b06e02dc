//! Users and groups: the list at the beginning of a capture, and events that add and remove some.
//!
//! Both libraries look a name up when a field is asked for, so an event shows what the tables hold at its moment.
//! The classic one knows the host's list alone, and asks it for threads in containers too. In the exit view events
//! 354 to 361 add users and groups, of the host or of a container. A container's thread is looked up in its
//! container's table first, in the host's if that does not have the number.
//!
//! The newest libraries ask the host that *reads* the capture for what the capture does not hold. Nothing of the
//! kind is done here.

use crate::steps::Handler;
use crate::{Applied, Machine};
use capture_batch::{Account, Text, View};
use capture_event::{Event, code};
use capture_scap::User;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The number of no user and no group.
const NOBODY: u32 = u32::MAX;

type Accounts = FxHashMap<u32, Arc<Account>>;

/// Accounts by container (empty for the host) and number.
#[derive(Debug, Clone, PartialEq, Default)]
struct Table(FxHashMap<Text, Accounts>);

impl Table {
    fn get(&self, container_id: &[u8], number: u32) -> Option<&Arc<Account>> {
        if number == NOBODY {
            return None;
        }
        let of = |container: &[u8]| self.0.get(container)?.get(&number);
        of(container_id).or_else(|| of(b""))
    }

    fn put(&mut self, container_id: Text, number: u32, account: Account) {
        self.0.entry(container_id).or_default().insert(number, Arc::new(account));
    }

    fn remove(&mut self, container_id: &[u8], number: u32) {
        if let Some(accounts) = self.0.get_mut(container_id) {
            accounts.remove(&number);
        }
    }

    fn lists(&self, number: u32) -> bool {
        self.0.get(&b""[..]).is_some_and(|accounts| accounts.contains_key(&number))
    }
}

/// Users and groups by container and number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Users {
    users: Table,
    groups: Table,
    version: u64,
}

impl Users {
    /// Goes up whenever a user or group changes: what was bound before may be outdated.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The user with a number as a thread in a container (empty id: on the host) sees it.
    pub fn user(&self, container_id: &[u8], uid: u32) -> Option<&Arc<Account>> {
        self.users.get(container_id, uid)
    }

    /// The group with a number as a thread in a container (empty id: on the host) sees it.
    pub fn group(&self, container_id: &[u8], gid: u32) -> Option<&Arc<Account>> {
        self.groups.get(container_id, gid)
    }

    /// Takes the host's users and groups from a user list, in place of those of an earlier list.
    pub fn load(&mut self, view: View, list: &[User<'_>]) {
        self.version += 1;
        self.users.0.remove(&b""[..]);
        self.groups.0.remove(&b""[..]);
        for entry in list {
            match *entry {
                User::User { uid, name, home, shell, .. } if is_account(view, name) => {
                    self.users.put(Text::default(), uid, account(name, home, shell));
                }
                User::Group { gid, name } if is_account(view, name) => {
                    self.groups.put(Text::default(), gid, account(name, b"", b""));
                }
                User::User { .. } | User::Group { .. } => {}
            }
        }
    }
}

/// The newest libraries pass over the entries by which a list refers to a name service.
fn is_account(view: View, name: &[u8]) -> bool {
    view == View::Classic || !matches!(name.first(), Some(b'+' | b'-'))
}

fn account(name: &[u8], home: &[u8], shell: &[u8]) -> Account {
    Account { name: Text::from(name), home: Text::from(home), shell: Text::from(shell) }
}

/// What applies the events that add or remove a user or a group.
pub(crate) fn handler(view: View, code: u16) -> Option<Handler> {
    let tells = matches!(code, code::USER_ADDED_E | code::USER_DELETED_E | code::GROUP_ADDED_E | code::GROUP_DELETED_E);
    (tells && view == View::Exit).then_some(apply)
}

fn apply(machine: &mut Machine, event: &Event<'_>, _: &mut Applied) {
    // What stands before all other events was there before the user list, which has the last word on the host.
    let beginning = !machine.containers.has_begun();
    let users = &mut machine.users;
    let (table, container) = match event.code {
        code::USER_ADDED_E | code::USER_DELETED_E => (&mut users.users, 5),
        code::GROUP_ADDED_E | code::GROUP_DELETED_E => (&mut users.groups, 2),
        _ => return,
    };
    let (Some(number), Some(container)) = (event.u32(0), event.raw(container)) else { return };
    let container = capture_event::event::until_nul(container);
    if beginning && container.is_empty() && table.lists(number) {
        return;
    }
    users.version += 1;
    let text = |i| event.str(i).unwrap_or_default();
    match event.code {
        code::USER_ADDED_E if is_account(View::Exit, text(2)) => {
            table.put(Text::from(container), number, account(text(2), text(3), text(4)));
        }
        code::GROUP_ADDED_E if is_account(View::Exit, text(1)) => {
            table.put(Text::from(container), number, account(text(1), b"", b""));
        }
        code::USER_DELETED_E | code::GROUP_DELETED_E => table.remove(container, number),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(found: Option<&Arc<Account>>) -> Option<String> {
        found.map(|account| account.name.to_str_lossy().into_owned())
    }

    fn user_event(machine: &mut Machine, code: u16, uid: u32, name: &str, container: &str) {
        let (uid, name, container) = (uid.to_le_bytes(), format!("{name}\0"), format!("{container}\0"));
        let params: [&[u8]; 6] = [&uid, &uid, name.as_bytes(), b"/home\0", b"/bin/sh\0", container.as_bytes()];
        machine.apply(&Event { ts: 0, tid: -1, cpu: 0, code, state_only: false, params: &params });
    }

    fn other_event(machine: &mut Machine) {
        machine.apply(&Event { ts: 0, tid: 1, cpu: 0, code: code::GETCWD_X, state_only: false, params: &[] });
    }

    fn root() -> Vec<User<'static>> {
        let user = |uid, name| User::User { uid, gid: 0, name, home: b"/root", shell: b"/bin/sh" };
        vec![
            user(0, b"root"),
            user(5, b"games"),
            user(5, b"sports"),
            user(6, b"+nis"),
            User::Group { gid: 0, name: b"wheel" },
        ]
    }

    #[test]
    fn a_container_has_users_of_its_own_before_those_of_the_host() {
        let mut machine = Machine::new(View::Exit);
        machine.users.load(View::Exit, &root());
        other_event(&mut machine);
        user_event(&mut machine, code::USER_ADDED_E, 5, "web", "abc");
        assert_eq!(name(machine.users.user(b"abc", 5)), Some("web".into()));
        assert_eq!(name(machine.users.user(b"abc", 0)), Some("root".into()));
        assert_eq!(name(machine.users.user(b"", 5)), Some("sports".into()));
        assert_eq!(name(machine.users.group(b"xyz", 0)), Some("wheel".into()));
        user_event(&mut machine, code::USER_DELETED_E, 5, "web", "abc");
        assert_eq!(name(machine.users.user(b"abc", 5)), Some("sports".into()));
    }

    #[test]
    fn the_list_has_the_last_word_only_at_the_beginning() {
        let mut machine = Machine::new(View::Exit);
        machine.users.load(View::Exit, &root());
        user_event(&mut machine, code::USER_ADDED_E, 0, "admin", "");
        user_event(&mut machine, code::USER_ADDED_E, 7, "new", "");
        assert_eq!(name(machine.users.user(b"", 0)), Some("root".into()));
        assert_eq!(name(machine.users.user(b"", 7)), Some("new".into()));
        other_event(&mut machine);
        let version = machine.users.version();
        user_event(&mut machine, code::USER_ADDED_E, 0, "admin", "");
        assert_eq!(name(machine.users.user(b"", 0)), Some("admin".into()));
        assert!(machine.users.version() > version);
    }

    #[test]
    fn entries_for_a_name_service_are_accounts_in_the_classic_view_only() {
        let mut users = Users::default();
        users.load(View::Exit, &root());
        assert_eq!(name(users.user(b"", 6)), None);
        users.load(View::Classic, &root());
        assert_eq!(name(users.user(b"", 6)), Some("+nis".into()));
        users.load(View::Classic, &[]);
        assert_eq!((name(users.user(b"", 0)), name(users.user(b"", NOBODY))), (None, None));
    }
}
