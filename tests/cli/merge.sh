# The files that a recorder leaves are one capture again.
cd "$TMP" && ln -s "$OLDPWD/fixtures" fixtures
F='*%evt.time %evt.cpu %proc.name %proc.pname %proc.cwd %fd.name %user.name %container.id %evt.latency %evt.args'
ask() { capture query -r $1 -p "$F" 2> /dev/null; }
for name in far-apart intrusion; do
    ask fixtures/$name.scap > whole
    capture query -r fixtures/$name.scap -w piece.scap -e 20 2> /dev/null
    capture merge -w merged.cap $(ls -r piece.scap*); ask merged.cap | cmp - whole
    ls piece.scap* | wc -l; capture info merged.cap 2> /dev/null | grep ^sections; rm piece.scap*
    capture split fixtures/$name.scap piece.cap --events 20 2> /dev/null
    capture merge -w merged.scap piece-*; ask merged.scap | cmp - whole; rm piece-*
done
# A recording of later begins with what its own lists say.
capture slice fixtures/far-apart.scap first.cap --to 1s 2> /dev/null
capture slice fixtures/far-apart.scap last.cap --from 3s proc.name exists 2> /dev/null
(ask first.cap; ask last.cap) > both
capture merge -w merged.cap last.cap first.cap; ask merged.cap | cmp - both
# What is not of one host, or of the same time, is not mixed.
capture merge -w no.cap fixtures/far-apart.scap fixtures/intrusion.scap; echo "status $?"
capture merge -w no.cap fixtures/far-apart.scap fixtures/far-apart.scap; echo "status $?"
capture merge -w no.cap - < first.cap; echo "status $?"
capture merge -w first.cap first.cap last.cap; echo "status $?"
if [ -e no.cap ]; then echo "something was written"; fi
