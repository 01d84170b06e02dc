//! Names that the event schema knows.

use capture_batch::View;
use capture_event::schema;
use capture_event::tables::syscall;

/// Whether an event of the view has a parameter with this name.
pub(crate) fn is_parameter(name: &str, view: View) -> bool {
    schema::events(view.dialect()).iter().any(|info| info.param(name).is_some())
}

/// Whether an event type or a system call has this name, in whichever dialect.
pub(crate) fn is_event_type(name: &str, _view: View) -> bool {
    let known = |view: View| schema::events(view.dialect()).iter().any(|info| info.name == name);
    known(View::Exit) || known(View::Classic) || syscall::is_name(name)
}

/// Whether an event type of the view has this name, or this is the number of one.
pub(crate) fn is_event_code(name: &str, view: View) -> bool {
    let known = schema::events(view.dialect()).iter().any(|info| info.name == name);
    known || name.parse::<u32>().is_ok()
}
