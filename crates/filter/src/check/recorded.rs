//! Looks for what a filter asks for and a recording does not hold.

use crate::language::ast::{Check, Expr, FieldExpr, Literal, Operand, Right};
use crate::language::error::{FilterWarning, WarningKind};
use crate::language::span::{Position, Span};
use capture_event::recording::{Calls, Recording};
use capture_event::tables::syscall;

/// Warns of what `expr` asks for in vain. `recording`: what the recorder said; `None` for captures of other programs.
pub(crate) fn missing(expr: &Expr, recording: Option<&Recording>) -> Vec<FilterWarning> {
    let calls = match recording.and_then(|recording| recording.calls.as_ref()) {
        Some(Calls::Only(calls)) => Some(&**calls),
        Some(Calls::All) | None => None,
    };
    let mut asked = Asked {
        calls,
        has_real_names: recording.is_some_and(|recording| recording.real_names),
        snap_length: recording.and_then(|recording| recording.snap_length),
        warnings: Vec::new(),
    };
    asked.expr(expr, true);
    asked.warnings
}

struct Asked<'r> {
    calls: Option<&'r [String]>,
    has_real_names: bool,
    snap_length: Option<u64>,
    warnings: Vec<FilterWarning>,
}

impl Asked<'_> {
    /// `is_wanted`: whether the filter selects what the expression holds for, rather than the rest.
    fn expr(&mut self, expr: &Expr, is_wanted: bool) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| self.expr(part, is_wanted)),
            Expr::Not(inner) => self.expr(inner, !is_wanted),
            Expr::Check(check) => self.check(check, is_wanted),
            Expr::Name(_) => {}
            Expr::Macro(_, expr) => self.expr(expr, is_wanted),
        }
    }

    fn check(&mut self, check: &Check, is_wanted: bool) {
        self.operand(&check.left);
        if let Right::Operand(operand) = &check.right {
            self.operand(operand);
        }
        let Operand::Field(field) = &check.left else { return };
        let is_type = matches!(&*field.name, "evt.type" | "syscall.type");
        if is_wanted && is_type && matches!(check.operator.name, "=" | "==" | "in" | "intersects") {
            self.types(&check.right);
        }
        if is_buffer(field) && LOOKS_INSIDE.contains(&check.operator.name) {
            self.buffer(check.span);
        }
    }

    fn operand(&mut self, operand: &Operand) {
        operand.each_field(&mut |field| self.field(field));
    }

    fn field(&mut self, field: &FieldExpr) {
        if field.name == "fd.realname" && !self.has_real_names {
            self.warn(WarningKind::NoRealNames, field.span);
        }
    }

    fn types(&mut self, right: &Right) {
        match right {
            Right::Value(literal) => self.event_type(literal),
            Right::List(literals) => literals.iter().for_each(|literal| self.event_type(literal)),
            Right::Name(name) => self.event_type(&Literal { bytes: name.name.clone().into(), span: name.span }),
            Right::Nothing | Right::Operand(_) => {}
        }
    }

    fn event_type(&mut self, literal: &Literal) {
        let (Some(recorded), Ok(name)) = (self.calls, str::from_utf8(&literal.bytes)) else { return };
        let mut calls = syscall::of_event_type(name).peekable();
        if calls.peek().is_some() && !calls.any(|call| recorded.iter().any(|recorded| recorded == call)) {
            self.warn(WarningKind::NotRecorded { event_type: name.to_owned() }, literal.span);
        }
    }

    fn buffer(&mut self, span: Span) {
        let Some(limit) = self.snap_length else { return };
        let kind = WarningKind::BuffersCut { limit };
        if self.warnings.iter().all(|warning| warning.kind != kind) {
            self.warn(kind, span);
        }
    }

    fn warn(&mut self, kind: WarningKind, span: Span) {
        self.warnings.push(FilterWarning { kind, span, check: None, position: Position::default() });
    }
}

/// Operators to which bytes matter that may be missing.
const LOOKS_INSIDE: [&str; 7] = ["contains", "icontains", "bcontains", "endswith", "glob", "iglob", "regex"];

fn is_buffer(field: &FieldExpr) -> bool {
    matches!(&*field.name, "evt.buffer" | "evt.arg.data" | "evt.rawarg.data")
}
