//! Prints what a replay binds to every event, one column a fact:
//! `cargo run -p capture-machine --example bound -- classic|exit FILE [count]`.

use capture_batch::{Id, Needs, Own, Row, RowFlags, View};
use capture_machine::{Piece, Replay};
use capture_scap::Reader;
use std::io::Write;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let view = if args.get(1).is_some_and(|view| view == "exit") { View::Exit } else { View::Classic };
    let file = args.get(2).expect("a capture");
    let only_count = args.get(3).is_some();
    let needs = if args.get(3).is_some_and(|what| what == "bare") { Needs::empty() } else { Needs::all() };
    let reader = Reader::open(file.as_ref()).expect("a readable capture");
    let mut replay = Replay::new(reader, view, needs, file);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut rows, mut batches, mut values) = (0, 0, [0; 4]);
    while let Some(piece) = replay.next_piece() {
        match piece {
            Piece::Damage(damage) => eprintln!("{damage}"),
            Piece::Batch(batch) if only_count => {
                rows += batch.len();
                batches += 1;
                let segment = &batch.segment;
                values = [segment.owns.len(), segment.lineages.len(), segment.objects.len(), batch.lives.len()];
            }
            Piece::Batch(batch) => {
                for row in batch.rows() {
                    if !row.header.flags.intersects(RowFlags::NEVER_SHOWN | RowFlags::INTERNAL) {
                        let _ = writeln!(out, "{}", line(&row));
                    }
                }
            }
        }
    }
    if only_count {
        eprintln!("{rows} rows, {batches} batches, last: owns lineages objects lives {values:?}");
    }
}

fn line(row: &Row<'_>) -> String {
    let mut columns = vec![row.header.num.to_string(), row.header.tid.to_string()];
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let list = |text: &capture_batch::Text| {
        text.items().map(|item| String::from_utf8_lossy(item).into_owned()).collect::<Vec<_>>().join(" ")
    };
    let na = || "<NA>".to_string();
    match row.own() {
        None => columns.extend(std::iter::repeat_n(na(), 15)),
        Some(own) => {
            let leader_ppid = row.lineage().map_or_else(na, |lineage| lineage.ppid.to_string());
            columns.extend([
                own.pid.to_string(),
                text(&own.comm),
                text(&own.exe),
                text(&own.exepath),
                list(&own.args),
                text(&own.cwd),
                own.sid.to_string(),
                (own.tty as i32).to_string(),
                own.uid.to_string(),
                own.gid.to_string(),
                own.vtid.to_string(),
                own.vpid.to_string(),
                leader_ppid,
                list(&own.env),
                text(&own.container_id),
            ]);
        }
    }
    let name = |id: Id<Own>| row.batch.segment.owns.get(id).map_or_else(na, |own| text(&own.comm));
    match row.lineage() {
        None => columns.extend(std::iter::repeat_n(na(), 4)),
        Some(lineage) => columns.extend([
            name(lineage.parent),
            lineage.ancestors.get(1).map_or_else(na, |&id| name(id)),
            name(lineage.session),
            lineage.login_shell.map_or_else(na, |pid| pid.to_string()),
        ]),
    }
    match row.live() {
        None => columns.extend(std::iter::repeat_n(na(), 9)),
        Some(live) => columns.extend([
            live.vm_size.to_string(),
            live.vm_rss.to_string(),
            live.vm_swap.to_string(),
            live.pf_major.to_string(),
            live.pf_minor.to_string(),
            live.fd_limit.to_string(),
            live.fd_open.to_string(),
            live.threads.to_string(),
            live.children.to_string(),
        ]),
    }
    let latency = row.enter_ts().map_or(0, |ts| row.header.ts.wrapping_sub(ts));
    columns.push(latency.to_string());
    columns.push(row.object().map_or_else(na, |object| text(&object.name)));
    columns.push(row.object().map_or_else(na, |_| row.fd().to_string()));
    columns.join("\u{1}").replace('\n', "\\n")
}
