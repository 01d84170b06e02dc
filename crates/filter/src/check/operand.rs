//! Checks what yields values: fields and transformers.

use super::Checker;
use super::scope::Scope;
use super::source::{Reader, Source};
use super::types::ValueType;
use crate::catalog::lookup::{LookupError, resolve};
use crate::catalog::{Arg, Depends, FieldFlags, FieldUse, fields, parameter_type};
use crate::language::ast::{FieldExpr, Operand, TransformerExpr};
use crate::language::error::{ErrorKind, FilterError};
use crate::language::span::Span;
use crate::language::transformer::{Action, Shape, Transformer, transformer};
use capture_batch::View;
use capture_event::ParamType;

/// An argument of a transformer, checked.
struct Argument {
    source: Source,
    span: Span,
}

impl Checker {
    /// Checks what yields values. `None` if something in it is wrong.
    pub fn source(&mut self, operand: &Operand) -> Option<Source> {
        let source = match operand {
            Operand::Field(field) => self.field(field)?,
            Operand::Literal(literal) => Source {
                reader: Reader::Literal(literal.bytes.clone()),
                ty: ValueType::TEXT,
                scope: Scope::Nothing,
                text: String::new(),
                shared: None,
            },
            Operand::List(entries, _) => self.list(entries)?,
            Operand::Transformer(expr) => self.transformed(expr)?,
        };
        let text = operand.to_string();
        let shared = self.share(&text, source.scope);
        Some(Source { text, shared, ..source })
    }

    /// In the exit view, sources that say the same and depend on the order of events share their values.
    fn share(&mut self, text: &str, scope: Scope) -> Option<usize> {
        if scope != Scope::Order || self.view == View::Classic {
            return None;
        }
        let next = self.shared.len();
        Some(*self.shared.entry(text.to_string()).or_insert(next))
    }

    fn field(&mut self, expr: &FieldExpr) -> Option<Source> {
        let arg = expr.arg.as_deref().map(String::from_utf8_lossy);
        let field = match resolve(&expr.name, arg.as_deref(), self.view) {
            Ok(field) => field,
            Err(error) => {
                let error = self.lookup_error(expr, error);
                self.errors.push(error);
                return None;
            }
        };
        let reading = field.field.reading(self.view);
        let ty = ValueType { ty: self.value_type(&field), list: field.field.flags.contains(FieldFlags::IS_LIST) };
        self.needs |= field.field.needs(self.view);
        let memory = self.memories;
        if reading.depends == Depends::Order {
            self.memories += 1;
        }
        Some(Source {
            ty,
            scope: reading.depends.into(),
            text: String::new(),
            shared: None,
            reader: Reader::Field { get: reading.get, field, memory },
        })
    }

    /// The type of a field's values; that of an argument depends on which it is.
    fn value_type(&self, field: &FieldUse) -> ParamType {
        match (field.field.reading(self.view).ty, &field.arg) {
            (ParamType::Dyn, Arg::Key(name)) => std::str::from_utf8(name)
                .ok()
                .and_then(|name| parameter_type(name, self.view))
                .unwrap_or(ParamType::Dyn),
            (ty, _) => ty,
        }
    }

    pub fn lookup_error(&self, expr: &FieldExpr, error: LookupError) -> FilterError {
        let kind = match error {
            LookupError::UnknownField => ErrorKind::UnknownField { name: expr.name.clone() },
            LookupError::ArgumentMissing(field) => ErrorKind::ArgumentMissing { field },
            LookupError::ArgumentNotAllowed(_) => ErrorKind::ArgumentNotAllowed { field: expr.name.clone() },
            LookupError::ArgumentNotANumber(field) => ErrorKind::ArgumentInvalid { field, wanted: "a number" },
            LookupError::ArgumentUnknown(field) => ErrorKind::ArgumentInvalid { field, wanted: "one that it knows" },
        };
        let hint = match error {
            LookupError::UnknownField => {
                let near = self.nearest(&expr.name, fields().map(|field| field.name));
                near.map(|near| format!("did you mean `{near}`?"))
            }
            LookupError::ArgumentMissing(field) => {
                let found = fields().find(|candidate| candidate.name == field);
                found.map(|field| field.help.to_string())
            }
            _ => None,
        };
        FilterError { hint, ..FilterError::new(kind, expr.span) }
    }

    fn list(&mut self, entries: &[Operand]) -> Option<Source> {
        let sources: Vec<_> = entries.iter().map(|entry| self.source(entry)).collect();
        let sources: Vec<Source> = sources.into_iter().collect::<Option<_>>()?;
        Some(Source {
            ty: ValueType::TEXTS,
            scope: scope(&sources),
            text: String::new(),
            shared: None,
            reader: Reader::List(sources.into_iter().map(|source| source.reader).collect()),
        })
    }

