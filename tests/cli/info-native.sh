# What a native capture consists of.
capture convert fixtures/intrusion.scap "$TMP/a.cap"
capture info "$TMP/a.cap" > "$TMP/info"
sed -n 's/^native.sections: \([a-z]*\).*/\1/p' "$TMP/info"
grep -q '^native.columns: ' "$TMP/info" && echo columns
grep -cE '^native.(bytes_an_event|as_scap|ratio): [0-9.]+$' "$TMP/info"
capture info -v "$TMP/a.cap" | grep -q '^native.every_section: ' && echo 'every section'
capture info -j "$TMP/a.cap" | jq -r '.native.sections[] | .kind'
capture info -v "$TMP/a.cap" | grep -P '^native.columns: events\t.*> connect\tfd' | cut -f 1,3,4
# The rest is as of the capture that it was made of.
capture info "$TMP/a.cap" | grep -vE '^(file|bytes|compression|native|blocks)' > "$TMP/one"
capture info fixtures/intrusion.scap | grep -vE '^(file|bytes|compression|native|blocks)' > "$TMP/other"
cmp "$TMP/one" "$TMP/other"
capture info fixtures/intrusion.scap | grep native
