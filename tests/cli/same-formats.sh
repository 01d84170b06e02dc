F=fixtures/intrusion.scap
capture -r $F -p '%evt.num %proc.name %fd.name' evt.type=connect
echo 'only lines with all values, and all lines:'
capture -r $F -p '%evt.num %fd.sip'
capture -r $F -p '*%evt.num %fd.sip' -n 8
echo 'widths and arguments:'
capture -r $F -p '*%12proc.name|%5evt.num|%12evt.type|%3proc.name|%evt.arg[0]|%evt.arg.fd|%proc.aname[1]|%proc.aname[2]' evt.dir='<'
capture -r $F -p '%%evt.num 100% 50%% text' -n 1
echo 'presets:'
for preset in c container k kubernetes m mesos; do capture -r $F -p$preset -n 4; done
echo 'identities:'
capture -r $F -p '*%evt.num %proc.pid %proc.ppid %thread.tid %proc.exe %proc.args %proc.cmdline %proc.exeline %proc.cwd %user.uid %user.name %group.gid %container.id'
echo 'descriptors:'
capture -r $F -p '*%evt.num %fd.num %fd.type %fd.typechar %fd.name %fd.directory %fd.filename %fd.cip %fd.cport %fd.sip %fd.sport %fd.l4proto %fd.rip'
echo 'results:'
capture -r $F -p '*%evt.num %evt.type %evt.dir %evt.res %evt.rawres %evt.failed %evt.args %evt.info %evt.category %evt.cpu'
