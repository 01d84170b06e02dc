//! From text to expression.
//!
//! ```text
//! Expr      := And { 'or' And }
//! And       := Not { 'and' Not }
//! Not       := { 'not' } ( '(' Expr ')' | Check | Name )
//! Check     := Left ( 'exists' | NumberOp Number | TextOp Text | TextOp Modifier List | ListOp List )
//! Left      := Field | Transformer
//! Field     := Name '.' Name { '.' Name } [ '[' Argument ']' ]
//! Transformer := TransformerName '(' Arg { ',' Arg } ')' [ '[' Argument ']' ]
//! Arg       := Number | Quoted | Transformer | Field | '(' [ Arg { ',' Arg } ] ')'
//! Number    := a number | Operand
//! Text      := a word or a quoted text | Operand
//! List      := '(' [ Text { ',' Text } ] ')' | Name | Operand
//! Operand   := 'val(' Field ')' | Transformer
//! ```
//!
//! Parentheses are kept on a stack of our own, so their depth costs no stack of the thread. After a fault the parser
//! goes on behind the next `and`, `or` or parenthesis, so that one run finds all faults.

use super::ast::{Check, Expr, FieldExpr, Literal, Name, Operand, Right, TransformerExpr};
use super::error::{ErrorKind, FilterError, nearest};
use super::lexer::Lexer;
use super::operator::{OPERATORS, RightHand};
use super::span::Span;
use super::transformer::TRANSFORMERS;

/// How deep parentheses and transformers may lie in each other.
pub const MAX_DEPTH: usize = 1000;

/// What a text says, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The expression, without the parts that have faults. `None` if nothing is left.
    pub expr: Option<Expr>,
    /// The faults, by place.
    pub errors: Vec<FilterError>,
}

/// Reads a whole text.
pub fn parse(text: &str) -> Parsed {
    let mut parser = Parser { lexer: Lexer::new(text), errors: Vec::new(), depth: 0 };
    if text.is_empty() {
        parser.errors.push(FilterError::new(ErrorKind::Empty, Span::new(0, 0)));
        return Parsed { expr: None, errors: parser.errors };
    }
    let expr = parser.expression();
    Parsed { expr, errors: parser.errors }
}

/// The one value that a whole text is, bare or in quotes.
pub fn value(text: &str) -> Option<Literal> {
    let mut parser = Parser { lexer: Lexer::new(text), errors: Vec::new(), depth: 0 };
    let literal = parser.literal().ok()??;
    parser.lexer.at_end().then_some(literal)
}

/// The transformer that stands at byte `at` of a text, if one does, and where it ends.
pub(crate) fn transformer_at(text: &str, at: usize) -> Option<Result<(TransformerExpr, usize), Box<FilterError>>> {
    let mut parser = Parser { lexer: Lexer::new(text), errors: Vec::new(), depth: 0 };
    parser.lexer.go_to(at);
    let transformer = parser.transformer().transpose()?;
    Some(transformer.map(|transformer| (transformer, parser.lexer.at())))
}

/// The fault that ends the reading of a comparison.
type Fault = Box<FilterError>;

fn expected<T>(what: &'static str, span: Span) -> Result<T, Fault> {
    Err(Box::new(FilterError::new(ErrorKind::Expected(what), span)))
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    errors: Vec<FilterError>,
    /// How many parentheses and transformers are open.
    depth: usize,
}

/// An open parenthesis (or the whole text) and what was read in it.
#[derive(Default)]
struct Group {
    /// Where the parenthesis stands.
    start: usize,
    /// Whether `not` stands before it.
    negated: bool,
    /// What `or` separates.
    alternatives: Vec<Expr>,
    /// What `and` separates, since the last `or`.
    conjunction: Vec<Expr>,
}

impl Group {
    fn end_conjunction(&mut self) {
        let parts = std::mem::take(&mut self.conjunction);
        self.alternatives.extend(combine(parts, Expr::And));
    }