    fn transformed(&mut self, expr: &TransformerExpr) -> Option<Source> {
        let transformer = transformer(expr.name)?;
        let args: Vec<_> = expr.args.iter().map(|arg| self.source(arg).map(|source| (source, arg.span()))).collect();
        let args: Vec<Argument> =
            args.into_iter().map(|arg| arg.map(|(source, span)| Argument { source, span })).collect::<Option<_>>()?;
        match &transformer.action {
            Action::Map { .. } | Action::Length => self.single(expr, transformer, args),
            Action::Combine { shapes, repeat, list, selector, .. } => {
                self.arguments_fit(expr, transformer, &args, shapes, *repeat)?;
                let letter = self.selector(expr, transformer, *selector)?;
                let ty = if *list && letter.is_none() { ValueType::TEXTS } else { ValueType::TEXT };
                let sources: Vec<Source> = args.into_iter().map(|arg| arg.source).collect();
                Some(Source {
                    ty,
                    scope: scope(&sources),
                    text: String::new(),
                    shared: None,
                    reader: Reader::Combined {
                        transformer,
                        args: sources.into_iter().map(|source| source.reader).collect(),
                        selector: letter,
                        list: ty.list,
                    },
                })
            }
        }
    }

    /// A transformer of one value.
    fn single(
        &mut self,
        expr: &TransformerExpr,
        transformer: &'static Transformer,
        mut args: Vec<Argument>,
    ) -> Option<Source> {
        let (Some(Argument { source, span }), true, None) = (args.pop(), args.is_empty(), &expr.arg) else {
            return self.wrong_arguments(expr, transformer);
        };
        if source.field_flags().contains(FieldFlags::NO_TRANSFORMER) {
            let field = source.reader.field().map_or("", |field| field.field.name);
            self.errors.push(FilterError::new(ErrorKind::NoTransformer { field }, span));
            return None;
        }
        let ty = match &transformer.action {
            Action::Length if source.ty.list => Some(ValueType::LENGTH),
            Action::Length => source.ty.is_text_or_bytes().then_some(ValueType::LENGTH),
            Action::Map { kinds, .. } => {
                let one = ValueType { list: false, ..source.ty };
                kinds.intersects(one.kinds()).then_some(source.ty)
            }
            Action::Combine { .. } => None,
        };
        let Some(ty) = ty else {
            let kind = ErrorKind::TransformerForType {
                transformer: transformer.name,
                what: format!("`{}`", source.text),
                ty: source.ty.words(),
            };
            self.errors.push(FilterError::new(kind, span));
            return None;
        };
        Some(Source {
            ty,
            scope: source.scope,
            text: String::new(),
            shared: None,
            reader: Reader::Transformed { transformer, text: ty.is_text(), inner: Box::new(source.reader) },
        })
    }

    /// Whether the arguments of a combining transformer are as many and as it wants them.
    fn arguments_fit(
        &mut self,
        expr: &TransformerExpr,
        transformer: &'static Transformer,
        args: &[Argument],
        shapes: &[Shape],
        repeat: bool,
    ) -> Option<()> {
        if args.len() < shapes.len() || (args.len() > shapes.len() && !repeat) {
            return self.wrong_arguments(expr, transformer);
        }
        let last = shapes.last().copied();
        for (i, arg) in args.iter().enumerate() {
            // What a transformer makes a list of cannot be combined again.
            let is_list = arg.source.ty.list && !matches!(arg.source.reader, Reader::Combined { .. });
            let fits = match shapes.get(i).copied().or(last) {
                Some(Shape::List) => is_list,
                Some(Shape::Text) => !arg.source.ty.list && arg.source.ty.is_text(),
                None => true,
            };
            if !fits {
                return self.wrong_arguments(expr, transformer);
            }
        }
        Some(())
    }

    fn wrong_arguments<T>(&mut self, expr: &TransformerExpr, transformer: &'static Transformer) -> Option<T> {
        let kind = ErrorKind::TransformerArguments { transformer: transformer.name, wanted: transformer.takes };
        self.errors.push(FilterError::new(kind, expr.span));
        None
    }

    /// What stands in brackets behind a transformer: nothing, or one character if it takes one.
    fn selector(
        &mut self,
        expr: &TransformerExpr,
        transformer: &'static Transformer,
        allowed: bool,
    ) -> Option<Option<u8>> {
        match expr.arg.as_deref() {
            None => Some(None),
            Some(&[letter]) if allowed => Some(Some(letter)),
            Some(_) => self.wrong_arguments(expr, transformer),
        }
    }
}

/// What several sources together depend on.
fn scope(sources: &[Source]) -> Scope {
    sources.iter().fold(Scope::Nothing, |scope, source| scope.with(source.scope))
}
