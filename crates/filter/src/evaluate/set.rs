//! Filters that are evaluated together.

use super::interest::generic_calls;
use super::plan::{Node, Nodes};
use super::{Columns, FilterInterest};
use crate::check::Test;
use crate::check::scope::Scope;
use crate::check::source::State;
use crate::{Env, Filter};
use capture_batch::{Row, Types, View};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Filters that are evaluated together: what several of them ask is asked once. A set is never changed, and cheap to
/// clone.
#[derive(Clone)]
pub struct FilterSet(Arc<Set>);

/// What filters have in common.
pub(super) struct Set {
    pub view: View,
    pub filters: Vec<Filter>,
    /// For each filter the first one that it shares what it remembers with: mostly itself.
    sharing: Vec<usize>,
    /// The conditions, each once.
    tests: Vec<TestAt>,
    /// They and their combinations, each once.
    pub nodes: Nodes,
    /// The number of the whole of each filter, as it is evaluated over batches.
    pub roots: Vec<usize>,
}

/// Where a condition is found.
struct TestAt {
    filter: usize,
    test: usize,
}

impl FilterSet {
    /// Filters that were compiled for this view, and with the same settings.
    pub fn new(view: View, filters: Vec<Filter>) -> FilterSet {
        let mut joined = Joined { tests: Vec::new(), by_text: HashMap::new(), nodes: Nodes::default() };
        let roots = filters.iter().enumerate().map(|(at, filter)| joined.add(at, filter)).collect();
        let mut first = HashMap::new();
        let sharing =
            filters.iter().enumerate().map(|(at, filter)| *first.entry(filter.origin()).or_insert(at)).collect();
        FilterSet(Arc::new(Set { view, filters, sharing, tests: joined.tests, nodes: joined.nodes, roots }))
    }

    /// An evaluator, at the start of a capture.
    pub fn columns(&self) -> Columns {
        Columns::new(self.0.clone())
    }

    /// The calls, by the schema's numbers, of which a filter may select an event that has no type of its own.
    pub(crate) fn generic_calls(&self, filter: usize) -> Vec<u16> {
        generic_calls(&self.0, filter)
    }

    /// Which rows any of the filters may select, of those that it is shown: for each filter the types of these.
    pub fn interest(&self, shown: &[Types]) -> FilterInterest {
        FilterInterest::new(self.0.clone(), shown)
    }
}

impl Set {
    /// A condition.
    pub fn test(&self, number: usize) -> Option<&Test> {
        let at = self.tests.get(number)?;
        self.filters.get(at.filter)?.plan().tests.get(at.test)
    }

    /// All conditions, by number.
    pub fn tests(&self) -> impl Iterator<Item = (usize, &Test)> {
        (0..self.tests.len()).filter_map(|number| Some((number, self.test(number)?)))
    }

    /// The numbers of a filter's conditions, each once.
    pub fn tests_of(&self, filter: usize) -> BTreeSet<usize> {
        let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut left: Vec<usize> = self.roots.get(filter).into_iter().copied().collect();
        while let Some(number) = left.pop() {
            if !seen.insert(number) {
                continue;
            }
            match self.nodes.get(number) {
                Some(Node::Test(test)) => {
                    found.insert(*test);
                }
                Some(node) => left.extend_from_slice(node.parts()),
                None => {}
            }
        }
        found
    }

    /// What an evaluation remembers at its start, for each filter.
    pub fn states(&self) -> Vec<State> {
        self.filters.iter().map(|filter| filter.plan().state()).collect()
    }

    /// Whether a condition holds for a row.
    pub fn holds(&self, number: usize, row: Row<'_>, states: &mut [State]) -> bool {
        let Some(TestAt { filter, test }) = self.tests.get(number) else { return false };
        let Some((filter, state)) =
            self.filters.get(*filter).zip(states.get_mut(*self.sharing.get(*filter).unwrap_or(filter)))
        else {
            return false;
        };
        let env: &Env = filter.env();
        filter.plan().tests.get(*test).is_some_and(|test| test.holds(row, env, state))
    }

    /// The nodes of which answers are worth keeping while a batch is worked on: several ask them, they take more than a
    /// look at what is known of a thread, and nobody minds which rows they see.
    pub fn worth_keeping(&self) -> Vec<bool> {
        let mut asked = vec![0usize; self.nodes.iter().count()];
        let parts = self.nodes.iter().flat_map(Node::parts);
        for number in parts.chain(&self.roots) {
            if let Some(asked) = asked.get_mut(*number) {
                *asked += 1;
            }
        }
        let mut ordered: Vec<bool> = Vec::with_capacity(asked.len());
        for node in self.nodes.iter() {
            let is_ordered = match node {
                Node::Test(test) => self.test(*test).is_none_or(|test| test.scope == Scope::Order),
                node => node.parts().iter().any(|part| ordered.get(*part).is_none_or(|is_ordered| *is_ordered)),
            };
            ordered.push(is_ordered);
        }
        let is_dear = |node: &Node| match node {
            Node::Test(test) => self.test(*test).is_some_and(|test| test.scope >= Scope::Object),
            _ => true,
        };
        let each = self.nodes.iter().zip(asked).zip(ordered);
        each.map(|((node, asked), ordered)| asked > 1 && !ordered && is_dear(node)).collect()
    }
}

/// Puts the plans of filters together.
struct Joined {
    tests: Vec<TestAt>,
    by_text: HashMap<String, usize>,
    nodes: Nodes,
}

impl Joined {
    /// Adds a filter; gives the number of its whole.
    fn add(&mut self, filter: usize, of: &Filter) -> usize {
        self.node(filter, of, of.arranged())
    }

    fn node(&mut self, filter: usize, of: &Filter, number: usize) -> usize {
        let Some(node) = of.plan().nodes.get(number) else { return self.nodes.number(Node::Any(Vec::new())) };
        let node = match node {
            Node::Test(test) => Node::Test(self.test(filter, of, *test)),
            node => node.renumbered(|part| self.node(filter, of, part)),
        };
        self.nodes.number(node)
    }

    /// Conditions that depend on the order of events keep a memory each and so stay apart.
    fn test(&mut self, filter: usize, of: &Filter, test: usize) -> usize {
        let next = self.tests.len();
        let sharing = of.plan().tests.get(test).filter(|test| test.scope != Scope::Order);
        let number = match sharing {
            Some(test) => *self.by_text.entry(test.text.clone()).or_insert(next),
            None => next,
        };
        if number == next {
            self.tests.push(TestAt { filter, test });
        }
        number
    }
}
