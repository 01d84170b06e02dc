//! What a file requires: versions of the engine and of plugins.

use super::values::Keys;
use super::{Read, Reader};
use crate::diagnostic::{Context, ItemKind};
use crate::item::{EngineVersion, Item, PluginRequirement, PluginVersion};
use crate::version::Version;
use crate::yaml::{Node, convert};
use std::sync::Arc;

impl Reader<'_> {
    /// `required_engine_version`: a number, which is the minor version, or a whole version.
    pub(super) fn engine_version(&mut self, item: &Arc<Node>) -> Read<()> {
        const KEY: &str = "required_engine_version";
        let context = self.file.child(ItemKind::EngineVersion, "", item);
        let text = self.text(Keys { node: item, context: &context }, KEY)?;
        let minor = convert::number(text.as_str()).map(|minor| Version(0, minor, 0));
        let Some(version) = minor.or_else(|| Version::parse(text.as_str())) else {
            return self.fault(format!("`{}` is no version, such as `0.31.0`", text.as_str()), &context);
        };
        self.taker.item(Item::EngineVersion(EngineVersion { version, context: context.clone() }));
        self.unknown_keys(item, &[KEY], &context);
        Ok(())
    }

    /// `required_plugin_versions`: a list of plugins, each with a version, and others that do as well.
    pub(super) fn plugin_versions(&mut self, item: &Arc<Node>) -> Read<()> {
        const KEY: &str = "required_plugin_versions";
        let Some(value) = item.get(KEY) else { return Ok(()) };
        let context = self.file.child(ItemKind::PluginVersions, "", value);
        let Some(entries) = value.sequence() else {
            return self.fault(format!("`{KEY}` has to be a list"), &context);
        };
        let read: Vec<_> = entries.iter().map(|entry| self.plugin_version(entry, &context)).collect();
        let read: Read<Vec<PluginVersion>> = read.into_iter().collect();
        read?.into_iter().for_each(|plugin| self.taker.item(Item::PluginVersion(plugin)));
        let whole = self.file.child(ItemKind::PluginVersions, "", item);
        self.unknown_keys(item, &[KEY], &whole);
        Ok(())
    }

    fn plugin_version(&mut self, entry: &Node, parent: &Context) -> Read<PluginVersion> {
        let (first, context) = self.requirement(entry, ItemKind::PluginVersionsEntry, parent)?;
        let mut alternatives = vec![first];
        if let Some(others) = entry.get("alternatives") {
            let Some(others) = others.sequence() else {
                return self.fault("`alternatives` has to be a list", &context);
            };
            for other in others {
                alternatives.push(self.requirement(other, ItemKind::PluginVersionsAlternative, &context)?.0);
            }
        }
        Ok(PluginVersion { alternatives, context })
    }

    /// A plugin's name and version.
    fn requirement(&mut self, node: &Node, kind: ItemKind, parent: &Context) -> Read<(PluginRequirement, Context)> {
        let nameless = parent.child(kind, "", node);
        if node.mapping().is_none() {
            return self.fault("a required plugin has `name` and `version`", &nameless);
        }
        let name = self.text(Keys { node, context: &nameless }, "name")?.as_str().to_owned();
        let context = parent.child(kind, &name, node);
        let version = self.text(Keys { node, context: &context }, "version")?.as_str().to_owned();
        Ok((PluginRequirement { name, version }, context))
    }
}
