//! Paths below other paths, component by component (`pmatch`).
//!
//! Empty components count for nothing, so `//etc` is `/etc` and `/` is above everything; `..` is a name like any
//! other. A component with `?`, `*` or `[` is a pattern for one component.

use crate::glob::Glob;
use std::collections::HashMap;

/// A tree of the paths to look for.
#[derive(Debug, Default)]
pub(crate) struct PathSet {
    /// A path ends here: all below it matches.
    end: bool,
    names: HashMap<Vec<u8>, PathSet>,
    patterns: Vec<(Glob, PathSet)>,
}

impl PathSet {
    /// Adds a path.
    pub(crate) fn add(&mut self, path: &[u8]) {
        let mut node = self;
        for component in components(path) {
            node = if component.iter().any(|b| b"?*[".contains(b)) {
                node.pattern(Glob::new(component, false))
            } else {
                node.names.entry(component.to_vec()).or_default()
            };
        }
        node.end = true;
    }

    fn pattern(&mut self, glob: Glob) -> &mut PathSet {
        let at = self.patterns.iter().position(|(known, _)| *known == glob);
        let known = at.map_or_else(|| (glob, PathSet::default()), |at| self.patterns.swap_remove(at));
        self.patterns.push(known);
        let last = self.patterns.len() - 1;
        &mut self.patterns[last].1
    }

    /// Whether one of the paths is `path` or lies above it.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        let mut nodes = vec![self];
        for component in components(path) {
            if nodes.iter().any(|node| node.end) {
                return true;
            }
            nodes = nodes.into_iter().flat_map(|node| node.below(component)).collect();
        }
        nodes.iter().any(|node| node.end)
    }

    fn below<'s>(&'s self, component: &'s [u8]) -> impl Iterator<Item = &'s PathSet> {
        let patterns = self.patterns.iter().filter(move |(glob, _)| glob.matches(component)).map(|(_, node)| node);
        self.names.get(component).into_iter().chain(patterns)
    }
}

fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&b| b == b'/').filter(|component| !component.is_empty())
}

#[cfg(test)]
mod tests {
    use super::PathSet;

    fn pmatch(paths: &[&str], path: &str) -> bool {
        let mut set = PathSet::default();
        paths.iter().for_each(|path| set.add(path.as_bytes()));
        set.matches(path.as_bytes())
    }

    #[test]
    fn whole_components_count() {
        let paths = ["/var/run", "/etc", "/usr/lib"];
        assert!(pmatch(&paths, "/var/run/docker"));
        assert!(pmatch(&paths, "/etc"));
        assert!(!pmatch(&paths, "/var"));
        assert!(!pmatch(&paths, "/etcetera"));
        assert!(pmatch(&["lib"], "/lib/x"));
        assert!(pmatch(&["//etc"], "/etc/x"));
        assert!(!pmatch(&["/usr/lib/../lib"], "/usr/lib/x"));
    }

    #[test]
    fn an_empty_path_is_above_everything_and_no_path_above_nothing() {
        assert!(pmatch(&["/"], "anything"));
        assert!(pmatch(&[""], ""));
        assert!(!pmatch(&[], "/etc"));
    }

    #[test]
    fn a_pattern_stands_for_one_component() {
        assert!(pmatch(&["/home/*/.ssh"], "/home/me/.ssh/id"));
        assert!(!pmatch(&["/home/*/.ssh"], "/home/me/x/.ssh"));
        assert!(pmatch(&["/*"], "/a/b"));
        assert!(!pmatch(&["/*"], "/"));
        assert!(pmatch(&["/a*/x", "/ab/y", "/?b/z"], "/ab/z"));
    }
}
