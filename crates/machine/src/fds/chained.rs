//! A hash table that is walked in the order in which the newest libraries walk theirs, because that order shows:
//! `fd.types` lists the types of open descriptors in it.
//!
//! They use `std::unordered_map` of GNU's C++ library: one chain through all entries, in which those of a bucket stand
//! together, and for each bucket the entry before its first. A number's bucket is its remainder. An entry goes to the
//! front of its bucket, and the first one of a bucket to the front of the chain. The table grows, never shrinks, and
//! growing lays the chain anew.

/// No entry, no bucket.
const NONE: u32 = u32::MAX;
/// In the place of an entry: before the first one.
const FRONT: u32 = u32::MAX - 1;

/// How many buckets there may be: each time the next prime of the library's list that is at least twice as large.
const SIZES: [u32; 9] = [13, 29, 59, 127, 257, 541, 1109, 2357, 5087];

#[derive(Debug, Clone)]
struct Node<V> {
    key: i64,
    next: u32,
    value: V,
}

/// A table of up to 5087 values by number. An empty one allocates nothing.
#[derive(Debug, Clone)]
pub struct Chained<V> {
    /// Entries at any place, `None` where one was removed.
    nodes: Vec<Option<Node<V>>>,
    free: Vec<u32>,
    /// By bucket: the entry before its first.
    buckets: Vec<u32>,
    first: u32,
}

impl<V> Default for Chained<V> {
    fn default() -> Self {
        Chained { nodes: Vec::new(), free: Vec::new(), buckets: Vec::new(), first: NONE }
    }
}

impl<V> Chained<V> {
    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    /// The value of a number.
    pub fn get(&self, key: i64) -> Option<&V> {
        self.node(self.find(key)?.1).map(|node| &node.value)
    }

    /// The value of a number, to change it.
    pub fn get_mut(&mut self, key: i64) -> Option<&mut V> {
        let (_, at) = self.find(key)?;
        self.node_mut(at).map(|node| &mut node.value)
    }

    /// Sets the value of a number. A number that is in the table keeps its place.
    pub fn insert(&mut self, key: i64, value: V) {
        if let Some(present) = self.get_mut(key) {
            *present = value;
            return;
        }
        self.grow_if_full();
        let node = Some(Node { key, next: NONE, value });
        let at = match self.free.pop() {
            Some(at) => {
                if let Some(place) = self.nodes.get_mut(at as usize) {
                    *place = node;
                }
                at
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        };
        self.link(at);
    }

    /// Removes a number.
    pub fn remove(&mut self, key: i64) {
        let Some((before, at)) = self.find(key) else { return };
        let (bucket, next) = (self.bucket(key), self.next(at));
        let next_bucket = self.node(next).map(|node| self.bucket(node.key));
        if self.before(bucket) == before && next_bucket != Some(bucket) {
            self.set_before(bucket, NONE);
        }
        if let Some(next_bucket) = next_bucket.filter(|&next_bucket| next_bucket != bucket) {
            self.set_before(next_bucket, before);
        }
        self.set_next(before, next);
        if let Some(place) = self.nodes.get_mut(at as usize) {
            *place = None;
            self.free.push(at);
        }
    }

    /// Removes the entries for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(i64, &V) -> bool) {
        let gone: Vec<i64> = self.iter().filter(|(key, value)| !keep(*key, value)).map(|(key, _)| key).collect();
        gone.into_iter().for_each(|key| self.remove(key));
    }

