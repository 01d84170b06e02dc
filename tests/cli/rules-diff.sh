F=fixtures/scenarios/usr-bin-write.scap
cat > $TMP/base.yaml <<'RULES'
- macro: opened
  condition: evt.type in (open, openat, creat)
RULES
cat > $TMP/old.yaml <<'RULES'
- rule: Anything
  desc: a program was started
  condition: evt.type = execve
  output: "%proc.name"
  priority: debug
- rule: Written
  desc: somebody writes below a directory of programs
  condition: opened and evt.is_open_write = true and fd.directory = /usr/bin
  output: "%proc.name wrote %fd.name"
  priority: error
RULES
sed -e 's/evt.type = execve/evt.type = execve and proc.name = cp/' -e 's:fd.directory = /usr/bin:fd.directory = /nowhere:' \
  -e 's/a program was started/no text matters/' $TMP/old.yaml > $TMP/new.yaml
cat >> $TMP/new.yaml <<'RULES'
- rule: Shell
  desc: a shell was started
  condition: evt.type = execve and proc.name in (sh, bash)
  output: "%proc.name"
  priority: notice
RULES
capture rules diff -r $F --base $TMP/base.yaml $TMP/old.yaml $TMP/new.yaml; echo "status $?"
capture rules diff -r $F --base $TMP/base.yaml $TMP/new.yaml $TMP/old.yaml -s; echo "status $?"
capture rules diff -j -r $F --base $TMP/base.yaml -D Anything $TMP/old.yaml $TMP/new.yaml 2>/dev/null; echo "status $?"
cp fixtures/scenarios/usr-bin-write.scap fixtures/scenarios/cron-edit.scap $TMP
(cd $TMP; capture rules diff -r usr-bin-write.scap -r cron-edit.scap --base base.yaml -T none -D Anything old.yaml new.yaml; echo "status $?")
capture rules diff -r $F --base $TMP/base.yaml $TMP/old.yaml $TMP/old.yaml; echo "status $?"
