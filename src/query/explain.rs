//! `--explain`: how a filter is evaluated, and what was done for it.

use crate::report;
use capture_filter::Filter;
use capture_query::{Count, Plan, Stage, Stats};
use std::fmt::Write;
use std::time::Duration;

/// Says how often which condition is computed.
pub fn plan(filter: Option<&Filter>) {
    let conditions = filter.map_or_else(|| "none: every event is selected\n".to_owned(), Filter::explain);
    say("the filter, as it is evaluated", &conditions);
}

/// Says what a run did, and what took how long.
pub fn run(stats: &Stats, plan: Plan, elapsed: Duration) {
    let mut done = String::new();
    for count in Count::ALL {
        let _ = writeln!(done, "{:<24}{:>14}", count.name(), stats.count(count));
        if count == Count::Batches {
            let skipped = stats.skipped();
            let _ = writeln!(done, "{:<24}{:>14}", "batches skipped", skipped.values().sum::<u64>());
            for (why, batches) in skipped {
                let _ = writeln!(done, "  since {why}: {batches}");
            }
        }
    }
    say("what was done", &done);
    let mut times = String::new();
    for stage in Stage::ALL {
        times += &time(stage.name(), stats.time_of(stage));
    }
    times += &time("from start to end", elapsed);
    let threads = match plan.threads {
        1 => "on one thread".to_owned(),
        n => format!("added up over all threads, of which {n} evaluate and format"),
    };
    say(&format!("how long it took, {threads}"), &times);
}

fn time(what: &str, time: Duration) -> String {
    format!("{what:<24}{:>14.3} s\n", time.as_secs_f64())
}

fn say(title: &str, lines: &str) {
    let lines: Vec<String> = lines.lines().map(|line| format!("\n  {line}")).collect();
    report::note(&format!("{title}:{}", lines.concat()));
}
