//! Writes a random capture: `cargo run -p capture-testkit --example random_capture -- SEED EVENTS OUT.scap
//! [tidy|exit]`.

use capture_testkit::{Form, random_capture};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [seed, events, out, form @ ..] = args.as_slice() else {
        return Err("usage: random_capture SEED EVENTS OUT.scap [tidy|exit]".into());
    };
    let form = match form.first().map(String::as_str) {
        None => Form::Pairs,
        Some("tidy") => Form::TidyPairs,
        Some(_) => Form::ExitOnly,
    };
    random_capture(seed.parse()?, events.parse()?, form).write(Path::new(out))?;
    Ok(())
}
