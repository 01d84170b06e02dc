//! What a condition says of the values of fields: of `a = x and a in (y, z)` that `a` can be nothing.

use capture_filter::catalog::lookup::by_name;
use capture_filter::catalog::{FieldFlags, Usual};
use capture_filter::language::ast::{Check, Expr, Operand, Right};
use capture_filter::language::operator::Comparison;
use std::collections::{BTreeMap, BTreeSet};

/// The values that fields can have where a condition holds, by field.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Only one of these; nothing is known of fields that are not here.
    allowed: BTreeMap<String, BTreeSet<Vec<u8>>>,
}

impl Facts {
    /// What has to be true where all of these hold.
    pub fn of<'e>(conditions: impl IntoIterator<Item = &'e Expr>) -> Self {
        let mut facts = Facts::default();
        let mut denied: Vec<(String, BTreeSet<Vec<u8>>)> = Vec::new();
        let mut open: Vec<&Expr> = conditions.into_iter().collect();
        while let Some(expr) = open.pop() {
            match expr.without_macros() {
                Expr::And(parts) => open.extend(parts),
                Expr::Check(check) => facts.learn(check),
                Expr::Not(inner) => denied.extend(denial(inner)),
                Expr::Or(_) | Expr::Name(_) | Expr::Macro(..) => {}
            }
        }
        for (field, values) in denied {
            if let Some(allowed) = facts.allowed.get_mut(&field) {
                allowed.retain(|value| !values.contains(value));
            }
        }
        facts
    }

    fn learn(&mut self, check: &Check) {
        let Some((field, values)) = equality(check) else { return };
        match self.allowed.get_mut(&field) {
            Some(allowed) => allowed.retain(|value| values.contains(value)),
            None => drop(self.allowed.insert(field, values)),
        }
    }

    /// The field that can have no value at all.
    pub fn contradiction(&self) -> Option<&str> {
        self.allowed.iter().find(|(_, values)| values.is_empty()).map(|(field, _)| field.as_str())
    }

    /// The values that a field can have, if that is known.
    pub fn values(&self, field: &str) -> Option<&BTreeSet<Vec<u8>>> {
        self.allowed.get(field)
    }

    /// Whether a comparison holds wherever these facts do.
    pub fn imply(&self, check: &Check) -> bool {
        if let Some((field, values)) = equality(check) {
            return self.values(&field).is_some_and(|known| !known.is_empty() && known.is_subset(&values));
        }
        always_holds(check)
    }
}

/// What a negated condition rules out.
fn denial(expr: &Expr) -> Option<(String, BTreeSet<Vec<u8>>)> {
    match expr.without_macros() {
        Expr::Check(check) => equality(check),
        _ => None,
    }
}

/// The field and the values of which it has to have one; of fields with one value, compared as text.
fn equality(check: &Check) -> Option<(String, BTreeSet<Vec<u8>>)> {
    let Operand::Field(field) = &check.left else { return None };
    let known = by_name(&field.name)?;
    let many = FieldFlags::IS_LIST | FieldFlags::ANY_ANCESTOR | FieldFlags::EITHER_END | FieldFlags::AT_MOST;
    if known.flags.intersects(many) || check.modifier.is_some() || !is_text(&field.name) {
        return None;
    }
    let values = match (check.operator.comparison, &check.right) {
        (Comparison::Equal { negated: false }, Right::Value(literal)) => BTreeSet::from([literal.bytes.clone()]),
        (Comparison::Member { .. }, Right::List(literals)) => literals.iter().map(|l| l.bytes.clone()).collect(),
        _ => return None,
    };
    Some((field.to_string(), values))
}

/// Whether equal values of a field are the same text: numbers and addresses can be written in several ways.
fn is_text(name: &str) -> bool {
    let plain = ["proc.name", "proc.pname", "proc.exe", "proc.exepath", "fd.name", "fd.directory", "fd.filename"];
    let usual = by_name(name).is_some_and(|field| matches!(field.usual, Usual::OneOf(_)));
    usual || plain.contains(&name) || matches!(name, "evt.type" | "evt.dir" | "user.name" | "container.id" | "fd.type")
}

/// Whether a comparison holds for every value.
fn always_holds(check: &Check) -> bool {
    let holds = |bytes: &[u8]| match check.operator.name {
        "contains" | "icontains" | "startswith" | "endswith" => bytes.is_empty(),
        "glob" | "iglob" => bytes == b"*",
        "pmatch" => matches!(bytes, b"" | b"/"),
        "regex" => bytes == b".*",
        _ => false,
    };
    match &check.right {
        Right::Value(literal) => holds(&literal.bytes),
        Right::List(literals) if check.modifier.is_none() => literals.iter().any(|literal| holds(&literal.bytes)),
        _ => false,
    }
}

/// The conditions that have to hold together.
pub(super) fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr.without_macros() {
        Expr::And(parts) => parts.iter().collect(),
        other => vec![other],
    }
}
