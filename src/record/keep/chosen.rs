//! What a filter chooses, in one file or several, or the last of it in memory until it is wanted.

use super::pace::Pace;
use super::piece::{Front, Piece, ending, missing_at};
use super::ring::Ring;
use super::{Kept, Span, say_why};
use crate::files::{Files, Form, Out as File, Rotation, size_within, waiting};
use crate::record::wanted::Wanted;
use crate::record::watch::Why;
use crate::status::Failure;
use crate::told::is_told;
use capture_batch::{Batch, NO_ROW, Needs, Row, RowFlags, View};
use capture_event::code;
use capture_event::recording::ATTACHED;
use capture_filter::{Columns, Filter, Selection};
use capture_machine::replay::{Piece as Replayed, Replay};
use capture_record::stream::{Taker, now};
use capture_scap::{Reader, Target};
use std::time::Duration;

/// A batch may hold so many events while files are rotated: a file ends between two batches.
const ROWS: usize = 1 << 10;

/// How often it is looked whether something comes, while something waits to be written.
const MOMENT: Duration = Duration::from_millis(20);

/// What is kept, and where.
pub struct Choice {
    /// What is kept; `None` for everything.
    pub filter: Option<Filter>,
    /// Which events can be kept, shown or hidden.
    pub wanted: Wanted,
    /// How many events are kept.
    pub limit: Option<u64>,
    pub form: Form,
    pub target: Target,
    pub files: Files,
    pub rotation: Rotation,
    /// The file that was opened before the recording began.
    pub first: Option<File>,
    /// Keep so much in memory only, until this filter selects an event or somebody asks for it.
    pub ring: Option<(Span, Option<Filter>)>,
    /// Whether events are counted by type.
    pub is_counted: bool,
}

/// What becomes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Dropped,
    Hidden,
    Shown,
}

/// Where events go.
enum Out {
    File(Option<Piece<File>>),
    Ring(Ring, Option<Columns>),
}

/// A choice at work.
struct Keeper {
    choice: Choice,
    columns: Option<Columns>,
    front: Front,
    out: Out,
    pace: Pace,
    kept: Kept,
}

impl Choice {
    /// Keeps what is chosen until the stream ends, or no more is wanted.
    pub fn keep(mut self, taker: Taker) -> super::Result {
        let columns = self.filter.as_ref().map(Filter::columns);
        let pace = Pace::new(self.form);
        let (out, form) = match self.ring.take() {
            None => (Out::File(None), self.form),
            // It gets its form when it is saved.
            Some((span, until)) => (Out::Ring(Ring::new(span), until.map(|filter| filter.columns())), Form::Scap),
        };
        let front = Front::new(self.target, form);
        Keeper { choice: self, columns, front, out, pace, kept: Kept::default() }.run(taker)
    }

    fn needs(&self) -> Needs {
        let until = self.ring.iter().filter_map(|(_, until)| until.as_ref());
        self.filter.iter().chain(until).fold(Needs::ENTERS | Needs::OPTIONS, |needs, filter| needs | filter.needs())
    }

    /// How many rows a batch may have, if the file has so many events: the next file begins with what is known behind
    /// the last event of this one, so that a batch must not have more than are left.
    fn rows(&self, events: u64) -> usize {
        let limits = [self.rotation.events, self.limit].into_iter().flatten();
        let left = limits.map(|limit| limit.saturating_sub(events)).min();
        left.map_or(ROWS, |left| usize::try_from(left).unwrap_or(ROWS).clamp(1, ROWS))
    }
}

impl Keeper {
    fn run(mut self, taker: Taker) -> super::Result {
        match self.keep(taker) {
            Ok(()) => Ok(self.kept),
            Err(failure) => Err(match &mut self.out {
                Out::File(Some(piece)) => say_why(&mut piece.writer, Some(piece.events), failure),
                _ => failure,
            }),
        }
    }

