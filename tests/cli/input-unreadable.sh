# Status 2 and why, for what is no capture.
ask() { capture query -r "$1"; echo "query $2: $?"; capture info "$1" 2>&1 | tail -n 1; }
: > "$TMP/empty"
ask "$TMP/empty" 'empty file'
ask "$TMP/missing" 'missing file'
echo 'an innocent text' > "$TMP/text"
ask "$TMP/text" text
printf '\037\213' > "$TMP/packed"
ask "$TMP/packed" 'start of a compressed file'
printf '\012\015\015\012\034\000\000\000\032\053\074\115\001\000\002\000\377\377\377\377\377\377\377\377\034\000\000\000' > "$TMP/big"
ask "$TMP/big" 'big-endian capture'
printf '\012\015\015\012\034\000\000\000\115\074\053\032\002\000\002\000\377\377\377\377\377\377\377\377\034\000\000\000' > "$TMP/version"
ask "$TMP/version" 'another version'
ask /dev/null '/dev/null'
ask /dev/zero '/dev/zero'
mkdir "$TMP/nothing" "$TMP/other"
ask "$TMP/nothing" 'directory of nothing'
echo notes > "$TMP/other/notes.txt"
ask "$TMP/other" 'directory without a capture'
capture query -r - < "$TMP/empty"; echo "empty input: $?"
capture query -r - < "$TMP/other"; echo "directory as input: $?"
capture query -r - -r - < fixtures/intrusion.scap; echo "input twice: $?"
capture query; echo "no capture: $?"
capture query -r fixtures/intrusion.scap -r "$TMP/missing" -n 1; echo "one of two is missing: $?"
