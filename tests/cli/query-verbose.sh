# Statistics go to stderr, with a time that differs from run to run.
capture query -r fixtures/intrusion.scap -v -q 2>&1 | sed 's/[0-9.]* eps/N eps/; s/time: [0-9.]*/time: T/'
capture query -r fixtures/intrusion.scap -v -q evt.type=open 2>&1 | sed 's/[0-9.]* eps/N eps/; s/time: [0-9.]*/time: T/'
capture query -r fixtures/intrusion.scap -P -q
capture query -r fixtures/intrusion.scap -d -p '%evt.num' -n 1
capture query -r fixtures/intrusion.scap -R evt.type=connect
