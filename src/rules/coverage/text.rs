//! Coverage for people.

use super::{Counted, Share, items, outcomes};
use crate::rules::nodes::{self, shortened};
use capture_rules::Rule;
use capture_rules::examine::{Kind, RuleCounts, Tree};
use std::fmt::Write;

/// A line a rule, then one for all; with `branches`, a line a node below each rule.
pub fn all(counted: &Counted<'_>, branches: bool) -> String {
    let mut text = format!("{:>10}  {:>13}  {:>13}  rule\n", "fired", "outcomes", "list values");
    let (mut fired, mut rules) = (0, 0);
    for (rule, tree, counts) in counted.rules() {
        rules += 1;
        fired += usize::from(counts.alerts() > 0);
        let (outcomes, items) = (share(&outcomes(tree, counts)), share(&items(tree, counts)));
        let _ = writeln!(text, "{:>10}  {outcomes:>13}  {items:>13}  {}", counts.alerts(), rule.name);
        if branches {
            node(counted, (rule, tree, counts), 0, 0, &mut text);
        }
    }
    let _ = writeln!(text, "{fired} of {rules} rules fired");
    text
}

fn share(share: &Share) -> String {
    if share.total == 0 { "-".to_owned() } else { format!("{} of {}", share.seen, share.total) }
}

fn node(counted: &Counted<'_>, of: (&Rule, &Tree, &RuleCounts), number: usize, depth: usize, text: &mut String) {
    let (rule, tree, counts) = of;
    let rules = counted.coverage.run().rule_set();
    let Some(here) = tree.nodes.get(number) else { return };
    let seen = counts.nodes.get(number).copied().unwrap_or_default();
    let words = nodes::words(rules, rule, here);
    let _ = write!(text, "{:>12} ✓ {:>10} ✗  {}{words}", seen.held, seen.failed, "  ".repeat(depth));
    if let Kind::Check(leaf) = &here.kind {
        let held = counts.items.get(number).map_or(&[][..], Vec::as_slice);
        let is_seen = |at: usize| held.get(at).is_some_and(|held| *held > 0);
        let never = leaf.items.iter().enumerate().filter(|(at, _)| !is_seen(*at)).map(|(_, item)| item.text.as_str());
        let never: Vec<&str> = never.collect();
        if !never.is_empty() && never.len() < leaf.items.len() {
            let _ = write!(text, "  [never: {}]", shortened(&never.join(", ")));
        }
    }
    let _ = writeln!(text, "{}", nodes::place_behind(rules, rule, here));
    here.parts.iter().for_each(|part| node(counted, of, *part, depth + 1, text));
}
