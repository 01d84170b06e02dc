//! Conditions that are taken apart say what they say as a whole.

mod support;

use capture_batch::{Needs, View};
use capture_filter::Env;
use capture_rules::examine::{Coverage, Explainer, RuleCounts};
use capture_rules::run::{Matching, Run};
use std::collections::BTreeMap;
use support::{batches, files, rules};

#[test]
fn coverage_counts_the_alerts_of_each_rule() {
    let run = Run::new(rules(View::Exit), |_| true, Matching::All);
    let coverage = Coverage::new(run.clone());
    let mut alerts = 0;
    for path in &files().paths {
        let (mut runner, mut covering) = (run.runner(), coverage.covering());
        let mut fired: BTreeMap<usize, u64> = BTreeMap::new();
        let mut counts = vec![RuleCounts::default(); coverage.trees().len()];
        for batch in batches(path, View::Exit, run.needs(), None) {
            runner.run(&batch).iter().for_each(|fire| *fired.entry(fire.rule).or_default() += 1);
            counts.iter_mut().zip(covering.batch(&batch)).for_each(|(all, more)| all.add(&more));
        }
        for ((at, rule), counts) in run.rules().zip(&counts) {
            let expected = fired.get(&at).copied().unwrap_or_default();
            assert_eq!(counts.alerts(), expected, "{} on {}", rule.name, path.display());
        }
        alerts += fired.values().sum::<u64>();
    }
    assert!(alerts > 100, "{alerts}");
}

#[test]
fn an_event_is_explained_as_the_rules_run() {
    let rules = rules(View::Exit);
    let run = Run::new(rules.clone(), |_| true, Matching::First);
    let mut explained = [0, 0];
    for path in &files().paths {
        let batches = batches(path, View::Exit, Needs::all(), None);
        let mut runner = run.runner();
        let fired: Vec<(u64, usize)> = batches
            .iter()
            .flat_map(|batch| runner.run(batch).into_iter().map(|fired| (batch.num[fired.row], fired.rule)))
            .collect();
        // Some of the alerts: that one fires, another one does not.
        for (event, rule) in fired.iter().step_by(fired.len() / 3 + 1) {
            for (place, expected) in [(*rule, true), ((rule + 1) % rules.rules().len(), false)] {
                let mut explainer = Explainer::new(run.clone(), place, *event).unwrap();
                let found = batches.iter().find_map(|batch| explainer.batch(batch, &Env::default())).unwrap();
                assert_eq!(found.fires(), expected, "{} for {event}", rules.rules()[place].name);
                explained[usize::from(expected)] += 1;
            }
        }
    }
    assert!(explained.iter().all(|count| *count > 3), "{explained:?}");
}
