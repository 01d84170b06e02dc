# Nothing is lost on the way to the native form and back.
F=fixtures/intrusion.scap
cd "$TMP" && ln -s "$OLDPWD/fixtures" fixtures
capture convert $F a.cap && capture convert a.cap b.scap && capture convert b.scap c.scap.gz && capture convert c.scap.gz d.cap
cmp a.cap d.cap
zcat c.scap.gz | cmp - b.scap
for view in classic exit; do
    capture query --view $view -r $F > whole
    for copy in a.cap b.scap c.scap.gz; do capture query --view $view -r $copy | cmp - whole; done
done
# The form is known by the bytes: whatever the name, and in a pipe.
cp a.cap other.scap
capture query -r other.scap -p '%evt.num %proc.name %fd.name' evt.type=connect
cat a.cap | capture query -r - -p '%evt.num %proc.name %fd.name' evt.type=connect
capture cat a.cap | capture query -r - -p '%evt.num %proc.name %fd.name' evt.type=connect
capture cat --format scap a.cap | cmp - b.scap
capture convert - - --format scap < a.cap | cmp - b.scap
gzip < a.cap > a.cap.gz && capture query -r a.cap.gz -p '%evt.num %proc.name %fd.name' evt.type=connect
# With a filter, what is needed to understand what it selects is there.
capture convert $F part.cap evt.type=connect
capture query -r part.cap -p '%proc.name %fd.name %proc.pname'
# So it is in a part of the time.
F=fixtures/far-apart.scap
capture slice $F slice.cap --from 1s --to 3s
capture query -r $F --from 1s --to 3s -p '*%evt.time %proc.name %fd.name %proc.pname %evt.args' > whole
wc -l < whole
capture query -r slice.cap -p '*%evt.time %proc.name %fd.name %proc.pname %evt.args' | cmp - whole
# Captures one behind the other are captures of their own.
capture cat a.cap b.scap | capture info - | grep -E '^(sections|events.total)'
# What cannot be done.
capture convert a.cap a.cap; echo "status $?"
capture convert missing.scap x.cap; echo "status $?"
capture slice a.cap x.cap; echo "status $?"
capture query -r a.cap -w a.cap; echo "status $?"
