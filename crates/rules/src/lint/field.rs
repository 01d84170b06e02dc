//! Fields that never have a value in the view that the rules are for.

use super::of_rule;
use crate::diagnostic::{Code, Diagnostic};
use crate::rule_set::{Rule, RuleSet};
use capture_batch::View;
use capture_filter::catalog::lookup::by_name;
use capture_filter::catalog::{FieldFlags, Get};
use capture_filter::language::ast::{FieldExpr, Right};
use std::collections::BTreeSet;

/// Names such fields of a rule, each once.
pub(super) fn lint(rules: &RuleSet, rule: &Rule, view: View) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut see = |field: &FieldExpr| {
        let Some(name) = absent(&field.name, view).filter(|name| seen.insert(name)) else { return };
        let place = rules.origin(field.span).map_or(rule.place, |origin| origin.place);
        found.push(of_rule(Code::FieldAbsent, message(name, view), rule, place));
    };
    rule.filter.expr().each_check(&mut |check| {
        check.left.each_field(&mut see);
        if let Right::Operand(operand) = &check.right {
            operand.each_field(&mut see);
        }
    });
    for name in rule.format.field_names() {
        let name = name.split('[').next().unwrap_or_default();
        if let Some(name) = absent(name, view).filter(|name| seen.insert(name)) {
            found.push(of_rule(Code::FieldAbsent, message(name, view), rule, rule.place));
        }
    }
    found
}

/// The field, if it has no value in the view.
fn absent(name: &str, view: View) -> Option<&'static str> {
    let field = by_name(name)?;
    let is_of_other_view = view == View::Classic && field.flags.contains(FieldFlags::EXIT_ONLY);
    (is_of_other_view || matches!(field.reading(view).get, Get::Nothing)).then_some(field.name)
}

fn message(name: &str, view: View) -> String {
    let view = match view {
        View::Exit => "exit",
        View::Classic => "classic",
    };
    format!("`{name}` never has a value in the {view} view")
}
