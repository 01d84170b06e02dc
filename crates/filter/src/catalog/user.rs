//! `user.*` and `group.*`: on whose behalf the thread acts.

use super::{Ask, Depends, Field, field};
use crate::value::Extracted;
use capture_batch::{Account, Own, Text};
use capture_event::ParamType::{CharBuf, Int32, Int64, UInt32, UInt64};
use capture_event::PrintFormat::{Id, NA};
use std::sync::Arc;

/// What an unknown name shows as in the exit view.
const UNKNOWN: &[u8] = b"<NA>";

/// The fields.
pub(super) static FIELDS: &[Field] = &[
    field(
        "user.uid",
        UInt32,
        Id,
        Depends::Own,
        |ask| Extracted::uint(ask.row.own().map(|own| own.uid.into())),
        "Effective user id.",
    ),
    field(
        "user.name",
        CharBuf,
        NA,
        Depends::Own,
        |ask| exit(ask, |own| &own.user, |own| own.uid, |user| &user.name, b"root"),
        "Name of the user with the effective user id.",
    )
    .classic(Depends::Own, |ask| classic(ask, |own| &own.user, |user| &user.name)),
    field(
        "user.homedir",
        CharBuf,
        NA,
        Depends::Own,
        |ask| exit(ask, |own| &own.user, |own| own.uid, |user| &user.home, b"/root"),
        "Home directory of the user.",
    )
    .classic(Depends::Own, |ask| classic(ask, |own| &own.user, |user| &user.home)),
    field(
        "user.shell",
        CharBuf,
        NA,
        Depends::Own,
        |ask| exit(ask, |own| &own.user, |own| own.uid, |user| &user.shell, UNKNOWN),
        "Login shell of the user.",
    )
    .classic(Depends::Own, |ask| classic(ask, |own| &own.user, |user| &user.shell)),
    field(
        "user.loginuid",
        Int64,
        Id,
        Depends::Own,
        |ask| Extracted::int(ask.row.own().map(|own| login_uid(own.loginuid))),
        "User id of the login that the process descends from (auid); it stays when the process changes its user. -1 for \
         none.",
    )
    .classic(Depends::Own, |ask| Extracted::int(ask.row.own().map(|own| own.loginuid.cast_signed().into())))
    .classic_type(Int32),
    field(
        "user.loginname",
        CharBuf,
        NA,
        Depends::Own,
        |ask| exit(ask, |own| &own.loginuser, |own| own.loginuid, |user| &user.name, b"root"),
        "Name of the user that logged in.",
    )
    .classic(Depends::Own, |ask| classic(ask, |own| &own.loginuser, |user| &user.name)),
    field(
        "group.gid",
        UInt32,
        Id,
        Depends::Own,
        |ask| Extracted::uint(ask.row.own().map(|own| own.gid.into())),
        "Effective group id.",
    )
    .classic_type(UInt64),
    field(
        "group.name",
        CharBuf,
        NA,
        Depends::Own,
        |ask| exit(ask, |own| &own.group, |own| own.gid, |group| &group.name, b"root"),
        "Name of the group with the effective group id.",
    )
    .classic(Depends::Own, |ask| classic(ask, |own| &own.group, |group| &group.name)),
];

/// Which account of a thread a field speaks of.
type Which = fn(&Own) -> &Option<Arc<Account>>;

/// Which fact of an account a field gives.
type Fact = fn(&Account) -> &Text;

/// Nothing for an account that the capture does not know.
fn classic<'r>(ask: &Ask<'r>, account: Which, fact: Fact) -> Extracted<'r> {
    Extracted::text(ask.row.own().and_then(|own| account(own).as_deref()).map(|account| &fact(account)[..]))
}

/// For an account that the capture does not know: what everybody knows of root, `<NA>` otherwise.
fn exit<'r>(ask: &Ask<'r>, account: Which, id: fn(&Own) -> u32, fact: Fact, of_root: &'static [u8]) -> Extracted<'r> {
    Extracted::text(ask.row.own().map(|own| match account(own).as_deref() {
        Some(account) => &fact(account)[..],
        None if id(own) == 0 => of_root,
        None => UNKNOWN,
    }))
}

fn login_uid(uid: u32) -> i64 {
    if uid == u32::MAX { -1 } else { uid.into() }
}
