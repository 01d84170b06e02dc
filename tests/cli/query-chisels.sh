capture query -r fixtures/intrusion.scap -c spy_port; echo "status $?"
capture query -r fixtures/intrusion.scap -c ps; echo "status $?"
capture query -r fixtures/intrusion.scap -c nonsense; echo "status $?"
capture query -cl; echo "status $?"
# Each of those is a query that works.
capture query -cl 2>&1 | sed -n 's/.*capture query/capture query -q -r fixtures\/intrusion.scap/p' |
  sed 's/MOMENT/10:00/g; s/ADDRESS/1.2.3.4/; s/PORT/80/; s/FILE/x/' > "$TMP/all.sh"
sh -e "$TMP/all.sh" 2>/dev/null; echo "$(grep -c capture "$TMP/all.sh") queries: status $?"
