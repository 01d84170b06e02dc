//! Which container a thread is in, and what that alone tells of the container.

use super::category::{self, ancestors};
use super::cgroups::classic::{self, kind};
use super::cgroups::{newest, own};
use super::{Containers, Lookup};
use crate::allowance::Allowance;
use crate::{Machine, Thread, Threads};
use capture_batch::{Container, Text, View};

/// Finds the container of a thread from its cgroups. To be called when a thread's cgroups or root directory were
/// set anew.
pub fn resolve(machine: &mut Machine, tid: i64) {
    let Machine { view, threads, containers, allowance, .. } = machine;
    let Some(thread) = threads.get(tid) else { return };
    let id = match view {
        View::Classic => classic_id(containers, threads, thread, allowance),
        View::Exit => newest_id(containers, thread),
    };
    if thread.id.container_id != id
        && let Some(thread) = threads.get_mut(tid)
    {
        thread.id.container_id = id;
    }
    let Some(thread) = threads.get(tid) else { return };
    let found = category::of(containers, threads, thread).filter(|category| thread.id.category != *category);
    if let (Some(found), Some(thread)) = (found, threads.get_mut(tid)) {
        thread.id.category = found;
    }
}

/// The newest plugin knows of LXC, libvirt and BPM containers nothing but the id, and says so again, in place of
/// anything else, whenever it sees a new process.
fn newest_id(containers: &mut Containers, thread: &Thread) -> Text {
    if let Some(id) = own_id(containers, thread) {
        return id;
    }
    let Some(found) = newest::container(&thread.id.cgroups) else { return Text::default() };
    let id = Text::from(found.id);
    if let Some(kind) = found.kind {
        let container = Container { id: id.clone(), kind, privileged: Some(false), ..Container::default() };
        containers.put(container, Lookup::Successful);
    }
    id
}

/// Libs 0.29 ask one runtime after the other; each may set the id, and one that is content ends the search.
fn classic_id(containers: &mut Containers, threads: &Threads, thread: &Thread, allowance: &mut Allowance) -> Text {
    let cgroups = &thread.id.cgroups;
    if containers.are_of_none(cgroups) {
        let pod = rkt(containers, threads, thread, allowance);
        return pod.or_else(|| own_id(containers, thread)).unwrap_or_default();
    }
    let mut id = Text::default();
    for (found, kind) in [(classic::podman(cgroups), kind::PODMAN), (classic::docker(cgroups), kind::DOCKER)] {
        let Some(found) = found else { continue };
        id = Text::from(found);
        if containers.know_or_make(&id, kind) {
            return id;
        }
    }
    if let Some(found) = classic::cri(cgroups) {
        id = Text::from(found);
    }
    let named = |found: Option<&[u8]>, kind| found.map(|id| (Text::from(id), kind));
    let by_name = named(classic::lxc(cgroups), kind::LXC)
        .or_else(|| named(classic::libvirt_lxc(cgroups), kind::LIBVIRT_LXC))
        .or_else(|| named(mesos(threads, thread, allowance), kind::MESOS));
    if let Some((name, kind)) = by_name {
        containers.make_named(&name, kind);
        return name;
    }
    if let Some(pod) = rkt(containers, threads, thread, allowance) {
        return pod;
    }
    if let Some((name, kind)) = named(classic::bpm(cgroups), kind::BPM) {
        containers.make_named(&name, kind);
        return name;
    }
    own_id(containers, thread).unwrap_or(id)
}

/// The id of a container that the libraries know no cgroups of, if the capture tells of it.
fn own_id(containers: &Containers, thread: &Thread) -> Option<Text> {
    let cgroups = Some(&thread.id.cgroups).filter(|_| containers.has_own)?;
    let (id, _) = own::container(cgroups).filter(|(id, _)| containers.contains(id))?;
    Some(Text::from(&*id))
}

/// A Mesos container counts only if the environment of the thread or of an ancestor names its task.
fn mesos<'t>(threads: &'t Threads, thread: &'t Thread, allowance: &mut Allowance) -> Option<&'t [u8]> {
    let id = classic::mesos(&thread.id.cgroups)?;
    let names = ["MESOS_TASK_ID", "mesos_task_id", "MESOS_EXECUTOR_ID"];
    let task_of = |thread: &'t Thread| names.iter().find_map(|name| env(threads, thread, name.as_bytes()));
    let task = std::iter::once(thread).chain(affordable(threads, thread, allowance)).find_map(task_of)?;
    let plausible = task.len() >= 3 && task.iter().any(|b| b"._".contains(b));
    plausible.then_some(id)
}

