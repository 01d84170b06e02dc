//! The values of one parameter of one type of events, as columns.

use super::OPTION;
use crate::column::{Columns, Id, Series, Stored};
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
    columns: &mut Columns<'_>,
    strings: &mut Interned,
) {
    let id = |kind| Id { kind, code, index };
    let Some(first) = values.first() else { return };
    let width = Some(first.len()).filter(|len| !is_buffer && values.iter().all(|value| value.len() == *len));
    let of_width = |(len, _): &&(usize, Kind)| Some(*len) == width;
    if let Some((_, kind)) = WIDTHS.iter().find(of_width) {
        columns.numbers(id(*kind), &numbers(values, first.len()));
    } else if let Some(len) = width.filter(|len| index == OPTION && len % 8 == 0 && (16..=LONGEST_VECTOR).contains(len))
    {
        for word in 0..len / 8 {
            let numbers = values.iter().map(|value| little_endian(value.get(8 * word..).unwrap_or_default()));
            columns.numbers(Id { kind: Kind::Vector, code, index: word as u16 }, &numbers.collect::<Vec<i64>>());
        }
    } else if is_buffer {
        let lengths: Vec<i64> = values.iter().map(|value| value.len() as i64).collect();
        columns.numbers(id(Kind::Length), &lengths);
        columns.bytes(id(Kind::Data), &values.concat());
    } else {
        put_texts(id, values, columns, strings);
    }
}

fn put_texts(id: impl Fn(Kind) -> Id, values: &[&[u8]], columns: &mut Columns<'_>, strings: &mut Interned) {
    let mut places: FxHashMap<&[u8], i64> = FxHashMap::default();
    let (mut words, mut texts) = (Vec::new(), Vec::with_capacity(values.len()));
    let ended = values.iter().all(|value| value.last() == Some(&0));
    for value in values {
        texts.push(match places.get(value) {
            Some(place) => *place,
            None => {
                let string = if ended { value.get(..value.len() - 1).unwrap_or_default() } else { value };
                words.push(i64::from(strings.number(string)));
                places.insert(value, words.len() as i64);
                0
            }
        });
    }
    columns.numbers(id(if ended { Kind::EndedText } else { Kind::Text }), &texts);
    columns.numbers(id(Kind::Words), &words);
}

/// Little-endian signed numbers of so many bytes each.
fn numbers(values: &[&[u8]], width: usize) -> Vec<i64> {
    match width {
        1 => values.iter().map(|value| value.first().map_or(0, |byte| *byte as i8).into()).collect(),
        2 => values
            .iter()
            .map(|value| value.first_chunk().map_or(0, |bytes| i16::from_le_bytes(*bytes)).into())
            .collect(),
        4 => values
            .iter()
            .map(|value| value.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes)).into())
            .collect(),
        _ => values.iter().map(|value| little_endian(value)).collect(),
    }
}

/// A number of eight bytes.
fn little_endian(value: &[u8]) -> i64 {
    value.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))
}

/// Values, in order.
#[derive(Debug)]
pub enum Values {
    /// All of so many bytes.
    Fixed(usize, Vec<u8>),
    /// Numbers of strings of the segment; whether a zero byte follows each.
    Texts {
        /// The numbers.
        numbers: Vec<u32>,
        /// Whether a zero byte follows each.
        ended: bool,
    },
    /// Buffers, and where each ends.
    Buffers(Vec<u8>, Vec<usize>),
}

/// What tells a value from others of its column, and of columns that are [like it](Values::is_like).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Token {
    /// There is no value.
    Absent,
    /// A number, or that of a string.
    Number(u64),
}

/// No values.
impl Default for Values {
    fn default() -> Self {
        Values::Fixed(0, Vec::new())
    }
}

