//! What calls tried to open that failed: such events have no object, and the path that they were given stands for it.

use rustc_hash::FxHashMap;

/// So many paths are remembered at most: programs look for the same files over and over.
const MOST: usize = 1 << 13;

/// Longer paths are not.
const LONGEST: usize = 1 << 10;

/// Paths that calls failed to open, and whether events that did are of interest.
#[derive(Default)]
pub(super) struct Attempts {
    /// By type and path.
    known: FxHashMap<Box<[u8]>, bool>,
    /// The one that is asked for.
    asked: Vec<u8>,
}

impl Attempts {
    /// Whether events of a type are of interest that failed to open a path. `decide`: computes it.
    pub fn wants(&mut self, (code, path): (u16, &[u8]), decide: impl FnOnce() -> bool) -> bool {
        if path.len() > LONGEST {
            return decide();
        }
        self.asked.clear();
        self.asked.extend(code.to_le_bytes());
        self.asked.extend_from_slice(path);
        if let Some(known) = self.known.get(&*self.asked) {
            return *known;
        }
        if self.known.len() >= MOST {
            self.known.clear();
        }
        let wants = decide();
        self.known.insert(self.asked.as_slice().into(), wants);
        wants
    }
}
