//! Which files are pieces of one recording, as `sysdig -w FILE -C 1` and its like leave them.
//!
//! A piece holds lists of what the host looked like, but those that sysdig writes are as old as the first piece's. So
//! pieces go through one machine, which knows at the beginning of a piece what happened in those before.
//!
//! Files are pieces of one recording if all of this holds:
//!
//! * they lie in one directory, and their names differ in digits only (`x.scap0`, `x.scap1`; `x-101500.scap`);
//! * they come from one host, not restarted in between: same name, CPUs, memory and time of boot;
//! * the events of one begin when those of the other have ended;
//! * and either both hold the very same lists, or not more than [`LONGEST_PAUSE`] lies between them.

use crate::Capture;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How long the host may have been silent between two pieces whose lists differ, ns.
pub(crate) const LONGEST_PAUSE: u64 = 1_000_000_000;

/// Makes one capture of those that are pieces of one recording. It stands where its first piece stood.
pub fn join(captures: Vec<Capture>) -> Vec<Capture> {
    let mut slots: Vec<Vec<Capture>> = captures.into_iter().map(|capture| vec![capture]).collect();
    for members in series(&mut slots) {
        let mut recording = None;
        for (begins, member) in members {
            let Some(mut next) = slots.get_mut(member).and_then(Vec::pop) else { continue };
            let before = recording.and_then(|slot: usize| slots.get_mut(slot)?.last_mut());
            if before.is_none_or(|before| !follows(before, &mut next, begins)) {
                recording = Some(member);
            }
            if let Some(slot) = recording.and_then(|slot| slots.get_mut(slot)) {
                slot.push(next);
            }
        }
    }
    slots.into_iter().filter_map(Capture::of_pieces).collect()
}

/// Captures that may belong together: the times of their first events and their places, by time.
fn series(slots: &mut [Vec<Capture>]) -> Vec<Vec<(u64, usize)>> {
    let mut alike: BTreeMap<Names, Vec<(usize, &mut Capture)>> = BTreeMap::new();
    for (place, capture) in slots.iter_mut().enumerate().filter_map(|(place, slot)| Some((place, slot.first_mut()?))) {
        if let Some(names) = Names::of(capture) {
            alike.entry(names).or_default().push((place, capture));
        }
    }
    let mut series: BTreeMap<(Names, Host), Vec<(u64, usize)>> = BTreeMap::new();
    // Who is alone belongs to nobody, and need not be looked at.
    for (names, members) in alike.into_iter().filter(|(_, members)| members.len() > 1) {
        for (place, capture) in members {
            if let Some((host, begins)) = capture.host().zip(capture.first_call()) {
                series.entry((names.clone(), host)).or_default().push((begins, place));
            }
        }
    }
    let mut series: Vec<_> = series.into_values().collect();
    series.iter_mut().for_each(|members| members.sort_unstable());
    series
}

/// Whether a capture that begins at a time is the piece behind another.
fn follows(before: &mut Capture, next: &mut Capture, begins: u64) -> bool {
    let pause = before.last_call().and_then(|ended| begins.checked_sub(ended));
    pause.is_some_and(|pause| pause <= LONGEST_PAUSE || before.lists() == next.lists())
}

/// What the files of pieces of one recording have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Names {
    directory: PathBuf,
    /// The name of the file with every run of digits as one `0`.
    pattern: Vec<u8>,
}

/// A host between two starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Host {
    pub(crate) name: Vec<u8>,
    pub(crate) cpus: u32,
    pub(crate) memory: u64,
    pub(crate) boot_ts: u64,
}

impl Names {
    /// Those of a capture that may be a piece.
    fn of(capture: &Capture) -> Option<Names> {
        // A pipe can be read only once, and what comes through it is not waited for.
        capture.file_size()?;
        let path = capture.path()?;
        let pattern = pattern(path.file_name()?.as_encoded_bytes())?;
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        Some(Names { directory, pattern })
    }
}

fn pattern(name: &[u8]) -> Option<Vec<u8>> {
    let mut pattern = Vec::new();
    for &byte in name {
        match byte.is_ascii_digit() {
            true if pattern.last() == Some(&b'0') => {}
            true => pattern.push(b'0'),
            false => pattern.push(byte),
        }
    }
    pattern.contains(&b'0').then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn names_of_a_series_differ_in_digits_only() {
        assert_eq!(pattern(b"x.scap0"), pattern(b"x.scap17"));
        assert_eq!(pattern(b"x-10:15:00.scap"), pattern(b"x-09:00:1.scap"));
        assert_ne!(pattern(b"x.scap0"), pattern(b"y.scap0"));
        assert_eq!(pattern(b"x.scap"), None);
    }
}
