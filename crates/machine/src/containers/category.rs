//! Which processes of a container are its health commands (`proc.is_container_healthcheck` and its like).

use super::Containers;
use crate::{Thread, Threads};
use capture_batch::{Container, ProbeKind};

/// What a thread does for its container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Category {
    /// Nothing known.
    #[default]
    None,
    /// It is the container's first process, or descends from it.
    Container,
    /// It is a health command, or descends from one.
    Probe(ProbeKind),
}

impl Category {
    /// Which health command it is.
    pub fn probe(self) -> Option<ProbeKind> {
        match self {
            Category::Probe(kind) => Some(kind),
            Category::None | Category::Container => None,
        }
    }
}

/// The category that a thread in a container gets; `None` leaves the one it has.
///
/// A health command is started by the runtime from outside: it has the container's cgroup, its executable and
/// arguments are those of a probe, and the container's first process is not among its ancestors.
pub(super) fn of(containers: &Containers, threads: &Threads, thread: &Thread) -> Option<Category> {
    if thread.id.container_id.is_empty() {
        return None;
    }
    if thread.id.vpid == 1 {
        return Some(Category::Container);
    }
    if let Some(parent) = threads.get(thread.id.ptid)
        && parent.id.category != Category::None
    {
        return Some(parent.id.category);
    }
    let container = containers.complete(&thread.id.container_id)?;
    let kind = matching_probe(container, thread)?;
    let is_first = |ancestor: &Thread| ancestor.id.vpid == 1 && !ancestor.id.container_id.is_empty();
    if ancestors(threads, thread).any(is_first) { None } else { Some(Category::Probe(kind)) }
}

fn matching_probe(container: &Container, thread: &Thread) -> Option<ProbeKind> {
    let matches = |args: &[capture_batch::Text]| args.iter().map(|arg| &**arg).eq(thread.id.args.items());
    let probe = container.probes.iter().find(|probe| probe.exe == thread.id.exe && matches(&probe.args))?;
    Some(probe.kind)
}

/// The ancestors that a search through them visits, parent first.
pub(super) fn ancestors<'t>(threads: &'t Threads, thread: &Thread) -> impl Iterator<Item = &'t Thread> {
    threads.search_up(thread).into_iter().filter_map(|tid| threads.get(tid))
}
