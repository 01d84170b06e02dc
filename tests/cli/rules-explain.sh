cat > $TMP/rules.yaml <<'RULES'
- list: binaries
  items: [/usr/bin, /bin, /sbin]
- macro: opened
  condition: evt.type in (open, openat, creat)
- macro: written
  condition: opened and evt.is_open_write = true
- rule: Anything
  desc: a program was started
  condition: evt.type = execve
  output: "%proc.name"
  priority: debug
- rule: Binary written
  desc: somebody writes below a directory of programs
  condition: written and fd.directory in (binaries) and evt.deltatime >= 0
  output: "%proc.name wrote %fd.name"
  priority: error
  exceptions:
    - name: packagers
      fields: [proc.name, fd.name]
      comps: [=, startswith]
      values:
        - [yum, /usr]
        - [cp, /usr/local]
    - name: names
      fields: proc.name
      values: [rpm, dnf]
- rule: Shell
  desc: a shell was started
  condition: evt.type = execve and proc.name in (sh, bash)
  output: "%proc.name"
  priority: notice
RULES
cat > $TMP/local.yaml <<'RULES'
- rule: Binary written
  exceptions:
    - name: names
      values: [cp]
  override: { exceptions: append }
RULES
cd $TMP
explain() { capture rules explain -r "$OLDPWD/fixtures/scenarios/usr-bin-write.scap" "$@"; echo "status $?"; }
echo "--- it fires"; explain --event 204 --rule "Binary written" rules.yaml
echo "--- what is not reached"; explain --event 198 --rule "Binary written" rules.yaml
echo "--- an exception"; explain --event 204 --rule "Binary written" rules.yaml local.yaml
echo "--- an earlier rule"; explain --event 3 --rule Shell rules.yaml | sed '/^event/s/execve .*/execve …/'
echo "--- all rules"; explain --event 3 --rule Shell -o rule_matching=all rules.yaml | sed -n 3p
echo "--- another type, switched off"; explain --event 204 --rule Shell -D Shell rules.yaml
echo "--- JSON"; explain --event 3 --rule Shell -j rules.yaml | sed 's/"event_line":"[^"]*"/"event_line":"…"/'
explain --event 99999 --rule Shell rules.yaml
explain --event 3 --rule shel rules.yaml
