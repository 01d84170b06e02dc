//! List names in conditions, replaced on the syntax tree.
//!
//! A list's name stands where a value may: bare, on the right of a comparison. Which lists are seen in the values of
//! others follows Falco: lists are gone through in the order of their definition, so that a value of a list may name
//! one that is defined after it.

use super::lists::Lists;
use capture_filter::language::ast::{Check, Expr, Literal, Right};

/// More values than conditions may have.
#[derive(Debug)]
pub(super) struct TooMany;

impl Lists {
    /// Replaces names of lists in an expression that was read from `text`; its spans were moved by `base`.
    pub(super) fn expand(&mut self, expr: &mut Expr, text: &str, base: usize) -> Result<(), TooMany> {
        let mut expansion = Expansion { lists: self, text, base, left: self.values_left };
        expr.each_check_mut(&mut |check| expansion.check(check));
        self.values_left = expansion.left;
        if self.values_left == 0 { Err(TooMany) } else { Ok(()) }
    }
}

struct Expansion<'e> {
    lists: &'e Lists,
    text: &'e str,
    base: usize,
    /// How many values may still be looked at.
    left: usize,
}

impl Expansion<'_> {
    fn check(&mut self, check: &mut Check) {
        let new = match &check.right {
            // Of a list with more or fewer values than one the comparison can make nothing.
            Right::Value(literal) => match self.values(literal).as_deref() {
                Some([one]) => Right::Value(one.clone()),
                _ => return,
            },
            Right::List(literals) => {
                let all = literals.iter().flat_map(|literal| match self.values(literal) {
                    Some(values) => values,
                    None => vec![literal.clone()],
                });
                Right::List(all.collect())
            }
            Right::Name(name) => {
                let literal = Literal { bytes: name.name.clone().into_bytes(), span: name.span };
                Right::List(self.values(&literal).unwrap_or_else(|| vec![literal]))
            }
            Right::Nothing | Right::Operand(_) => return,
        };
        check.right = new;
    }

    /// The values that a word stands for, if it is the name of a list.
    fn values(&mut self, literal: &Literal) -> Option<Vec<Literal>> {
        let at = literal.span.start.checked_sub(self.base)?;
        let is_bare = !self.text.get(at..)?.starts_with(['"', '\'']);
        let name = std::str::from_utf8(&literal.bytes).ok().filter(|_| is_bare)?;
        let list = *self.lists.by_name.get(name)?;
        let mut values = Vec::new();
        self.values_of(list, &mut values);
        Some(values)
    }

    /// The values of a list, with those of the lists defined after it that they name.
    fn values_of(&mut self, list: usize, values: &mut Vec<Literal>) {
        // Lists within lists come later and later: a stack of what is left to do needs no recursion.
        let mut open = vec![(list, 0)];
        while let Some((list, at)) = open.pop() {
            let Some(entry) = self.lists.all.get(list).and_then(|list| list.entries.get(at)) else { continue };
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                return;
            }
            open.push((list, at + 1));
            match self.lists.by_name.get(&entry.text) {
                Some(&later) if later > list => open.push((later, 0)),
                _ => values.push(entry.literal.clone()),
            }
        }
    }
}
