//! From expression to conditions on fields that exist, with values of their types.
//!
//! Everything is looked up here, and all that can be wrong with an expression is found, so that evaluating it needs
//! neither names nor errors.

pub(crate) mod compare;
pub(crate) mod constant;
mod operand;
pub(crate) mod recorded;
pub(crate) mod scope;
pub(crate) mod source;
pub(crate) mod types;
mod warning;

use crate::catalog::FieldFlags;
use crate::catalog::lookup::FieldUse;
use crate::language::ast::{Check, Expr, Literal, Name, Operand, Right};
use crate::language::error::{ErrorKind, FilterError, FilterWarning, MAX_ERRORS, nearest};
use crate::language::hex_byte;
use crate::language::operator::{Comparison, OPERATORS};
use crate::language::parser::MAX_DEPTH;
use capture_batch::{Needs, View};
use compare::{Against, Quantifier};
use constant::{BadValue, Constant, MAX_VALUE};
use scope::Scope;
use source::Source;
use std::collections::HashMap;
use types::Class;

/// A checked expression.
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Box<Test>),
}

/// One comparison, ready to be evaluated.
pub(crate) struct Test {
    /// What is compared.
    pub left: Source,
    /// With what, and how.
    pub against: Against,
    /// What several values on the left mean.
    pub quantifier: Quantifier,
    /// Whether no values on the left are no value (of ancestors) rather than none that fits.
    pub empty_is_missing: bool,
    /// What the answer depends on.
    pub scope: Scope,
    /// The comparison as text.
    pub text: String,
}

/// Checks expressions for one view and collects what it finds.
pub(crate) struct Checker {
    view: View,
    pub errors: Vec<FilterError>,
    pub warnings: Vec<FilterWarning>,
    /// What the fields need that were met.
    pub needs: Needs,
    /// Texts that names of hosts are compared with.
    pub host_names: Vec<Vec<u8>>,
    /// How many fields need a memory.
    pub memories: usize,
    /// Sources whose values are shared, by what they say.
    pub shared: HashMap<String, usize>,
}

impl Checker {
    pub fn new(view: View) -> Self {
        Checker {
            view,
            errors: Vec::new(),
            warnings: Vec::new(),
            needs: Needs::empty(),
            host_names: Vec::new(),
            memories: 0,
            shared: HashMap::new(),
        }
    }

    /// Checks an expression. `None` if something in it is wrong.
    pub fn condition(&mut self, expr: &Expr, depth: usize) -> Option<Condition> {
        if depth > 2 * MAX_DEPTH {
            // Only macros can lie so deep in each other: a text has been refused before.
            self.errors.push(FilterError::new(ErrorKind::TooDeep { limit: 2 * MAX_DEPTH }, Default::default()));
            return None;
        }
        match expr {
            Expr::And(parts) => self.conditions(parts, depth).map(Condition::All),
            Expr::Or(parts) => self.conditions(parts, depth).map(Condition::Any),
            Expr::Not(inner) => Some(Condition::Not(Box::new(self.condition(inner, depth + 1)?))),
            Expr::Check(check) => self.placed_test(check).map(|test| Condition::Test(Box::new(test))),
            Expr::Name(name) => self.unknown_name(name),
            Expr::Macro(_, expr) => self.condition(expr, depth + 1),
        }
    }

    /// Checks all parts, so that all faults are found.
    fn conditions(&mut self, parts: &[Expr], depth: usize) -> Option<Vec<Condition>> {
        let checked: Vec<_> = parts.iter().map(|part| self.condition(part, depth + 1)).collect();
        checked.into_iter().collect()
    }

    fn unknown_name<T>(&mut self, name: &Name) -> Option<T> {
        let error = FilterError::new(ErrorKind::UnknownName { name: name.name.clone() }, name.span);
        let hint = match name.name.as_str() {
            "and" | "or" | "not" => Some("a comparison is missing beside it".to_string()),
            word => {
                let ends = |field: &&str| field.rsplit_once('.').is_some_and(|(_, end)| end == word);
                let field = crate::catalog::fields().map(|field| field.name).find(ends);
                field.map(|field| format!("a field is called `{field}`"))
            }
        };
        self.errors.push(FilterError { hint, ..error });
        None
    }

