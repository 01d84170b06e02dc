//! `--table`: selected events as rows of a table.

use super::settings::explain;
use crate::status::Failure;
use crate::{escape, framed};
use capture_batch::{Needs, Row, View};
use capture_filter::Env;
use capture_filter::format::Format;
use comfy_table::{Table, presets};

/// One format for each column.
#[derive(Clone)]
pub struct Columns(Vec<Format>);

impl Columns {
    /// Columns for these fields.
    pub fn new(fields: &[String], view: View) -> Result<Columns, Failure> {
        let column = |field: &String| {
            let text = format!("*%{field}");
            Format::compile(&text, view).map_err(|errors| explain(&text, &errors))
        };
        fields.iter().map(column).collect::<Result<_, _>>().map(Columns)
    }

    /// What batches have to hold for them.
    pub fn needs(&self) -> Needs {
        self.0.iter().fold(Needs::empty(), |needs, format| needs | format.needs())
    }

    /// Whether events that are not shown matter too.
    pub fn is_ordered(&self, env: &Env) -> bool {
        self.0.iter().any(|format| format.is_ordered(env))
    }

    /// Takes notice of an event that is not shown.
    pub fn pass_over(&mut self, row: Row<'_>, env: &Env) {
        self.0.iter_mut().for_each(|format| format.pass_over(row, env));
    }

    /// The cells of an event.
    pub fn cells(&mut self, row: Row<'_>, env: &Env) -> Vec<String> {
        let cell = |format: &mut Format| {
            let mut text = Vec::new();
            format.render(row, env, &mut text);
            // A table has lines of its own: what is in a cell must not break them, wherever it is printed.
            escape::in_line(&text)
        };
        self.0.iter_mut().map(cell).collect()
    }
}

/// The table: on a terminal with frames and as wide as that, elsewhere plain.
pub fn table(fields: &[String], rows: Vec<Vec<String>>, on_terminal: bool) -> String {
    let mut table = if on_terminal { framed::table() } else { Table::new() };
    if !on_terminal {
        table.load_style(presets::NOTHING);
    }
    table.set_header(fields).add_rows(rows);
    let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    text.concat()
}
