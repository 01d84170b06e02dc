# Pieces together answer as the whole does, wherever they begin.
cd "$TMP" && ln -s "$OLDPWD/fixtures" fixtures
F='*%evt.time %evt.cpu %proc.name %proc.pname %proc.cwd %fd.name %user.name %container.id %evt.latency %evt.args'
whole() { capture query -r $1 -p "$F" 2> /dev/null | sort > whole; }
pieces() { for piece in piece-*; do capture query --separate -r $piece -p "$F" 2> /dev/null; done | sort | cmp - whole && ls piece-*; rm piece-*; }
whole fixtures/far-apart.scap
for cut in '--events 30' '--events 1000' '--time 2s' '--time 2500ms' '--container'; do
    echo "$cut"; capture split fixtures/far-apart.scap piece.cap $cut; pieces
done
whole fixtures/intrusion.scap
for cut in '--events 10' '--container' '--time 0.5' '--size 1kB'; do
    echo "$cut"; capture split fixtures/intrusion.scap piece.scap.gz $cut; pieces
done
echo 'each to its container:'
capture split fixtures/intrusion.scap piece.cap --container
for piece in piece-*; do echo "$piece: $(capture query -r $piece -p %container.id 2> /dev/null | sort | uniq -c | xargs)"; done
echo 'what cannot be done:'
capture split fixtures/intrusion.scap piece.cap; echo "status $?"
capture split fixtures/intrusion.scap - --events 1; echo "status $?"
capture split fixtures/intrusion.scap piece.cap --events 0; echo "status $?"
capture split fixtures/intrusion.scap piece.cap --size 10; echo "status $?"
