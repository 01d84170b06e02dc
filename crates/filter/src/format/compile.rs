//! From the text of a format to its segments.

use super::cache::TextCache;
use super::json::Member;
use super::{Format, Segment, Slot};
use crate::catalog::FieldFlags;
use crate::catalog::lookup::prefix;
use crate::check::Checker;
use crate::check::source::{Reader, Source, State};
use crate::language::ast::{FieldExpr, Operand};
use crate::language::error::{ErrorKind, FilterError};
use crate::language::parser::transformer_at;
use crate::language::span::{Position, Span};
use crate::print::field::Style;
use capture_batch::View;
use capture_event::PrintFormat;

/// The widest place for a value, in bytes.
const MAX_WIDTH: usize = 1 << 16;

pub(super) fn compile(text: &str, view: View) -> Result<Format, Vec<FilterError>> {
    let mut compiler =
        Compiler { text, at: 0, view, checker: Checker::new(view), segments: Vec::new(), members: Vec::new() };
    if text.is_empty() {
        compiler.fault(ErrorKind::Expected("a format"), 0, 0);
    }
    let is_lenient = compiler.eat("*");
    compiler.read();
    let Compiler { mut checker, segments, mut members, .. } = compiler;
    if !checker.errors.is_empty() {
        checker.errors.iter_mut().for_each(|error| error.position = Position::of(text, error.span.start));
        return Err(checker.errors);
    }
    members.sort_by(|a, b| a.name().cmp(b.name()));
    members.dedup_by(|a, b| a.name() == b.name());
    let state = State::new(checker.memories, checker.shared.len());
    Ok(Format { segments, members, is_lenient, view, needs: checker.needs, state, escape: None })
}

struct Compiler<'t> {
    text: &'t str,
    at: usize,
    view: View,
    checker: Checker,
    segments: Vec<Segment>,
    members: Vec<Member>,
}

