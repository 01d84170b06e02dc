# A capture that is still being written: what is there comes at once, what is added follows, and it ends when that is asked for.
cd "$TMP" && ln -s "$OLDPWD/fixtures" fixtures
until_lines() { i=0; while [ "$(wc -l < out)" -lt $1 ] && [ $i -lt 600 ]; do sleep 0.05; i=$((i + 1)); done; }
grow() {
    size=$(stat -c %s $1); head -c $(($2)) $1 > growing; : > out
    capture query -r growing --follow -v -p '%evt.num %evt.type' > out 2> said & asking=$!
    until_lines $3
    [ $3 = 0 ] || [ "$(wc -l < out)" -ge $3 ] || echo "too few before it grows: $(wc -l < out)"
    tail -c +$(($2 + 1)) $1 >> growing
    until_lines $4
    $5 kill -TERM $asking; wait $asking
    echo "status $?, $(wc -l < out) of $4 lines"; grep -o 'Captured Events: [0-9]*' said
}
capture query -r fixtures/intrusion.scap -p '%evt.num %evt.type' > whole 2> /dev/null
echo 'blocks:'; grow fixtures/intrusion.scap 'size * 4 / 5' 10 $(wc -l < whole); cmp out whole
echo 'sections:'
capture cat fixtures/intrusion.scap fixtures/far-apart.scap > two.cap
capture query -r two.cap -p '%evt.num %evt.type' > whole 2> /dev/null
grow two.cap 'size - 1' 50 $(wc -l < whole); cmp out whole
echo 'a recording that says that it ended:'
capture query -r fixtures/scenarios/cron-edit.scap -p '%evt.num %evt.type' > whole 2> /dev/null
zcat -f fixtures/scenarios/cron-edit.scap > plain.scap
grow plain.scap 'size / 2' 10 $(wc -l < whole) true; cmp out whole
echo 'usage:'
capture query -r - --follow; echo "status $?"
capture query -r missing --follow; echo "status $?"
capture query -r two.cap --follow -w x; echo "status $?"
