capture fields evt.is
capture fields -v fd.sip
capture fields span. | tail -n 3
capture fields nothing.; echo "status $?"
# Every field is in a family that the list of all has.
capture fields | wc -l | awk '{ print ($1 > 200) }'
