//! A replay of which few rows are wanted leaves the same host behind as one of which all are.

use capture_batch::{Id, Interest, Needs, Own, Segment, Types, View};
use capture_machine::{Machine, Replay};
use capture_scap::Reader;
use capture_testkit::{Form, captures, parallel, random_capture, skip};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Wants rows of all types, but of some threads only.
struct SomeThreads;

impl Interest for SomeThreads {
    fn types(&self) -> Types {
        Types::ALL
    }

    fn wants(&mut self, _: u16, own: Id<Own>, _: &Arc<Segment>) -> bool {
        own.index().is_multiple_of(5)
    }
}

fn no_types() -> Box<dyn Interest> {
    Box::new(Types::NONE)
}

fn some_threads() -> Box<dyn Interest> {
    Box::new(SomeThreads)
}

fn describe(machine: &Machine) -> String {
    format!("{machine:#?}")
}

/// Compares hosts after every `step` events.
fn compare(open: &dyn Fn() -> Reader, name: &str, step: u64) {
    for view in [View::Classic, View::Exit] {
        let replay = || Replay::new(open(), view, Needs::all(), "");
        let mut all = replay();
        let mut others = [no_types(), some_threads()].map(|interest| replay().only(interest));
        let mut events = 0;
        loop {
            events += step;
            all.advance_to(events);
            for other in &mut others {
                other.advance_to(events);
                if other.machine() != all.machine() {
                    let (found, expected) = (describe(other.machine()), describe(all.machine()));
                    let differ = found.lines().zip(expected.lines()).filter(|(found, expected)| found != expected);
                    panic!("{name}, {view:?}, by event {events}: {:#?}", differ.take(20).collect::<Vec<_>>());
                }
            }
            if all.reader().counts().events() < events {
                break;
            }
        }
    }
}

fn all_captures() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let of = |directory: PathBuf| std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let all = of(fixtures.clone()).chain(of(fixtures.join("scenarios"))).chain(captures());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "scap")).collect()
}

#[test]
fn the_host_is_the_same_whatever_is_wanted() {
    if captures().is_empty() {
        skip("only fixtures are compared");
    }
    let all = all_captures();
    assert!(all.len() > 5);
    parallel(&all, |path| compare(&|| Reader::open(path).unwrap(), &path.display().to_string(), 997), |()| ());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_host_is_the_same_on_random_captures(seed in any::<u64>(), is_exit in any::<bool>()) {
        let form = if is_exit { Form::ExitOnly } else { Form::Pairs };
        let capture = random_capture(seed, 3000, form).to_bytes();
        compare(&|| Reader::from_bytes(capture.clone()).unwrap(), &format!("seed {seed}"), 101);
    }
}
