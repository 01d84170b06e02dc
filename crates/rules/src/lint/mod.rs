//! Phase four: what is valid and probably not meant. Falco says nothing of these.

mod exception;
mod facts;
mod field;
mod nested;
mod never;
mod unused;

use crate::diagnostic::{Code, Context, Diagnostic, ItemKind};
use crate::rule_set::{Rule, RuleSet};
use crate::source::Place;

/// Looks for what is probably not meant.
pub(crate) fn lint(rules: &RuleSet) -> Vec<Diagnostic> {
    let view = rules.view();
    let mut found = Vec::new();
    let mut nested = nested::Nested::new(rules);
    for rule in rules.rules() {
        let swallowing = exception::lint(rules, rule);
        match swallowing.is_empty() {
            true => found.extend(never::lint(rule, view)),
            // Whatever the rest says, nothing is left of it.
            false => found.extend(swallowing),
        }
        found.extend(field::lint(rules, rule, view));
        found.extend(nested.lint(rules, rule));
    }
    found.extend(unused::lint(rules));
    found
}

/// Something to say of a rule, at a place in it.
fn of_rule(code: Code, message: String, rule: &Rule, place: Place) -> Diagnostic {
    Diagnostic::new(code, message, &Context::item(ItemKind::Rule, &rule.name, rule.place)).at(place)
}
