//! How the numbers of a column are coded before they are compressed.

mod decode;
mod encode;
mod rough;

pub(crate) use decode::{Others, are_bytes, decode, others};
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
    /// Whether this type holds all numbers.
    const HOLDS_ALL: bool;
    /// The number, or another one if this type does not hold it.
    fn of(value: i64) -> Self;
    /// Whether this type holds it.
    fn holds(value: i64) -> bool;
}

macro_rules! number {
    ($($name:ident)*) => { $(
        impl Number for $name {
            const HOLDS_ALL: bool = $name::BITS == i64::BITS;

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Coding; 5] = [Coding::Constant, Coding::Varint, Coding::Delta, Coding::Planes, Coding::Rough];

    /// Numbers of which most have few bits, but some many.
    fn numbers() -> impl Strategy<Value = Vec<i64>> {
        let number = (any::<i64>(), 0..64u32, 0..64u32).prop_map(|(number, up, down)| number >> up << down);
        let odd = prop_oneof![Just(0), Just(i64::MIN), Just(i64::MAX), Just(-1), 0..300i64];
        prop_oneof![
            prop::collection::vec(prop_oneof![number.clone(), odd.clone()], 1..200),
            prop::collection::vec(0..9i64, 1..1200),
            (number, 1..100usize).prop_map(|(number, len)| vec![number; len]),
        ]
    }

    fn is_held<T: Number>(values: &[i64], coding: Coding, is_signed: bool, bytes: &[u8]) -> bool {
        let decoded = decode::<T>(coding, is_signed, bytes, values.len());
        decoded.is_ok() == values.iter().all(|value| T::holds(*value))
    }

    proptest! {
        #[test]
        fn numbers_come_back(values in numbers()) {
            let numbers = Numbers::new(&values);
            prop_assert_eq!(numbers.is_signed, values.iter().any(|value| *value < 0));
            let is_constant = values.iter().all(|value| Some(value) == values.first());
            for coding in ALL.into_iter().filter(|coding| *coding != Coding::Constant || is_constant) {
                let mut bytes = Vec::new();
                let front = encode(coding, numbers, &mut bytes);
                prop_assert!(front <= bytes.len());
                let back = decode::<i64>(coding, numbers.is_signed, &bytes, values.len());
                prop_assert_eq!(back.as_ref(), Ok(&values), "{:?}", coding);
                let (mut sparse, back) = (vec![0; values.len()], others(coding, numbers.is_signed, &bytes, values.len()));
                let Others { places, numbers: back } = back.unwrap();
                prop_assert!(places.is_sorted_by(|place, next| place < next) && !back.contains(&0));
                places.iter().zip(back).for_each(|(place, number)| sparse[*place as usize] = number);
                prop_assert_eq!(&sparse, &values, "{:?}", coding);
                prop_assert!(is_held::<u8>(&values, coding, numbers.is_signed, &bytes));
                prop_assert!(is_held::<u16>(&values, coding, numbers.is_signed, &bytes));
                prop_assert!(is_held::<u32>(&values, coding, numbers.is_signed, &bytes));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..200), count in 0..300usize, is_signed: bool,
        ) {
            for coding in ALL {
                if let Ok(numbers) = decode::<u32>(coding, is_signed, &bytes, count) {
                    prop_assert_eq!(numbers.len(), count);
                }
                let is_read = decode::<i64>(coding, is_signed, &bytes, count).is_ok();
                prop_assert_eq!(others(coding, is_signed, &bytes, count).is_ok(), is_read);
            }
        }
    }
}