impl<'t> Compiler<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn fault(&mut self, kind: ErrorKind, start: usize, end: usize) {
        self.checker.errors.push(FilterError::new(kind, Span::new(start, end)));
    }

    fn read(&mut self) {
        loop {
            let literal = self.literal();
            if !literal.is_empty() {
                self.segments.push(Segment::Text(literal));
            }
            if !self.eat("%") {
                return;
            }
            let start = self.at;
            let width = self.width();
            if self.rest().is_empty() {
                self.fault(ErrorKind::Expected("a field behind `%`"), start - 1, self.at);
                return;
            }
            self.value(width);
        }
    }

    /// The text up to the next `%`, escapes resolved.
    fn literal(&mut self) -> Vec<u8> {
        let len = self.rest().find('%').unwrap_or(self.rest().len());
        let raw = self.rest().get(..len).unwrap_or_default();
        self.at += len;
        let mut out = Vec::with_capacity(len);
        let mut bytes = raw.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let meaning = match bytes.peek() {
                _ if byte != b'\\' => None,
                Some(b'n') => Some(b'\n'),
                Some(b't') => Some(b'\t'),
                Some(b'e') => Some(b'\x1b'),
                Some(b'\\') => Some(b'\\'),
                _ => None,
            };
            if meaning.is_some() {
                bytes.next();
            }
            out.push(meaning.unwrap_or(byte));
        }
        out
    }

    /// The number before a field, 0 without one. A minus may stand before it.
    fn width(&mut self) -> usize {
        let start = self.at;
        let signed = self.rest().strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let digits_from = signed.unwrap_or(self.rest());
        let len = digits_from.bytes().take_while(u8::is_ascii_digit).count();
        let digits = digits_from.get(..len).unwrap_or_default();
        self.at += len + usize::from(signed.is_some());
        if len == 0 {
            return 0;
        }
        match digits.parse() {
            Ok(width) if width <= MAX_WIDTH => width,
            _ => {
                self.fault(ErrorKind::TooWide { limit: MAX_WIDTH }, start, self.at);
                0
            }
        }
    }

    /// A field or transformer.
    fn value(&mut self, width: usize) {
        let start = self.at;
        let operand = match transformer_at(self.text, start) {
            Some(Ok((transformer, end))) => {
                self.at = end;
                Operand::Transformer(transformer)
            }
            Some(Err(error)) => return self.checker.errors.push(*error),
            None => match self.field() {
                Some(field) => Operand::Field(field),
                None => return,
            },
        };
        self.add_members(&operand);
        if let Some((source, style)) = self.source(&operand) {
            self.segments.push(Segment::Value(Box::new(Slot { source, style, width, cache: TextCache::default() })));
        }
    }

    /// The field whose name and argument stand here: as much of the text as fits.
    fn field(&mut self) -> Option<FieldExpr> {
        let start = self.at;
        let found = prefix(self.rest(), self.view);
        let len = match &found {
            Ok((_, len)) => *len,
            Err(_) => word_len(self.rest()),
        };
        self.at += len;
        let text = self.text.get(start..self.at).unwrap_or_default();
        let (name, arg) = match text.split_once('[').filter(|_| found.is_ok()) {
            Some((name, arg)) => (name, Some(arg.strip_suffix(']').unwrap_or(arg).as_bytes().to_vec())),
            None => (text, None),
        };
        let expr = FieldExpr { name: name.to_string(), arg, span: Span::new(start, self.at) };
        if let Err(error) = found {
            let error = self.checker.lookup_error(&expr, error);
            self.checker.errors.push(error);
            return None;
        }
        Some(expr)
    }

    /// The members of an object for all fields in an operand.
    fn add_members(&mut self, operand: &Operand) {
        match operand {
            Operand::Field(expr) => {
                if let Some((source, style)) = self.source(operand) {
                    let name = expr.to_string();
                    self.members.push(Member::new(&name, source, style));
                }
            }
            Operand::Transformer(transformer) => transformer.args.iter().for_each(|arg| self.add_members(arg)),
            Operand::List(entries, _) => entries.iter().for_each(|entry| self.add_members(entry)),
            Operand::Literal(_) => {}
        }
    }

    fn source(&mut self, operand: &Operand) -> Option<(Source, Style)> {
        let operand = self.as_printed(operand);
        let source = self.checker.source(&operand)?;
        // The exit view's program prints a transformer's number in the format of the field in it: that of `len()` of
        // a text prints as missing.
        let inner = source.reader.field().filter(|_| self.view == View::Exit);
        let format = inner.map_or(PrintFormat::Dec, |field| field.field.format);
        let mut style = Style { ty: source.ty.ty, format, is_list: source.ty.list, is_sanitized: false };
        if let Reader::Field { field, .. } = &source.reader {
            if field.field.flags.contains(FieldFlags::FILTER_ONLY) {
                let (field, span) = (field.field.name, operand.span());
                self.fault(ErrorKind::OnlyInFilters { field }, span.start, span.end);
                return None;
            }
            style = Style::of(field, self.view);
        }
        Some((source, style))
    }

    /// Without a level, some fields of ancestors print the process's own value; in the classic view all of them.
    fn as_printed(&self, operand: &Operand) -> Operand {
        let Operand::Field(expr) = operand else { return operand.clone() };
        let flags = crate::catalog::lookup::by_name(&expr.name).map_or(FieldFlags::empty(), |field| field.flags);
        let prints_own = self.view == View::Classic || flags.contains(FieldFlags::PRINTS_OWN);
        if expr.arg.is_none() && flags.contains(FieldFlags::ANY_ANCESTOR) && prints_own {
            return Operand::Field(FieldExpr { arg: Some(b"0".to_vec()), ..expr.clone() });
        }
        operand.clone()
    }
}

/// The length of what looks like a field's name.
fn word_len(text: &str) -> usize {
    text.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).count()
}
