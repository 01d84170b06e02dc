//! A batch of which only what somebody looks at is read.

use super::encode::all;
use super::heads::{Calls, Threads, times};
use super::options::Options;
use super::params::{OfType, Param, Rows, Source};
use super::values::{Token, Values};
use crate::bind::{At, Layout, Place, VIEWS, Views, fd_of, fd_param};
use crate::column::{Columns, Directory, Id, Stored};
use crate::entities::{Counts, Loaded};
use crate::file::{READING, damage, problem};
use crate::strings::Strings;
use crate::{Fault, Kind};
use bytes::Bytes;
use capture_batch::View;
use capture_scap::Damage;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A batch, read column by column. What cannot be read is taken for nothing, and [`Late::damage`] tells.
///
/// Its events are those of earlier batches that it needs ([`Late::carried`]), then its own.
pub struct Late {
    bytes: Bytes,
    /// Where they are in the file.
    at: Range<u64>,
    directory: Directory,
    loaded: Arc<Loaded>,
    head: BatchHead,
    strings: OnceLock<Strings>,
    threads: OnceLock<Threads>,
    calls: OnceLock<Calls>,
    times: OnceLock<Vec<u64>>,
    rows: OnceLock<Rows>,
    /// By type and parameter.
    params: OnceLock<Vec<Vec<OnceLock<Param>>>>,
    options: OnceLock<Options>,
    views: Views,
    fault: OnceLock<Fault>,
}

impl Late {
    /// Opens a batch: what follows the header of its section, and its place in the file. All of it has to be as it was
    /// written. `loaded`: the interned values of its segment, those of the sections before it at least.
    pub fn open(bytes: Bytes, at: Range<u64>, loaded: Arc<Loaded>) -> Result<Late, Fault> {
        let columns = Stored::open(&bytes)?;
        columns.check()?;
        let directory = columns.directory();
        let head = BatchHead::read(&columns)?;
        Ok(Late {
            at,
            directory,
            loaded,
            head,
            strings: OnceLock::new(),
            threads: OnceLock::new(),
            calls: OnceLock::new(),
            times: OnceLock::new(),
            rows: OnceLock::new(),
            params: OnceLock::new(),
            options: OnceLock::new(),
            views: Views::default(),
            fault: OnceLock::new(),
            bytes: bytes.clone(),
        })
    }

    /// How many of its events are those of earlier batches, which stand in front.
    pub fn carried(&self) -> usize {
        self.head.carried
    }

