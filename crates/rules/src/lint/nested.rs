//! Names of lists that stay words: of lists before it a list gets the values, not those of lists in these.

use super::of_rule;
use crate::diagnostic::{Code, Diagnostic};
use crate::rule_set::{OriginItem, Rule, RuleSet};
use crate::source::Place;
use capture_filter::language::ast::Right;
use std::collections::BTreeSet;

/// The names of all lists, and what was said already.
pub(super) struct Nested<'s> {
    names: BTreeSet<&'s [u8]>,
    seen: BTreeSet<Place>,
}

impl<'s> Nested<'s> {
    pub fn new(rules: &'s RuleSet) -> Self {
        let names = rules.lists().iter().map(|list| list.name.as_bytes()).collect();
        Nested { names, seen: BTreeSet::new() }
    }

    /// Points at values of lists that are compared with as they are and name a list.
    pub fn lint(&mut self, rules: &RuleSet, rule: &Rule) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        rule.filter.expr().each_check(&mut |check| {
            let Right::List(literals) = &check.right else { return };
            for literal in literals.iter().filter(|literal| self.names.contains(&*literal.bytes)) {
                let Some(origin) = rules.origin(literal.span) else { continue };
                let OriginItem::List(list, _) = origin.item else { continue };
                let is_quoted = rules.files().slice(origin.place).contains(['"', '\'']);
                if !is_quoted && self.seen.insert(origin.place) {
                    let name = String::from_utf8_lossy(&literal.bytes);
                    let message = format!(
                        "`{name}` in the list `{list}` stands for itself, not for the values of the list `{name}`"
                    );
                    let hint =
                        "as in Falco, the lists in a list are written out one level deep: name the inner list too";
                    found.push(of_rule(Code::ItemNeverMatches, message, rule, origin.place).hint(hint));
                }
            }
        });
        found
    }
}
