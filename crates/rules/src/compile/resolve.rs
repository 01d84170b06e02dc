//! Names of macros in a condition, replaced by the macros.

use super::macros::Macros;
use super::{MAX_CHECKS, MAX_CONDITION_DEPTH};
use capture_filter::language::ast::{Expr, Name};
use std::collections::HashMap;
use std::sync::Arc;

/// A condition without names.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub expr: Arc<Expr>,
    /// How deep conditions lie in each other.
    pub depth: usize,
    /// How many comparisons it has.
    pub checks: usize,
}

/// Why a name is not replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// There is no such macro, or not yet.
    Unknown,
    /// It would contain itself.
    Loop,
    /// It would make the condition too large.
    TooLarge,
    /// It has faults of its own, which were reported.
    Faulty,
}

/// Names that could not be replaced, in the order in which they were met.
pub(super) type Problems = Vec<(Name, Why)>;

/// Replaces names in one condition.
pub(super) struct Resolver<'m> {
    macros: &'m Macros,
    /// Macros whose index is at or above this are not seen.
    visibility: usize,
    /// Macros that are only resolved for this condition: they are defined after the macro that names them.
    found: HashMap<usize, Resolved>,
    /// The macros that are being resolved.
    path: Vec<usize>,
    pub problems: Problems,
}

impl<'m> Resolver<'m> {
    pub fn new(macros: &'m Macros, visibility: usize) -> Self {
        Resolver { macros, visibility, found: HashMap::new(), path: Vec::new(), problems: Vec::new() }
    }

    /// The expression with macros for their names; those that cannot be replaced stay.
    pub fn resolve(&mut self, expr: &Expr) -> Resolved {
        let mut expr = expr.clone();
        let mut size = Size { depth: own_depth(&expr), checks: own_checks(&expr) };
        let own_depth = size.depth;
        expr.replace_names(&mut |name| match self.meaning(name) {
            Ok(resolved) => {
                size.depth = size.depth.max(own_depth.saturating_add(resolved.depth));
                size.checks = size.checks.saturating_add(resolved.checks);
                if size.depth > MAX_CONDITION_DEPTH || size.checks > MAX_CHECKS {
                    self.problems.push((name.clone(), Why::TooLarge));
                    return None;
                }
                Some(Expr::Macro(name.clone(), resolved.expr))
            }
            Err(why) => {
                self.problems.push((name.clone(), why));
                None
            }
        });
        Resolved { expr: Arc::new(expr), depth: size.depth, checks: size.checks }
    }

    fn meaning(&mut self, name: &Name) -> Result<Resolved, Why> {
        let Some((at, own)) = self.macros.visible(&name.name, self.visibility) else {
            return Err(if self.macros.is_lost(&name.name) { Why::Faulty } else { Why::Unknown });
        };
        if self.path.contains(&at) {
            return Err(Why::Loop);
        }
        if let Some(resolved) = own.resolved.as_ref().or_else(|| self.found.get(&at)) {
            return Ok(resolved.clone());
        }
        let condition = own.condition.as_ref().filter(|_| !own.is_faulty).ok_or(Why::Faulty)?;
        if self.path.len() >= MAX_PATH {
            return Err(Why::TooLarge);
        }
        self.path.push(at);
        let resolved = self.resolve(&condition.expr);
        self.path.pop();
        self.found.insert(at, resolved.clone());
        Ok(resolved)
    }
}

/// How many macros may be resolved inside of each other, rather than one after the other.
const MAX_PATH: usize = 50;

struct Size {
    depth: usize,
    checks: usize,
}

fn own_depth(expr: &Expr) -> usize {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => 1 + parts.iter().map(own_depth).max().unwrap_or_default(),
        Expr::Not(inner) => 1 + own_depth(inner),
        Expr::Check(_) | Expr::Name(_) | Expr::Macro(..) => 1,
    }
}

fn own_checks(expr: &Expr) -> usize {
    let mut checks = 0;
    expr.each_check(&mut |_| checks += 1);
    checks
}
