//! Any bytes as rule files, a zero byte between them: all that is said of them can be printed and lies in them, and the
//! conditions of what loads print as what reads as the same.
#![no_main]

use capture_filter::language::parser::parse;
use capture_rules::{Options, Source, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for falco_quirks in [false, true] {
        let files = bytes.split(|&byte| byte == 0).enumerate();
        let sources = files.map(|(i, bytes)| Source::new(format!("{i}.yaml"), bytes)).collect();
        let loaded = load(sources, &Options { falco_quirks, ..Options::default() });
        for result in &loaded.results {
            assert!(result.to_json(&loaded.files).is_object());
            for diagnostic in &result.diagnostics {
                assert!(diagnostic.place.end <= loaded.files.text(diagnostic.place.file).len());
                assert!(!diagnostic.text(&loaded.files).is_empty());
            }
        }
        for rule in loaded.rules.iter().flat_map(|rules| rules.rules()) {
            let text = rule.filter.expr().to_string();
            let again = parse(&text);
            assert!(again.errors.is_empty(), "{text}");
        }
    }
});
