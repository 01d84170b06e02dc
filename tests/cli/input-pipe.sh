# Standard input, a pipe with a name, plain and compressed, are read as a file is.
capture query -r fixtures/intrusion.scap > "$TMP/expected" 2> "$TMP/says"
cat fixtures/intrusion.scap | capture query -r - 2>&1 > "$TMP/out" | cmp - "$TMP/says"; cmp "$TMP/out" "$TMP/expected"
capture query -r - < fixtures/intrusion.scap 2> /dev/null | cmp - "$TMP/expected"
zcat fixtures/intrusion.scap | capture - 2> /dev/null | cmp - "$TMP/expected"
mkfifo "$TMP/pipe"
cat fixtures/intrusion.scap > "$TMP/pipe" &
capture query -r "$TMP/pipe" 2> /dev/null | cmp - "$TMP/expected"
zcat fixtures/intrusion.scap | head -c 4000 | capture query -r - -q; echo "status $?"
cat fixtures/intrusion.scap | capture info - | head -n 3
# Whoever reads our output may stop.
capture query -r fixtures/intrusion.scap -p '%evt.num' | head -n 1
# A full disk is no quiet end.
capture query -r fixtures/intrusion.scap -p '%evt.num' > /dev/full; echo "status $?"
# Pipes are no pieces of a recording, whatever their names.
mkfifo "$TMP/x1" "$TMP/x2"
capture -r fixtures/far-apart.scap -w "$TMP/x.scap" -e 50 2> /dev/null
cat "$TMP/x.scap0" > "$TMP/x1" &
cat "$TMP/x.scap1" > "$TMP/x2" &
capture query -r "$TMP/x1" -r "$TMP/x2" -p '%evt.num' 2> /dev/null | wc -l
capture query -r "$TMP/x.scap0" -r "$TMP/x.scap1" -p '%evt.num' 2>&1 | grep pieces