    /// Checks a comparison and notes which one it is in what is said of it.
    fn placed_test(&mut self, check: &Check) -> Option<Test> {
        let (errors, warnings) = (self.errors.len(), self.warnings.len());
        let test = self.test(check);
        self.errors.iter_mut().skip(errors).for_each(|error| error.check = Some(check.span));
        self.warnings.iter_mut().skip(warnings).for_each(|warning| warning.check = Some(check.span));
        test
    }

    fn test(&mut self, check: &Check) -> Option<Test> {
        let left = self.source(&check.left);
        let right = match &check.right {
            Right::Operand(operand) => Some(self.source(operand)),
            _ => None,
        };
        let left = left?;
        let fits = self.operator_fits(check, &left);
        let (against, right_scope) = match (&check.right, right) {
            (Right::Operand(operand), right) => {
                let right = right??;
                self.right_side_fits(check, &left, operand, &right).then_some(())?;
                let scope = right.scope;
                (Against::Source(Box::new(right), check.operator.comparison), scope)
            }
            (Right::Nothing, _) => (Against::Nothing, Scope::Nothing),
            _ if !fits => return None,
            _ => (self.against_constants(check, &left)?, Scope::Nothing),
        };
        Some(Test {
            quantifier: quantifier(check.operator.comparison, &left),
            empty_is_missing: left.field_flags().contains(FieldFlags::ANY_ANCESTOR),
            scope: left.scope.with(right_scope),
            text: check.to_string(),
            left,
            against,
        })
        .filter(|_| fits)
    }

    /// Whether the operator applies to what stands on the left.
    fn operator_fits(&mut self, check: &Check, left: &Source) -> bool {
        let operator = check.operator;
        let at_most = left.field_flags().contains(FieldFlags::AT_MOST);
        let fits = match operator.comparison {
            Comparison::Exists => true,
            Comparison::Equal { negated } if at_most => !negated && check.modifier.is_none(),
            _ => !at_most && operator.kinds.intersects(left.ty.kinds()),
        };
        if fits {
            return true;
        }
        let kind = ErrorKind::OperatorForType {
            operator: operator.name,
            what: format!("`{}`", left.text),
            ty: left.ty.words(),
        };
        let fitting = OPERATORS.iter().filter(|operator| {
            let exists = matches!(operator.comparison, Comparison::Exists);
            exists || (if at_most { operator.name == "=" } else { operator.kinds.intersects(left.ty.kinds()) })
        });
        let names: Vec<_> = fitting.map(|operator| format!("`{}`", operator.name)).collect();
        let hint = format!("it can be compared with {}", names.join(", "));
        self.errors.push(FilterError::new(kind, check.operator_span).hint(hint));
        false
    }

    /// Whether the two sides can be compared.
    fn right_side_fits(&mut self, check: &Check, left: &Source, operand: &Operand, right: &Source) -> bool {
        let span = operand.span();
        let kind = if !check.operator.takes_fields() {
            ErrorKind::OperatorTakesNoField { operator: check.operator.name }
        } else if let Some(field) = [left, right].into_iter().find_map(no_right_side) {
            ErrorKind::NoRightSide { field }
        } else if left.ty != right.ty {
            ErrorKind::TypesDiffer {
                left: format!("{} ({:?})", left.ty.words(), left.ty.ty),
                right: format!("{} ({:?})", right.ty.words(), right.ty.ty),
            }
        } else {
            return true;
        };
        self.errors.push(FilterError::new(kind, span));
        false
    }

    /// Reads the values on the right and prepares the comparison.
    fn against_constants(&mut self, check: &Check, left: &Source) -> Option<Against> {
        let named;
        let literals = match &check.right {
            Right::Value(literal) => std::slice::from_ref(literal),
            Right::List(literals) => literals,
            Right::Name(name) => {
                named = Literal { bytes: name.name.clone().into_bytes(), span: name.span };
                std::slice::from_ref(&named)
            }
            Right::Nothing | Right::Operand(_) => &[],
        };
        let constants: Vec<_> = literals.iter().map(|literal| self.constant(check, left, literal)).collect();
        let constants: Vec<Constant> = constants.into_iter().collect::<Option<_>>()?;
        literals.iter().for_each(|literal| self.value_warnings(check, left, literal));
        self.collect_host_names(left, literals);
        let comparison = match check.operator.comparison {
            Comparison::Equal { .. } if left.field_flags().contains(FieldFlags::AT_MOST) => {
                Comparison::Order(std::cmp::Ordering::is_le)
            }
            other => other,
        };
        match compare::on_constants(comparison, check.modifier, constants) {
            Ok(fits) => Some(Against::Constants(fits)),
            Err(message) => {
                let span = literals.first().map(|literal| literal.span).unwrap_or(check.span);
                self.errors.push(FilterError::new(ErrorKind::InvalidPattern { message }, span));
                None
            }
        }
    }

