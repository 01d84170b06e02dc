//! Parser of pcapng options.

use super::{Fault, Parsed, bytes, fault, short};
use crate::block::option::BlockOption;

/// A row of options up to the one that ends it, and what is wrong behind the last that is good.
pub(crate) fn options(body: &[u8]) -> (Vec<BlockOption<'_>>, Vec<Fault>) {
    let mut options = Vec::new();
    let mut input = body;
    while input.len() >= 4 {
        match option(input) {
            Ok((_, BlockOption { code: 0, .. })) => break,
            Ok((next, option)) => {
                options.push(option);
                input = next;
            }
            Err(error) => return (options, vec![fault(error, input.len())]),
        }
    }
    (options, Vec::new())
}

/// The good options of a row up to the one that ends it, and where in `body` their values begin.
pub(crate) fn places(body: &[u8]) -> impl Iterator<Item = (usize, BlockOption<'_>)> {
    let mut input = body;
    std::iter::from_fn(move || {
        let at = body.len() - input.len() + 4;
        let (next, found) = option(input).ok().filter(|(_, found)| found.code != 0)?;
        input = next;
        Some((at, found))
    })
}

/// By hand: many recorded events have options.
#[inline]
fn option(input: &[u8]) -> Parsed<'_, BlockOption<'_>> {
    let Some(([code, code_high, len, len_high], rest)) = input.split_first_chunk() else {
        return Err(short("option header", 4, input));
    };
    let [code, len] = [[*code, *code_high], [*len, *len_high]].map(u16::from_le_bytes);
    let (rest, value) = bytes("option", usize::from(len))(rest)?;
    let padding = value.len().next_multiple_of(4) - value.len();
    Ok((rest.get(padding..).unwrap_or_default(), BlockOption { code, value }))
}
