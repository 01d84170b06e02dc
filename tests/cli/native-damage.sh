# A damaged or cut native capture answers as far as it can be read, and says where not.
F=fixtures/intrusion.scap
cd "$TMP" && ln -s "$OLDPWD/fixtures" fixtures
ask() { capture query -r "$1" -p %evt.num > found 2> said; echo "status $?, $(wc -l < found) events"; sed 's/[0-9]\{2,\}/N/g' said; }
capture convert $F a.cap
echo 'cut:'; head -c $(($(stat -c %s a.cap) / 2)) a.cap > cut.cap; ask cut.cap
echo 'hardly begun:'; head -c 20 a.cap > short.cap; ask short.cap
echo 'a byte of the tables:'; (head -c 100 a.cap; printf x; tail -c +102 a.cap) > flipped.cap; ask flipped.cap
capture info flipped.cap 2> /dev/null | grep '^damage' | sed 's/[0-9]\{2,\}/N/g'
echo 'rubbish around it:'; (echo rubbish; cat a.cap; echo rubbish) > within.cap; ask within.cap
echo 'a version to come:'; (head -c 24 a.cap; printf '\002'; tail -c +26 a.cap) > new.cap; ask new.cap
echo 'through a pipe:'; cat cut.cap | ask -
