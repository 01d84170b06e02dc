# Status 2 and a hint for each.
capture query --view both -r fixtures/intrusion.scap; echo "status $?"
capture query -x -X -r fixtures/intrusion.scap; echo "status $?"
capture query -z -r fixtures/intrusion.scap; echo "status $?"
capture query --from soon -r fixtures/intrusion.scap; echo "status $?"
capture query -n 0 -r fixtures/intrusion.scap; echo "status $?"
