cat > $TMP/rules.yaml <<'RULES'
- list: binaries
  items: [/usr/bin, /bin, /sbin]
- macro: opened
  condition: evt.type in (open, openat, creat)
- rule: Written
  desc: somebody writes below a directory of programs
  condition: opened and evt.is_open_write = true and (fd.directory in (binaries) or fd.name startswith /opt/)
  output: "%proc.name wrote %fd.name"
  priority: error
  tags: [T1543, files, mitre_persistence, mitre_privilege_escalation]
  exceptions:
    - name: packagers
      fields: [proc.name, fd.name]
      comps: [=, startswith]
      values:
        - [yum, /usr]
        - [cp, /usr/local]
- rule: Shell
  desc: a shell was started
  condition: evt.type = execve and proc.name in (sh, bash)
  output: "%proc.name"
  priority: notice
  tags: [T1059.004, T1543]
- rule: Never
  desc: there is no such event
  condition: evt.type = reboot
  output: "%proc.name"
  priority: notice
  tags: [T1529, tool]
RULES
cp fixtures/scenarios/usr-bin-write.scap fixtures/scenarios/cron-edit.scap $TMP
cd $TMP
capture rules coverage -r usr-bin-write.scap -r cron-edit.scap --navigator layer.json rules.yaml; echo "status $?"
cat layer.json
capture rules coverage -r usr-bin-write.scap -b -t files rules.yaml
capture rules coverage -r usr-bin-write.scap -j -t tool rules.yaml
capture convert -q usr-bin-write.scap native.cap
capture rules coverage -r usr-bin-write.scap -j rules.yaml > one; capture rules coverage -r native.cap -j rules.yaml --threads 1 > two; cmp one two && echo same