    fn keep(&mut self, taker: Taker) -> Result<(), Failure> {
        let needs = self.choice.needs();
        let reader = Reader::live(Box::new(taker)).map_err(Failure::new)?;
        let mut replay = Replay::new(reader, View::Classic, needs, "recording");
        while self.kept.why.is_none() {
            self.rotate(&replay)?;
            let events = match &self.out {
                Out::File(Some(piece)) => piece.events,
                _ => 0,
            };
            replay.set_batch_rows(self.choice.rows(events));
            self.flush(&mut replay)?;
            let mut seen = Ok(());
            let front = &mut self.front;
            let Some(next) =
                replay.next_piece_seeing(|block| seen = std::mem::replace(&mut seen, Ok(())).and(front.see(block)))
            else {
                break;
            };
            seen?;
            match next {
                Replayed::Batch(batch) => self.batch(&batch, &replay)?,
                Replayed::Damage(damage) => {
                    return Err(Failure::new(format_args!("a fault of the recorder: {damage}")));
                }
            }
        }
        self.finish()
    }

    /// Writes what is to be in the file if we are killed; what waits a little, too, if nothing comes for so long.
    fn flush(&mut self, replay: &mut Replay) -> Result<(), Failure> {
        let Out::File(Some(piece)) = &mut self.out else { return Ok(()) };
        self.pace.flush(&mut piece.writer)?;
        while waiting(&piece.writer) > 0 && replay.would_wait() {
            std::thread::sleep(MOMENT);
            self.pace.flush(&mut piece.writer)?;
        }
        Ok(())
    }

    /// Begins the next file, or the next part of the ring, if it is time.
    fn rotate(&mut self, replay: &Replay) -> Result<(), Failure> {
        let machine = replay.machine();
        match &mut self.out {
            Out::File(piece) => {
                let rotation = &self.choice.rotation;
                let bytes = match piece {
                    Some(piece) => size_within(&mut piece.writer, rotation.bytes)?,
                    None => 0,
                };
                let Some(mut full) = piece.take_if(|piece| rotation.ends(bytes, piece.events, piece.begun, now()))
                else {
                    return Ok(());
                };
                full.writer.raw(&ending(now(), Some(full.events), Some(full.lost), "another file was begun"))?;
                full.writer.finish()?.close()?;
                self.kept.events += full.events;
                let file = self.choice.files.next(now())?;
                self.pace = Pace::new(self.choice.form);
                *piece = Some(self.front.begin(file, machine, now())?);
            }
            Out::Ring(ring, _) if ring.is_part_full(now()) => {
                ring.begin(self.front.begin(Vec::new(), machine, now())?);
            }
            Out::Ring(..) => {}
        }
        Ok(())
    }

    fn batch(&mut self, batch: &Batch, replay: &Replay) -> Result<(), Failure> {
        let fates = self.fates(batch);
        self.open(batch, replay)?;
        for (row, fate) in batch.rows().zip(&fates) {
            match (fate, &mut self.out) {
                (Fate::Dropped, _) => {}
                (fate, Out::File(Some(piece))) => piece.write(row, *fate == Fate::Hidden)?,
                (fate, Out::Ring(ring, _)) => ring.write(row, *fate == Fate::Hidden)?,
                (_, Out::File(None)) => {}
            }
            if self.choice.is_counted && *fate == Fate::Shown {
                self.kept.tally.add_row(row);
            }
            if self.has_enough() {
                self.kept.why = Some(Why::Enough);
                return Ok(());
            }
        }
        match &mut self.out {
            Out::File(_) => {}
            Out::Ring(_, until) => {
                let is_asked = batch.rows().any(|row| is_asked_for(row));
                let all = Selection::with(batch.len(), |row| is_of_interest(batch, *row));
                let is_met = until.as_mut().is_some_and(|until| !until.select(batch, &all).is_empty());
                if is_met || is_asked {
                    self.save()?;
                }
                if is_met {
                    self.kept.why = Some(Why::Triggered);
                }
            }
        }
        Ok(())
    }

