//! Applies the blocks of a capture, and makes batches of their events.

use super::census;
use super::chunks::{Chunks, named_call};
use super::enters::Enters;
use super::slices::with_event;
use crate::bind::{Binder, thread_of};
use crate::containers;
use crate::converter::{Converted, Converter, Outcome};
use crate::quiet::Quiet;
use crate::steps::Steps;
use crate::{Applied, Machine};
use bytes::Bytes;
use capture_batch::{
    Batch, Gap, Head, Id, Interest, NO_ROW, NOT_STORED, Needs, Object, Own, RowFlags, RowHeader, SourceInfo, Types,
    View, attempted_path,
};
use capture_event::option;
use capture_event::recording::Notice;
use capture_event::{Category, Event, EventFlags, EventInfo, Source, code};
use capture_scap::{Content, EventBlock};
use std::sync::Arc;

/// Rows of a batch, unless its section ends or other numbers are asked for.
const BATCH_ROWS: usize = 1 << 14;

/// A batch ends after so many times as many events as rows make it full.
const EVENTS_PER_ROW: usize = 8;

/// Follows a capture for one view, whoever reads it: is shown one block after the other.
pub struct Follower {
    converter: Converter,
    engine: Engine,
}

/// Everything but what blocks and converted events are borrowed from while they are applied.
struct Engine {
    view: View,
    name: String,
    machine: Machine,
    binder: Binder,
    chunks: Chunks,
    enters: Enters,
    batch: Batch,
    /// Stored events taken so far.
    stored: u64,
    /// Whether exits say which row is their enter.
    has_enters: bool,
    /// Whether batches say which stored event a row is made of.
    says_stored: bool,
    /// Whether batches say which options are behind events.
    has_options: bool,
    /// Whether batches hold no more of events themselves than numbers, types and marks.
    bound_only: bool,
    /// Of which types rows may be wanted.
    types: Types,
    /// Which of them; all if that is not said.
    interest: Option<Box<dyn Interest>>,
    /// Whether it tells by the thread which are wanted, and whether by the object.
    tells_threads_apart: bool,
    tells_objects_apart: bool,
    /// How many rows make a batch full.
    batch_rows: usize,
    /// Events since the batch began, those without a row included.
    events: usize,
    /// Sections begun so far.
    sections: u64,
    /// Whether the section's tables are complete: an event came.
    has_events: bool,
    /// Whether the state is that of an earlier piece of the same recording.
    continues: bool,
    /// Number of the last event that has one.
    num: u64,
    /// Time of the section's first event; 0 before it.
    first_ts: u64,
    /// Time of the last event.
    last_ts: u64,
}

impl Follower {
    /// At the beginning of a capture. Batches call it `name` and hold, beside threads and objects, what is needed.
    pub fn new(view: View, needs: Needs, name: &str) -> Self {
        let binder = Binder::new(view, needs);
        let head = Head { view, source: Arc::new(SourceInfo::default()), first_ts: 0, ts_before: 0 };
        let batch = Batch::with_capacity(head, binder.segment().clone(), BATCH_ROWS);
        let engine = Engine {
            view,
            name: name.to_owned(),
            machine: Machine::new(view),
            binder,
            chunks: Chunks::default(),
            enters: Enters::default(),
            batch,
            stored: 0,
            says_stored: needs.contains(Needs::STORED),
            types: Types::ALL,
            interest: None,
            tells_threads_apart: false,
            tells_objects_apart: false,
            has_options: needs.contains(Needs::OPTIONS),
            bound_only: false,
            has_enters: needs.contains(Needs::ENTERS),
            batch_rows: BATCH_ROWS,
            events: 0,
            sections: 0,
            has_events: false,
            continues: false,
            num: 0,
            first_ts: 0,
            last_ts: 0,
        };
        Follower { converter: Converter::new(), engine }
    }

    /// Makes batches that hold what events are bound to, and of events themselves only numbers, types and marks: of
    /// these [`Follower::take_all`] gives one at a time.
    pub fn bound_only(mut self) -> Self {
        self.engine.bound_only = true;
        self
    }

    /// Makes batches of so many rows (at least one) from now on.
    pub fn set_batch_rows(&mut self, rows: usize) {
        self.engine.batch_rows = rows.max(1);
    }

