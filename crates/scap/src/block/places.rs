//! Where the parameters of an event are.

use super::event::Span;

/// Where the parameters of an event are in its chunk, in file order. A reader says no more than the event does, their
/// lengths: most events are passed by without a look at what they hold.
#[derive(Debug, Clone, Copy)]
pub enum Places<'r> {
    /// One by one.
    Listed(&'r [Span]),
    /// One behind the other from `start` on, by their lengths of 16 bits.
    Narrow {
        /// The lengths, little endian.
        lengths: &'r [[u8; 2]],
        /// Where the first is.
        start: u32,
    },
    /// One behind the other from `start` on, by their lengths of 32 bits.
    Wide {
        /// The lengths, little endian.
        lengths: &'r [[u8; 4]],
        /// Where the first is.
        start: u32,
    },
}

impl<'r> Places<'r> {
    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Places::Listed(spans) => spans.len(),
            Places::Narrow { lengths, .. } => lengths.len(),
            Places::Wide { lengths, .. } => lengths.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    #[inline]
    pub fn iter(&self) -> Iter<'r> {
        Iter(*self)
    }

    /// Shows one after the other to `show`: faster than [`Places::iter`].
    #[inline]
    pub fn each(&self, limit: usize, mut show: impl FnMut(Span)) {
        let mut next = |start: &mut u32, len: u32| {
            show(Span { start: *start, len });
            *start = start.saturating_add(len);
        };
        match *self {
            Places::Narrow { lengths, mut start } => {
                lengths.iter().take(limit).for_each(|len| next(&mut start, u16::from_le_bytes(*len).into()));
            }
            Places::Wide { lengths, mut start } => {
                lengths.iter().take(limit).for_each(|len| next(&mut start, u32::from_le_bytes(*len)));
            }
            Places::Listed(spans) => spans.iter().take(limit).for_each(|span| show(*span)),
        }
    }

    /// The first one.
    #[inline]
    pub fn first(&self) -> Option<Span> {
        self.iter().next()
    }
}

/// Goes through [`Places`].
pub struct Iter<'r>(Places<'r>);

impl Iterator for Iter<'_> {
    type Item = Span;

    #[inline]
    fn next(&mut self) -> Option<Span> {
        let (start, len) = match &mut self.0 {
            Places::Listed(spans) => {
                let (first, rest) = spans.split_first()?;
                *spans = rest;
                return Some(*first);
            }
            Places::Narrow { lengths, start } => {
                let (first, rest) = lengths.split_first()?;
                *lengths = rest;
                (start, u16::from_le_bytes(*first).into())
            }
            Places::Wide { lengths, start } => {
                let (first, rest) = lengths.split_first()?;
                *lengths = rest;
                (start, u32::from_le_bytes(*first))
            }
        };
        let span = Span { start: *start, len };
        *start = start.saturating_add(len);
        Some(span)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.0.len();
        (len, Some(len))
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_lists_say_the_same() {
        let spans = [(7, 2), (9, 0), (9, 300), (309, 1)].map(|(start, len)| Span { start, len });
        let narrow = spans.map(|span| (span.len as u16).to_le_bytes());
        let wide = spans.map(|span| span.len.to_le_bytes());
        for places in [
            Places::Listed(&spans),
            Places::Narrow { lengths: &narrow, start: 7 },
            Places::Wide { lengths: &wide, start: 7 },
        ] {
            assert_eq!((places.len(), places.first()), (4, Some(spans[0])));
            assert_eq!(places.iter().collect::<Vec<_>>(), spans);
            let mut shown = Vec::new();
            places.each(3, |span| shown.push(span));
            assert_eq!(shown, spans[..3]);
        }
    }
}
