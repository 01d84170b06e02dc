//! What containers and their engines do while a recording runs.

use crate::report;
use crate::status::Failure;
use capture_event::option::{self, Origin};
use capture_record::container::{Bundles, Engine, Observed, Observer};
use capture_record::snapshot::Snapshot;
use capture_record::stream::{Stream, now};
use capture_scap::{EventBuilder, EventHead};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How long a recording waits for engines to describe the containers that are there when it begins.
const AT_START: Duration = Duration::from_secs(2);

/// How long it waits for those that came last before it ends.
const AT_END: Duration = Duration::from_millis(300);

/// How often it is looked what engines say.
const LOOK: Duration = Duration::from_millis(50);

/// Containers of the host.
pub struct Containers {
    observer: Observer,
    stream: Stream,
    is_quiet: bool,
}

impl Containers {
    /// Asks the engines about the containers that are there, and writes what they say.
    pub fn start(snapshot: &Snapshot, stream: &Stream, is_quiet: bool) -> Result<Containers, Failure> {
        let observer = Observer::start(Engine::all(), Bundles::of(Path::new("/")), now())?;
        let mut containers = Containers { observer, stream: stream.clone(), is_quiet };
        snapshot.threads.iter().for_each(|thread| containers.observer.saw(&thread.facts.cgroups));
        containers.observer.settle(AT_START);
        containers.write();
        Ok(containers)
    }

    /// Goes on until nobody is left who may see new control groups.
    pub fn follow(mut self, groups: &Receiver<Arc<[u8]>>) {
        loop {
            match groups.recv_timeout(LOOK) {
                Ok(groups) => self.observer.saw(&groups),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.write();
        }
        // What an engine did at the command's last request may still be under way.
        if self.observer.follows_engines() {
            std::thread::sleep(LOOK);
        }
        self.write();
        self.observer.settle(AT_END);
        self.write();
    }

    fn write(&mut self) {
        while let Some(observed) = self.observer.next_observed() {
            match observed {
                Observed::Event { ts, event } => {
                    let params: Vec<&[u8]> = event.params.iter().map(Vec::as_slice).collect();
                    self.event(ts.unwrap_or_else(now), event.code, &params);
                }
                Observed::Gap(reason) => self.stream.gap(Origin::Engine, 0, &reason),
                Observed::Problem(reason) if !self.is_quiet => report::note(&reason),
                Observed::Problem(_) => {}
            }
        }
    }

    fn event(&self, ts: u64, code: u16, params: &[&[u8]]) {
        let mut appending = self.stream.append();
        let ts = appending.time(ts);
        let head = EventHead { ts, tid: -1, cpu: 0, code, state_only: false };
        let mut out = EventBuilder::new(appending.blocks(), head, params.len() as u32);
        params.iter().for_each(|param| out.param(param));
        out.option(option::ORIGIN, &[Origin::Engine as u8]);
        out.finish();
    }
}
