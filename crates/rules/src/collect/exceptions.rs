//! Exceptions of rules: what is wrong with them as such, and what is appended to them.

use super::CollectedRule;
use crate::diagnostic::Context;
use crate::item::{Entry, Exception, Text};
use capture_filter::language::operator::{Modifier, RightHand, operator};

/// An exception whose fields and comparisons fit.
#[derive(Debug, Clone)]
pub(crate) struct CollectedException {
    pub name: String,
    pub context: Context,
    pub fields: Fields,
    pub values: Vec<Entry>,
}

/// What an exception compares.
#[derive(Debug, Clone)]
pub(crate) enum Fields {
    /// One field with a list of values.
    One(Option<Text>, Comparison),
    /// Several fields, each with a value in every row.
    Several(Vec<(Option<Text>, Comparison)>),
}

/// An operator, perhaps with a modifier.
#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    pub text: String,
    /// Whether it wants a list in parentheses.
    pub takes_list: bool,
}

impl Comparison {
    fn new(text: &str) -> Self {
        let text = text.trim_matches([' ', '\t', '\r', '\n']).to_owned();
        let is_list = operator(&text).is_some_and(|operator| operator.right == RightHand::List);
        Comparison { takes_list: is_list || is_modified(&text), text }
    }
}

/// Whether it is an operator with a modifier, such as `startswith anyof`.
fn is_modified(text: &str) -> bool {
    let Some((name, modifier)) = text.split_once(' ') else { return false };
    let takes_text = operator(name).is_some_and(|operator| operator.right == RightHand::Text);
    takes_text && Modifier::ALL.iter().any(|known| known.name() == modifier)
}

/// What is wrong, and with what.
type Wrong = (String, Context);

/// Whether an exception's fields and comparisons fit.
pub(super) fn check(exception: Exception, is_field: impl Fn(&str) -> bool) -> Result<CollectedException, Wrong> {
    let Exception { name, context, fields, comps, values } = exception;
    let checked = match &fields {
        Entry::List(fields) => several(fields, &comps).and_then(|fields| {
            let no_operators = fields.iter().filter_map(|(_, comparison)| no_operator(comparison));
            let no_fields = fields.iter().filter_map(|(field, _)| no_field(field.as_ref(), &is_field));
            let wrong: Vec<String> = no_operators.chain(no_fields).collect();
            if wrong.is_empty() { Ok(Fields::Several(fields)) } else { Err(wrong.join("; ")) }
        }),
        field => one(field, &comps).and_then(|(field, comparison)| match no_field(field.as_ref(), &is_field) {
            None => Ok(Fields::One(field, comparison)),
            Some(message) => Err(message),
        }),
    };
    match checked {
        Ok(fields) => Ok(CollectedException { name, context, fields, values }),
        Err(message) => Err((message, context)),
    }
}

fn text(entry: &Entry) -> Option<Text> {
    match entry {
        Entry::Value(text) => Some(text.clone()),
        _ => None,
    }
}

/// Fields and comparisons side by side; without comparisons all are `=`.
fn several(fields: &[Entry], comps: &Entry) -> Result<Vec<(Option<Text>, Comparison)>, String> {
    let comparisons: Vec<Comparison> = match comps {
        comps if !comps.is_given() => fields.iter().map(|_| Comparison::new("=")).collect(),
        Entry::List(comps) => comps.iter().map(|comp| Comparison::new(comp.as_str())).collect(),
        _ => Vec::new(),
    };
    if comparisons.len() != fields.len() {
        return Err("the exception needs as many `comps` as `fields`".into());
    }
    Ok(fields.iter().map(text).zip(comparisons).collect())
}

/// One field and its comparison; without one it is `in`.
fn one(field: &Entry, comps: &Entry) -> Result<(Option<Text>, Comparison), String> {
    let comparison = match comps {
        Entry::List(comps) if !comps.is_empty() => {
            return Err("`fields` is one field, and `comps` is a list".into());
        }
        comps if comps.is_given() => Comparison::new(comps.as_str()),
        _ => Comparison::new("in"),
    };
    if !comparison.takes_list {
        let which =
            "with one field, `comps` is `in`, `pmatch`, `intersects` or has a modifier, such as `startswith anyof`";
        return Err(which.into());
    }
    Ok((text(field), comparison))
}

/// What is wrong with a comparison that is none.
fn no_operator(comparison: &Comparison) -> Option<String> {
    let is_operator = operator(&comparison.text).is_some() || is_modified(&comparison.text);
    (!is_operator).then(|| format!("`{}` is no operator", comparison.text))
}

/// What is wrong with a field that there is not.
fn no_field(field: Option<&Text>, is_field: impl Fn(&str) -> bool) -> Option<String> {
    let name = field.map_or("", Text::as_str);
    (!is_field(name)).then(|| format!("there is no field `{name}`"))
}

impl CollectedException {
    /// An exception that takes the place of another one in a rule: Falco does not check it by itself.
    pub fn unchecked(exception: Exception) -> Self {
        let Exception { name, context, fields, comps, values } = exception;
        let fields = match &fields {
            Entry::List(fields) => {
                let comps = if let Entry::List(comps) = &comps { &comps[..] } else { &[] };
                let comparison = |i| Comparison::new(comps.get(i).map_or("=", Entry::as_str));
                Fields::Several(fields.iter().enumerate().map(|(i, field)| (text(field), comparison(i))).collect())
            }
            field => {
                let comparison = if comps.is_given() { comps.as_str() } else { "in" };
                Fields::One(text(field), Comparison::new(comparison))
            }
        };
        CollectedException { name, context, fields, values }
    }
}

impl CollectedRule {
    /// Appends an exception, or the values of one to that of the same name.
    pub fn add_exception(&mut self, exception: Exception, is_field: impl Fn(&str) -> bool) -> Result<(), Wrong> {
        let Some(earlier) = self.exceptions.iter_mut().find(|earlier| earlier.name == exception.name) else {
            if !exception.fields.is_given() {
                return Err(("the exception is new and has no fields".into(), exception.context));
            }
            if exception.values.is_empty() {
                return Err(("the exception is new and has no values".into(), exception.context));
            }
            self.exceptions.push(check(exception, is_field)?);
            return Ok(());
        };
        let given = [("fields", &exception.fields), ("comps", &exception.comps)];
        if let Some((key, _)) = given.into_iter().find(|(_, entry)| entry.is_given()) {
            let message = format!("the exception is there already: only values can be appended, not `{key}`");
            return Err((message, exception.context));
        }
        earlier.values.extend(exception.values);
        Ok(())
    }
}
