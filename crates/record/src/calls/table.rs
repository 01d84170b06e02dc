//! Which parameters the events of each call have: a line an event, in the schema's order.

use super::part::*;
use super::{open, socket};
use capture_event::schema::code::*;
use std::sync::LazyLock;

/// How the events of a call are made.
pub struct Decoding {
    /// The code of the enter event. Its exit event has the next one.
    pub enter_code: u16,
    /// The parameters of the enter event; `None`: there is none.
    pub enter: Option<&'static [Part]>,
    /// The parameters of the exit event.
    pub exit: &'static [Part],
    /// What puts options behind the exit event.
    pub behind: Option<Part>,
}

macro_rules! decodings {
    ($($code:ident: $([$($enter:expr),*])? > [$($exit:expr),*] $(+ $behind:expr)?;)*) => {
        static DECODINGS: &[Decoding] = &[$(
            Decoding {
                enter_code: $code,
                enter: decodings!(@optional $(&[$($enter),*])?),
                exit: &[$($exit),*],
                behind: decodings!(@optional $($behind)?),
            },
        )*];
    };
    (@optional) => { None };
    (@optional $value:expr) => { Some($value) };
}

decodings! {
    OPEN_E: [string::<0>, open::entered_flags::<-1, 0, 1>, open_mode::<1, 2>] > [result, string::<0>, open::flags::<1>, open_mode::<1, 2>, open::device::<1>, open::inode::<1>] + open::real_name;
    OPENAT_2_E: [int64::<0>, string::<1>, open::entered_flags::<0, 1, 2>, open_mode::<2, 3>] > [result, int64::<0>, string::<1>, open::flags::<2>, open_mode::<2, 3>, open::device::<2>, open::inode::<2>] + open::real_name;
    CLOSE_E: [int64::<0>] > [result, int64::<0>];
    READ_E: [int64::<0>, u32::<2>] > [result, data::<1>, int64::<0>, u32::<2>];
    WRITE_E: [int64::<0>, u32::<2>] > [result, written::<1, 2>, int64::<0>, u32::<2>];
    CONNECT_E: [int64::<0>, socket::address::<1, 2>] > [result, socket::connected, int64::<0>, socket::address::<1, 2>];
}

/// How the calls are made whose enter event has this code, if they have events of their own.
pub fn decoding(enter_code: u16) -> Option<&'static Decoding> {
    static BY_CODE: LazyLock<Vec<Option<&'static Decoding>>> = LazyLock::new(|| {
        let mut all = vec![None; 512];
        for decoding in DECODINGS {
            if let Some(slot) = all.get_mut(usize::from(decoding.enter_code)) {
                *slot = Some(decoding);
            }
        }
        all
    });
    *BY_CODE.get(usize::from(enter_code))?
}
