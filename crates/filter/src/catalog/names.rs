//! Names that the event schema knows.

use capture_batch::View;
use capture_event::ParamType;
use capture_event::schema;
use capture_event::tables::syscall;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Whether an event of the view has a parameter with this name.
pub(crate) fn is_parameter(name: &str, view: View) -> bool {
    view.events().any(|info| info.param(name).is_some())
}

/// The type of the first parameter with this name in the view's schema. Events may differ in it.
pub(crate) fn parameter_type(name: &str, view: View) -> Option<ParamType> {
    static CLASSIC: LazyLock<ParameterTypes> = LazyLock::new(|| parameter_types(View::Classic));
    static EXIT: LazyLock<ParameterTypes> = LazyLock::new(|| parameter_types(View::Exit));
    let types = match view {
        View::Classic => &CLASSIC,
        View::Exit => &EXIT,
    };
    types.get(name).copied()
}

type ParameterTypes = FxHashMap<&'static str, ParamType>;

fn parameter_types(view: View) -> ParameterTypes {
    let mut types = ParameterTypes::default();
    for param in view.events().flat_map(|info| info.params.iter()) {
        types.entry(param.name).or_insert(param.ty);
    }
    types
}

/// Whether an event type or a system call has this name, in whichever dialect.
pub(crate) fn is_event_type(name: &str, _view: View) -> bool {
    let known = |view: View| schema::events(view.dialect()).iter().any(|info| info.name == name);
    known(View::Exit) || known(View::Classic) || syscall::is_name(name)
}

/// Whether an event type of the view has this name, or this is the number of one.
pub(crate) fn is_event_code(name: &str, view: View) -> bool {
    let known = view.events().any(|info| info.name == name);
    known || name.parse::<u32>().is_ok()
}

/// The names of the view's event types, for suggestions.
pub(crate) fn event_types(view: View) -> impl Iterator<Item = &'static str> {
    view.events().map(|info| info.name)
}
