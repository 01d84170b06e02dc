# What our recorder says of itself, of events and of what is missing.
trace=fixtures/own-recorder.scap
capture info $trace | grep -E '^(recording|gaps)'
head -c $(($(wc -c < $trace) - 100)) $trace > $TMP/killed.scap
capture info $TMP/killed.scap 2>/dev/null | grep recording.end
for view in classic exit; do
  capture -r $trace --view $view -p '*%evt.num %evt.type %evt.dir %fd.name %fd.realname %evt.origin %evt.abi %evt.callarg[0] %evt.callarg[5] %evt.key %evt.merged'
  capture -r $trace --view $view -D -p '%evt.num %evt.lost %evt.lost.reason'
  capture -r $trace --view $view -p '%evt.type %fd.realname' 'fd.realname startswith /etc and evt.type=write'
done
# What the recording does not hold.
try() { echo "$2:"; capture query -r "$1" --view classic -p '%evt.type' "$2" 2>&1; echo "status $?"; }
try $trace 'evt.type in (connect, open) and proc.name=sh'
try $trace 'evt.num<3 and not evt.type=connect'
try $trace 'evt.buffer contains secret or evt.arg.data endswith secret'
try $trace 'evt.origin=ptracer'
try fixtures/intrusion.scap 'tolower(fd.realname) = x'
try fixtures/intrusion.scap 'fd.name = val(fd.realname)'
# Copies say it too.
capture query -r $trace -w $TMP/copy.scap evt.type=write and fd.realname contains cron
capture -r $TMP/copy.scap -p '%evt.rawtime %evt.type %fd.realname %evt.origin'
capture info $TMP/copy.scap | grep -E '^(recording.(command|end)|gaps)'
capture query -r $trace -w $TMP/none.scap proc.name=sh
