//! Tables on a terminal.

use comfy_table::{ContentArrangement, Table, presets};

/// A terminal that says it is narrower than this says nothing.
const NARROWEST: u16 = 20;

/// An empty table with a frame, as wide as the terminal.
pub fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    if table.width().is_some_and(|width| width >= NARROWEST) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
}
