//! Which fields there are.

use capture_batch::View;
use capture_filter::catalog::FieldFlags;
use capture_filter::catalog::lookup::resolve;
use capture_filter::{Env, Filter};

/// Whether a text is a field of the view, with its argument, or a transformer of such.
pub(crate) fn is_field(text: &str, view: View) -> bool {
    if text.contains('(') {
        return Filter::compile(&format!("{text} exists"), view, &Env::default()).is_ok();
    }
    let (name, arg) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((name, arg)) => (name, Some(arg)),
        None => (text, None),
    };
    resolve(name, arg, view).is_ok_and(|found| !is_of_other_view(found.field.flags, view))
}

/// Whether a field with these properties is one of the other view's program only.
pub(crate) fn is_of_other_view(flags: FieldFlags, view: View) -> bool {
    match view {
        View::Exit => flags.contains(FieldFlags::CLASSIC_ONLY),
        View::Classic => false,
    }
}

/// Fields that say nothing in a world without enter events; Falco warns of them.
pub(crate) const DEPRECATED: &[&str] =
    &["evt.dir", "evt.latency", "evt.latency.s", "evt.latency.ns", "evt.latency.human", "evt.wait_latency"];
