//! Macros and lists that nothing uses.

use super::Compilation;
use crate::diagnostic::{Code, Diagnostic};

impl Compilation<'_> {
    pub(super) fn warn_unused(&mut self) {
        let mut unused = Vec::new();
        let macros = self.macros.all.iter().zip(self.collector.macros.all());
        for (_, own) in macros.filter(|(compiled, _)| !compiled.is_used) {
            let message = format!("nothing uses the macro `{}`", own.name);
            unused.push(Diagnostic::new(Code::UnusedMacro, message, &own.context));
        }
        let lists = self.lists.all.iter().zip(self.collector.lists.all());
        for (_, own) in lists.filter(|(compiled, _)| !compiled.is_used) {
            let message = format!("nothing uses the list `{}`", own.name);
            unused.push(Diagnostic::new(Code::UnusedList, message, &own.context));
        }
        self.diagnostics.extend(unused);
    }

    /// Plugins that files require and that are not there.
    pub(super) fn check_plugins(&mut self) {
        for wanted in &self.collector.plugins {
            let known = |name: &str| self.options.plugins.iter().find(|(plugin, _)| *plugin == name);
            let found = wanted.alternatives.iter().find_map(|one| Some((one, known(&one.name)?)));
            let (message, hint) = match found {
                Some((one, (_, version))) => match crate::version::Version::parse(&one.version) {
                    Some(needed) if version.serves(needed) => continue,
                    _ => (
                        format!(
                            "the plugin `{}` is needed in version {}, and this is {version}",
                            one.name, one.version
                        ),
                        None,
                    ),
                },
                None => {
                    let names: Vec<String> =
                        wanted.alternatives.iter().map(|one| format!("`{}` {}", one.name, one.version)).collect();
                    let hint = "captures hold no events of plugins; of theirs, what `container` brings is known here";
                    (format!("a plugin is needed: {}", names.join(" or ")), Some(hint))
                }
            };
            let mut diagnostic = Diagnostic::new(Code::Validate, message, &wanted.context);
            diagnostic.hint = hint.map(str::to_owned);
            self.diagnostics.push(diagnostic);
        }
    }
}
