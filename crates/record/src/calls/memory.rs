//! Parameters of calls that change what memory a process has.

use super::Moment;

/// Three parameters: the virtual, the resident and the swapped memory of the process, in kB. They are not newer than
/// [`crate::trace::process::MEMORY_AGE`].
pub fn size(moment: &mut Moment<'_>) {
    let memory = moment.process.memory(moment.proc, moment.call.entered);
    for size in [memory.vm_size, memory.vm_rss, memory.vm_swap] {
        moment.out.param(&size.to_le_bytes());
    }
}