/// The ancestors, as long as looking through what they were started with can be paid for.
fn affordable<'t>(
    threads: &'t Threads,
    thread: &'t Thread,
    allowance: &mut Allowance,
) -> impl Iterator<Item = &'t Thread> {
    /// So many bytes are looked through in the time that one list entry takes.
    const BYTES: usize = 64;
    let effort = |ancestor: &Thread| (env_of(threads, ancestor).len() + ancestor.id.args.len()) / BYTES + 1;
    ancestors(threads, thread).take_while(move |ancestor| allowance.draw(effort(ancestor)))
}

/// The environment of a thread's process.
fn env_of<'t>(threads: &'t Threads, thread: &'t Thread) -> &'t Text {
    if thread.is_leader() {
        return &thread.id.env;
    }
    threads.get(thread.id.pid).map_or(&thread.id.env, |leader| &leader.id.env)
}

/// A variable of a thread's environment, without blanks around it; `None` if it is missing or empty.
fn env<'t>(threads: &'t Threads, thread: &'t Thread, name: &[u8]) -> Option<&'t [u8]> {
    let value = |entry: &'t [u8]| entry.strip_prefix(name)?.strip_prefix(b"=").filter(|value| !value.is_empty());
    let value = env_of(threads, thread).items().find_map(value)?;
    let start = value.iter().position(|&b| b != b' ')?;
    let end = value.iter().rposition(|&b| b != b' ')?;
    value.get(start..=end)
}

/// A container of rkt: `pod:application`. The ancestors are searched only if a capture tells of such containers: every
/// service of systemd has a cgroup that may be an application's.
fn rkt(containers: &Containers, threads: &Threads, thread: &Thread, allowance: &mut Allowance) -> Option<Text> {
    let mut apps = classic::rkt_apps(&thread.id.cgroups).filter(|_| containers.has_colons).peekable();
    let uuid = |ancestor| uuid_in_env(threads, ancestor).or_else(|| uuid_in_args(ancestor));
    let pod = apps.peek().and_then(|_| affordable(threads, thread, allowance).find_map(uuid));
    let named = pod.and_then(|pod| apps.map(|app| pod_and_app(pod, app)).find(|id| containers.contains(id)));
    named.or_else(|| rkt_root(threads, thread, allowance))
}

/// rkt's containers by their root directory.
fn rkt_root(threads: &Threads, thread: &Thread, allowance: &mut Allowance) -> Option<Text> {
    let root = &thread.id.root;
    if let Some(rest) = root.strip_prefix(b"/opt/stage2/") {
        let app = rest.get(..memchr::memmem::find(rest, b"/rootfs")?)?;
        let mut family = std::iter::once(thread).chain(affordable(threads, thread, allowance));
        return family.find_map(|thread| uuid_in_env(threads, thread)).map(|pod| pod_and_app(pod, app));
    }
    const MIDDLE: &[u8] = b"/stage1/rootfs/opt/stage2/";
    let rest = root.strip_prefix(b"/var/lib/rkt/pods/run/")?;
    let at = memchr::memmem::find(rest, MIDDLE)?;
    let (pod, rest) = (rest.get(..at)?, rest.get(at + MIDDLE.len()..)?);
    let app = rest.get(..memchr::memmem::find(rest, b"/rootfs")?)?;
    Some(pod_and_app(pod, app))
}

fn pod_and_app(pod: &[u8], app: &[u8]) -> Text {
    Text::from([pod, b":", app].concat())
}

fn uuid_in_env<'t>(threads: &'t Threads, thread: &'t Thread) -> Option<&'t [u8]> {
    env_of(threads, thread).items().find_map(|entry| entry.strip_prefix(b"container_uuid="))
}

fn uuid_in_args(thread: &Thread) -> Option<&[u8]> {
    const ARG: &[u8] = b"--uuid=";
    thread.id.args.items().find(|arg| memchr::memmem::find(arg, ARG).is_some()).and_then(|arg| arg.get(ARG.len()..))
}