    /// Makes only rows that are of interest. All events are applied and numbered.
    pub fn only(&mut self, interest: Box<dyn Interest>) {
        self.engine.types = interest.types();
        self.engine.tells_threads_apart = interest.tells_threads_apart();
        self.engine.tells_objects_apart = interest.tells_objects_apart();
        self.engine.interest = Some(interest);
    }

    /// Takes the next block; gives a batch when that made one full.
    #[inline]
    pub fn take(&mut self, content: &Content<'_>) -> Option<Batch> {
        self.engine.take_block(content, &mut self.converter)
    }

    /// Takes the next event; whether the batch is full now.
    #[inline]
    pub(super) fn take_event(&mut self, event: &EventBlock<'_>) -> bool {
        self.engine.take_stored(event, &mut self.converter)
    }

    /// Hands out the batch under way.
    pub(super) fn take_batch(&mut self) -> Batch {
        self.engine.take_batch()
    }

    /// Takes the next events, `count` of them, all in one chunk; gives their batch. Nothing of the chunk is kept.
    pub fn take_all<'e>(&mut self, count: usize, events: impl Iterator<Item = EventBlock<'e>>) -> Batch {
        self.engine.batch.reserve_bound(count);
        for event in events {
            self.engine.take_event(&event, &mut self.converter);
            self.engine.stored += 1;
        }
        self.converter.end_chunk();
        self.engine.take_batch()
    }

    /// Later batches share no interned values with those before.
    pub fn next_segment(&mut self) {
        self.engine.binder.next_segment();
        self.engine.begin_batch();
    }

    /// The events since the last batch as a batch; `None` if there is nothing to say of them.
    pub fn take_rows(&mut self) -> Option<Batch> {
        self.engine.take_rows()
    }

    /// How many events were taken, of all sections.
    pub fn stored(&self) -> u64 {
        self.engine.stored
    }

    /// Exit view: the numbers (among the stored events) of the enter events that later events may take parameters from.
    pub fn awaited(&self) -> impl Iterator<Item = u64> {
        self.converter.awaited()
    }

    /// The state after the last event.
    pub fn machine(&self) -> &Machine {
        &self.engine.machine
    }

    /// [`super::Replay::census`].
    pub(super) fn census(&self) -> Batch {
        census::census(&self.engine.machine, &self.engine.batch.head)
    }

    /// [`super::Replay::go_on`].
    pub(super) fn go_on(&mut self, name: &str) {
        let engine = &mut self.engine;
        engine.name = name.to_owned();
        (engine.sections, engine.num) = (0, 0);
        (engine.has_events, engine.continues) = (false, true);
        // Another reader counts its chunks from the start.
        (engine.chunks, engine.batch.chunks) = Default::default();
        self.converter.end_chunk();
        containers::begin_again(&mut engine.machine);
        engine.begin_batch();
    }
}

impl Engine {
    /// Takes one block; gives a batch when that made one full.
    #[inline]
    fn take_block(&mut self, content: &Content<'_>, converter: &mut Converter) -> Option<Batch> {
        match content {
            Content::Event(event) => self.take_stored(event, converter).then(|| self.take_batch()),
            Content::Section(_) => {
                let batch = self.take_rows();
                if self.begin_section() {
                    *converter = Converter::new();
                }
                batch
            }
            _ => {
                if !self.has_events && !self.continues {
                    self.machine.load(content);
                }
                None
            }
        }
    }

    /// Takes the next event; whether that made the batch full.
    #[inline]
    fn take_stored(&mut self, event: &EventBlock<'_>, converter: &mut Converter) -> bool {
        self.take_event(event, converter);
        self.stored += 1;
        self.events += 1;
        self.is_full()
    }

    /// Whether it is not the first: then all state starts anew.
    fn begin_section(&mut self) -> bool {
        self.sections += 1;
        if self.sections == 1 {
            return false;
        }
        self.machine = Machine::new(self.view);
        self.binder.next_segment();
        self.has_events = false;
        self.continues = false;
        self.first_ts = 0;
        self.begin_batch();
        true
    }

