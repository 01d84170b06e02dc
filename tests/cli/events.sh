capture events open
capture events --view classic openat
capture events OPENAT --view exit; echo "status $?"
capture events | grep -c openat
