F=fixtures/scenarios/usr-bin-write.scap
cat > $TMP/rules.yaml <<'RULES'
- list: binaries
  items: [/usr/bin, /bin, /sbin]
- rule: Binary written
  desc: somebody writes below a directory of programs
  condition: evt.type in (open, openat, creat) and evt.is_open_write = true and fd.directory in (binaries)
  output: "%proc.name wrote %fd.name (user=%user.name)"
  priority: error
  tags: [T1543, files]
- rule: Shell
  desc: a shell was started
  condition: evt.type = execve and proc.name in (sh, bash)
  output: "%proc.name was started by %proc.pname"
  priority: notice
  tags: [process]
- rule: Anything
  desc: a program was started
  condition: evt.type = execve
  output: "%proc.name"
  priority: debug
RULES
capture rules run -r $F $TMP/rules.yaml
echo "status $?"
capture rules run -r $F -T process -o priority=notice -j $TMP/rules.yaml
capture rules run -r $F -t nosuchtag $TMP/rules.yaml
echo "status $?"
capture rules run -r $F -D Anything -o rule_matching=all -o time_format_iso_8601=true $TMP/rules.yaml 2>/dev/null
capture rules run -q -r $F --output $TMP/alerts --exec "wc -l" -o 'rules[].disable.rule=*' -o rules[].enable.tag=files $TMP/rules.yaml
echo "status $?"
cat $TMP/alerts
capture convert -q $F $TMP/native.cap
capture rules run -r $F $TMP/rules.yaml > $TMP/one 2>&1
capture rules run -r $TMP/native.cap --threads 1 $TMP/rules.yaml > $TMP/two 2>&1
cmp $TMP/one $TMP/two && echo same
head -c 3000 $F > $TMP/cut.scap
capture rules run -r $TMP/cut.scap -q $TMP/rules.yaml
echo "status $?"
capture rules run -r $F -o nonsense=1 $TMP/rules.yaml
echo "status $?"
echo "- rule: half" > $TMP/bad.yaml
capture rules run -r $F $TMP/bad.yaml
echo "status $?"