    fn begin_batch(&mut self) {
        self.binder.next_batch();
        self.events = 0;
        let source = self.batch.head.source.clone();
        let head = Head { view: self.view, source, first_ts: self.first_ts, ts_before: self.last_ts };
        let rows = if self.bound_only { 0 } else { self.batch_rows };
        self.batch = Batch::with_capacity(head, self.binder.segment().clone(), rows);
    }

    /// Whether it is time to hand out the batch: where few types are wanted, even if it has few rows or none.
    fn is_full(&self) -> bool {
        self.batch.len() >= self.batch_rows || self.events >= self.batch_rows.saturating_mul(EVENTS_PER_ROW)
    }

    /// Hands out the batch under way and begins the next.
    fn take_batch(&mut self) -> Batch {
        let empty = Batch::new(self.batch.head.clone(), self.batch.segment.clone());
        let mut batch = std::mem::replace(&mut self.batch, empty);
        batch.chunks = self.chunks.take();
        batch.head.first_ts = self.first_ts;
        self.enters.end_batch(&mut self.machine, &batch);
        self.begin_batch();
        batch
    }

    /// [`Engine::take_batch`] where nothing else asks for a batch: only if it holds something.
    fn take_rows(&mut self) -> Option<Batch> {
        let is_empty = self.batch.is_empty() && self.batch.gaps.is_empty();
        (!is_empty).then(|| self.take_batch())
    }

    /// The section's lists are complete, and its first event comes.
    fn begin_events(&mut self, block: &EventBlock<'_>) {
        self.has_events = true;
        if !self.continues {
            self.machine.finish_import();
        }
        let recording = match Notice::of(&block.event(&block.params())) {
            Some(Notice::Begin(recording)) => Some(*recording),
            Some(Notice::End(_)) | None => None,
        };
        self.machine.begin_recording(recording, !self.continues);
        self.batch.head.source = Arc::new(self.machine.source_info(&self.name));
    }

    #[inline]
    fn take_event(&mut self, block: &EventBlock<'_>, converter: &mut Converter) {
        if self.view == View::Exit || !self.passes_as_stored(block) {
            self.take_each_step(block, converter);
        }
    }

    /// Classic view: as [`Engine::passes`]. Most events do.
    #[inline]
    fn passes_as_stored(&mut self, block: &EventBlock<'_>) -> bool {
        let steps = Steps::of(View::Classic, block.code);
        let quiet = steps.info.zip(steps.quiet).filter(|_| self.has_events);
        quiet.is_some_and(|(info, quiet)| self.passes(block, info, (steps, quiet), None))
    }

    /// Takes an event that may change more, or of which a row may be wanted.
    #[inline(never)] // what is done with most events stays short
    fn take_each_step(&mut self, block: &EventBlock<'_>, converter: &mut Converter) {
        if !self.has_events {
            self.begin_events(block);
        }
        let steps = Steps::of(self.view, block.code);
        let Some(stored) = steps.info else {
            match self.view.event(block.code).filter(|_| self.machine.recording.is_some()) {
                Some(info) => self.take_newer(block, info),
                None => self.take_unknown(block),
            }
            return;
        };
        let (info, marks, converted) = match self.view {
            View::Classic => (stored, RowFlags::empty(), None),
            View::Exit => match converter.convert(block, self.stored) {
                Outcome::Dropped => {
                    containers::begin(&mut self.machine, block.code);
                    return;
                }
                Outcome::Unchanged(marks) => (stored, marks, None),
                Outcome::Changed(converted, marks) => {
                    (self.view.event(converted.code).unwrap_or(stored), marks, Some(converted))
                }
            },
        };
        if self.view == View::Classic || !self.passes_converted(block, info, converted) {
            let take = |event: &Event<'_>| self.take_known(block, event, info, marks, converted);
            if let Some(chunk) = with_event(block, info, converted, usize::MAX, take) {
                self.chunks.push(&chunk);
            }
        }
        if let (true, Some(enter)) = (self.says_stored, converter.taken_from()) {
            self.say_taken_from(enter);
        }
    }

    /// Exit view: as [`Engine::passes`].
    fn passes_converted(&mut self, block: &EventBlock<'_>, info: &EventInfo, converted: Option<&Converted>) -> bool {
        let steps = Steps::of(View::Exit, info.code);
        steps.quiet.is_some_and(|quiet| self.passes(block, info, (steps, quiet), converted))
    }

