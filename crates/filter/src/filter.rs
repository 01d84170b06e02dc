//! A compiled filter.

use crate::Env;
use crate::check::{Checker, recorded};
use crate::evaluate::{Columns, FilterInterest, Plan, Sequential, describe, generic_calls};
use crate::language::ast::Expr;
use crate::language::error::{FilterError, FilterWarning, MAX_ERRORS};
use crate::language::parser::parse;
use crate::language::span::Position;
use capture_batch::{Needs, View};
use capture_event::recording::Recording;
use std::sync::Arc;

/// A compiled filter: it is never changed, cheap to clone, and shared between threads. What an evaluation remembers is
/// in the evaluator that [`Filter::columns`] makes.
#[derive(Clone)]
pub struct Filter(Arc<Compiled>);

struct Compiled {
    expr: Expr,
    view: View,
    env: Env,
    plan: Plan,
    warnings: Vec<FilterWarning>,
    needs: Needs,
    host_names: Vec<Vec<u8>>,
}

impl Filter {
    /// Compiles a text for one view. The errors are all faults of the text, by place.
    pub fn compile(text: &str, view: View, env: &Env) -> Result<Filter, Vec<FilterError>> {
        let parsed = parse(text);
        let compiled = parsed.expr.map(|expr| Filter::from_expr(expr, text, view, env));
        match compiled {
            Some(result) if parsed.errors.is_empty() => result,
            other => {
                let mut errors = parsed.errors;
                errors.extend(other.and_then(Result::err).unwrap_or_default());
                Err(placed(errors, text))
            }
        }
    }

    /// Compiles an expression whose spans are those of `text`.
    pub fn from_expr(expr: Expr, text: &str, view: View, env: &Env) -> Result<Filter, Vec<FilterError>> {
        let mut checker = Checker::new(view);
        let condition = checker.condition(&expr, 0);
        let (Some(condition), true) = (condition, checker.errors.is_empty()) else {
            return Err(placed(checker.errors, text));
        };
        let mut warnings = checker.warnings;
        place_warnings(&mut warnings, text);
        Ok(Filter(Arc::new(Compiled {
            plan: Plan::new(condition, checker.memories, checker.shared.len()),
            expr,
            view,
            env: env.for_filters(),
            warnings,
            needs: checker.needs,
            host_names: checker.host_names,
        })))
    }

    /// The view it was compiled for.
    pub fn view(&self) -> View {
        self.0.view
    }

    /// The expression it was compiled from.
    pub fn expr(&self) -> &Expr {
        &self.0.expr
    }

    /// What in it is probably not meant.
    pub fn warnings(&self) -> &[FilterWarning] {
        &self.0.warnings
    }

    /// What it asks for and a recording does not hold; `None` stands for captures of other programs than ours.
    pub fn not_recorded(&self, text: &str, recording: Option<&Recording>) -> Vec<FilterWarning> {
        let mut warnings = recorded::missing(&self.0.expr, recording);
        place_warnings(&mut warnings, text);
        warnings
    }

    /// What batches have to hold for it.
    pub fn needs(&self) -> Needs {
        self.0.needs
    }

    /// Which rows it may select.
    pub fn interest(&self) -> FilterInterest {
        FilterInterest::new(self.clone())
    }

    /// The calls, by the schema's numbers, of which it may select an event that has no type of its own.
    pub fn generic_calls(&self) -> Vec<u16> {
        generic_calls(self)
    }

    /// The names of hosts that it compares addresses with.
    pub fn host_names(&self) -> &[Vec<u8>] {
        &self.0.host_names
    }

    /// Whether an answer depends on the rows before: batches have to be shown in their order then, by one evaluator.
    pub fn is_ordered(&self) -> bool {
        self.0.plan.is_ordered()
    }

    /// How it is evaluated over batches, one line a condition.
    pub fn explain(&self) -> String {
        describe(&self.0.plan)
    }

    /// An evaluator, at the start of a capture.
    pub fn columns(&self) -> Columns {
        Columns::new(self.clone())
    }

    /// The plain evaluator that says what is right, at the start of a capture.
    pub fn sequential(&self) -> Sequential {
        Sequential::new(self.clone())
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.0.plan
    }

    pub(crate) fn env(&self) -> &Env {
        &self.0.env
    }
}

/// The first warnings, with line and column.
fn place_warnings(warnings: &mut Vec<FilterWarning>, text: &str) {
    warnings.truncate(MAX_ERRORS);
    for warning in warnings {
        warning.position = Position::of(text, warning.span.start);
    }
}

/// Errors by place, with line and column.
fn placed(mut errors: Vec<FilterError>, text: &str) -> Vec<FilterError> {
    errors.sort_by_key(|error| error.span.start);
    errors.truncate(MAX_ERRORS);
    for error in &mut errors {
        error.position = Position::of(text, error.span.start);
    }
    errors
}