    /// Reads one value.
    fn constant(&mut self, check: &Check, left: &Source, literal: &Literal) -> Option<Constant> {
        let value = String::from_utf8_lossy(&literal.bytes).into_owned();
        if let Comparison::Text(operation) = check.operator.comparison {
            if operation.hexadecimal {
                let bytes = unhex(&literal.bytes);
                let wanted = "a row of bytes, two hexadecimal digits each";
                return self.read(bytes.ok_or(BadValue::Not(wanted)), Class::Bytes, value, literal);
            }
            // Patterns are tried one by one, so that the fault is shown at the right one.
            if let (Err(message), Class::Text) = ((operation.prepare)(&[&literal.bytes]), left.ty.class()) {
                self.errors.push(FilterError::new(ErrorKind::InvalidPattern { message }, literal.span));
                return None;
            }
        }
        let constant = self.read(Ok(literal.bytes.clone()), left.ty.class(), value, literal)?;
        match left.reader.field() {
            Some(field) if left.ty.class() == Class::Text => self.known_value(field, literal).then_some(constant),
            _ => Some(constant),
        }
    }

    fn read(
        &mut self,
        bytes: Result<Vec<u8>, BadValue>,
        class: Class,
        value: String,
        literal: &Literal,
    ) -> Option<Constant> {
        let bad = match bytes.and_then(|bytes| constant::constant(&bytes, class)) {
            Ok(constant) => return Some(constant),
            Err(bad) => bad,
        };
        let hint = match bad {
            BadValue::Not(_) => constant::hexadecimal(&value).map(|number| format!("write {number}")),
            _ => None,
        };
        let kind = match bad {
            BadValue::Not(wanted) => ErrorKind::InvalidValue { value, wanted },
            BadValue::NoValues => {
                ErrorKind::InvalidValue { value, wanted: "something this field can be compared with" }
            }
            BadValue::ZeroByte => ErrorKind::ZeroByte,
            BadValue::TooLong => ErrorKind::TooLong { limit: MAX_VALUE },
        };
        self.errors.push(FilterError { hint, ..FilterError::new(kind, literal.span) });
        None
    }

    /// Whether the field can have this value at all.
    fn known_value(&mut self, field: &FieldUse, literal: &Literal) -> bool {
        let value = String::from_utf8_lossy(&literal.bytes);
        if field.field.values.is_none_or(|known| known(&value, self.view)) {
            return true;
        }
        let kind = ErrorKind::UnknownValue { field: field.field.name, value: value.to_string() };
        let near = self.nearest(&value, crate::catalog::event_types(self.view));
        let hint = near.map(|near| format!("did you mean `{near}`?"));
        self.errors.push(FilterError { hint, ..FilterError::new(kind, literal.span) });
        false
    }

    /// The candidate most like a word. Faults that nobody will see get no advice.
    fn nearest<'c>(&self, word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
        nearest(&word.to_ascii_lowercase(), candidates.filter(|_| self.errors.len() < MAX_ERRORS))
    }

    fn collect_host_names(&mut self, left: &Source, literals: &[Literal]) {
        if left.field_flags().contains(FieldFlags::HOST_NAME) {
            self.host_names.extend(literals.iter().map(|literal| literal.bytes.clone()));
        }
    }
}

/// What several values on the left mean.
fn quantifier(comparison: Comparison, left: &Source) -> Quantifier {
    match comparison {
        Comparison::Equal { negated: true } if left.field_flags().contains(FieldFlags::EITHER_END) => {
            Quantifier::AllOfSome
        }
        Comparison::Member { all: true } if left.ty.list => Quantifier::All,
        _ => Quantifier::Any,
    }
}

/// The field in it that cannot be compared with another.
fn no_right_side(source: &Source) -> Option<&'static str> {
    let field = source.reader.field()?.field;
    let refuses = field.flags.contains(FieldFlags::NO_RHS) || source.ty.class() == Class::Network;
    refuses.then_some(field.name)
}

/// The bytes that hexadecimal digits stand for.
fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    digits.chunks(2).map(|pair| hex_byte(Some(pair))).collect()
}
