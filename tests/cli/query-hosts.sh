printf '203.0.113.7 evil.example evil # comment\n\nnonsense here\n198.51.100.23 visitor.example\n' > "$TMP/hosts"
capture query -r fixtures/intrusion.scap --hosts "$TMP/hosts" -p '*%evt.num %fd.sip %fd.sip.name %fd.cip.name' fd.sip.name=evil.example
capture query -r fixtures/intrusion.scap -p '*%evt.num %fd.sip %fd.sip.name' evt.type=connect
capture query -r fixtures/intrusion.scap -p '*%evt.num %fd.sip' evt.type=connect and fd.sip.name=evil.example
capture query -r fixtures/intrusion.scap --hosts "$TMP/missing"; echo "status $?"