    fn finish(mut self) -> Option<Expr> {
        self.end_conjunction();
        let expr = combine(self.alternatives, Expr::Or)?;
        Some(if self.negated { Expr::not(expr) } else { expr })
    }
}

/// Several expressions as one; one alone stays as it is.
fn combine(mut parts: Vec<Expr>, how: fn(Vec<Expr>) -> Expr) -> Option<Expr> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(how(parts)),
    }
}

/// What stands before a condition.
enum Opening {
    /// A parenthesis.
    Group(Group),
    /// The condition itself; `None` if it has a fault.
    Condition(Option<Expr>),
}

impl Parser<'_> {
    fn expression(&mut self) -> Option<Expr> {
        let mut open: Vec<Group> = Vec::new();
        let mut group = Group::default();
        loop {
            match self.opening() {
                Opening::Group(_) if self.depth >= MAX_DEPTH => {
                    self.errors.push(FilterError::new(ErrorKind::TooDeep { limit: MAX_DEPTH }, self.here()));
                    return None;
                }
                Opening::Group(inner) => {
                    self.depth += 1;
                    open.push(std::mem::replace(&mut group, inner));
                }
                Opening::Condition(condition) => {
                    group.conjunction.extend(condition);
                    if !self.joint(&mut open, &mut group) {
                        break;
                    }
                }
            }
        }
        if !open.is_empty() {
            let position = super::span::Position::of(self.lexer.text(), group.start);
            let hint = format!("for the `(` in line {}, column {}", position.line, position.column);
            self.errors.push(FilterError::new(ErrorKind::Expected("`)`"), self.here()).hint(hint));
        }
        while let Some(outer) = open.pop() {
            close(&mut group, outer);
        }
        group.finish()
    }

    /// Reads `not`s and what they stand before.
    fn opening(&mut self) -> Opening {
        self.lexer.blank();
        let mut negated = false;
        while self.lexer.not() {
            negated = !negated;
        }
        let mut start = self.lexer.at();
        if self.lexer.eat("not(") {
            return Opening::Group(Group { start: start + 3, negated: !negated, ..Group::default() });
        }
        self.lexer.blank();
        start = start.max(self.lexer.at());
        if self.lexer.eat("(") {
            return Opening::Group(Group { start, negated, ..Group::default() });
        }
        let depth = self.depth;
        let condition = self.condition().map_err(|fault| {
            self.depth = depth;
            self.errors.push(*fault);
            self.recover(start, self.lexer.at());
        });
        Opening::Condition(condition.ok().map(|expr| if negated { Expr::not(expr) } else { expr }))
    }

    /// Reads closing parentheses and the `and` or `or` behind a condition. `false` at the end.
    fn joint(&mut self, open: &mut Vec<Group>, group: &mut Group) -> bool {
        loop {
            self.lexer.blank();
            let here = self.lexer.at();
            if self.lexer.eat(")") {
                match open.pop() {
                    Some(outer) => {
                        self.depth -= 1;
                        close(group, outer);
                    }
                    None => {
                        let error = ErrorKind::Expected("`and`, `or` or the end of the filter");
                        let hint = "no `(` belongs to this `)`";
                        self.errors.push(FilterError::new(error, Span::new(here, here + 1)).hint(hint));
                    }
                }
            } else if self.keyword("and") {
                return true;
            } else if self.keyword("or") {
                group.end_conjunction();
                return true;
            } else if self.lexer.at_end() {
                return false;
            } else {
                self.errors.push(self.stray_word());
                self.recover(here, here + 1);
            }
        }
    }

    /// `and` or `or`, which a blank or a parenthesis has to follow.
    fn keyword(&mut self, word: &'static str) -> bool {
        if !self.lexer.eat(word) {
            return false;
        }
        if !self.lexer.rest().starts_with('(') && !self.lexer.blank() {
            let what = if word == "and" { "a blank or `(` behind `and`" } else { "a blank or `(` behind `or`" };
            self.errors.push(FilterError::new(ErrorKind::Expected(what), self.here()));
        }
        true
    }

    fn stray_word(&self) -> FilterError {
        let mut ahead = self.lexer;
        let word = ahead.bare().unwrap_or_default();
        let error = FilterError::new(ErrorKind::Expected("`and`, `or` or the end of the filter"), self.here());
        match word.to_ascii_lowercase().as_str() {
            "and" | "&&" | "&" => error.hint("write `and`"),
            "or" | "||" | "|" => error.hint("write `or`"),
            _ => error,
        }
    }

    /// The word or character that stands here.
    fn here(&self) -> Span {
        let mut ahead = self.lexer;
        if ahead.bare().is_none() {
            let len = ahead.rest().chars().next().map_or(0, char::len_utf8);
            ahead.go_to(ahead.at() + len);
        }
        ahead.since(self.lexer.at())
    }

    /// Goes on behind a fault: to the next `and`, `or` or closing parenthesis, at `from` or later, that does not
    /// belong to a list or a quoted text of the condition that starts at `start`.
    fn recover(&mut self, start: usize, from: usize) {
        let bytes = self.lexer.text().as_bytes();
        let (mut at, mut nested) = (start, 0usize);
        // A quote that is not closed is not looked for again: that would take time by the square of the text.
        let mut unclosed = Vec::new();
        while let Some(&byte) = bytes.get(at) {
            self.lexer.go_to(at);
            let joins = at > 0 && bytes.get(at - 1).is_some_and(|&before| b" \t\x08\r\n)\"'".contains(&before));
            match byte {
                b'"' | b'\'' if !unclosed.contains(&byte) => match self.lexer.quoted() {
                    Some(_) => {
                        at = self.lexer.at();
                        continue;
                    }
                    None => unclosed.push(byte),
                },
                b'(' => nested += 1,
                b')' if nested > 0 => nested -= 1,
                b')' if at >= from => return,
                b'a' | b'o' if at >= from && nested == 0 && joins && self.is_keyword() => return,
                _ => {}
            }
            at += 1;
        }
        self.lexer.go_to(bytes.len());
    }

    fn is_keyword(&self) -> bool {
        let mut ahead = self.lexer;
        (ahead.eat("and") || ahead.eat("or")) && (ahead.rest().starts_with('(') || ahead.blank())
    }

    /// A comparison or a macro's name.
    fn condition(&mut self) -> Result<Expr, Fault> {
        let start = self.lexer.at();
        if let Some(name) = self.lexer.field_name() {
            let field = self.field(name, start)?;
            return self.check(start, Operand::Field(field));
        }
        if let Some(transformer) = self.transformer()? {
            return self.check(start, Operand::Transformer(transformer));
        }
        match self.lexer.identifier() {
            Some(name) => Ok(Expr::Name(Name { name: name.to_string(), span: self.lexer.since(start) })),
            None => expected("a comparison, `(` or a macro", self.here()),
        }
    }

    fn field(&mut self, name: &str, start: usize) -> Result<FieldExpr, Fault> {
        let name = name.to_string();
        let arg = self.bracket()?;
        Ok(FieldExpr { name, arg, span: self.lexer.since(start) })
    }

    /// What stands in brackets, if they do.
    fn bracket(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        if !self.lexer.eat("[") {
            return Ok(None);
        }
        let arg = match self.quoted()? {
            Some(literal) => literal.bytes,
            None => match self.lexer.bare_arg() {
                Some(arg) => arg.as_bytes().to_vec(),
                None => return expected("an argument", self.here()),
            },
        };
        if !self.lexer.eat("]") {
            return expected("`]`", self.here());
        }
        Ok(Some(arg))
    }

    /// A transformer with its arguments, if one stands here.
    fn transformer(&mut self) -> Result<Option<TransformerExpr>, Fault> {
        let start = self.lexer.at();
        let mut ahead = self.lexer;
        let Some(transformer) = TRANSFORMERS.iter().find(|t| ahead.eat(t.name) && ahead.eat("(")) else {
            return Ok(None);
        };
        if self.depth >= MAX_DEPTH {
            return Err(Box::new(FilterError::new(ErrorKind::TooDeep { limit: MAX_DEPTH }, self.here())));
        }
        self.lexer = ahead;
        self.depth += 1;
        let mut args = Vec::new();
        loop {
            self.lexer.blank();
            args.push(self.argument(true)?);
            self.lexer.blank();
            if !self.lexer.eat(",") {
                break;
            }
        }
        if !self.lexer.eat(")") {
            return expected("`,` or `)`", self.here());
        }
        self.depth -= 1;
        let arg = self.bracket()?;
        Ok(Some(TransformerExpr { name: transformer.name, args, arg, span: self.lexer.since(start) }))
    }

    /// An argument of a transformer or an entry of a list in it.
    fn argument(&mut self, may_be_list: bool) -> Result<Operand, Fault> {
        let start = self.lexer.at();
        if let Some(number) = self.number() {
            return Ok(Operand::Literal(number));
        }
        if let Some(literal) = self.quoted()? {
            return Ok(Operand::Literal(literal));
        }
        if may_be_list && self.lexer.eat("(") {
            return self.argument_list(start);
        }
        if let Some(transformer) = self.transformer()? {
            return Ok(Operand::Transformer(transformer));
        }
        match self.lexer.field_name() {
            Some(name) => Ok(Operand::Field(self.field(name, start)?)),
            None => expected("a field, a transformer, a quoted text or a number", self.here()),
        }
    }

    /// The entries of a list in a transformer and its closing parenthesis.
    fn argument_list(&mut self, start: usize) -> Result<Operand, Fault> {
        let mut entries = Vec::new();
        self.lexer.blank();
        if self.lexer.eat(")") {
            return Ok(Operand::List(entries, self.lexer.since(start)));
        }
        loop {
            self.lexer.blank();
            entries.push(self.argument(false)?);
            self.lexer.blank();
            if self.lexer.eat(")") {
                return Ok(Operand::List(entries, self.lexer.since(start)));
            }
            if !self.lexer.eat(",") {
                return expected("`,` or `)`", self.here());
            }
        }
    }

    /// An operator and its right-hand side.
    fn check(&mut self, start: usize, left: Operand) -> Result<Expr, Fault> {
        self.lexer.blank();
        let operator_start = self.lexer.at();
        let Some(operator) = self.lexer.operator() else { return Err(self.no_operator()) };
        let operator_span = Span::new(operator_start, operator_start + operator.name.len());
        let mut modifier = None;
        let right = match operator.right {
            RightHand::Nothing => Right::Nothing,
            RightHand::Number => self.number_value()?,
            RightHand::List => self.list_value(true)?,
            RightHand::Text => {
                let blank = self.lexer.blank() || operator.is_word();
                modifier = if blank { self.lexer.modifier() } else { None };
                if modifier.is_some() { self.list_value(false)? } else { self.text_value()? }
            }
        };
        let span = self.lexer.since(start);
        Ok(Expr::Check(Box::new(Check { left, operator, operator_span, modifier, right, span })))
    }

    fn no_operator(&self) -> Fault {
        let error = FilterError::new(ErrorKind::Expected("an operator"), self.here());
        let mut ahead = self.lexer;
        let word = ahead.identifier().unwrap_or_default();
        let all: Vec<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
        let hint = if all.contains(&word) {
            format!("a blank has to follow `{word}`")
        } else {
            let near = nearest(&word.to_ascii_lowercase(), all.iter().copied().filter(|_| !word.is_empty()));
            near.map_or_else(|| format!("one of {}", all.join(", ")), |near| format!("did you mean `{near}`?"))
        };
        Box::new(error.hint(hint))
    }

    fn number_value(&mut self) -> Result<Right, Fault> {
        self.lexer.blank();
        if let Some(operand) = self.right_operand()? {
            return Ok(Right::Operand(operand));
        }
        match self.number() {
            Some(number) => Ok(Right::Value(number)),
            None => expected("a number, a field in `val()` or a transformer", self.here()),
        }
    }

    fn text_value(&mut self) -> Result<Right, Fault> {
        self.lexer.blank();
        if let Some(operand) = self.right_operand()? {
            return Ok(Right::Operand(operand));
        }
        match self.literal()? {
            Some(literal) => Ok(Right::Value(literal)),
            None => Err(self.no_value("a value, a field in `val()` or a transformer")),
        }
    }

    fn list_value(&mut self, may_be_operand: bool) -> Result<Right, Fault> {
        self.lexer.blank();
        if self.lexer.eat("(") {
            return Ok(Right::List(self.literals()?));
        }
        if let Some(operand) = if may_be_operand { self.right_operand()? } else { None } {
            return Ok(Right::Operand(operand));
        }
        let start = self.lexer.at();
        match self.lexer.identifier() {
            Some(name) => Ok(Right::Name(Name { name: name.to_string(), span: self.lexer.since(start) })),
            None => expected("a list in parentheses", self.here()),
        }
    }

    /// The values of a list and its closing parenthesis.
    fn literals(&mut self) -> Result<Vec<Literal>, Fault> {
        let mut literals = Vec::new();
        self.lexer.blank();
        if self.lexer.eat(")") {
            return Ok(literals);
        }
        loop {
            self.lexer.blank();
            match self.literal()? {
                Some(literal) => literals.push(literal),
                None => return Err(self.no_value(if literals.is_empty() { "a value or `)`" } else { "a value" })),
            }
            self.lexer.blank();
            if self.lexer.eat(")") {
                return Ok(literals);
            }
            if !self.lexer.eat(",") {
                return expected("`,` or `)`", self.here());
            }
        }
    }

    fn no_value(&self, what: &'static str) -> Fault {
        let error = FilterError::new(ErrorKind::Expected(what), self.here());
        let unclosed = self.lexer.rest().starts_with(['"', '\'']);
        let hint = "the quote is not closed; a quote behind a backslash does not close, write `\\x5c` for a backslash";
        Box::new(if unclosed { error.hint(hint) } else { error })
    }

    /// A field in `val()`, or a transformer.
    fn right_operand(&mut self) -> Result<Option<Operand>, Fault> {
        if !self.lexer.eat("val(") {
            return Ok(self.transformer()?.map(Operand::Transformer));
        }
        self.lexer.blank();
        let start = self.lexer.at();
        let Some(name) = self.lexer.field_name() else { return expected("a field", self.here()) };
        let field = self.field(name, start)?;
        self.lexer.blank();
        if !self.lexer.eat(")") {
            return expected("`)`", self.here());
        }
        Ok(Some(Operand::Field(field)))
    }

    fn number(&mut self) -> Option<Literal> {
        let start = self.lexer.at();
        let number = self.lexer.number()?;
        Some(Literal { bytes: number.as_bytes().to_vec(), span: self.lexer.since(start) })
    }

    fn quoted(&mut self) -> Result<Option<Literal>, Fault> {
        let start = self.lexer.at();
        match self.lexer.quoted() {
            None => Ok(None),
            Some(Ok(bytes)) => Ok(Some(Literal { bytes, span: self.lexer.since(start) })),
            Some(Err(bad)) => {
                let error = FilterError::new(ErrorKind::BadEscape { escape: bad.escape }, bad.span);
                Err(Box::new(error.hint("the escapes are \\b \\f \\n \\r \\t \\/ \\\\ \\xHH and the quote itself")))
            }
        }
    }

    fn literal(&mut self) -> Result<Option<Literal>, Fault> {
        if let Some(quoted) = self.quoted()? {
            return Ok(Some(quoted));
        }
        let start = self.lexer.at();
        let bare = self.lexer.bare();
        Ok(bare.map(|bare| Literal { bytes: bare.as_bytes().to_vec(), span: self.lexer.since(start) }))
    }
}

/// Ends a group: what it says is a condition of the group around it.
fn close(group: &mut Group, outer: Group) {
    let inner = std::mem::replace(group, outer);
    group.conjunction.extend(inner.finish());
}
