//! Exceptions, as the text that Falco adds to a condition: `(condition) and not (…) and not (…)`.

use super::lists::quoted;
use crate::collect::{CollectedException, Fields};
use crate::diagnostic::Context;
use crate::item::{Entry, Text};
use crate::text::{Composed, Part};

/// What is wrong, and with what.
pub(super) type Wrong = (String, Context);

/// The condition with exceptions.
pub(super) fn with_exceptions(condition: &Composed, exceptions: &[CollectedException]) -> Result<Composed, Vec<Wrong>> {
    let mut out = Composed::default();
    out.add("(", Part::Condition);
    out.append(condition);
    out.add(")", Part::Condition);
    let mut wrong = Vec::new();
    for (number, exception) in exceptions.iter().enumerate() {
        let mut one = Exception { out: Composed::default(), number };
        let done = match &exception.fields {
            Fields::One(field, comparison) => one.list(field.as_ref(), &comparison.text, &exception.values),
            Fields::Several(fields) => {
                exception.values.iter().enumerate().try_for_each(|(row, values)| one.row(row, fields, values))
            }
        };
        match done {
            Err(message) => wrong.push((message, exception.context.clone())),
            Ok(()) if one.out.text.is_empty() => {}
            Ok(()) => {
                let is_rows = matches!(exception.fields, Fields::Several(_));
                out.add(if is_rows { " and not (" } else { " and not " }, one.part(None));
                out.append(&one.out);
                out.add(if is_rows { ")" } else { "))" }, one.part(None));
            }
        }
    }
    if wrong.is_empty() { Ok(out) } else { Err(wrong) }
}

/// The text of one exception.
struct Exception {
    out: Composed,
    number: usize,
}

impl Exception {
    fn part(&self, row: Option<usize>) -> Part {
        Part::Exception { exception: self.number, row }
    }

    /// `(field in (value, value`
    fn list(&mut self, field: Option<&Text>, comparison: &str, values: &[Entry]) -> Result<(), String> {
        for (row, value) in values.iter().enumerate() {
            if matches!(value, Entry::List(_)) {
                return Err("with one field, each of `values` is a value, not a list".into());
            }
            if row == 0 {
                self.out.add("(", self.part(None));
                self.field(field, None);
                self.out.add(&format!(" {comparison} ("), self.part(None));
            } else {
                self.out.add(", ", self.part(None));
            }
            self.value(value, Some(row));
        }
        Ok(())
    }

    /// `( field = value and  field in (value, value))`
    fn row(
        &mut self,
        row: usize,
        fields: &[(Option<Text>, crate::collect::Comparison)],
        values: &Entry,
    ) -> Result<(), String> {
        let values = if let Entry::List(values) = values { &values[..] } else { &[] };
        if values.len() != fields.len() {
            return Err(format!("row {} of `values` needs as many values as there are `fields`", row + 1));
        }
        let part = self.part(Some(row));
        self.out.add(if row == 0 { "(" } else { " or (" }, part);
        for (i, ((field, comparison), value)) in fields.iter().zip(values).enumerate() {
            self.out.add(if i == 0 { " " } else { " and  " }, part);
            self.field(field.as_ref(), Some(row));
            self.out.add(&format!(" {} ", comparison.text), part);
            match value {
                Entry::List(values) => {
                    self.out.add("(", part);
                    for (i, value) in values.iter().enumerate() {
                        self.out.add(if i == 0 { "" } else { ", " }, part);
                        self.value(value, Some(row));
                    }
                    self.out.add(")", part);
                }
                // One value, or several in parentheses of their own.
                value if comparison.takes_list && !value.as_str().starts_with('(') => {
                    self.out.add("(", part);
                    self.plain(value, Some(row));
                    self.out.add(")", part);
                }
                value if comparison.takes_list => self.plain(value, Some(row)),
                value => self.value(value, Some(row)),
            }
        }
        self.out.add(")", part);
        Ok(())
    }

    fn field(&mut self, field: Option<&Text>, row: Option<usize>) {
        if let Some(field) = field {
            self.out.add_node(field.node(), self.part(row));
        }
    }

    /// A value as it is.
    fn plain(&mut self, value: &Entry, row: Option<usize>) {
        if let Entry::Value(text) = value {
            self.out.add_node(text.node(), self.part(row));
        }
    }

    /// A value, in quotes if it has a blank.
    fn value(&mut self, value: &Entry, row: Option<usize>) {
        let needs_quotes = quoted(value.as_str()) != value.as_str();
        let quote = if needs_quotes { "\"" } else { "" };
        self.out.add(quote, self.part(row));
        self.plain(value, row);
        self.out.add(quote, self.part(row));
    }
}