    /// Opens what the first events go to: only now the lists are known with which it begins.
    fn open(&mut self, batch: &Batch, replay: &Replay) -> Result<(), Failure> {
        let ts = batch.ts.first().copied().unwrap_or_else(now);
        match &mut self.out {
            Out::File(piece @ None) => {
                let file = match self.choice.first.take() {
                    Some(file) => file,
                    None => self.choice.files.next(ts)?,
                };
                *piece = Some(self.front.begin(file, replay.machine(), ts)?);
            }
            Out::Ring(ring, _) if ring.is_empty() => ring.begin(self.front.begin(Vec::new(), replay.machine(), ts)?),
            _ => {}
        }
        Ok(())
    }

    fn has_enough(&self) -> bool {
        let shown = match &self.out {
            Out::File(Some(piece)) => self.kept.events + piece.events,
            _ => 0,
        };
        self.choice.limit.is_some_and(|limit| shown >= limit)
    }

    /// What becomes of the events of a batch.
    fn fates(&mut self, batch: &Batch) -> Vec<Fate> {
        let candidates = Selection::with(batch.len(), |row| is_of_interest(batch, *row));
        let selected = match &mut self.columns {
            Some(columns) => columns.select(batch, &candidates),
            None => candidates,
        };
        let is_filtered = self.columns.is_some();
        let mut fates: Vec<Fate> = batch
            .rows()
            .map(|row| {
                let (code, flags) = (row.code(), row.flags());
                let is_begin = flags.contains(RowFlags::STATE_ONLY) && code == code::NOTIFICATION_E && row.num() == 1;
                if flags.contains(RowFlags::REPEATED) || is_begin {
                    Fate::Dropped
                } else if selected.contains(row.index) || !is_filtered && !flags.contains(RowFlags::STATE_ONLY) {
                    Fate::Shown
                } else if flags.contains(RowFlags::STATE_ONLY)
                    || is_told(code)
                    || is_attached(row)
                    || missing_at(row).is_some()
                    || self.choice.wanted.is_state(code)
                {
                    Fate::Hidden
                } else {
                    Fate::Dropped
                }
            })
            .collect();
        // An exit event means little without its enter event.
        for row in selected.iter() {
            let enter = batch.enter.get(row).copied().filter(|enter| *enter != NO_ROW);
            if let Some(fate @ Fate::Dropped) = enter.and_then(|enter| fates.get_mut(enter as usize)) {
                *fate = Fate::Hidden;
            }
        }
        fates
    }

    fn save(&mut self) -> Result<(), Failure> {
        let Out::Ring(ring, _) = &mut self.out else { return Ok(()) };
        let file = match self.choice.first.take() {
            Some(file) => file,
            None => self.choice.files.next(now())?,
        };
        self.kept.events += ring.save(file, self.choice.form)?;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let Out::File(piece) = &mut self.out else { return Ok(()) };
        if let Some(piece) = piece {
            piece.writer.flush()?;
        }
        if let Some(piece) = piece.take() {
            self.kept.events += piece.events;
            piece.writer.finish()?.close()?;
        }
        Ok(())
    }
}

/// Whether a filter may look at a row.
fn is_of_interest(batch: &Batch, row: usize) -> bool {
    batch.flags.get(row).is_some_and(|flags| !flags.intersects(RowFlags::NEVER_SHOWN))
}

/// Whether it says that a process was there before it was followed.
fn is_attached(row: Row<'_>) -> bool {
    row.code() == code::NOTIFICATION_E && row.str(0) == Some(ATTACHED.as_bytes())
}

/// Whether it is the mark of a wish to save what is in the ring.
fn is_asked_for(row: Row<'_>) -> bool {
    row.code() == code::NOTIFICATION_E && row.str(0) == Some(super::super::header::SAVE.as_bytes())
}
