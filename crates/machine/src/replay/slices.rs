//! An event as handlers want it: its parameters as slices.

use crate::converter::Converted;
use capture_event::{Event, EventInfo};
use capture_scap::EventBlock;

/// Most events have no more parameters. Their slices are put together faster than any list of them.
const FEW: usize = 8;

/// Shows `then` an event of a type, as it is stored or as it was converted, with no more than so many of its parameters.
#[inline]
pub(super) fn with_event<R>(
    block: &EventBlock<'_>,
    info: &EventInfo,
    converted: Option<&Converted>,
    limit: usize,
    then: impl FnOnce(&Event<'_>) -> R,
) -> R {
    let limit = limit.min(info.params.len());
    let (mut few, mut many) = ([&[][..]; FEW], None);
    let params = match converted {
        None if limit == 0 => &[],
        None if block.params.len().min(limit) <= FEW => {
            let mut rest = few.iter_mut();
            block.params.each(limit, |span| {
                if let Some(param) = rest.next() {
                    *param = span.of(block.chunk);
                }
            });
            few.get(..block.params.len().min(limit)).unwrap_or_default()
        }
        _ => {
            let all = converted.map_or_else(|| block.params(), |converted| converted.slices(block.chunk));
            let all = many.insert(all).as_slice();
            all.get(..all.len().min(limit)).unwrap_or_default()
        }
    };
    // Shown in one place, so that it is made part of whoever asks.
    then(&Event {
        ts: block.ts,
        tid: block.tid,
        cpu: block.cpu,
        code: info.code,
        state_only: block.state_only(),
        params,
    })
}
