//! The values of one parameter of one type of events, as columns.

use super::OPTION;
use crate::column::{Columns, Id, Stored};
use crate::strings::{Interned, Strings};
use crate::{Fault, Kind};
use rustc_hash::FxHashMap;

/// Values of so many bytes are numbers.
const WIDTHS: [(usize, Kind); 4] = [(1, Kind::Int8), (2, Kind::Int16), (4, Kind::Int32), (8, Kind::Int64)];

/// Longer rows of numbers are texts.
const LONGEST_VECTOR: usize = 64;

/// Writes values. `is_buffer`: they are what was read and written, of which hardly two are the same.
pub(super) fn put_values(
    code: u16,
    index: u16,
    values: &[&[u8]],
    is_buffer: bool,
    columns: &mut Columns,
    strings: &mut Interned,
) {
    let id = |kind| Id { kind, code, index };
    let Some(first) = values.first() else { return };
    let width = Some(first.len()).filter(|len| !is_buffer && values.iter().all(|value| value.len() == *len));
    let of_width = |(len, _): &&(usize, Kind)| Some(*len) == width;
    if let Some((_, kind)) = WIDTHS.iter().find(of_width) {
        let numbers: Vec<i64> = values.iter().map(|value| number(value)).collect();
        columns.numbers(id(*kind), &numbers);
    } else if let Some(len) = width.filter(|len| index == OPTION && len % 8 == 0 && (16..=LONGEST_VECTOR).contains(len))
    {
        let word = |value: &[u8], at: usize| number(value.get(at..at + 8).unwrap_or_default());
        let numbers: Vec<i64> =
            (0..len).step_by(8).flat_map(|at| values.iter().map(move |value| word(value, at))).collect();
        columns.numbers(id(Kind::Vector), &numbers);
    } else if is_buffer {
        let lengths: Vec<i64> = values.iter().map(|value| value.len() as i64).collect();
        columns.numbers(id(Kind::Length), &lengths);
        columns.bytes(id(Kind::Data), values.concat());
    } else {
        put_texts(id, values, columns, strings);
    }
}

fn put_texts(id: impl Fn(Kind) -> Id, values: &[&[u8]], columns: &mut Columns, strings: &mut Interned) {
    let (mut places, mut words, mut texts) = (FxHashMap::default(), Vec::new(), Vec::new());
    for value in values {
        let number = strings.number(value);
        let next = words.len() as i64 + 1;
        texts.push(match places.get(&number) {
            Some(place) => *place,
            None => {
                places.insert(number, next);
                words.push(i64::from(number));
                0
            }
        });
    }
    columns.numbers(id(Kind::Text), &texts);
    columns.numbers(id(Kind::Words), &words);
}

/// A little-endian signed number of up to eight bytes.
fn number(value: &[u8]) -> i64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(value).for_each(|(to, from)| *to = *from);
    let unused = 64 - 8 * value.len().min(8) as u32;
    if unused == 64 { 0 } else { i64::from_le_bytes(bytes) << unused >> unused }
}

/// Values, in order.
pub(super) enum Values {
    /// All of this width.
    Fixed(usize, Vec<u8>),
    /// Numbers of strings of the segment.
    Texts(Vec<usize>),
    /// Buffers, and where each ends.
    Buffers(Vec<u8>, Vec<usize>),
}

impl Values {
    /// Reads the values that a set of columns has of a parameter; `None` if it has none.
    pub fn read(columns: &Stored<'_>, code: u16, index: u16) -> Result<Option<Values>, Fault> {
        let id = |kind| Id { kind, code, index };
        for (width, kind) in WIDTHS {
            let numbers = columns.numbers(id(kind))?;
            if !numbers.is_empty() {
                let bytes = numbers.iter().flat_map(|number| number.to_le_bytes().into_iter().take(width)).collect();
                return Ok(Some(Values::Fixed(width, bytes)));
            }
        }
        let texts = columns.numbers(id(Kind::Text))?;
        if !texts.is_empty() {
            return texts_of(&texts, &columns.numbers(id(Kind::Words))?).map(Some);
        }
        let lengths = columns.numbers(id(Kind::Length))?;
        if !lengths.is_empty() {
            let mut end = 0usize;
            let ends = lengths.iter().map(|len| {
                end = end.saturating_add(usize::try_from(*len).map_err(|_| Fault::Uneven)?);
                Ok(end)
            });
            return Ok(Some(Values::Buffers(columns.bytes(id(Kind::Data))?, ends.collect::<Result<_, _>>()?)));
        }
        Ok(None)
    }

    /// Reads values that are rows of numbers, of which there are `count`; `None` if the set has none.
    pub fn vectors(columns: &Stored<'_>, code: u16, index: u16, count: usize) -> Result<Option<Values>, Fault> {
        let numbers = columns.numbers(Id { kind: Kind::Vector, code, index })?;
        if numbers.is_empty() {
            return Ok(None);
        }
        let words = numbers.len() / count.max(1);
        if words == 0 || words * count != numbers.len() {
            return Err(Fault::Uneven);
        }
        let word = |row: usize, word: usize| numbers.get(word * count + row).copied().unwrap_or(0).to_le_bytes();
        let bytes = (0..count).flat_map(|row| (0..words).flat_map(move |at| word(row, at))).collect();
        Ok(Some(Values::Fixed(8 * words, bytes)))
    }

    /// One of them.
    pub fn get<'v>(&'v self, at: usize, strings: &'v Strings) -> Option<&'v [u8]> {
        match self {
            Values::Fixed(width, bytes) => bytes.get(at.checked_mul(*width)?..)?.get(..*width),
            Values::Texts(numbers) => strings.get(*numbers.get(at)?),
            Values::Buffers(bytes, ends) => {
                let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
                bytes.get(start..*ends.get(at)?)
            }
        }
    }
}

fn texts_of(texts: &[i64], words: &[i64]) -> Result<Values, Fault> {
    let mut next = words.iter();
    let word = |text: &i64| {
        let word = match text {
            0 => next.next(),
            place => usize::try_from(place - 1).ok().and_then(|place| words.get(place)),
        };
        word.and_then(|number| usize::try_from(*number).ok()).ok_or(Fault::Uneven)
    };
    Ok(Values::Texts(texts.iter().map(word).collect::<Result<_, _>>()?))
}
