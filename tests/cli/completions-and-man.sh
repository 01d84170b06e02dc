for shell in bash zsh fish elvish powershell; do capture completions $shell | grep -c query | awk '{ print ($1 > 0) }'; done
capture completions tcsh; echo "status $?"
bash -n <<END
$(capture completions bash)
END
capture man | head -n 3
capture man --dir "$TMP/man/man1"; ls "$TMP/man/man1"
capture --version | sed 's/[0-9.]*$/N/'
capture help query | head -n 1
capture; echo "status $?"
