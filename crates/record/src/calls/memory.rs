//! Parameters of calls that change what memory a process has.

use super::Moment;

/// Three parameters: the virtual, the resident and the swapped memory of the process, in kB. They are not newer than
/// [`crate::trace::process::MEMORY_AGE`].
pub fn size(moment: &mut Moment<'_>) {
    for size in moment.process.memory(moment.proc, moment.call.entered) {
        moment.out.param(&size.to_le_bytes());
    }
}
