//! Macros and lists that nothing uses.

use super::Compilation;
use crate::diagnostic::{Code, Diagnostic};
use crate::item::PluginVersion;

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
            let diagnostic = match found {
                Some((one, (_, version))) => match crate::version::Version::parse(&one.version) {
                    Some(needed) if version.serves(needed) => continue,
                    _ => {
                        let (name, needed) = (&one.name, &one.version);
                        let message =
                            format!("the plugin `{name}` is needed in version {needed}, and this is {version}");
                        Diagnostic::new(Code::Validate, message, &wanted.context)
                    }
                },
                None => self.missing_plugin(wanted),
            };
            self.diagnostics.push(diagnostic);
        }
    }

    /// What is said of a plugin that is not there. Where it brings the events that all rules of the file are for, there
    /// is nothing to be run that would need it.
    fn missing_plugin(&self, wanted: &PluginVersion) -> Diagnostic {
        let names: Vec<String> =
            wanted.alternatives.iter().map(|one| format!("`{}` {}", one.name, one.version)).collect();
        let names = names.join(" or ");
        let file = wanted.context.place.file;
        let mut of_file = self.collector.rules.all().iter().filter(|rule| rule.context.place.file == file).peekable();
        if of_file.peek().is_some() && of_file.all(|rule| rule.is_foreign) {
            let message = format!("a plugin is needed by rules that are skipped: {names}");
            return Diagnostic::new(Code::UnknownSource, message, &wanted.context);
        }
        let mut diagnostic = Diagnostic::new(Code::Validate, format!("a plugin is needed: {names}"), &wanted.context);
        let hint = "captures hold no events of plugins; of theirs, what `container` brings is known here";
        diagnostic.hint = Some(hint.to_owned());
        diagnostic
    }
}
