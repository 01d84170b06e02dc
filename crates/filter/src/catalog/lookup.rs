//! From a text such as `proc.aname[2]` or `evt.arg.name` to the field and its argument.

use super::{Arg, Field, FieldFlags, fields};
use capture_batch::View;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A field with its argument.
#[derive(Clone)]
pub struct FieldUse {
    /// The field.
    pub field: &'static Field,
    /// Its argument.
    pub arg: Arg,
}

impl PartialEq for FieldUse {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.field, other.field) && self.arg == other.arg
    }
}

impl Eq for FieldUse {}

impl std::fmt::Debug for FieldUse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.field.name)?;
        match &self.arg {
            Arg::None => Ok(()),
            Arg::Index(index) => write!(f, "[{index}]"),
            Arg::Key(key) => write!(f, "[{}]", String::from_utf8_lossy(key)),
        }
    }
}

/// Why a text names no field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupError {
    /// No field has this name.
    UnknownField,
    /// The field needs an argument.
    ArgumentMissing(&'static str),
    /// The field takes no argument.
    ArgumentNotAllowed(&'static str),
    /// The field's argument is a number, and this is none.
    ArgumentNotANumber(&'static str),
    /// The field does not know this word as its argument.
    ArgumentUnknown(&'static str),
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static Field>> =
    LazyLock::new(|| fields().map(|field| (field.name, field)).collect());

/// The field with exactly this name.
pub fn by_name(name: &str) -> Option<&'static Field> {
    BY_NAME.get(name).copied()
}

/// The field that a name in a filter means: `name` with dots, `bracket` what stood in brackets behind it.
pub fn resolve(name: &str, bracket: Option<&str>, view: View) -> Result<FieldUse, LookupError> {
    let (field, dotted, used) = longest(name, view)?;
    if used != name.len() {
        return Err(match dotted {
            Dotted::Unknown => LookupError::ArgumentUnknown(field.name),
            _ => LookupError::UnknownField,
        });
    }
    finish(field, dotted, bracket)
}

/// The field and argument that a text starts with, and how many bytes they take: the longest name wins, and what
/// follows is not looked at. For formats, where a name ends where it can go on no more.
pub fn prefix(text: &str, view: View) -> Result<(FieldUse, usize), LookupError> {
    let (field, dotted, used) = longest(text, view)?;
    let rest = text.get(used..).unwrap_or_default();
    let takes_bracket = matches!(dotted, Dotted::None) && field.takes_bracket();
    let bracket = if takes_bracket { rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) } else { None };
    let inner = bracket.map(|(inner, _)| inner);
    let found = finish(field, dotted, inner)?;
    Ok((found, used + inner.map_or(0, |inner| inner.len() + 2)))
}

/// What follows a name after a dot.
enum Dotted<'t> {
    None,
    Word(&'t str),
    Unknown,
}

fn longest(text: &str, view: View) -> Result<(&'static Field, Dotted<'_>, usize), LookupError> {
    let name_end = text.find(|c: char| !is_name_char(c)).unwrap_or(text.len());
    let field = (1..=name_end).rev().find_map(|end| by_name(text.get(..end)?)).ok_or(LookupError::UnknownField)?;
    let used = field.name.len();
    let after = text.get(used..name_end).unwrap_or_default().strip_prefix('.');
    let Some(rest) = after.filter(|_| field.flags.contains(FieldFlags::ARG_DOT)) else {
        return Ok((field, Dotted::None, used));
    };
    let known = |word: &str| !word.is_empty() && field.arg_names.is_none_or(|known| known(word, view));
    match (1..=rest.len()).rev().find_map(|end| rest.get(..end).filter(|word| known(word))) {
        Some(word) => Ok((field, Dotted::Word(word), used + 1 + word.len())),
        None => Ok((field, Dotted::Unknown, used)),
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/')
}

impl Field {
    fn takes_bracket(&self) -> bool {
        self.flags.intersects(FieldFlags::ARG_INDEX | FieldFlags::ARG_KEY)
    }
}

fn finish(field: &'static Field, dotted: Dotted<'_>, bracket: Option<&str>) -> Result<FieldUse, LookupError> {
    let arg = match (dotted, bracket) {
        (Dotted::Unknown, _) => return Err(LookupError::ArgumentUnknown(field.name)),
        (Dotted::Word(_), Some(_)) => return Err(LookupError::ArgumentNotAllowed(field.name)),
        (Dotted::Word(word), None) => Arg::Key(word.as_bytes().to_vec()),
        (Dotted::None, Some(inner)) => bracket_arg(field, inner)?,
        (Dotted::None, None) => Arg::None,
    };
    if arg == Arg::None && field.flags.contains(FieldFlags::ARG_REQUIRED) {
        return Err(LookupError::ArgumentMissing(field.name));
    }
    Ok(FieldUse { field, arg })
}

/// What stands in brackets. -1 is the same as no argument.
fn bracket_arg(field: &'static Field, inner: &str) -> Result<Arg, LookupError> {
    if !field.takes_bracket() {
        return Err(LookupError::ArgumentNotAllowed(field.name));
    }
    let digits = !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_digit());
    if field.flags.contains(FieldFlags::ARG_KEY) && !(digits && field.flags.contains(FieldFlags::ARG_INDEX)) {
        return Ok(Arg::Key(inner.as_bytes().to_vec()));
    }
    match inner.trim_start().parse::<i64>() {
        Ok(-1) => Ok(Arg::None),
        Ok(index) => Ok(Arg::Index(index)),
        Err(_) => Err(LookupError::ArgumentNotANumber(field.name)),
    }
}
