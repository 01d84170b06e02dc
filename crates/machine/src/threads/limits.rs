//! getrlimit, setrlimit, prlimit: the limit of open descriptors, which is the process's.

use crate::{Applied, Machine};
use capture_batch::View;
use capture_event::Event;

const RLIMIT_NOFILE: u8 = 7;

impl Machine {
    fn set_fd_limit(&mut self, tid: i64, limit: i64) {
        if let Some(leader) = self.leader_of(tid).and_then(|leader| self.threads.get_mut(leader)) {
            leader.quantities.fd_limit = limit;
        }
    }
}

pub(super) fn rlimit(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let resource = match machine.view {
        View::Classic => applied.enter.as_ref().and_then(|enter| enter.with(|enter| enter.u8(0))),
        View::Exit => event.u8(3),
    };
    if resource != Some(RLIMIT_NOFILE) || event.i64(0).is_none_or(|result| result < 0) {
        return;
    }
    if let (Some(tid), Some(limit)) = (applied.thread, event.i64(1).filter(|&limit| limit != -1)) {
        machine.set_fd_limit(tid, limit);
    }
}

pub(super) fn prlimit(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let succeeded = match machine.view {
        View::Classic => event.i64(0).is_some_and(|result| result >= 0),
        View::Exit => event.i64(0) == Some(0),
    };
    let (target, resource) = match machine.view {
        View::Classic => match &applied.enter {
            Some(enter) => enter.with(|enter| (enter.i64(0), enter.u8(1))),
            None => return,
        },
        View::Exit => (event.i64(5), event.u8(6)),
    };
    if !succeeded || resource != Some(RLIMIT_NOFILE) {
        return;
    }
    let (Some(target), Some(limit)) = (target, event.i64(1).filter(|&limit| limit != -1)) else { return };
    let target = if target == 0 { event.tid } else { target };
    if let Some(target) = machine.thread_or_placeholder(target) {
        let is_invalid = |tid: i64| machine.threads.get(tid).is_none_or(|thread| thread.is_invalid());
        if machine.view == View::Classic || !is_invalid(target) {
            machine.set_fd_limit(target, limit);
        }
    }
}
