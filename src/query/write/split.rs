//! A capture in pieces, each of which answers as the whole does.
//!
//! A piece is a copy of what it holds: with the capture's own lists and, hidden, what changed since then of what its
//! events speak of. The capture is read once to see where pieces begin, replayed once to see what they need
//! ([`select`]), and read once more for each piece.

use super::select::{self, Selected};
use super::{Copying, Extent, Source, State};
use crate::files::{Files, Form, Rotation, named, size_within};
use crate::progress::Progress;
use crate::status::{End, Failure};
use capture_batch::View;
use capture_scap::{Content, EventBlock, Target};
use jiff::tz::TimeZone;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

/// Where pieces begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Each has the events of so much time (ns).
    Time(u64),
    /// Each has events of about so many bytes.
    Size(u64),
    /// Each has so many events.
    Events(u64),
    /// Each has the events of a container; the first those of the host.
    Container,
}

/// Writes the pieces.
pub fn split(input: PathBuf, output: &Path, form: Form, cut: Cut) -> Result<End, Failure> {
    if output.as_os_str() == "-" {
        return Err(Failure::new("standard output is one file: pieces need a name"));
    }
    let source = Source::new(&[input])?;
    let mut natural = source.open()?;
    let (view, size) = (natural.natural_view(), natural.file_size());
    let pieces = match cut {
        Cut::Container => by_container(view, &source)?,
        _ => by_place(view, &source, cut, form)?,
    };
    let mut end = End::Good;
    for (piece, selected) in pieces {
        let name = named(&output.to_string_lossy(), &piece);
        super::refuse_same(std::slice::from_ref(&source.path), &name)?;
        let copying = Copying {
            selected: Some(selected),
            extent: Extent::Needed,
            state: State::new(&source, view, None)?,
            lists_anew: false,
            files: Files::new(name, Rotation::default(), TimeZone::UTC)?,
            rotation: Rotation::default(),
            target: super::target(view, form),
            form,
        };
        end = copying.run(&source, &Progress::new(true, size))?;
    }
    Ok(end)
}

/// The events of each container, with its id; those of the host first.
fn by_container(view: View, source: &Source) -> Result<Vec<(String, Selected)>, Failure> {
    let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut names = vec!["host".to_owned()];
    let selected = select::pieces(view, source.open()?, |_, row| {
        let id = row.and_then(|row| row.own()).map(|own| &*own.container_id).unwrap_or_default();
        if id.is_empty() || id == b"host" {
            return 0;
        }
        *numbers.entry(id.to_vec()).or_insert_with(|| {
            names.push(String::from_utf8_lossy(id).into_owned());
            names.len() - 1
        })
    });
    Ok(file_names(names).into_iter().zip(selected).collect())
}

/// These ids as parts of names of files: each another one.
fn file_names(ids: Vec<String>) -> Vec<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let mut taken = HashSet::new();
    let mut name = |id: String| {
        let plain: String = id.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        let mut name = plain.clone();
        let mut others = 1;
        while !taken.insert(name.clone()) {
            others += 1;
            name = format!("{plain}-{others}");
        }
        name
    };
    ids.into_iter().map(&mut name).collect()
}

/// Events that follow one another, numbered.
fn by_place(view: View, source: &Source, cut: Cut, form: Form) -> Result<Vec<(String, Selected)>, Failure> {
    let begins = begins(source, cut, form)?;
    let piece = |stored: u64| begins.partition_point(|begin| *begin <= stored).saturating_sub(1);
    let selected = select::pieces(view, source.open()?, |stored, _| piece(stored));
    Ok(selected.into_iter().enumerate().map(|(piece, selected)| (piece.to_string(), selected)).collect())
}

/// The first events of all pieces, by their numbers as they are stored.
fn begins(source: &Source, cut: Cut, form: Form) -> Result<Vec<u64>, Failure> {
    let (mut reader, _) = source.open()?.into_parts();
    let mut full = Full::new(cut, form)?;
    let (mut begins, mut number) = (Vec::new(), 0);
    while let Some(block) = reader.next_block() {
        // Damage is reported where pieces are written.
        let Ok(block) = block else { continue };
        if let Content::Event(event) = &block.content {
            if full.is_before(event)? || begins.is_empty() {
                begins.push(number);
            }
            number += 1;
        }
    }
    Ok(begins)
}

/// Says when a piece is full.
enum Full {
    /// So much time for each; the last one ends then.
    Time(u64, Option<u64>),
    /// So many bytes; what the piece would be.
    Size(u64, Form, Box<crate::files::CaptureWriter<io::Sink>>),
    /// So many events; how many it has.
    Events(u64, u64),
}

impl Full {
    fn new(cut: Cut, form: Form) -> Result<Full, Failure> {
        Ok(match cut {
            Cut::Time(time) => Full::Time(time.max(1), None),
            Cut::Size(size) => Full::Size(size, form, Box::new(form.writer(io::sink(), Target::Newest)?)),
            Cut::Events(events) => Full::Events(events, 0),
            Cut::Container => Full::Events(u64::MAX, 0),
        })
    }

    /// Whether the piece ends before the next event, which belongs to the next one then.
    fn is_before(&mut self, event: &EventBlock<'_>) -> Result<bool, Failure> {
        match self {
            // What a recorder says of the time before it began has no time.
            Full::Time(..) if event.ts == 0 => Ok(false),
            Full::Time(time, end) => {
                let is_full = end.is_some_and(|end| event.ts >= end);
                if is_full || end.is_none() {
                    let begin = end.unwrap_or(event.ts);
                    let passed = event.ts.saturating_sub(begin) / *time;
                    *end = Some(begin.saturating_add(time.saturating_mul(passed.saturating_add(1))));
                }
                Ok(is_full)
            }
            Full::Size(size, form, writer) => {
                let is_full = size_within(writer, Some(*size))? >= *size;
                if is_full {
                    **writer = form.writer(io::sink(), Target::Newest)?;
                }
                writer.event(&event.raw(&event.params(), &event.options()))?;
                Ok(is_full)
            }
            Full::Events(most, events) => {
                let is_full = events == most;
                *events = if is_full { 1 } else { *events + 1 };
                Ok(is_full)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::file_names;

    #[test]
    fn no_two_containers_have_one_file() {
        let ids = ["host", "3ad7", "../x", ".._x", "a b", "a/b", "host"].map(String::from).to_vec();
        assert_eq!(file_names(ids), ["host", "3ad7", ".._x", ".._x-2", "a_b", "a_b-2", "host-2"]);
    }
}
