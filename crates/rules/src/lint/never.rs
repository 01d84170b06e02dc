//! Rules that never fire.

use super::facts::{Facts, conjuncts};
use super::of_rule;
use crate::diagnostic::{Code, Diagnostic};
use crate::events::EventTypes;
use crate::rule_set::Rule;
use capture_batch::View;
use capture_event::Dialect;
use capture_event::schema::{self, EventFlags};

/// Says so if the condition of a rule cannot hold.
pub(super) fn lint(rule: &Rule, view: View) -> Option<Diagnostic> {
    let facts = Facts::of(conjuncts(rule.filter.expr()));
    let only_enters = facts.values("evt.dir").is_some_and(|values| values.iter().all(|dir| dir == b">"));
    let why = if rule.event_types.is_empty() {
        "no type of event fits its condition".to_owned()
    } else if let Some(field) = facts.contradiction() {
        format!("no value of `{field}` fits its condition")
    } else if view == View::Exit && only_enters && !has_unpaired(&rule.event_types) {
        "there are no enter events in the exit view: `evt.dir = >` holds for none of its events".to_owned()
    } else {
        return None;
    };
    Some(of_rule(Code::NeverMatches, format!("the rule never fires: {why}"), rule, rule.place))
}

/// Whether a type of the set is neither enter nor exit of a call: such events keep the direction `>`.
fn has_unpaired(types: &EventTypes) -> bool {
    let exit = |code: u16| schema::event(code + 1, Dialect::Newest);
    let is_unused = |code| exit(code).is_none_or(|info| info.flags.contains(EventFlags::UNUSED));
    (0..schema::EVENT_COUNT).step_by(2).any(|code| types.contains(code) && is_unused(code))
}
