//! Sets of event types.

/// How many codes the set tells apart; both dialects have fewer.
const CODES: usize = 512;

/// A set of event types, by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Types {
    words: [u64; CODES / 64],
    /// Whether codes that no dialect has are in the set.
    others: bool,
}

impl Types {
    /// Every type, and codes that no dialect has.
    pub const ALL: Types = Types { words: [u64::MAX; CODES / 64], others: true };

    /// No type.
    pub const NONE: Types = Types { words: [0; CODES / 64], others: false };

    /// Adds the type with a code. Codes that no dialect has are not added.
    pub fn insert(&mut self, code: u16) {
        if let Some(word) = self.words.get_mut(usize::from(code) / 64) {
            *word |= 1 << (code % 64);
        }
    }

    /// Takes out the type with a code.
    pub fn remove(&mut self, code: u16) {
        if let Some(word) = self.words.get_mut(usize::from(code) / 64) {
            *word &= !(1 << (code % 64));
        }
    }

    /// Whether the type with a code is in the set.
    #[inline]
    pub fn contains(&self, code: u16) -> bool {
        self.words.get(usize::from(code) / 64).map_or(self.others, |word| word >> (code % 64) & 1 == 1)
    }

    /// Those that are in both sets.
    pub fn and(mut self, other: Types) -> Types {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word &= other);
        self.others &= other.others;
        self
    }

    /// Whether no type is in the set.
    pub fn is_empty(&self) -> bool {
        *self == Types::NONE
    }

    /// Whether codes that no dialect has are in the set.
    pub fn contains_others(&self) -> bool {
        self.others
    }
}

impl std::ops::BitOr for Types {
    type Output = Types;

    fn bitor(mut self, other: Types) -> Types {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word |= other);
        self.others |= other.others;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Types;

    #[test]
    fn a_set_has_what_was_inserted() {
        let mut set = Types::NONE;
        [0, 63, 64, 511, 512].into_iter().for_each(|code| set.insert(code));
        let has: Vec<u16> = (0..1000).filter(|&code| set.contains(code)).collect();
        assert_eq!(has, [0, 63, 64, 511]);
        assert_eq!(set | Types::ALL, Types::ALL);
        set.remove(63);
        set.remove(512);
        assert!((0..1000).filter(|&code| set.contains(code)).eq([0, 64, 511]));
        assert!((0..1000).all(|code| Types::ALL.contains(code)));
    }
}