    /// Says of the last event's row, if it has one, which stored event it took parameters from.
    fn say_taken_from(&mut self, enter: u64) {
        let rows = self.batch.len();
        if self.batch.stored.last() == Some(&self.stored) {
            self.batch.taken_from.resize(rows, NOT_STORED);
            if let Some(last) = self.batch.taken_from.last_mut() {
                *last = enter;
            }
        }
    }

    /// Keeps an event of an unknown type for those who write.
    fn take_unknown(&mut self, block: &EventBlock<'_>) {
        if self.types.contains_others() {
            self.append_params(block, block.code, None);
            self.push_row(header(block, block.code, 0, RowFlags::UNKNOWN_CODE), NO_ROW);
            self.batch.bind_nothing();
            self.append_options(block);
            say_stored(&mut self.batch, self.says_stored, self.stored);
        }
    }

    /// Makes the row of an event of a type that only the newest schema has, without applying it.
    fn take_newer(&mut self, block: &EventBlock<'_>, info: &EventInfo) {
        let params = block.params();
        let count = params.len().min(info.params.len());
        let params = params.get(..count).unwrap_or_default();
        let event = Event { code: info.code, ..block.event(params) };
        self.machine.clean_up();
        let fd = info.param("fd").and_then(|fd| event.signed(fd));
        let object = fd.and_then(|fd| self.machine.open_fd(event.tid, fd));
        let mut flags = RowFlags::NEWER;
        flags.set(RowFlags::STATE_ONLY, event.state_only);
        self.push(block, &event, &Applied { object, ..Applied::default() }, (0, flags), None);
        if let (Some(fd), Some(bound)) = (fd, self.batch.fd.last_mut()) {
            *bound = fd;
        }
    }

