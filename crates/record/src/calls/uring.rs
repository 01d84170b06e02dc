//! Parameters of io_uring_setup(2).

use super::convert::{Convert, UringFeatures, UringSetup};
use super::{Moment, buffer};

/// Six parameters: the sizes of both queues, flags, the kernel thread's CPU and idle time, and features. They are 0 if
/// the structure cannot be read.
pub fn setup(moment: &mut Moment<'_>) {
    let bytes: [u8; 24] = moment.read_array(moment.arg(1)).unwrap_or_default();
    let field = |index: usize| bytes.get(index * 4..index * 4 + 4).map_or(0, buffer::number);
    let (flags, features) = (UringSetup::convert(field(2)), UringFeatures::convert(field(5)));
    for value in [field(0) as u32, field(1) as u32, flags, field(3) as u32, field(4) as u32, features] {
        moment.out.param(&value.to_le_bytes());
    }
}
