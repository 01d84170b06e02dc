//! What becomes of a selected event: a line, a JSON object, a row of a table.

use super::settings::{Job, Show, explain};
use super::table::Columns;
use crate::escape;
use crate::status::Failure;
use capture_batch::{Needs, Row};
use capture_filter::format::Format;
use capture_filter::{BufferFormat, Env};
use std::ops::Range;

/// Prints the events of one capture.
#[derive(Clone)]
pub struct Printer {
    form: Form,
    /// Whether events that are not printed matter too.
    pub is_ordered: bool,
}

#[derive(Clone)]
enum Form {
    Lines(Format),
    Json(Format),
    Table(Columns),
}

/// What was printed of some rows of a batch, in their order.
#[derive(Default)]
pub struct Printed {
    /// Lines, one after the other.
    text: Vec<u8>,
    /// Where the line of a row ends.
    ends: Vec<(usize, usize)>,
    /// Cells of a table, by row.
    cells: Vec<(usize, Vec<String>)>,
}

impl Printer {
    /// What a job asks for; `None` if nothing is printed.
    pub fn new(job: &Job, env: &Env) -> Result<Option<Printer>, Failure> {
        let compile = |text: &str| Format::compile(text, job.view).map_err(|errors| explain(text, &errors));
        let form = match &job.show {
            Show::Nothing => return Ok(None),
            Show::Lines(text) => {
                let mut format = compile(text)?;
                if job.on_terminal {
                    // Dumps of buffers and their text have lines of their own.
                    let has_lines = !matches!(env.buffer_format, BufferFormat::Dots | BufferFormat::Base64);
                    format.escape_values(if has_lines { escape::lines } else { escape::line });
                }
                Form::Lines(format)
            }
            Show::Json(text) => Form::Json(compile(text)?),
            Show::Table(fields) => Form::Table(Columns::new(fields, job.view)?),
        };
        let is_ordered = match &form {
            Form::Lines(format) | Form::Json(format) => format.is_ordered(env),
            Form::Table(columns) => columns.is_ordered(env),
        };
        Ok(Some(Printer { form, is_ordered }))
    }

    /// What batches have to hold for it.
    pub fn needs(&self) -> Needs {
        match &self.form {
            Form::Lines(format) | Form::Json(format) => format.needs(),
            Form::Table(columns) => columns.needs(),
        }
    }

    /// Takes notice of an event that is not printed.
    pub fn pass_over(&mut self, row: Row<'_>, env: &Env) {
        match &mut self.form {
            Form::Lines(format) | Form::Json(format) => format.pass_over(row, env),
            Form::Table(columns) => columns.pass_over(row, env),
        }
    }

    /// Prints an event.
    pub fn print(&mut self, row: Row<'_>, env: &Env, printed: &mut Printed) {
        let text = &mut printed.text;
        let is_printed = match &mut self.form {
            Form::Lines(format) => format.render(row, env, text),
            Form::Json(format) => format.render_json(row, env, text),
            Form::Table(columns) => return printed.cells.push((row.index, columns.cells(row, env))),
        };
        if is_printed {
            text.push(b'\n');
            printed.ends.push((row.index, text.len()));
        }
    }
}

impl Printed {
    /// Nothing yet, with room for some rows.
    pub fn with_room(rows: usize) -> Self {
        /// As long as most lines are.
        const LINE: usize = 120;
        Printed { text: Vec::with_capacity(LINE * rows), ends: Vec::with_capacity(rows), cells: Vec::new() }
    }

    /// The lines of a range of rows.
    pub fn lines(&self, rows: Range<usize>) -> &[u8] {
        let before = |row: usize| {
            let lines = self.ends.partition_point(|(index, _)| *index < row);
            lines.checked_sub(1).and_then(|last| self.ends.get(last)).map_or(0, |(_, end)| *end)
        };
        self.text.get(before(rows.start)..before(rows.end)).unwrap_or_default()
    }

    /// The cells of a range of rows, those of one row together. They are gone afterwards.
    pub fn take_cells(&mut self, rows: Range<usize>) -> impl Iterator<Item = Vec<String>> {
        let cells = self.cells.iter_mut().filter(move |(index, _)| rows.contains(index));
        cells.map(|(_, cells)| std::mem::take(cells))
    }
}
