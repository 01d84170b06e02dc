//! Who comes into a container that is followed without being started by anybody who is.

use capture_record::container::{Found, Newcomers};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ID: &str = "697956520d891b5cb0e215093970c733549a3f745f52263c05b37f8a488994f3";

#[test]
fn the_monitor_of_a_session_is_met_when_it_begins() {
    let found = Found { id: ID[..12].to_owned(), full_id: ID.to_owned(), kind: 0 };
    let newcomers = match Newcomers::of(vec![found]) {
        Ok(newcomers) => newcomers,
        Err(error) => return eprintln!("skipped: the process connector is not for us: {error}"),
    };
    let directory = tempfile::tempdir().unwrap();
    let monitor = directory.path().join("conmon");
    capture_testkit::install("/bin/sh", &monitor);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (is_over, mut met) = (&is_over, Vec::new());
        let deadline = Instant::now() + Duration::from_secs(60);
        let looking = scope.spawn(move || {
            newcomers.follow(|| is_over.load(Ordering::Relaxed) || Instant::now() > deadline, |pid| met.push(pid));
            met
        });
        let run = |id: &str| Command::new(&monitor).args(["-c", "sleep 0.5; true", id]).spawn().unwrap();
        let (mut other, mut own) = (run(&"0".repeat(64)), run(ID));
        other.wait().unwrap();
        own.wait().unwrap();
        is_over.store(true, Ordering::Relaxed);
        let met = looking.join().unwrap();
        assert!(met.contains(&(own.id() as i32)) && !met.contains(&(other.id() as i32)), "{met:?}");
    });
}