    /// What a view binds to its events.
    pub fn view(&self, view: View) -> At<'_, Late> {
        self.views.at(VIEWS.iter().position(|other| *other == view).unwrap_or(0), self)
    }

    /// What of it cannot be read, as far as it was looked at.
    pub fn damage(&self) -> Option<Damage> {
        let fault = self.fault.get().copied().or_else(|| self.loaded.fault())?;
        Some(damage(&self.at, READING, problem(fault)))
    }

    /// The types of its events.
    pub fn codes(&self) -> &[u16] {
        &self.calls().codes
    }

    /// The times of its events, ns since the epoch.
    pub fn times(&self) -> &[u64] {
        self.times.get_or_init(|| self.read(times))
    }

    /// Where its events happened.
    pub fn threads(&self) -> &Threads {
        self.threads.get_or_init(|| self.read(Threads::read))
    }

    fn calls(&self) -> &Calls {
        self.calls.get_or_init(|| self.read(|columns| Calls::read(columns, self.threads())))
    }

    fn rows(&self) -> &Rows {
        self.rows.get_or_init(|| self.read(|columns| Rows::read(columns, self.calls())))
    }

    /// The strings that only this batch has.
    fn strings(&self) -> &Strings {
        self.strings.get_or_init(|| {
            self.read(|columns| {
                let mut strings = Strings::default();
                let earlier = (&*self.loaded.strings, self.head.strings);
                strings.add(columns, Some(earlier)).map(|()| strings)
            })
        })
    }

    /// The options behind an event: code and value.
    pub fn options(&self, event: usize) -> Vec<(u16, &[u8])> {
        let options =
            self.options.get_or_init(|| self.read(|columns| Options::read(columns, self.rows(), &self.calls().order)));
        options.of(event).filter_map(|(code, values, at)| Some((code, self.value(values, at)?))).collect()
    }

    /// The types of its events, with their events and how many parameters each has: a type's place is what
    /// [`Late::type_places`] says of its events.
    pub fn types(&self) -> &[OfType] {
        &self.rows().types
    }

    /// The place of each event's type in [`Late::types`].
    pub fn type_places(&self) -> &[u16] {
        &self.calls().places
    }

    /// Whether there are options behind events of a type.
    pub fn has_options(&self, code: u16) -> bool {
        self.columns().has(Id { kind: Kind::Shape, code, index: 0 })
    }

    /// The events of a type, in the order of the columns.
    pub fn of_type(&self, of_type: &OfType) -> &[u32] {
        self.rows().of(of_type)
    }

    /// What tells apart the values of a parameter of the events of a type, in the order of these events; nothing for
    /// those whose values may be the same as others' without that being known.
    pub fn tokens(&self, place: usize, index: usize) -> Vec<Option<Token>> {
        let events = self.rows().types.get(place).map_or(&[][..], |of_type| self.of_type(of_type));
        let Some(param) = self.param(place, index) else { return vec![Some(Token::Absent); events.len()] };
        let entered = self.entered(place, param);
        let token = |(nth, event): (usize, &u32)| match param.source(nth) {
            Source::Absent => Some(Token::Absent),
            source => {
                let (values, at) = self.found(param, source, || entered, *event)?;
                values.token(at).filter(|_| values.is_like(&param.values))
            }
        };
        events.iter().enumerate().map(token).collect()
    }

    /// How many parameters an event has.
    pub fn count(&self, event: usize) -> usize {
        self.rows().count(self.calls(), event as u32).into()
    }

    /// The bytes of a parameter of an event; `None` if it has no such parameter.
    pub fn raw(&self, event: usize, index: usize) -> Option<&[u8]> {
        let (place, nth) = self.rows().place(self.calls(), event as u32)?;
        self.value_of(place, nth, event, index)
    }

    /// The same, of the event with this number of those of the type in this place.
    fn value_of(&self, place: usize, nth: usize, event: usize, index: usize) -> Option<&[u8]> {
        let param = self.param(place, index)?;
        let (values, at) = self.found(param, param.source(nth), || self.entered(place, param), event as u32)?;
        self.value(values, at)
    }

    /// Where a value of a parameter is. `entered`: what enter events have in its place.
    fn found<'p>(
        &'p self,
        param: &'p Param,
        source: Source,
        entered: impl FnOnce() -> Option<(&'p OfType, &'p Param)>,
        event: u32,
    ) -> Option<(&'p Values, usize)> {
        match source {
            Source::Here(at) => Some((&param.values, at)),
            Source::Enter => {
                let (of_type, given) = entered()?;
                let enter = *self.calls().enters.get(event as usize)?;
                match given.source(self.rows().nth(of_type, enter)?) {
                    Source::Here(at) => Some((&given.values, at)),
                    Source::Enter | Source::Absent => None,
                }
            }
            Source::Absent => None,
        }
    }

    /// The parameter of the enter events of a type that a parameter may be the same as.
    fn entered(&self, place: usize, param: &Param) -> Option<(&OfType, &Param)> {
        let (place, of_type) = self.rows().entered(self.rows().types.get(place)?)?;
        Some((of_type, self.param(place, param.same_as?.into())?))
    }

    fn value<'v>(&'v self, values: &'v Values, at: usize) -> Option<&'v [u8]> {
        let Values::Texts { numbers, .. } = values else { return values.get(at, &self.loaded.strings) };
        match (*numbers.get(at)? as usize).checked_sub(self.head.strings) {
            None => values.get(at, &self.loaded.strings),
            Some(_) => values.get_own(at, self.head.strings, self.strings()),
        }
    }

    fn param(&self, place: usize, index: usize) -> Option<&Param> {
        let all = self.params.get_or_init(|| {
            let params = |of_type: &OfType| (0..of_type.most()).map(|_| OnceLock::new()).collect();
            self.rows().types.iter().map(params).collect()
        });
        let of_type = self.rows().types.get(place)?;
        let param = all.get(place)?.get(index)?;
        Some(param.get_or_init(|| {
            self.read(|columns| Param::read(columns, self.calls(), self.rows(), of_type, index as u16))
        }))
    }

    /// Reads something; what stands for nothing where that cannot be read.
    fn read<T: Default>(&self, read: impl FnOnce(&Stored<'_>) -> Result<T, Fault>) -> T {
        read(&self.columns()).unwrap_or_else(|fault| {
            Place::fault(self, fault);
            T::default()
        })
    }
}

