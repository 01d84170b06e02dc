//! The catalog against the list of fields that the reference programs have.

use capture_batch::View;
use capture_filter::catalog::{Field, FieldFlags, Get, fields};
use capture_testkit::{shared_dir, skip};
use std::collections::HashSet;

/// One line of the list.
struct Line<'l> {
    name: &'l str,
    ty: &'l str,
    flags: Vec<&'l str>,
    classic_ty: &'l str,
}

fn parse(line: &str) -> Line<'_> {
    let mut columns = line.split('\t');
    let mut next = || columns.next().unwrap_or_default();
    let (name, ty, _format, flags, _classic, _newest, old_ty) =
        (next(), next(), next(), next(), next(), next(), next());
    Line { name, ty, flags: flags.split(',').collect(), classic_ty: if old_ty.is_empty() { ty } else { old_ty } }
}

fn type_name(field: &Field, view: View) -> String {
    format!("{:?}", field.reading(view).ty).to_uppercase()
}

/// Flags of the list and what the catalog has in their place.
const FLAGS: [(&str, FieldFlags); 6] = [
    ("FILTER_ONLY", FieldFlags::FILTER_ONLY),
    ("PRINT_ONLY", FieldFlags::PRINT_ONLY),
    ("NO_RHS", FieldFlags::NO_RHS),
    ("NO_TRANSFORMER", FieldFlags::NO_TRANSFORMER),
    ("IS_LIST", FieldFlags::IS_LIST),
    ("ARG_REQUIRED", FieldFlags::ARG_REQUIRED),
];

#[test]
fn every_field_of_the_reference_programs_is_there_with_its_type_and_flags() {
    let Some(list) = shared_dir().and_then(|dir| std::fs::read_to_string(dir.join("reference/fields.tsv")).ok()) else {
        return skip("no reference/fields.tsv");
    };
    let known: std::collections::HashMap<_, _> = fields().map(|field| (field.name, field)).collect();
    let mut wrong = Vec::new();
    // `evt.around` is described nowhere; `evt.abspath` is used without an argument too.
    let lines = list.lines().filter(|line| !line.starts_with('#')).map(parse);
    for line in lines.filter(|line| line.ty != "?" && line.name != "evt.abspath") {
        let Some(field) = known.get(line.name) else {
            wrong.push(format!("{}: missing", line.name));
            continue;
        };
        for (view, ty) in [(View::Exit, line.ty), (View::Classic, line.classic_ty)] {
            let has_values = !matches!(field.reading(view).get, Get::Nothing);
            if has_values && type_name(field, view) != ty {
                wrong.push(format!("{}: {view:?} type {} instead of {ty}", line.name, type_name(field, view)));
            }
        }
        for (name, flag) in FLAGS {
            let wanted =
                line.flags.contains(&name) || name == "ARG_REQUIRED" && line.flags.contains(&"REQUIRES_ARGUMENT");
            if field.flags.contains(flag) != wanted {
                wrong.push(format!("{}: {name} should be {wanted}", line.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_unique_and_every_field_has_help() {
    let mut seen = HashSet::new();
    for field in fields() {
        assert!(seen.insert(field.name), "{} twice", field.name);
        assert!(field.help.ends_with('.'), "{}: {}", field.name, field.help);
    }
}