impl Values {
    /// Reads the values of a parameter, of which there are `count`.
    pub fn read(columns: &Stored<'_>, code: u16, index: u16, count: usize) -> Result<Values, Fault> {
        let id = |kind| Id { kind, code, index };
        let values = if let Some((width, kind)) = WIDTHS.into_iter().find(|(_, kind)| columns.has(id(*kind))) {
            Values::Fixed(width, fixed(columns, id(kind), width)?)
        } else if columns.has(id(Kind::Text)) {
            texts(columns, id(Kind::Text), false)?
        } else if columns.has(id(Kind::EndedText)) {
            texts(columns, id(Kind::EndedText), true)?
        } else if columns.has(id(Kind::Length)) {
            let ends = ends(&columns.numbers(id(Kind::Length))?)?;
            Values::Buffers(columns.bytes(id(Kind::Data))?.into_owned(), ends)
        } else if index == OPTION {
            vectors(columns, code, count)?
        } else {
            // Options are told by codes of their own, which types of events may have too.
            Values::default()
        };
        if values.len() == count { Ok(values) } else { Err(Fault::Uneven) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Fixed(width, bytes) => bytes.len() / (*width).max(1),
            Values::Texts { numbers, .. } => numbers.len(),
            Values::Buffers(_, ends) => ends.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    pub fn get<'v>(&'v self, at: usize, strings: &'v Strings) -> Option<&'v [u8]> {
        match self {
            Values::Fixed(width, bytes) => bytes.get(at.checked_mul(*width)?..)?.get(..*width),
            Values::Texts { .. } => self.get_own(at, 0, strings),
            Values::Buffers(bytes, ends) => {
                let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
                bytes.get(start..*ends.get(at)?)
            }
        }
    }

    /// What tells one of them from others; nothing for buffers, of which hardly two are the same, and rows of numbers.
    pub fn token(&self, at: usize) -> Option<Token> {
        match self {
            Values::Fixed(width, bytes) if *width <= 8 => {
                let value = bytes.get(at.checked_mul(*width)?..)?.get(..*width)?;
                Some(Token::Number(value.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))))
            }
            Values::Texts { numbers, .. } => Some(Token::Number((*numbers.get(at)?).into())),
            Values::Fixed(..) | Values::Buffers(..) => None,
        }
    }

    /// Whether its tokens mean the same as those of others.
    pub fn is_like(&self, other: &Values) -> bool {
        match (self, other) {
            (Values::Fixed(width, _), Values::Fixed(other, _)) => width == other,
            (Values::Texts { ended, .. }, Values::Texts { ended: other, .. }) => ended == other,
            _ => false,
        }
    }

    /// One of them, where `strings` are those from the number `first` on.
    pub fn get_own<'v>(&self, at: usize, first: usize, strings: &'v Strings) -> Option<&'v [u8]> {
        let Values::Texts { numbers, ended } = self else { return None };
        let number = (*numbers.get(at)? as usize).checked_sub(first)?;
        if *ended { strings.ended(number) } else { strings.get(number) }
    }
}

/// Numbers as their bytes, `width` of each.
fn fixed(columns: &Stored<'_>, id: Id, width: usize) -> Result<Vec<u8>, Fault> {
    let numbers: Series<i64> = columns.series(id)?;
    Ok(match width {
        1 => numbers.map(|number| number as u8),
        2 => numbers.map(|number| (number as u16).to_le_bytes()).into_flattened(),
        4 => numbers.map(|number| (number as u32).to_le_bytes()).into_flattened(),
        _ => numbers.map(i64::to_le_bytes).into_flattened(),
    })
}

/// Rows of numbers of an option, of which there are `count`: all first ones, all second ones …
fn vectors(columns: &Stored<'_>, code: u16, count: usize) -> Result<Values, Fault> {
    let id = |word: usize| Id { kind: Kind::Vector, code, index: word as u16 };
    let len = (0..LONGEST_VECTOR / 8).take_while(|word| columns.has(id(*word))).count();
    let mut bytes = vec![0; 8 * len * count];
    for word in 0..len {
        let numbers: Vec<i64> = columns.numbers(id(word))?;
        if numbers.len() != count {
            return Err(Fault::Uneven);
        }
        for (row, number) in bytes.chunks_exact_mut(8 * len).zip(numbers) {
            let to = row.iter_mut().skip(8 * word);
            to.zip(number.to_le_bytes()).for_each(|(to, byte)| *to = byte);
        }
    }
    Ok(Values::Fixed(8 * len, bytes))
}

fn texts(columns: &Stored<'_>, id: Id, ended: bool) -> Result<Values, Fault> {
    let texts: Series<u32> = columns.series(id)?;
    let words: Vec<u32> = columns.numbers(Id { kind: Kind::Words, ..id })?;
    let (mut next, mut numbers, mut are_there) = (words.iter(), Vec::with_capacity(texts.len()), true);
    texts.for_each(|text| {
        let word = match text.checked_sub(1) {
            None => next.next(),
            Some(place) => words.get(place as usize),
        };
        are_there &= word.is_some();
        numbers.push(word.copied().unwrap_or(0));
    });
    if are_there { Ok(Values::Texts { numbers, ended }) } else { Err(Fault::Uneven) }
}

fn ends(lengths: &[u32]) -> Result<Vec<usize>, Fault> {
    let mut end = 0usize;
    let next = |len: &u32| {
        end = end.checked_add(*len as usize)?;
        Some(end)
    };
    lengths.iter().map(next).collect::<Option<_>>().ok_or(Fault::Uneven)
}