impl Layout for Late {
    fn carried(&self) -> usize {
        self.head.carried
    }

    fn codes(&self) -> &[u16] {
        Late::codes(self)
    }

    fn times(&self) -> &[u64] {
        Late::times(self)
    }

    fn places(&self) -> &[u32] {
        &self.threads().places
    }

    fn threads(&self) -> usize {
        self.threads().ids.len()
    }

    fn pairs(&self) -> &[u32] {
        &self.calls().enters
    }
}

impl Place for Late {
    fn columns(&self) -> Stored<'_> {
        self.directory.over(&self.bytes)
    }

    fn before(&self) -> Counts {
        self.head.before
    }

    fn said_fds(&self) -> Vec<i64> {
        let enters = &self.calls().enters;
        let (mut said, mut is_said) = (vec![-1; enters.len()], vec![false; enters.len()]);
        for (place, of_type) in self.rows().types.iter().enumerate() {
            let Some(param) = fd_param(of_type.code).and_then(|index| self.param(place, index)) else { continue };
            let entered = self.entered(place, param);
            for (nth, row) in self.of_type(of_type).iter().enumerate() {
                let found = self.found(param, param.source(nth), || entered, *row);
                let value = found.and_then(|(values, at)| self.value(values, at)).and_then(fd_of);
                if let (Some(value), Some(said), Some(is_said)) =
                    (value, said.get_mut(*row as usize), is_said.get_mut(*row as usize))
                {
                    (*said, *is_said) = (value, true);
                }
            }
        }
        for (event, enter) in enters.iter().enumerate() {
            // What an enter event does not say itself is not known of it either: -1.
            if let (Some(true), Some(false)) = (is_said.get(*enter as usize), is_said.get(event))
                && let (Some(of_enter), Some(said)) = (said.get(*enter as usize).copied(), said.get_mut(event))
            {
                *said = of_enter;
            }
        }
        said
    }

    fn by_thread(&self) -> Vec<&[u32]> {
        let mut rest = &*self.calls().order;
        let mut next = |count: &u32| {
            let (events, behind) = rest.split_at_checked(*count as usize).unwrap_or_default();
            rest = behind;
            events
        };
        self.threads().counts.iter().map(&mut next).collect()
    }

    fn fault(&self, fault: Fault) {
        let _ = self.fault.set(fault);
    }
}

/// What a batch says of where it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchHead {
    /// The number of its segment.
    pub segment: u64,
    /// The number of events of the capture before its own.
    pub first: u64,
    /// How many events of earlier batches stand in front.
    pub carried: usize,
    /// How many strings its segment has before it.
    pub strings: usize,
    /// How many interned values of each kind its segment has before it names new ones.
    pub before: Counts,
}

impl BatchHead {
    fn read(columns: &Stored<'_>) -> Result<BatchHead, Fault> {
        let head: Vec<i64> = columns.numbers(all(Kind::BatchHead))?;
        let &[segment, first, carried, owns, lineages, objects, containers, names] = head.as_slice() else {
            return Err(Fault::Uneven);
        };
        let of_events: Vec<i64> = columns.numbers(all(Kind::Head))?;
        let size = |number: i64| usize::try_from(number).map_err(|_| Fault::Uneven);
        Ok(BatchHead {
            segment: segment as u64,
            first: first as u64,
            carried: size(carried)?,
            strings: size(of_events.get(1).copied().unwrap_or(-1))?,
            before: Counts { owns, lineages, objects, containers, names },
        })
    }

    /// How many events of earlier batches a batch has; none if nothing is bound in it.
    pub(super) fn carried_by(columns: &Stored<'_>) -> Result<usize, Fault> {
        if columns.has(all(Kind::BatchHead)) { Ok(BatchHead::read(columns)?.carried) } else { Ok(0) }
    }

    pub(crate) fn put(&self, columns: &mut Columns<'_>) {
        let Counts { owns, lineages, objects, containers, names } = self.before;
        let head = [self.segment as i64, self.first as i64, self.carried as i64];
        columns.numbers(all(Kind::BatchHead), &[&head[..], &[owns, lineages, objects, containers, names]].concat());
    }
}