    /// All entries in the order of the chain.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &V)> {
        std::iter::successors(self.node(self.first), |node| self.node(node.next)).map(|node| (node.key, &node.value))
    }

    /// All values to change them, in no order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (i64, &mut V)> {
        self.nodes.iter_mut().flatten().map(|node| (node.key, &mut node.value))
    }

    fn node(&self, at: u32) -> Option<&Node<V>> {
        self.nodes.get(at as usize)?.as_ref()
    }

    fn node_mut(&mut self, at: u32) -> Option<&mut Node<V>> {
        self.nodes.get_mut(at as usize)?.as_mut()
    }

    fn bucket(&self, key: i64) -> usize {
        let count = self.buckets.len().max(1);
        match u32::try_from(key) {
            // Dividing small numbers is much faster.
            Ok(key) => (key % count as u32) as usize,
            Err(_) => (key.cast_unsigned() % count as u64) as usize,
        }
    }

    fn before(&self, bucket: usize) -> u32 {
        self.buckets.get(bucket).copied().unwrap_or(NONE)
    }

    fn set_before(&mut self, bucket: usize, at: u32) {
        if let Some(before) = self.buckets.get_mut(bucket) {
            *before = at;
        }
    }

    fn next(&self, at: u32) -> u32 {
        if at == FRONT { self.first } else { self.node(at).map_or(NONE, |node| node.next) }
    }

    fn set_next(&mut self, at: u32, next: u32) {
        if at == FRONT {
            self.first = next;
        } else if let Some(node) = self.node_mut(at) {
            node.next = next;
        }
    }

    /// The entry of a number and the one before it.
    fn find(&self, key: i64) -> Option<(u32, u32)> {
        let bucket = self.bucket(key);
        let mut before = self.before(bucket);
        if before == NONE {
            return None;
        }
        loop {
            let at = self.next(before);
            let node = self.node(at)?;
            if node.key == key {
                return Some((before, at));
            }
            if self.bucket(node.key) != bucket {
                return None;
            }
            before = at;
        }
    }

    /// Puts an entry into the chain.
    fn link(&mut self, at: u32) {
        let Some(key) = self.node(at).map(|node| node.key) else { return };
        let bucket = self.bucket(key);
        let before = self.before(bucket);
        if before != NONE {
            self.set_next(at, self.next(before));
            self.set_next(before, at);
            return;
        }
        let next = self.first;
        self.set_next(at, next);
        self.first = at;
        if let Some(next_bucket) = self.node(next).map(|node| self.bucket(node.key)) {
            self.set_before(next_bucket, at);
        }
        self.set_before(bucket, FRONT);
    }

    /// Makes room for one more entry. The chain is laid anew in its own order.
    fn grow_if_full(&mut self) {
        if self.len() < self.buckets.len() {
            return;
        }
        let now = self.buckets.len();
        let Some(&size) = SIZES.iter().find(|&&size| size as usize > now) else { return };
        let order: Vec<u32> =
            std::iter::successors(Some(self.first), |&at| Some(self.next(at))).take_while(|&at| at != NONE).collect();
        self.buckets = vec![NONE; size as usize];
        self.first = NONE;
        order.into_iter().for_each(|at| self.link(at));
    }
}

impl<V: PartialEq> PartialEq for Chained<V> {
    /// Tables are equal that have the same values, in whatever order.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::Chained;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn keys(table: &Chained<()>) -> Vec<i64> {
        table.iter().map(|(key, ())| key).collect()
    }

    /// The orders that a program with `std::unordered_map<int64_t, …>` prints, built with GCC.
    #[test]
    fn the_order_is_that_of_the_library() {
        let mut table = Chained::default();
        [0, 1, 2, 3, 255, 4, 13, 26, 5].into_iter().for_each(|key| table.insert(key, ()));
        assert_eq!(keys(&table), [5, 4, 255, 3, 2, 1, 26, 13, 0]);
        [3, 26, 0].into_iter().for_each(|key| table.remove(key));
        assert_eq!(keys(&table), [5, 4, 255, 2, 1, 13]);
        (6..16).for_each(|key| table.insert(key, ()));
        assert_eq!(keys(&table), [15, 14, 13, 1, 2, 255, 8, 4, 5, 6, 7, 9, 10, 11, 12]);
        table.remove(15);
        [300, 3].into_iter().for_each(|key| table.insert(key, ()));
        assert_eq!(keys(&table), [3, 14, 13, 1, 2, 255, 8, 4, 5, 6, 7, 9, 300, 10, 11, 12]);
        (40..70).step_by(3).for_each(|key| table.insert(key, ()));
        let grown = [58, 55, 49, 46, 61, 3, 43, 14, 13, 1, 2, 52, 255, 8, 4, 5, 64, 6, 7, 67, 9, 300, 10, 40, 11, 12];
        assert_eq!(keys(&table), grown);
        let mut copy = Chained::default();
        table.iter().for_each(|(key, ())| copy.insert(key, ()));
        let copied = [12, 11, 40, 10, 300, 9, 67, 7, 6, 64, 5, 4, 8, 58, 55, 49, 46, 3, 61, 43, 14, 1, 13, 2, 52, 255];
        assert_eq!(keys(&copy), copied);
        assert_eq!(copy, table);
    }

    proptest! {
        #[test]
        fn it_is_a_map(actions in proptest::collection::vec((any::<bool>(), -2i64..80), 0..200)) {
            let mut table = Chained::default();
            let mut map = BTreeMap::new();
            for (i, (insert, key)) in actions.into_iter().enumerate() {
                if insert {
                    table.insert(key, i);
                    map.insert(key, i);
                } else {
                    table.remove(key);
                    map.remove(&key);
                }
                prop_assert_eq!(table.len(), map.len());
                prop_assert_eq!(table.iter().map(|(key, value)| (key, *value)).collect::<BTreeMap<_, _>>(), map.clone());
                prop_assert!((-2..80).all(|key| table.get(key) == map.get(&key)));
            }
        }
    }
}
