//! Macros that only unused macros use: Falco takes them for used.

use crate::diagnostic::{Code, Context, Diagnostic, ItemKind};
use crate::rule_set::RuleSet;
use capture_filter::language::ast::Expr;
use std::collections::BTreeSet;

/// Names such macros.
pub(super) fn lint(rules: &RuleSet) -> Vec<Diagnostic> {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    rules.rules().iter().for_each(|rule| reach(rule.filter.expr(), &mut reached));
    let lonely = rules.macros().iter().filter(|own| own.is_used && !reached.contains(own.name.as_str()));
    lonely
        .map(|own| {
            let message = format!("only macros that no rule uses use the macro `{}`", own.name);
            Diagnostic::new(Code::UnusedMacroLint, message, &Context::item(ItemKind::Macro, &own.name, own.place))
        })
        .collect()
}

/// Adds the macros in an expression and those in them, each looked into once.
fn reach<'e>(expr: &'e Expr, reached: &mut BTreeSet<&'e str>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| reach(part, reached)),
        Expr::Not(inner) => reach(inner, reached),
        Expr::Macro(name, expr) => {
            if reached.insert(&name.name) {
                reach(expr, reached);
            }
        }
        Expr::Check(_) | Expr::Name(_) => {}
    }
}
