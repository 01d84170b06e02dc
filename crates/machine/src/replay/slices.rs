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
    let with = |params: &[&[u8]]| {
        then(&Event {
            ts: block.ts,
            tid: block.tid,
            cpu: block.cpu,
            code: info.code,
            state_only: block.state_only(),
            params,
        })
    };
    let limit = limit.min(info.params.len());
    if limit == 0 {
        return with(&[]);
    }
    let mut few = [&[][..]; FEW];
    let many = match converted {
        Some(converted) => Some(converted.slices(block.chunk)),
        None if block.params.len().min(limit) > FEW => Some(block.params()),
        None => {
            let mut rest = few.iter_mut();
            block.params.each(limit, |span| {
                if let Some(param) = rest.next() {
                    *param = span.of(block.chunk);
                }
            });
            None
        }
    };
    let params = many.as_deref().unwrap_or_else(|| few.get(..block.params.len().min(limit)).unwrap_or_default());
    let params = params.get(..params.len().min(limit)).unwrap_or_default();
    with(params)
}
