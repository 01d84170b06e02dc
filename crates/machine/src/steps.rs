//! What an event of a type goes through, decided once for each type and view: a replay has no time to find it out event
//! by event.

use crate::reset::Lookup;
use crate::{Applied, Machine, containers, fds, keep, quiet, reset, threads, users};
use capture_batch::View;
use capture_event::schema;
use capture_event::{Event, EventFlags, EventInfo};
use std::sync::LazyLock;

/// Applies an event to one part of the state.
pub(crate) type Handler = fn(&mut Machine, &Event<'_>, &mut Applied);

/// What an event of one type goes through.
#[derive(Clone, Copy)]
pub(crate) struct Steps {
    /// What the view's schema says of the type; `None` if it does not have it.
    pub info: Option<&'static EventInfo>,
    /// How its thread is found.
    pub lookup: Lookup,
    /// Whether the call works on a descriptor.
    pub uses_fd: bool,
    /// Exit view: which parameter of an exit event that descriptor is.
    pub fd_param: Option<usize>,
    /// Of enter events: which are kept for their exits.
    pub keeps: Option<keep::Keeps>,
    /// What it changes of threads but for who they are.
    pub threads: Option<Handler>,
    /// What it changes of who a thread is: others that descend from it then show another one.
    pub identity: Option<Handler>,
    /// What it changes of descriptors.
    pub fds: Option<fds::Handler>,
    /// Whether it has to do with descriptors at all.
    pub is_about_fds: bool,
    /// What it tells of containers.
    pub containers: Option<Handler>,
    /// What it tells of users.
    pub users: Option<Handler>,
    /// How it is applied if it changes as little as most of its type; `None` if all take all steps.
    pub quiet: Option<quiet::Quiet>,
}

/// For what a view's schema does not have.
const NO_STEPS: Steps = Steps {
    info: None,
    lookup: Lookup::None,
    uses_fd: false,
    fd_param: None,
    keeps: None,
    threads: None,
    identity: None,
    fds: None,
    is_about_fds: false,
    containers: None,
    users: None,
    quiet: None,
};

static CLASSIC: LazyLock<Vec<Steps>> = LazyLock::new(|| all(View::Classic));
static EXIT: LazyLock<Vec<Steps>> = LazyLock::new(|| all(View::Exit));

fn all(view: View) -> Vec<Steps> {
    schema::events(view.dialect()).iter().map(|info| Steps::new(view, info)).collect()
}

impl Steps {
    /// The steps of a type.
    #[inline]
    pub fn of(view: View, code: u16) -> &'static Steps {
        let all = match view {
            View::Classic => &CLASSIC,
            View::Exit => &EXIT,
        };
        all.get(usize::from(code)).unwrap_or(&NO_STEPS)
    }

    fn new(view: View, info: &'static EventInfo) -> Steps {
        let code = info.code;
        let steps = Steps {
            info: Some(info),
            lookup: reset::lookup(view, info),
            uses_fd: info.flags.contains(EventFlags::USES_FD),
            fd_param: reset::fd_param(info).filter(|_| view == View::Exit),
            keeps: keep::keeps(view, code),
            threads: threads::handler(code),
            identity: threads::identity_handler(view, code),
            fds: fds::handler(view, info),
            is_about_fds: info.is_about_fds(),
            containers: containers::handler(view, code),
            users: users::handler(view, code),
            quiet: None,
        };
        Steps { quiet: quiet::quiet(view, info, &steps), ..steps }
    }
}
