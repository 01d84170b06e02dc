//! Texts that were made before for the same thread or object.

use crate::check::scope::Scope;
use crate::value::{Extracted, Value};
use capture_batch::Row;
use std::borrow::Cow;

/// How many texts are kept. Neighbouring events are mostly of a few threads.
const SLOTS: usize = 64;

/// The texts of one field, by what they depend on. Only what has to be made is kept: text that lies in the batch is
/// copied as fast from there.
#[derive(Clone, Default)]
pub(super) struct TextCache {
    slots: Vec<Option<(Key, Box<[u8]>)>>,
}

/// The segment and the ids in it that a value depends on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    segment: u64,
    ids: [usize; 2],
}

impl TextCache {
    /// The text of a row's value with this scope, if it is kept.
    pub fn get(&self, scope: Scope, row: Row<'_>) -> Option<&[u8]> {
        // Nothing was worth keeping.
        if self.slots.is_empty() {
            return None;
        }
        let key = key(scope, row)?;
        let (found, text) = self.slots.get(slot(key))?.as_ref()?;
        (*found == key).then_some(text)
    }

    /// Keeps the text that a row's value printed as, if it was made for the occasion.
    pub fn put(&mut self, scope: Scope, row: Row<'_>, value: &Extracted<'_>, text: &[u8]) {
        let is_made = matches!(value, Extracted::One(Value::Bytes(Cow::Owned(_))) | Extracted::Many(_));
        if !is_made || !matches!(scope, Scope::Program | Scope::Own | Scope::Actor | Scope::Object) {
            return;
        }
        let Some(key) = key(scope, row) else { return };
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        if let Some(slot) = self.slots.get_mut(slot(key)) {
            *slot = Some((key, text.into()));
        }
    }
}

/// What a value with this scope depends on in a row; `None` if its texts are not kept.
fn key(scope: Scope, row: Row<'_>) -> Option<Key> {
    let batch = row.batch;
    let own = || batch.own.value(row.index).filter(|id| !id.is_none()).map(|id| id.index());
    let ids = match scope {
        Scope::Program | Scope::Own => [own()?, 0],
        Scope::Actor => [own()?, batch.lineage.value(row.index).filter(|id| !id.is_none())?.index()],
        Scope::Object => [batch.object.value(row.index).filter(|id| !id.is_none())?.index(), 0],
        _ => return None,
    };
    Some(Key { segment: batch.segment.serial, ids })
}

fn slot(key: Key) -> usize {
    (key.ids[0] ^ key.ids[1].rotate_left(3)) % SLOTS
}
