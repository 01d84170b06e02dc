//! Accepts and refuses the same filters as the newest libraries did when they were measured.

use capture_batch::View;
use capture_filter::{Env, Filter, FilterError};
use capture_testkit::{shared_dir, skip};

/// One line of the measurements.
struct Row {
    filter: String,
    verdict: String,
    reason: String,
}

fn rows(file: &str) -> Option<Vec<Row>> {
    let text = std::fs::read_to_string(shared_dir()?.join("golden").join(file)).ok()?;
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        Row {
            filter: serde_json::from_str(columns[0]).unwrap(),
            verdict: columns[1].to_string(),
            reason: columns[2].to_string(),
        }
    });
    Some(rows.collect())
}

/// Filters that we accept on purpose, and why.
fn accepted_on_purpose(row: &Row) -> Option<&'static str> {
    if row.reason.contains("exceeded max depth limit") {
        return Some("nesting may be ten times as deep");
    }
    let fields = ["container.id", "k8s.pod.name", "mesos.task.id", "span.id", "evtin.span.id"];
    let plugin = "proc.is_container_healthcheck";
    if row.reason.contains("nonexistent field") && fields.iter().chain([&plugin]).any(|f| row.filter.starts_with(f)) {
        return Some("the fields of the container plugin and of older versions are always there");
    }
    None
}

fn verdict(filter: &str) -> Result<Filter, Vec<FilterError>> {
    Filter::compile(filter, View::Exit, &Env::default())
}

fn check(file: &str) {
    let Some(rows) = rows(file) else { return skip("the shared measurements are not here") };
    let (mut checked, mut on_purpose, mut wrong) = (0, 0, Vec::new());
    for row in rows.iter().filter(|row| row.verdict != "crash") {
        checked += 1;
        match (verdict(&row.filter), row.verdict.as_str()) {
            (Ok(_), "accept") => {}
            (Err(_), "reject") => {}
            (Ok(_), "reject") if accepted_on_purpose(row).is_some() => on_purpose += 1,
            (Ok(_), _) => wrong.push(format!("accepted: {}\n    {}", row.filter, row.reason)),
            (Err(errors), _) => {
                let errors: Vec<_> = errors.iter().map(|error| error.render(&row.filter)).collect();
                wrong.push(format!("refused: {}\n{}", row.filter, errors.join("\n")));
            }
        }
    }
    eprintln!("{file}: {checked} filters, {on_purpose} accepted on purpose, {} otherwise", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 0);
}

#[test]
fn filters_without_containers() {
    check("filters.tsv");
}

#[test]
fn filters_of_containers() {
    check("filters-container.tsv");
}

/// The place of a syntax error is that of the libraries, in bytes.
#[test]
fn places_of_syntax_errors() {
    let Some(rows) = rows("filters.tsv") else { return skip("the shared measurements are not here") };
    let mut wrong = Vec::new();
    for row in rows {
        let Some(index) = row.reason.strip_prefix("filter error at index ") else { continue };
        let index: usize = index.split(',').next().unwrap().parse().unwrap();
        // An escape is shown itself, not the end of its text; and limits differ.
        if row.reason.contains("escape") || accepted_on_purpose(&row).is_some() {
            continue;
        }
        let starts: Vec<usize> = verdict(&row.filter).err().unwrap_or_default().iter().map(|e| e.span.start).collect();
        if !starts.contains(&index) {
            wrong.push(format!("{}: {index} expected, {starts:?} found", row.filter));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
