//! Whom to follow, as the options name them: processes that run already.

use super::Args;
use crate::status::Failure;
use capture_record::container::target::{Process, find, processes};
use capture_record::container::{Engine, Found};
use capture_record::proc::Host;
use capture_record::snapshot::Accounts;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Who is to be followed.
#[derive(Debug, Default)]
pub struct Targets {
    /// Processes.
    pub pids: Vec<i32>,
    /// Containers.
    pub containers: Vec<Found>,
}

impl Targets {
    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.pids.is_empty()
    }

    /// Finds the processes that the options name, beside these.
    pub fn find(args: &Args, pids: Vec<i32>) -> Result<Targets, Failure> {
        let mut targets = Targets { pids, containers: Vec::new() };
        if [&args.container, &args.name, &args.uid, &args.cgroup].iter().all(|names| names.is_empty()) {
            return Ok(targets);
        }
        let failed = |error| Failure::new(format_args!("/proc: {error}"));
        let mut host = Host::open(Path::new("/proc")).map_err(failed)?;
        let all = processes(&mut host).map_err(failed)?;
        let engines = Engine::all();
        for name in &args.container {
            let found = find(&engines, name, &all).map_err(Failure::new)?;
            targets.add(found.shim.into_iter().chain(found.pids));
            targets.containers.push(found.container);
        }
        for name in &args.name {
            targets.add_matching(&all, &format!("no process is called {name}"), |process| process.comm == *name)?;
        }
        for cgroup in &args.cgroup {
            let none = format!("no process is in a control group {cgroup}");
            targets.add_matching(&all, &none, |process| is_in_group(process, cgroup))?;
        }
        for user in &args.uid {
            let uid = uid(user)?;
            let is_theirs = |process: &Process| {
                std::fs::metadata(format!("/proc/{}", process.pid)).is_ok_and(|meta| meta.uid() == uid)
            };
            targets.add_matching(&all, &format!("no process of user {user}"), is_theirs)?;
        }
        Ok(targets)
    }

    fn add(&mut self, pids: impl Iterator<Item = i64>) {
        let ours = std::process::id();
        for pid in pids.filter_map(|pid| i32::try_from(pid).ok()).filter(|pid| u32::try_from(*pid) != Ok(ours)) {
            if !self.pids.contains(&pid) {
                self.pids.push(pid);
            }
        }
    }

    fn add_matching(
        &mut self,
        all: &[Process],
        none: &str,
        is_meant: impl Fn(&Process) -> bool,
    ) -> Result<(), Failure> {
        let before = self.pids.len();
        self.add(all.iter().filter(|process| is_meant(process)).map(|process| process.pid));
        if self.pids.len() == before { Err(Failure::new(none)) } else { Ok(()) }
    }
}

/// Whether a process is in a control group, or in one below it. The path is that under the mount of the hierarchy.
fn is_in_group(process: &Process, wanted: &str) -> bool {
    let wanted = wanted.trim_matches('/').as_bytes();
    let groups = process.cgroups.split(|byte| *byte == 0);
    let paths = groups.filter_map(|item| item.splitn(2, |byte| *byte == b'=').nth(1));
    paths.into_iter().any(|path| {
        let rest = path.strip_prefix(b"/").unwrap_or(path).strip_prefix(wanted);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    })
}

/// A user's id, by number or name.
fn uid(user: &str) -> Result<u32, Failure> {
    if let Ok(uid) = user.parse() {
        return Ok(uid);
    }
    let accounts = Accounts::read(Path::new("/etc"));
    let found = accounts.users.iter().find(|account| account.name == user.as_bytes());
    found.map(|account| account.uid).ok_or_else(|| Failure::new(format_args!("there is no user {user}")))
}
