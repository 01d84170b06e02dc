//! Things with names, in the order in which the names first came.

use std::collections::HashMap;

#[derive(Debug)]
pub(crate) struct Named<T> {
    entries: Vec<T>,
    by_name: HashMap<String, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named { entries: Vec::new(), by_name: HashMap::new() }
    }
}

impl<T> Named<T> {
    /// Adds something, or puts it in the place of what had its name.
    pub fn put(&mut self, name: String, entry: T) {
        match self.by_name.get(&name).and_then(|&at| self.entries.get_mut(at)) {
            Some(earlier) => *earlier = entry,
            None => {
                self.by_name.insert(name, self.entries.len());
                self.entries.push(entry);
            }
        }
    }

    /// What has a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.entries.get(self.position(name)?)
    }

    /// What has a name.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let at = self.position(name)?;
        self.entries.get_mut(at)
    }

    /// The number of what has a name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// All, in order.
    pub fn all(&self) -> &[T] {
        &self.entries
    }
}
