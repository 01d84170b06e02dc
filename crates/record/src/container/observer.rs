//! All that a recorder needs of containers, in one place.

use super::event::{ContainerEvent, action_event};
use super::{Answer, Bundles, Engine, News, Resolver, Watcher};
use std::collections::{HashSet, VecDeque};
use std::io;
use std::time::Duration;

/// How many reasons are remembered, so that each is told once.
const MAX_REASONS: usize = 1024;

/// Something to be recorded, or to be told to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// An event. Its thread is -1, its origin the engine.
    Event {
        /// When it happened by the engine's clock, in nanoseconds since the epoch; `None` for what is known only now.
        ts: Option<u64>,
        /// The event.
        event: ContainerEvent,
    },
    /// From here on, actions of an engine may be missing, for this reason: a gap in the recording.
    Gap(String),
    /// Why something about containers is not recorded. The same reason is told once, with the first container that it
    /// concerns.
    Problem(String),
}

/// Containers and engines while a recording runs. No method but [`Observer::settle`] waits for an engine.
#[derive(Debug)]
pub struct Observer {
    resolver: Resolver,
    watched: Vec<Watched>,
    ready: VecDeque<Observed>,
    told: HashSet<String>,
}

#[derive(Debug)]
struct Watched {
    watcher: Watcher,
    /// Whether it was followed before: what is lost then is a gap.
    followed: bool,
}

impl Observer {
    /// Starts to follow these engines, from a moment on in nanoseconds since the epoch. What they do not describe is
    /// looked for in files of runtimes.
    pub fn start(engines: Vec<Engine>, bundles: Bundles, since: u64) -> io::Result<Observer> {
        let watch = |engine: &Engine| Ok(Watched { watcher: Watcher::start(engine.clone(), since)?, followed: false });
        let watched = engines.iter().map(watch).collect::<io::Result<_>>()?;
        let resolver = Resolver::start(engines, bundles)?;
        Ok(Observer { resolver, watched, ready: VecDeque::new(), told: HashSet::new() })
    }

    /// A thread has these control groups, `subsystem=path` with a zero byte after each, as captures store them. To be
    /// called for every thread of the snapshot, for every new one, and when its groups may have changed. What is known
    /// of a new container at once comes out of [`Observer::next_observed`] next.
    pub fn saw(&mut self, cgroups: &[u8]) {
        if let Some(answer) = self.resolver.saw(cgroups) {
            self.answered(answer);
        }
    }

    /// Waits until the engines have described all containers seen so far, but no longer than this. For the start of a
    /// recording, after the threads of the snapshot.
    pub fn settle(&mut self, time: Duration) {
        for answer in self.resolver.settle(time) {
            self.answered(answer);
        }
    }

    /// Whether any engine tells what it does.
    pub fn follows_engines(&self) -> bool {
        self.watched.iter().any(|watched| watched.followed)
    }

    /// What is to be recorded or told next, if there is anything now.
    pub fn next_observed(&mut self) -> Option<Observed> {
        if self.ready.is_empty() {
            self.collect();
        }
        self.ready.pop_front()
    }

    fn collect(&mut self) {
        let mut actions = Vec::new();
        for watched in &mut self.watched {
            match watched.watcher.next_news() {
                Some(News::Action(action)) => actions.push(action),
                Some(News::Follows) => watched.followed = true,
                Some(News::Lost(reason)) if watched.followed => self.ready.push_back(Observed::Gap(reason)),
                Some(News::Lost(reason)) => tell_once(&mut self.told, &mut self.ready, reason.clone(), reason),
                None => {}
            }
        }
        for action in actions {
            if action.changes_container() {
                self.resolver.changed(&action);
            }
            let ts = Some(action.ts).filter(|ts| *ts != 0);
            self.ready.push_back(Observed::Event { ts, event: action_event(&action) });
        }
        if let Some(answer) = self.resolver.next_answer() {
            self.answered(answer);
        }
    }

    fn answered(&mut self, answer: Answer) {
        if let Some(reason) = answer.reason {
            let text = format!("container {}: {reason}", answer.id);
            tell_once(&mut self.told, &mut self.ready, reason, text);
        }
        self.ready.push_back(Observed::Event { ts: None, event: answer.event });
    }
}

fn tell_once(told: &mut HashSet<String>, ready: &mut VecDeque<Observed>, reason: String, text: String) {
    if told.len() < MAX_REASONS && told.insert(reason) {
        ready.push_back(Observed::Problem(text));
    }
}

#[cfg(test)]
mod tests;
