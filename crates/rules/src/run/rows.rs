//! Which rows of a batch rules are shown.

use capture_batch::{Batch, RowFlags, Types};
use capture_filter::Selection;

/// Rows with one of these marks are shown to no rule.
pub(crate) const UNSEEN: RowFlags = RowFlags::NEVER_SHOWN.union(RowFlags::INTERNAL);

/// The types of the rows that each rule is shown; each set of types once.
pub(crate) struct Shown {
    sets: Vec<Types>,
    /// For each rule the place of its set.
    of_rules: Vec<usize>,
    /// The types that any rule is shown.
    any: Types,
}

/// Codes from this on are of types that no dialect has: [`Types`] has them all or none.
const OTHERS: u16 = 512;

impl Shown {
    /// What rules are shown, given the types that each one wants.
    pub fn new(wanted: impl Iterator<Item = Types>) -> Shown {
        let (mut sets, mut of_rules) = (Vec::new(), Vec::new());
        for types in wanted {
            let known = sets.iter().position(|set| *set == types);
            of_rules.push(known.unwrap_or(sets.len()));
            if known.is_none() {
                sets.push(types);
            }
        }
        let any = sets.iter().fold(Types::NONE, |any, set| any | *set);
        Shown { sets, of_rules, any }
    }

    /// The rows of a batch, by set of types.
    pub fn rows(&self, batch: &Batch) -> Rows<'_> {
        let by_type = by_type(batch, self.any);
        let of_set = |set: &Types| {
            let mut each = by_type.iter().filter(|(code, _)| set.contains(*code)).map(|(_, rows)| rows);
            let first = each.next()?.clone();
            Some(each.fold(first, |mut all, rows| {
                all.add(rows);
                all
            }))
        };
        Rows { shown: self, of_sets: self.sets.iter().map(of_set).collect() }
    }
}

/// The rows of a batch that rules are shown.
pub(crate) struct Rows<'s> {
    shown: &'s Shown,
    of_sets: Vec<Option<Selection>>,
}

impl Rows<'_> {
    /// Those that a rule is shown; `None` if there are none.
    pub fn of(&self, rule: usize) -> Option<&Selection> {
        self.of_sets.get(*self.shown.of_rules.get(rule)?)?.as_ref()
    }
}

/// The rows of each of these types that a batch has, without those that nobody is shown.
fn by_type(batch: &Batch, types: Types) -> Vec<(u16, Selection)> {
    let codes: &[u16] = &batch.code;
    let mut counts = vec![0u32; usize::from(OTHERS) + 1];
    for code in codes {
        if let Some(count) = counts.get_mut(usize::from((*code).min(OTHERS))) {
            *count += 1;
        }
    }
    let is_there = |code: &u16| types.contains(*code) && counts.get(usize::from(*code)).is_some_and(|count| *count > 0);
    let mut found: Vec<(u16, Selection)> =
        (0..=OTHERS).filter(is_there).map(|code| (code, Selection::none(batch.len()))).collect();
    if found.is_empty() {
        return found;
    }
    let mut places = vec![usize::MAX; counts.len()];
    for (place, (code, _)) in found.iter().enumerate() {
        if let Some(of_code) = places.get_mut(usize::from(*code)) {
            *of_code = place;
        }
    }
    for (row, (code, flags)) in codes.iter().zip(batch.flags.iter()).enumerate() {
        let place = places.get(usize::from((*code).min(OTHERS))).copied().unwrap_or(usize::MAX);
        if let Some((_, rows)) = found.get_mut(place).filter(|_| !flags.intersects(UNSEEN)) {
            rows.insert(row);
        }
    }
    found
}
