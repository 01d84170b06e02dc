//! Rules that are run together fire as each of them does alone, row by row.

mod support;

use capture_batch::{Batch, Interest, Needs, RowFlags, View};
use capture_filter::{Selection, Sequential};
use capture_rules::Rule;
use capture_rules::run::{Matching, Run};
use capture_testkit::parallel;
use std::path::{Path, PathBuf};
use support::{batches, files, rules};

/// Which rules fire for which events.
type Alerts = Vec<(u64, usize)>;

/// One rule after the other, by the plain evaluator.
fn alone(rules: &[Rule], batches: &[Batch], matching: Matching) -> Alerts {
    let mut evaluators: Vec<Sequential> = rules.iter().map(|rule| rule.filter.sequential()).collect();
    let mut alerts = Alerts::new();
    for batch in batches {
        let unseen = RowFlags::NEVER_SHOWN | RowFlags::INTERNAL;
        let mut left = Selection::with(batch.len(), |row| !batch.flags[*row].intersects(unseen));
        for (at, (rule, evaluator)) in rules.iter().zip(&mut evaluators).enumerate() {
            let is_shown =
                |row: &usize| batch.head.view == View::Classic || rule.event_types.contains(batch.code[*row]);
            let mut rows = Selection::with(batch.len(), is_shown);
            rows.keep(&left);
            let hits = evaluator.select(batch, &rows);
            alerts.extend(hits.iter().map(|row| (batch.num[row], at)));
            if matching == Matching::First {
                left.remove(&hits);
            }
        }
    }
    alerts.sort_unstable();
    alerts
}

fn together(run: &Run, path: &Path, view: View, interest: Option<Box<dyn Interest>>) -> Alerts {
    let mut runner = run.runner();
    let fired = batches(path, view, run.needs(), interest).into_iter().flat_map(|batch| {
        let fired = runner.run(&batch);
        fired.into_iter().map(|fired| (batch.num[fired.row], fired.rule)).collect::<Vec<_>>()
    });
    let mut alerts: Alerts = fired.collect();
    alerts.sort_unstable();
    alerts
}

#[test]
fn rules_together_fire_as_each_does_alone() {
    let files = files();
    for view in [View::Exit, View::Classic] {
        let rules = rules(view);
        let check = |path: &PathBuf| {
            let everything = batches(path, view, Needs::all(), None);
            [Matching::First, Matching::All].map(|matching| {
                let run = Run::new(rules.clone(), |_| true, matching);
                let expected = alone(rules.rules(), &everything, matching);
                assert_eq!(together(&run, path, view, None), expected, "{} {matching:?}", path.display());
                let narrowed = together(&run, path, view, Some(run.interest()));
                assert_eq!(narrowed, expected, "only what is of interest: {} {matching:?}", path.display());
                expected.len()
            })
        };
        let mut alerts = [0, 0];
        parallel(&files.paths, check, |[first, all]| alerts = [alerts[0] + first, alerts[1] + all]);
        assert!(alerts[0] > 100 && alerts[1] > alerts[0] + 10, "{alerts:?}");
    }
}
