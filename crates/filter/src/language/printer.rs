//! From expression back to text. Reading that text gives the same expression again.

use super::ast::{Check, Expr, FieldExpr, Literal, Operand, Right, TransformerExpr};
use super::lexer::Lexer;
use super::operator::{Modifier, RightHand};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::And(parts) => joined(f, parts, " and "),
            Expr::Or(parts) => joined(f, parts, " or "),
            // `not not x` would be read as `x`.
            Expr::Not(inner) if matches!(inner.without_macros(), Expr::Not(_)) => write!(f, "not ({inner})"),
            Expr::Not(inner) => {
                f.write_str("not ")?;
                grouped(f, inner)
            }
            Expr::Check(check) => write!(f, "{check}"),
            Expr::Name(name) => f.write_str(&name.name),
            Expr::Macro(_, expr) => write!(f, "{expr}"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Expr], joint: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(joint)?;
        }
        grouped(f, part)?;
    }
    Ok(())
}

/// In parentheses, unless it is one condition.
fn grouped(f: &mut Formatter<'_>, expr: &Expr) -> fmt::Result {
    match expr.without_macros() {
        Expr::And(_) | Expr::Or(_) => write!(f, "({expr})"),
        _ => write!(f, "{expr}"),
    }
}

impl Display for Check {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.left, self.operator.name)?;
        if let Some(modifier) = self.modifier {
            write!(f, " {}", modifier.name())?;
        }
        match &self.right {
            Right::Nothing => Ok(()),
            Right::Value(literal) if self.operator.right == RightHand::Number => write!(f, " {}", Number(literal)),
            Right::Value(literal) => write!(f, " {literal}"),
            Right::List(literals) => {
                f.write_str(" (")?;
                list(f, literals)?;
                f.write_char(')')
            }
            Right::Name(name) => write!(f, " {}", name.name),
            Right::Operand(Operand::Field(field)) => write!(f, " val({field})"),
            Right::Operand(operand) => write!(f, " {operand}"),
        }
    }
}

fn list<T: Display>(f: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Field(field) => write!(f, "{field}"),
            Operand::Transformer(transformer) => write!(f, "{transformer}"),
            Operand::Literal(literal) => quoted(f, &literal.bytes),
            Operand::List(entries, _) => {
                f.write_char('(')?;
                list(f, entries)?;
                f.write_char(')')
            }
        }
    }
}

impl Display for FieldExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        bracket(f, self.arg.as_deref())
    }
}

impl Display for TransformerExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        list(f, &self.args)?;
        f.write_char(')')?;
        bracket(f, self.arg.as_deref())
    }
}

fn bracket(f: &mut Formatter<'_>, arg: Option<&[u8]>) -> fmt::Result {
    let Some(arg) = arg else { return Ok(()) };
    let bare = std::str::from_utf8(arg).ok().filter(|arg| Lexer::new(arg).bare_arg().is_some_and(|bare| bare == *arg));
    f.write_char('[')?;
    match bare {
        Some(bare) => f.write_str(bare)?,
        None => quoted(f, arg)?,
    }
    f.write_char(']')
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let word = |word: &&str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:*<>".contains(c);
            !word.is_empty() && word.chars().all(plain) && !Modifier::ALL.iter().any(|m| m.name() == *word)
        };
        match std::str::from_utf8(&self.bytes).ok().filter(word) {
            Some(word) => f.write_str(word),
            None => quoted(f, &self.bytes),
        }
    }
}

/// A number as it was written.
struct Number<'l>(&'l Literal);

impl Display for Number<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0.bytes))
    }
}

/// In double quotes. A backslash is written as a code, since a quote behind a backslash does not close.
fn quoted(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_char('"')?;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\\' | '\0'..='\x1f' | '\x7f' => write!(f, "\\x{:02x}", c as u32)?,
                _ => f.write_char(c)?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    f.write_char('"')
}
