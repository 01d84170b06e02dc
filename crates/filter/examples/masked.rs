use capture_batch::*;
use capture_event::ParamType;
use capture_filter::print::Param;
use capture_filter::*;
use capture_scap::{Content, Reader};
use std::io::Write;
use std::sync::Arc;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let mut reader = Reader::open(path.as_ref()).unwrap();
    let head = Head { view: View::Classic, source: Arc::default(), first_ts: 0, ts_before: 0 };
    let mut batch = Batch::new(head, Arc::default());
    let mut num = 0;
    while let Some(block) = reader.next_block() {
        let Ok(block) = block else { continue };
        if let Content::Event(e) = block.content {
            if e.code >= 336 {
                continue;
            }
            num += 1;
            let chunk = batch.chunks.len() as u32;
            let mut all = Vec::new();
            for p in e.params() {
                batch.params.push(ParamSlice { chunk, start: all.len() as u32, len: p.len() as u32 });
                all.extend_from_slice(p);
            }
            batch.chunks.push(all.into());
            batch.params_end.push(batch.params.len() as u32);
            batch.headers.push(RowHeader {
                num,
                ts: e.ts,
                tid: e.tid,
                cpu: e.cpu,
                code: e.code,
                flags: RowFlags::empty(),
            });
        }
    }
    let env = Env { buffer_limit: Some(80), ..Env::default() };
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for row in batch.rows() {
        write!(out, "{} ", row.header.num).unwrap();
        if row.header.code > 1 {
            for p in Param::all(row) {
                let (mut v, mut r) = (Vec::new(), Vec::new());
                p.print(&env, &mut v, &mut r);
                if matches!(p.info.ty, ParamType::FdList) {
                    v = vec![2];
                }
                write!(out, "{}=", p.info.name).unwrap();
                out.write_all(&v).unwrap();
                let state = match p.info.ty {
                    ParamType::Fd | ParamType::Pid | ParamType::FsPath | ParamType::FsRelPath => true,
                    ParamType::Uid | ParamType::Gid => true,
                    ParamType::Dyn => r.is_empty(),
                    _ => false,
                };
                if state {
                    out.write_all(&[1]).unwrap();
                } else if !r.is_empty() {
                    out.write_all(b"(").unwrap();
                    out.write_all(&r).unwrap();
                    out.write_all(b")").unwrap();
                }
                out.write_all(b" ").unwrap();
            }
        }
        out.write_all(b"\n").unwrap();
    }
}