    /// Applies an event, as it is stored or as it was converted, that changes little and of which nobody wants a row;
    /// whether it is one.
    #[inline(always)] // most events go no further
    fn passes(
        &mut self,
        block: &EventBlock<'_>,
        info: &EventInfo,
        (steps, quiet): (&'static Steps, Quiet),
        converted: Option<&Converted>,
    ) -> bool {
        self.machine.turn_to(block.ts);
        let is_unwanted = self.is_unwanted(block, info.code);
        let passes = (is_unwanted || self.tells_objects_apart)
            && with_event(block, info, converted, quiet.params, |event| {
                (is_unwanted || self.is_unwanted_by_object(event, (steps, quiet)))
                    && self.machine.apply_quietly(event, steps, quiet)
            });
        if passes {
            self.begins_at(block.ts, info);
            self.last_ts = block.ts;
            self.num += 1;
        }
        passes
    }

    /// Notes the time of an event if it is the first one that counts.
    #[inline]
    fn begins_at(&mut self, ts: u64, info: &EventInfo) {
        if self.first_ts == 0 && is_first(self.view, info) {
            self.first_ts = ts;
        }
    }

    /// Applies an event of a known type, and makes its row if that is wanted. Gives the next chunk, if the row before
    /// it needs one.
    fn take_known(
        &mut self,
        block: &EventBlock<'_>,
        event: &Event<'_>,
        info: &EventInfo,
        marks: RowFlags,
        converted: Option<&Converted>,
    ) -> Option<Bytes> {
        self.begins_at(event.ts, info);
        let mut applied = Applied::default();
        self.machine.apply_to(event, &mut applied);
        if block.may_have_options() {
            self.learn(block, event, info, &applied);
        }
        self.last_ts = event.ts;
        let mut flags = marks | applied.marks;
        flags.set(RowFlags::STATE_ONLY, event.state_only);
        flags.set(RowFlags::INTERNAL, is_internal(self.view, info));
        flags.set(RowFlags::NAME_CHANGED, applied.name_changed);
        if self.view == View::Classic && !event.is_enter() && applied.thread.is_some() {
            flags.set(RowFlags::UNPAIRED, !applied.paired);
        }
        let is_counted = self.sections <= 1 || !flags.contains(RowFlags::PREAMBLE);
        self.num += u64::from(is_counted);
        let num = if is_counted { self.num } else { 0 };
        self.push(block, event, &applied, (num, flags), converted)
    }

    /// Whether it is known before an event is applied that nobody wants its row, if it changes nothing of who its
    /// thread is.
    #[inline]
    fn is_unwanted(&mut self, block: &EventBlock<'_>, code: u16) -> bool {
        !self.types.contains(code) || self.is_unwanted_of_thread(block, code)
    }

    /// [`Engine::is_unwanted`] for a type of which rows may be wanted.
    fn is_unwanted_of_thread(&mut self, block: &EventBlock<'_>, code: u16) -> bool {
        if self.tells_threads_apart {
            let thread = self.machine.threads.get(block.tid);
            let own = thread.and_then(|thread| self.binder.known_own(&self.machine, thread));
            if own.is_some_and(|own| !self.wants_thread(code, own)) {
                return true;
            }
        }
        self.interest.as_mut().is_some_and(|interest| !wants_call(&mut **interest, block, code))
    }

    /// Whether it is known before an event is applied that nobody wants its row, since nobody looks for the object that
    /// it works on.
    #[inline(never)] // few filters ask for objects
    fn is_unwanted_by_object(&mut self, event: &Event<'_>, (steps, quiet): (&Steps, Quiet)) -> bool {
        let segment = self.binder.segment().serial;
        let object = self.machine.known_object(event, steps, quiet, segment);
        object.is_some_and(|object| !self.wants_object(event.code, object))
    }

    /// Makes the row of an event, with this number and these marks, if it is wanted. Gives the next chunk, if the row
    /// before it needs one.
    fn push(
        &mut self,
        block: &EventBlock<'_>,
        event: &Event<'_>,
        applied: &Applied,
        (num, flags): (u64, RowFlags),
        converted: Option<&Converted>,
    ) -> Option<Bytes> {
        let is_of_interest = |interest: &mut Box<dyn Interest>| wants_call(&mut **interest, block, event.code);
        if !self.types.contains(event.code) || !self.interest.as_mut().is_none_or(is_of_interest) {
            return None;
        }
        let tid = thread_of(&self.machine, event, applied);
        let actor = self.tells_threads_apart.then(|| self.binder.actor(&mut self.machine, applied, tid));
        if actor.is_some_and(|actor| !self.wants_thread(event.code, actor.own)) {
            return None;
        }
        if self.tells_objects_apart && self.is_unwanted_attempt(event, applied, tid) {
            return None;
        }
        let descriptor = self.binder.descriptor(&mut self.machine, event, applied, tid);
        if self.tells_objects_apart && !self.wants_object(event.code, descriptor.object) {
            return None;
        }
        let actor = actor.unwrap_or_else(|| self.binder.actor(&mut self.machine, applied, tid));
        self.append_params(block, event.code, converted);
        let (mut enter, mut repeated) = (NO_ROW, None);
        if self.has_enters {
            let next_chunk = self.chunks.next_index();
            (enter, repeated) = self.enters.bind(event, applied, &mut self.machine, &mut self.batch, next_chunk);
            if repeated.is_some() {
                say_stored(&mut self.batch, self.says_stored, NOT_STORED);
            }
        }
        self.push_row(header(block, event.code, num, flags), enter);
        self.append_options(block);
        say_stored(&mut self.batch, self.says_stored, self.stored);
        self.binder.bind(&mut self.machine, event, applied, (actor, descriptor), &mut self.batch);
        repeated
    }

    /// Whether an event failed to open what nobody looks for.
    fn is_unwanted_attempt(&mut self, event: &Event<'_>, applied: &Applied, tid: Option<i64>) -> bool {
        let has_thread = tid.is_some() || applied.stand_in.is_some();
        if !has_thread || applied.object.is_some() || applied.object_by_number.is_some() {
            return false;
        }
        let path = self.view.event(event.code).and_then(|info| attempted_path(info, event.params));
        let interest = self.interest.as_mut();
        path.zip(interest).is_some_and(|(path, interest)| !interest.wants_attempt(event.code, path, event.params))
    }

    fn wants_thread(&mut self, code: u16, own: Id<Own>) -> bool {
        self.interest.as_mut().is_none_or(|interest| interest.wants(code, own, self.binder.segment()))
    }

    fn wants_object(&mut self, code: u16, object: Id<Object>) -> bool {
        self.interest.as_mut().is_none_or(|interest| interest.wants_object(code, object, self.binder.segment()))
    }

    /// Adds the parameters of the next row, which is of this type.
    fn append_params(&mut self, block: &EventBlock<'_>, code: u16, converted: Option<&Converted>) {
        if self.bound_only {
            return;
        }
        let first = self.batch.params.len();
        match converted {
            None => self.chunks.append(block, &mut self.batch.params),
            Some(converted) => self.chunks.append_converted(block, converted, &mut self.batch.params),
        }
        if is_generic(code) && block.may_have_options() {
            self.chunks.name_call(block, self.batch.params.get_mut(first));
        }
    }

    /// Adds a row but for what is bound to it.
    fn push_row(&mut self, header: RowHeader, enter: u32) {
        if self.bound_only {
            self.batch.num.push(header.num);
            self.batch.code.push(header.code);
            self.batch.flags.push(header.flags);
        } else {
            self.batch.push_row(header, enter);
        }
    }

    /// Takes over what options behind an event say of more than the event.
    fn learn(&mut self, block: &EventBlock<'_>, event: &Event<'_>, info: &EventInfo, applied: &Applied) {
        let first = |wanted| block.option_places().find(|(code, _)| *code == wanted);
        let value = |wanted| first(wanted).map(|(_, place)| place.of(block.chunk));
        if info.flags.contains(EventFlags::CREATES_FD)
            && let Some(name) = value(option::REAL_NAME)
        {
            self.machine.learn_real_name(event, applied, name);
        }
        if matches!(event.code, code::DROP_E | code::DROP_X)
            && let Some(lost) = value(option::LOST).and_then(|lost| lost.try_into().ok())
        {
            self.batch.gaps.push(Gap { ts: event.ts, lost: u64::from_le_bytes(lost) });
        }
    }

    /// Adds what options behind its event say to the last row.
    #[inline]
    fn append_options(&mut self, block: &EventBlock<'_>) {
        if self.has_options && block.may_have_options() {
            let row = u32::try_from(self.batch.len().saturating_sub(1)).unwrap_or(NO_ROW);
            self.chunks.append_options(block, row, &mut self.batch.options);
        }
    }
}

/// Whether a row of an event, which gets this type, may be wanted as far as its call tells, where the type does not.
#[inline]
fn wants_call(interest: &mut dyn Interest, block: &EventBlock<'_>, code: u16) -> bool {
    if !is_generic(code) || !is_generic(block.code) {
        return true;
    }
    let named = if block.may_have_options() { named_call(block) } else { None };
    let call = named.or_else(|| block.params.first()).and_then(|call| call.of(block.chunk).try_into().ok());
    call.is_none_or(|call| interest.wants_call(u16::from_le_bytes(call)))
}

/// Whether it is an event of a call that has none of its own.
#[inline]
fn is_generic(code: u16) -> bool {
    matches!(code, code::GENERIC_E | code::GENERIC_X)
}

/// Whether events of this type are shown only when asked for. The newest libraries show all but the samples of CPU
/// times, which their users leave out.
fn is_internal(view: View, info: &EventInfo) -> bool {
    match view {
        View::Classic => info.category == Category::Internal,
        View::Exit => info.code == code::PROCINFO_E,
    }
}

/// Whether times of the capture may be counted from an event of this type.
fn is_first(view: View, info: &EventInfo) -> bool {
    match view {
        View::Classic => !matches!(info.code, code::CONTAINER_JSON_E | code::CONTAINER_JSON_2_E),
        View::Exit => info.source != Source::MetaEvent,
    }
}

fn header(block: &EventBlock<'_>, code: u16, num: u64, flags: RowFlags) -> RowHeader {
    header_of(&Event { code, ..block.event(&[]) }, num, flags)
}

pub(super) fn header_of(event: &Event<'_>, num: u64, flags: RowFlags) -> RowHeader {
    RowHeader { num, ts: event.ts, tid: event.tid, cpu: event.cpu, code: event.code, flags }
}

/// Says of the last row which stored event it is made of, if that is wanted.
fn say_stored(batch: &mut Batch, wanted: bool, stored: u64) {
    if wanted {
        batch.stored.push(stored);
    }
}
