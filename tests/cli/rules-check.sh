cat > $TMP/good.yaml <<'RULES'
- list: shells
  items: [sh, bash]
- rule: Shell
  desc: a shell was started
  condition: evt.type = execve and proc.name in (shells)
  output: "%proc.name was started"
  priority: notice
  tags: [T1059]
RULES
cat > $TMP/bad.yaml <<'RULES'
- rule: Shell
  condition: and proc.pnam = nginx
  override:
    condition: append
- macro: nobody
  condition: spawned
RULES
capture rules check $TMP/good.yaml
capture rules check $TMP/good.yaml $TMP/bad.yaml
echo "status $?"
capture rules check -j $TMP/good.yaml
mkdir $TMP/rules.d
cp $TMP/good.yaml $TMP/rules.d/1.yaml
cp $TMP/good.yaml $TMP/rules.d/2.yml
echo "no rules" > $TMP/rules.d/3.txt
capture rules check $TMP/rules.d
capture rules check - < $TMP/good.yaml
capture rules check $TMP/nothing.yaml
