//! Exceptions that leave nothing of their rule.

use super::facts::{Facts, conjuncts};
use super::of_rule;
use crate::diagnostic::{Code, Diagnostic};
use crate::rule_set::{OriginItem, Rule, RuleSet};
use crate::source::Place;
use capture_filter::language::ast::{Check, Expr};

/// Says which rows of which exceptions hold wherever the condition does.
pub(super) fn lint(rules: &RuleSet, rule: &Rule) -> Vec<Diagnostic> {
    if rule.exceptions.is_empty() {
        return Vec::new();
    }
    let exception = |part: &&Expr| of_exception(rules, part);
    let (excepted, condition): (Vec<&Expr>, Vec<&Expr>) =
        conjuncts(rule.filter.expr()).into_iter().partition(|part| exception(part).is_some());
    let facts = Facts::of(condition);
    if facts.contradiction().is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for part in excepted {
        let (Some((number, _)), Expr::Not(inner)) = (exception(&part), part) else { continue };
        let name = rule.exceptions.get(number).map_or("", String::as_str);
        for row in rows(inner).into_iter().filter(|row| holds(&facts, row)) {
            let place = first_check(row).and_then(|check| rules.origin(check.span)).map(|origin| origin.place);
            let message = format!("the exception `{name}` holds wherever the condition does: the rule never fires");
            found.push(of_rule(Code::ExceptionSwallowsAll, message, rule, place.unwrap_or(rule.place)));
        }
    }
    found
}

/// The exception that a part of a condition comes from.
fn of_exception(rules: &RuleSet, expr: &Expr) -> Option<(usize, Place)> {
    let Expr::Not(inner) = expr else { return None };
    let origin = rules.origin(first_check(inner)?.span)?;
    match origin.item {
        OriginItem::Exception { exception, .. } => Some((exception, origin.place)),
        _ => None,
    }
}

fn first_check(expr: &Expr) -> Option<&Check> {
    match expr.without_macros() {
        Expr::And(parts) | Expr::Or(parts) => parts.first().and_then(first_check),
        Expr::Not(inner) => first_check(inner),
        Expr::Check(check) => Some(check),
        Expr::Name(_) | Expr::Macro(..) => None,
    }
}

/// The rows of values of an exception: each is enough.
fn rows(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Or(parts) => parts.iter().collect(),
        other => vec![other],
    }
}

fn holds(facts: &Facts, row: &Expr) -> bool {
    conjuncts(row).into_iter().all(|part| matches!(part, Expr::Check(check) if facts.imply(check)))
}
