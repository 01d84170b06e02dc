//! What the harness prints.

use crate::compare::{Difference, Found};
use std::collections::{BTreeMap, BTreeSet};

/// How many differences without a class are shown in full.
const SHOWN: usize = 40;

/// What was found over all cases.
#[derive(Debug, Default)]
pub struct Report {
    runs: u64,
    refused: BTreeSet<String>,
    crashed: BTreeSet<String>,
    compared: u64,
    equal: u64,
    classes: BTreeMap<&'static str, u64>,
    unexplained: Vec<Difference>,
}

impl Report {
    /// Adds what one case found on one capture.
    pub fn add(&mut self, found: Found) {
        self.runs += 1;
        self.refused.extend(found.refused);
        self.crashed.extend(found.crashed);
        self.compared += found.compared;
        self.equal += found.equal;
        for difference in found.differences {
            match difference.class {
                Some(class) => *self.classes.entry(class).or_default() += 1,
                None => self.unexplained.push(difference),
            }
        }
    }

    /// Whether every line is equal or belongs to a class.
    pub fn is_clean(&self) -> bool {
        self.unexplained.is_empty()
    }

    /// Prints it.
    pub fn print(&self) {
        println!("runs compared   {}", self.runs);
        self.refused.iter().for_each(|case| println!("  sysdig refuses: {case}"));
        self.crashed.iter().for_each(|case| println!("  sysdig crashes: {case}"));
        println!("lines compared  {}", self.compared);
        println!("lines equal     {}", self.equal);
        for (class, lines) in &self.classes {
            println!("  {lines:>8}  {class}");
        }
        println!("  {:>8}  without an explanation", self.unexplained.len());
        let mut by_case: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for difference in &self.unexplained {
            *by_case.entry((&difference.case, &difference.capture)).or_default() += 1;
        }
        let mut by_case: Vec<_> = by_case.into_iter().collect();
        by_case.sort_by_key(|&(_, lines)| std::cmp::Reverse(lines));
        for ((case, capture), lines) in by_case.iter().take(SHOWN) {
            println!("  {lines:>8}  {case}   on {capture}");
        }
        for difference in self.unexplained.iter().take(SHOWN) {
            println!("{} on {}", difference.case, difference.capture);
            println!("  sysdig: {}", difference.theirs.as_deref().unwrap_or("(no such line)"));
            println!("  ours:   {}", difference.ours.as_deref().unwrap_or("(no such line)"));
        }
    }
}
