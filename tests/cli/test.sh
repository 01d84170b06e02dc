cp fixtures/intrusion.scap $TMP
cat > $TMP/rules.yaml <<'RULES'
- rule: Shell of a web server
  desc: a web server started a shell
  condition: evt.type = execve and proc.name in (sh, bash) and proc.pname = nginx
  output: "%proc.pname started %proc.cmdline"
  priority: warning
- rule: Download
  desc: somebody fetches something
  condition: evt.type = execve and proc.name in (curl, wget)
  output: "%proc.cmdline"
  priority: notice
RULES
cat > $TMP/good.test.yaml <<'TESTS'
capture: intrusion.scap
rules: rules.yaml
tests:
  - name: a shell
    alerts:
      - rule: Shell of a web server
        count: 1
        output_fields:
          proc.cmdline: { startswith: sh -c curl }
      - rule: Download
    queries:
      - query: evt.type = connect
        count: 1
TESTS
mkdir $TMP/more
cat > $TMP/more/bad.test.yaml <<'TESTS'
rules: [../rules.yaml]
tests:
  - name: "100%: \e[31m, red"
    capture: ../intrusion.scap
    alerts:
      - rule: Shell of a web server
        output_fields:
          proc.cmdline: bash
    allowed_syscalls:
      - process: curl
  - name: typing errors
    captur: ../intrusion.scap
    alerts: [{ rule: Shell, cuont: 1 }]
  - name: unknown rule
    capture: ../intrusion.scap
    forbidden: [Downloads]
TESTS
capture test $TMP/good.test.yaml
echo "status $?"
cd $TMP
capture test --github --junit $TMP/junit.xml --sarif $TMP/report.sarif
echo "status $?"
cat $TMP/junit.xml $TMP/report.sarif
sed -i '/typing errors/,$d' more/bad.test.yaml
GITHUB_ACTIONS=true capture test -q
echo "status $?"
capture test --update more
echo "status $?"
capture test more
head -c 1000 intrusion.scap > cut.scap
printf '%s\n' 'capture: cut.scap' 'rules: rules.yaml' 'forbidden: [Download]' > cut.test.yaml
capture test cut.test.yaml
echo "status $?"
printf '%s\n' 'tests:' '  - name: read' '    rule: Download' '    runner: HostRunner' '    expectedOutcome: {priority: NOTICE}' > generator.yaml
capture test -r intrusion.scap --rules rules.yaml generator.yaml
capture test nothing
echo "status $?"
mkdir empty
capture test empty
