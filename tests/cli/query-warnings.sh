# What can never match is no error, since sysdig accepts it, but the user hears of it.
try() { echo "$1:"; capture query -r fixtures/intrusion.scap --view classic -q "$@" 2>&1; echo "status $?"; }
try 'fd.type=ipv5'
try 'fd.l4proto in (tcp, upd) and evt.dir=exit'
try 'proc.name=gnome-terminal-server or proc.pname startswith gnome-terminal-s'
try 'evt.category!=fil'
try 'proc.name regex nginx'
try 'proc.name=proc.pname'
# Nothing is odd about these.
try 'fd.type in (ipv4, unix, file) and evt.dir in (<, >) and proc.aname=nginx and fd.type startswith ip'
