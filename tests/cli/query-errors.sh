# All faults of a filter, each with its place and a suggestion; status 2.
try() { capture query -r fixtures/intrusion.scap "$@"; echo "status $?"; }
try 'proc.nam=cat and evt.num>many'
try 'evt.type=connect and (fd.sip=1.2.3.4'
try 'proc.name ~ x'
try 'proc.name in (a, b'
try 'proc.pid contains 3'
try 'fd.sip=300.1.2.3 or fd.sport=99999999999'
try 'evt.arg=x and proc.aname[x]=y'
try 'proc.name regex "("'
try 'proc.name="unclosed'
try 'evt.type=opne'
try 'tolower(evt.num)=x'
try 'and'
try "proc.name=a
  and proc.nme=b"
try "$(printf 'proc.name=\377')"
try -p '%proc.nam %evt.num %nothing'
