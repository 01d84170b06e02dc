//! How far a command has come, on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// A progress bar over the bytes of the captures. It shows only on a terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over `total` bytes; without a total it counts. Hidden unless `wanted`.
    pub fn new(wanted: bool, total: Option<u64>) -> Self {
        if !wanted {
            return Progress { bar: ProgressBar::hidden() };
        }
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), "{wide_bar} {percent:>3} %  {bytes}/{total_bytes}  {eta} left"),
            None => (ProgressBar::no_length(), "{spinner} {bytes} read"),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress { bar }
    }

    /// So many bytes are done.
    pub fn set(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
