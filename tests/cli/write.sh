F=fixtures/far-apart.scap
files() { for file in "$TMP"/$1*; do echo "$(basename "$file") $(capture info "$file" 2> /dev/null | grep events.total)"; done; rm -f "$TMP"/$1*; }
echo 'so many events a file:'
capture -r $F -w "$TMP/e.scap" -e 40 2> /dev/null; files e.scap
echo 'a ring of two:'
capture -r $F -w "$TMP/w.scap" -e 40 -W 2 2> /dev/null; files w.scap
echo 'by time, numbered and named:'
capture -r $F -w "$TMP/g.scap" -G 2 2> /dev/null; files g.scap
capture -r $F -w "$TMP/t-%H%M%S.scap" -G 2 2> /dev/null; files t-
echo 'standard output, compressed, and from a pipe:'
capture -r $F -w - -z 'evt.num<=10' 2> /dev/null | capture info - | grep -E '^(compression|events.total)'
cat $F | capture -r - -w - 2> /dev/null | capture -r - 2> /dev/null | cmp - "$(capture -r $F 2> /dev/null > "$TMP/all"; echo "$TMP/all")"
echo 'times and numbers:'
capture -r $F -w "$TMP/n.scap" -n 3 --from 1s 2> /dev/null; capture -r "$TMP/n.scap" -p '%evt.time %evt.type' 2> /dev/null
echo 'no event:'
capture -r $F -w "$TMP/none.scap" proc.name=nobody; echo "status $?"
capture -r "$TMP/none.scap"; echo "status $?"
echo 'usage:'
capture -r $F -w "$TMP/x" -W 3; echo "status $?"
capture -r $F -w - -C 1; echo "status $?"
capture -r $F -r fixtures/intrusion.scap -w "$TMP/x"; echo "status $?"
capture -r fixtures -w "$TMP/x"; echo "status $?"
capture -r $F -w "$TMP/no/such/directory"; echo "status $?"
capture -r $F -w "$TMP/x" --filter-proclist; echo "status $?"
capture -r $F -w "$TMP/x" -F --thin 2>&1 | head -n 1
echo 'only the threads that the filter selects:'
capture -r fixtures/intrusion.scap -w "$TMP/p.scap" --filter-proclist proc.name=nginx 2> /dev/null
capture info "$TMP/p.scap" 2> /dev/null | grep at_start
