capture -r fixtures/intrusion.scap --table evt.num,evt.time,proc.name,fd.name evt.type in '(open, openat, connect)'
capture -r fixtures/not-utf8.scap --table ' evt.num , proc.name,evt.args'
capture -r fixtures/intrusion.scap --table evt.num proc.name=nobody
capture -r fixtures/intrusion.scap --table evt.num,proc.nam; echo "status $?"
capture -r fixtures/intrusion.scap --table proc.name -j; echo "status $?"
