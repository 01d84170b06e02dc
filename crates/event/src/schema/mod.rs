//! Every event type of both dialects, looked up by code.

mod declarations;
mod info;

pub use declarations::code;
pub use info::{Category, Dialect, EventFlags, EventInfo, Source};

use info::Declaration;
use std::sync::LazyLock;

/// The number of event codes in the newest schema (schema 4.5.1). A code at or above it is unknown.
pub const EVENT_COUNT: u16 = declarations::DECLARATIONS.len() as u16;

/// The number of event codes in the classic schema (sysdig 0.29.3).
pub const CLASSIC_EVENT_COUNT: u16 = 336;

static NEWEST: LazyLock<Vec<EventInfo>> =
    LazyLock::new(|| declarations::DECLARATIONS.iter().map(Declaration::newest).collect());
static CLASSIC: LazyLock<Vec<EventInfo>> =
    LazyLock::new(|| declarations::DECLARATIONS.iter().filter_map(Declaration::classic).collect());

/// What is known of the event type `code` in a dialect; `None` for a code that the dialect does not have.
#[inline]
pub fn event(code: u16, dialect: Dialect) -> Option<&'static EventInfo> {
    events(dialect).get(usize::from(code))
}

/// Every event type of a dialect, in the order of the codes.
#[inline]
pub fn events(dialect: Dialect) -> &'static [EventInfo] {
    match dialect {
        Dialect::Classic => &CLASSIC,
        Dialect::Newest => &NEWEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_their_own_index_in_both_dialects() {
        for dialect in [Dialect::Classic, Dialect::Newest] {
            for (i, info) in events(dialect).iter().enumerate() {
                assert_eq!(usize::from(info.code), i);
            }
        }
        assert_eq!(events(Dialect::Classic).len(), usize::from(CLASSIC_EVENT_COUNT));
    }

    #[test]
    fn a_dialect_sees_its_own_parameters() {
        let newest = event(code::OPEN_X, Dialect::Newest).unwrap();
        let classic = event(code::OPEN_X, Dialect::Classic).unwrap();
        assert_eq!((newest.params.len(), classic.params.len()), (6, 5));
        assert_eq!(event(code::SOCKET_E, Dialect::Classic).unwrap().params[0].ty, crate::ParamType::Flags32);
        assert_eq!(event(code::SOCKET_E, Dialect::Newest).unwrap().params[0].ty, crate::ParamType::EnumFlags32);
        assert!(event(code::PRCTL_X, Dialect::Classic).is_none());
    }
}
