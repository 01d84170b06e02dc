//! No event, however odd its parameters, makes a field panic.

mod support;

use capture_batch::View;
use capture_event::schema;
use capture_event::tables::fd::FdType;
use capture_filter::catalog::{Get, Memory, fields};
use capture_filter::{Arg, Ask, BufferFormat, Env, TimeOutput};
use support::{Made, file, named};

/// A small generator of numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 >> 33
    }

    fn bytes(&mut self) -> Vec<u8> {
        let len = match self.next() % 8 {
            0 => 0,
            1 => 300,
            2 => 8,
            3 => 4,
            n => n * 5,
        };
        let fill = self.next();
        let mut byte = || match fill % 4 {
            0 => 0,
            1 => 0xff,
            2 => b"/.a\0"[(self.next() % 4) as usize],
            _ => self.next() as u8,
        };
        (0..len).map(|_| byte()).collect()
    }
}

fn batch(view: View, numbers: &mut Numbers) -> Made {
    let mut made = Made::new(view);
    for code in 0..schema::EVENT_COUNT {
        for _ in 0..4 {
            made = made.event(code).at(numbers.next()).took(numbers.next());
            for _ in 0..numbers.next() % 34 {
                made = made.bytes(&numbers.bytes());
            }
            if !numbers.next().is_multiple_of(4) {
                made = made.thread("x", "/x/");
            }
            if numbers.next().is_multiple_of(2) {
                let object =
                    if numbers.next().is_multiple_of(2) { file("/dev/log") } else { named(FdType::Directory, "") };
                made = made.object(3, object.clone()).refers((numbers.next() % 4) as u16, 0, object);
            }
        }
    }
    made
}

#[test]
fn every_field_survives_every_event() {
    let mut numbers = Numbers(1);
    let args = [
        Arg::None,
        Arg::Index(0),
        Arg::Index(-1),
        Arg::Index(i64::MAX),
        Arg::Key(b"data".to_vec()),
        Arg::Key(b"dst".to_vec()),
    ];
    let formats = [BufferFormat::Dots, BufferFormat::HexAscii, BufferFormat::Ascii, BufferFormat::Base64];
    for (turn, view) in [View::Classic, View::Exit].into_iter().cycle().take(4).enumerate() {
        let made = batch(view, &mut numbers);
        let env = Env {
            buffer_format: formats[turn],
            buffer_limit: Some(turn),
            time_output: if turn % 2 == 0 { TimeOutput::Relative } else { TimeOutput::Delta },
            ..Env::default()
        };
        let mut read = 0;
        for field in fields() {
            let mut memory = Memory::default();
            for row in made.batch.rows() {
                for arg in &args {
                    let ask = Ask { row, arg, env: &env };
                    match field.reading(view).get {
                        Get::Pure(get) => drop(get(&ask)),
                        Get::Ordered(get) => drop(get(&ask, &mut memory)),
                        Get::Nothing => continue,
                    }
                    read += 1;
                }
            }
        }
        assert!(read > 1_000_000, "{read} readings");
    }
}
