//! The threads of a host, and the events that change them: one file a family of events.
//!
//! Both views' programs agree on most of it. Where they do not, a family has a second file for the exit view, or
//! names the view at the place.

mod ancestors;
mod clone;
mod clone_newest;
mod counts;
mod directory;
mod exec;
mod exec_newest;
mod exit;
pub mod family;
mod ids;
mod import;
mod limits;
mod lookup;
mod memory;
mod privileges;
mod recent;
mod session;
mod table;
mod values;

pub(crate) use ancestors::{MAX_ANCESTORS, Tids};
pub(crate) use memory::set_at_switch;
pub use recent::RecentExits;
pub use table::Threads;

use crate::keep::{self, Keeps};
use crate::steps::Handler;
use capture_batch::View;
use capture_event::code;

/// Which enter events of a type must be kept until their exits: these do not say all that these families need.
pub(crate) fn keeps(view: View, code: u16) -> Option<Keeps> {
    match code {
        code::EXECVE_19_E if view == View::Exit => Some(keep::if_it_says_anything),
        code::EXECVE_19_E | code::EXECVEAT_E => Some(keep::always),
        code::EXECVE_18_E
        | code::GETRLIMIT_E
        | code::SETRLIMIT_E
        | code::PRLIMIT_E
        | code::SETRESUID_E
        | code::SETRESGID_E
        | code::SETUID_E
        | code::SETGID_E
            if view == View::Classic =>
        {
            Some(keep::always)
        }
        _ => None,
    }
}

/// What applies the events that change something of a thread but who it is.
pub(crate) fn handler(code: u16) -> Option<Handler> {
    Some(match code {
        code::BRK_4_X | code::MMAP_X | code::MMAP2_X | code::MUNMAP_X => memory::mapped,
        code::SCHEDSWITCH_6_E => memory::switched,
        code::GETRLIMIT_X | code::SETRLIMIT_X => limits::rlimit,
        code::PRLIMIT_X => limits::prlimit,
        code::PROCEXIT_E | code::PROCEXIT_1_E => exit::apply,
        code::PRCTL_X => session::prctl,
        _ => return None,
    })
}

/// Whether an event of this type, of whatever version, ends a clone, fork or vfork.
pub(crate) fn is_clone(code: u16) -> bool {
    matches!(
        code,
        code::CLONE_11_X
            | code::CLONE_16_X
            | code::CLONE_17_X
            | code::CLONE_20_X
            | code::CLONE3_X
            | code::FORK_X
            | code::FORK_17_X
            | code::FORK_20_X
            | code::VFORK_X
            | code::VFORK_17_X
            | code::VFORK_20_X
    )
}

/// What applies the events that may change who a thread is.
pub(crate) fn identity_handler(view: View, code: u16) -> Option<Handler> {
    let by_view = |classic: Handler, exit: Handler| if view == View::Classic { classic } else { exit };
    Some(match code {
        code if is_clone(code) => by_view(clone::apply, clone_newest::apply),
        code::EXECVE_8_X
        | code::EXECVE_13_X
        | code::EXECVE_14_X
        | code::EXECVE_15_X
        | code::EXECVE_16_X
        | code::EXECVE_17_X
        | code::EXECVE_18_X
        | code::EXECVE_19_X
        | code::EXECVEAT_X => by_view(exec::apply, exec_newest::apply),
        code::SETRESUID_X | code::SETREUID_X | code::SETUID_X => ids::set_user,
        code::SETRESGID_X | code::SETREGID_X | code::SETGID_X => ids::set_group,
        code::SETSID_X => session::setsid,
        code::CHDIR_X | code::GETCWD_X => directory::chdir,
        code::FCHDIR_X => directory::fchdir,
        code::CHROOT_X => directory::chroot,
        code::CAPSET_X | code::UNSHARE_X | code::SETNS_X => privileges::apply,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
