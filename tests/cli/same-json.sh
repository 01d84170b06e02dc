capture -r fixtures/intrusion.scap -j
capture -r fixtures/intrusion.scap -j -p '%evt.num %proc.name %fd.sip %evt.rawres' evt.dir='<'
capture -r fixtures/intrusion.scap -j -p '*%evt.num %fd.sip %fd.is_server %proc.pid' -n 6
capture -r fixtures/not-utf8.scap -j
for option in -x -X -A -b; do capture -r fixtures/intrusion.scap -j $option evt.is_io=true; done
