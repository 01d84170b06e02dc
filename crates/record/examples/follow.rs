//! Records a command: `follow OUT.scap PROGRAM [ARGS]`.

use capture_record::{calls, stream, sys, trace};
use std::io::Write;
fn main() {
    let mut args = std::env::args_os().skip(1);
    let out = args.next().unwrap();
    let words: Vec<_> = args.map(|a| std::ffi::CString::new(a.into_encoded_bytes()).unwrap()).collect();
    let program = std::path::PathBuf::from(words[0].to_str().unwrap());
    let held = sys::spawn::held(&program, &words, || Ok(())).unwrap();
    if std::env::var_os("PIN").is_some() {
        let cpu = sys::place::Cpus::one(0);
        sys::place::allow(0, &cpu).unwrap();
        sys::place::allow(held.tid(), &cpu).unwrap();
    }
    let (stream, taker) = stream::stream();
    let keeper = std::thread::spawn(move || {
        let _ = sys::place::allow(0, &sys::place::Cpus::one(1));
        let mut file = std::fs::File::create(out).unwrap();
        let mut writer =
            capture_scap::Writer::new(&mut file, capture_scap::Target::All, capture_scap::Compression::None);
        writer.section(&capture_scap::Section { major: 1, minor: 2, options: vec![] }).unwrap();
        writer.machine(&Default::default()).unwrap();
        writer.finish().unwrap();
        let mut spare = Vec::new();
        while let Some(mut b) = taker.take(spare) {
            file.write_all(&b).unwrap();
            b.clear();
            spare = b;
        }
    });
    let mut tracer = trace::Tracer::new(stream.clone(), calls::Extent { snaplen: 80, long_snaplen: 4096, env: true });
    tracer.follow_command(held.tid()).unwrap();
    held.release().unwrap();
    let t = std::time::Instant::now();
    let ended = tracer.run().unwrap();
    eprintln!("{ended:?} {} events {:?}", stream.events(), t.elapsed());
    stream.close();
    keeper.join().unwrap();
}
