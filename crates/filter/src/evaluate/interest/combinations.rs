//! Types by combinations of answers: many threads and objects answer a filter's conditions alike.

use capture_batch::Types;

/// The types of which rows can be selected, for each combination of answers that was met, and which things of the segment
/// gave which.
#[derive(Default)]
pub(super) struct Combinations {
    met: Vec<(Box<[bool]>, Types)>,
    /// For every thing of the segment the place of its answers, plus one; 0 if that is not known yet.
    places: Vec<u32>,
}

impl Combinations {
    /// The types for a thing of the segment; `None` if they are not known yet.
    #[inline]
    pub fn of(&self, thing: usize) -> Option<&Types> {
        let place = self.places.get(thing)?.checked_sub(1)?;
        self.met.get(place as usize).map(|(_, types)| types)
    }

    /// The types for these answers, and from now on for the thing of the segment (if it is one) that gave them.
    /// `selectable`: computes them, if the combination is new.
    pub fn learn(
        &mut self,
        thing: Option<usize>,
        answers: Box<[bool]>,
        selectable: impl FnOnce(&[bool]) -> Types,
    ) -> Types {
        let met = self.met.iter().position(|(other, _)| *other == answers);
        let place = met.unwrap_or_else(|| {
            let types = selectable(&answers);
            self.met.push((answers, types));
            self.met.len() - 1
        });
        if let Some(thing) = thing {
            if thing >= self.places.len() {
                self.places.resize(thing + 1, 0);
            }
            if let Some(known) = self.places.get_mut(thing) {
                *known = u32::try_from(place + 1).unwrap_or(0);
            }
        }
        self.met.get(place).map_or(Types::ALL, |(_, types)| *types)
    }

    /// Forgets the things of a segment.
    pub fn end(&mut self) {
        self.places.clear();
    }
}
