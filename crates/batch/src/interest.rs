//! Which rows somebody looks at.

use crate::{Id, Object, Own, Segment, Summary, Types};
use std::sync::Arc;

/// Says which rows a consumer of batches may want, before they are made: a machine applies all events, and makes no
/// rows of those that nobody looks at.
pub trait Interest: Send {
    /// The types of which a row may be wanted.
    fn types(&self) -> Types;

    /// Whether a row of one of these types, with this thread ([`Id::NONE`]: none), may be wanted.
    fn wants(&mut self, code: u16, own: Id<Own>, segment: &Arc<Segment>) -> bool;

    /// Whether a row of an event without a type of its own may be wanted, if it is of the call with this number in the
    /// schema.
    fn wants_call(&mut self, call: u16) -> bool {
        let _ = call;
        true
    }

    /// Whether [`Interest::wants`] tells threads apart: finding the thread of an event takes time. If not, it says what
    /// [`Interest::types`] says.
    fn tells_threads_apart(&self) -> bool {
        false
    }

    /// Whether [`Interest::wants_object`] ever says no: finding the object of an event takes time.
    fn tells_objects_apart(&self) -> bool {
        false
    }

    /// Whether a row of this type that works on this object ([`Id::NONE`]: on none) may be wanted.
    fn wants_object(&mut self, code: u16, object: Id<Object>, segment: &Arc<Segment>) -> bool {
        let _ = (code, object, segment);
        true
    }

    /// Whether a row of this type with a thread and no object may be wanted, whose call failed to open this
    /// [absolute path](crate::attempted_path). `params`: those of its event.
    fn wants_attempt(&mut self, code: u16, path: &[u8], params: &[&[u8]]) -> bool {
        let _ = (code, path, params);
        true
    }

    /// Why no row of a batch can be wanted (it completes `skipped, since …`); `None` if one may be. `segment`: gives
    /// the values that the summary names, if they can be had.
    fn passes_over(
        &mut self,
        summary: &Summary,
        segment: &mut dyn FnMut() -> Option<Arc<Segment>>,
    ) -> Option<&'static str> {
        let _ = segment;
        // Whoever wants all rows hears of those too that no view shows.
        let is_nothing = self.types() != Types::ALL && self.types().and(summary.types).is_empty();
        is_nothing.then_some(NO_TYPE)
    }
}

/// Why a batch is passed over: see [`Interest::passes_over`].
pub const NO_TYPE: &str = "no event is of a type that is looked for";

/// Rows of these types, whatever their threads.
impl Interest for Types {
    fn types(&self) -> Types {
        *self
    }

    fn wants(&mut self, code: u16, _: Id<Own>, _: &Arc<Segment>) -> bool {
        self.contains(code)
    }
}
