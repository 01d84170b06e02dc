//! Answers that are kept.

/// The answers of a condition, by the number of what it was asked of: a type, a thread, an object.
#[derive(Default)]
pub(super) struct Memo(Vec<u8>);

const UNKNOWN: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

impl Memo {
    /// The answer, if it is known.
    pub fn get(&self, number: usize) -> Option<bool> {
        self.0.get(number).filter(|answer| **answer != UNKNOWN).map(|answer| *answer == YES)
    }

    /// The answer, computed if it is not known.
    #[inline]
    pub fn get_or(&mut self, number: usize, compute: impl FnOnce() -> bool) -> bool {
        match self.0.get(number) {
            Some(&YES) => true,
            Some(&NO) => false,
            _ => self.ask(number, compute),
        }
    }

    #[cold]
    fn ask(&mut self, number: usize, compute: impl FnOnce() -> bool) -> bool {
        let answer = compute();
        if number >= self.0.len() {
            self.0.resize(number + 1, UNKNOWN);
        }
        if let Some(known) = self.0.get_mut(number) {
            *known = if answer { YES } else { NO };
        }
        answer
    }

    /// Forgets all answers.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets the answers of this number on.
    pub fn truncate(&mut self, number: usize) {
        self.0.truncate(number);
    }
}
