//! Verdicts and counts of `filters.tsv` and `filters-container.tsv`.

use crate::{Golden, known};
use capture_testkit::parallel;
use std::collections::BTreeMap;

/// The captures that are counted, in the order of the columns.
const CAPTURES: [&str; 5] = ["cat_write", "curl_google", "psp_run_as_user_0_container", "single_ipv6_conn", "sample"];

/// A line of the golden file.
pub struct Row {
    /// The filter.
    pub filter: String,
    /// Whether the libraries accept it.
    pub accepted: bool,
    /// Matching exit events by capture.
    pub counts: Vec<u64>,
    /// What the reason column says.
    pub reason: String,
    /// Its group.
    pub group: String,
}

/// What we make of a filter: the number of matching exit events by capture, or the reason why not.
pub type Answer = Result<Vec<u64>, String>;

/// Compares all, prints what was found, and says whether every difference is explained.
pub fn compare(golden: &Golden, is_wanted: impl Fn(&str) -> bool) -> bool {
    let mut rows = read(golden, "filters.tsv");
    rows.extend(read(golden, "filters-container.tsv"));
    rows.retain(|row| is_wanted(&row.filter) || is_wanted(&row.group));
    let (mut verdicts, mut counts, mut accepted) = (0, 0, 0);
    let mut classes: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unexplained = Vec::new();
    parallel(
        &rows,
        |row| (row, answer(golden, row)),
        |(row, answer)| {
            accepted += u64::from(row.accepted);
            verdicts += u64::from(row.accepted == answer.is_ok());
            counts += u64::from(row.accepted && answer.as_ref() == Ok(&row.counts));
            let same = match &answer {
                Ok(found) => row.accepted && *found == row.counts,
                Err(_) => !row.accepted,
            };
            match known::filter_class(row, &answer) {
                _ if same => {}
                Some(class) => *classes.entry(class).or_default() += 1,
                None => unexplained.push((row, answer)),
            }
        },
    );
    println!("filters: {} compared, {verdicts} verdicts equal, {counts} of {accepted} counts equal", rows.len());
    classes.iter().for_each(|(class, n)| println!("  {n:>6}  {class}"));
    println!("  {:>6}  without an explanation", unexplained.len());
    for (row, answer) in &unexplained {
        let theirs = if row.accepted { format!("{:?}", row.counts) } else { format!("rejected: {}", row.reason) };
        println!("{}\n  newest: {theirs}\n  ours:   {}", row.filter.escape_debug(), shown(answer));
    }
    unexplained.is_empty()
}

fn shown(answer: &Answer) -> String {
    match answer {
        Ok(counts) => format!("{counts:?}"),
        Err(reason) => format!("rejected: {reason}"),
    }
}

fn read(golden: &Golden, file: &str) -> Vec<Row> {
    let path = golden.file(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
}

/// A row; `None` for filters that make the libraries crash: there is nothing to compare with.
fn row(line: &str) -> Option<Row> {
    let columns: Vec<&str> = line.split('\t').collect();
    let column = |i: usize| columns.get(i).copied().unwrap_or_default();
    let filter = serde_json::from_str(column(0)).unwrap_or_else(|error| panic!("{line}: {error}"));
    let counts = (3..8).filter_map(|i| column(i).parse().ok()).collect();
    let row =
        Row { filter, accepted: column(1) == "accept", counts, reason: column(2).into(), group: column(15).into() };
    (column(1) != "crash").then_some(row)
}

fn answer(golden: &Golden, row: &Row) -> Answer {
    // Some rows were counted with a guard in front, since the example program fails without it.
    let guarded = row.reason.contains("evt.rawres exists and (FILTER)");
    let filter = if guarded { format!("evt.rawres exists and ({})", row.filter) } else { row.filter.clone() };
    CAPTURES.iter().map(|capture| count(golden, capture, &filter)).collect()
}

fn count(golden: &Golden, capture: &str, filter: &str) -> Result<u64, String> {
    let output = golden.query(capture).args(["-p", "*%evt.dir", "--", filter]).output();
    let output = output.map_err(|error| error.to_string())?;
    match output.status.code() {
        Some(0) => Ok(output.stdout.split(|&byte| byte == b'\n').filter(|line| *line == b"<").count() as u64),
        Some(2) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        _ => Err(format!("ends with {}: {}", output.status, String::from_utf8_lossy(&output.stderr))),
    }
}
