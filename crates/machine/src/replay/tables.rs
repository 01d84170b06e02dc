//! The blocks before the first event: what the host looked like.

use crate::Machine;
use capture_batch::Text;
use capture_scap::{Content, MachineInfo};

impl Machine {
    /// Takes over what a block before the first event says of the host.
    pub(super) fn load(&mut self, content: &Content<'_>) {
        match content {
            Content::Machine(info) => self.load_info(info),
            Content::Interfaces(list) => {
                self.addresses = list.iter().map(|interface| (interface.address, interface.netmask)).collect();
            }
            Content::Users(list) => self.users.load(self.view, list),
            Content::Processes(list) => list.iter().for_each(|entry| self.import_thread(entry)),
            Content::Fds(list) => self.import_fds(list),
            Content::Section(_) | Content::Event(_) | Content::Unknown { .. } => {}
        }
    }

    fn load_info(&mut self, info: &MachineInfo<'_>) {
        self.hostname = Text::from(info.hostname);
        self.cpus = Some(info.cpus);
        self.boot_ts = info.boot_ts;
    }
}
