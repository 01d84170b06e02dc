# The lists themselves are those of `fields` and `events`.
capture query -l > "$TMP/a"; capture fields > "$TMP/b"; cmp "$TMP/a" "$TMP/b"; head -n 5 "$TMP/a"
capture query -lv > "$TMP/a"; capture fields -v > "$TMP/b"; cmp "$TMP/a" "$TMP/b"; head -n 5 "$TMP/a"
capture query -L > "$TMP/a"; capture events --view classic > "$TMP/b"; cmp "$TMP/a" "$TMP/b"; head -n 5 "$TMP/a"
capture query -pp
