//! How the numbers of a column are coded before they are compressed.

mod decode;
mod encode;
mod rough;

pub(crate) use decode::decode;
pub(crate) use encode::{Numbers, encode};

/// How numbers are coded. If some are negative, all are made unsigned first (zigzag: 0, -1, 1, -2 …), and so are
/// differences in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// All are the same: that one, as a varint.
    Constant = 0,
    /// Varints.
    Varint = 1,
    /// Varints of the differences to the number before, modulo 2^64; the first to 0.
    Delta = 2,
    /// All lowest bytes, then all of the next higher ones, and so on up to the highest that is not 0.
    Planes = 3,
    /// A byte for each that says how large it is, then all bits that are lacking, packed into bytes, the lowest first.
    Rough = 4,
}

impl Coding {
    pub(crate) fn of(value: u8) -> Option<Coding> {
        [Coding::Constant, Coding::Varint, Coding::Delta, Coding::Planes, Coding::Rough]
            .into_iter()
            .find(|coding| *coding as u8 == value)
    }
}

/// What numbers may be read as.
pub trait Number: Copy {
    /// The number, or another one if this type does not hold it.
    fn of(value: i64) -> Self;
    /// Whether this type holds it.
    fn holds(value: i64) -> bool;
}

macro_rules! number {
    ($($name:ident)*) => { $(
        impl Number for $name {
            #[inline]
            fn of(value: i64) -> Self {
                value as Self
            }

            #[inline]
            fn holds(value: i64) -> bool {
                value as Self as i64 == value
            }
        }
    )* };
}

number!(u8 u16 u32 i64);
