cat > $TMP/rules.yaml <<'RULES'
- list: shells
  items: [sh, bash]
- macro: started
  condition: evt.type in (execve, execveat)
- rule: Shell
  desc: a shell was started
  condition: started and proc.name in (shells)
  output: "%proc.name was started"
  priority: notice
  tags: [T1059, mitre_execution]
- rule: Off
  desc: d
  condition: evt.type = open and fd.name startswith /etc
  output: "%fd.name"
  priority: info
  enabled: false
RULES
capture rules list $TMP/rules.yaml
capture rules list -j $TMP/rules.yaml
printf -- '- rule: Off\n' | capture rules list $TMP/rules.yaml -
