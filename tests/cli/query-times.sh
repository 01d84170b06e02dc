F=fixtures/far-apart.scap
show() { echo "$*:"; capture -r $F -p '%evt.num %evt.time' "$@" 2>&1 | sed -n '2,$p' | tr '\n' ';'; echo; }
capture -r $F -p '%evt.num %evt.rawtime' -n 1 2> /dev/null
show --from 10:00:00.000002 --to 10:00:00.000004
show --from 2024-05-01T10:00:00.000002 --to 2024-05-01T10:00:00.000004
show --from @1714557600.000002 --to @1714557600.000003
show --to @1714557600.000002
show --from 4.0000445s
show --from 1500ns --to 3us
show --from 0s --to 0s
show --from 2024-05-01T12:00:00.000002+02:00 --to 2024-05-01T10:00:00.000004Z
TZ=Asia/Kolkata show --from 15:30:00.000002 --to 15:30:00.000004
TZ=Asia/Kolkata show --utc --from 10:00:00.000002 --to 10:00:00.000004
# Numbers stay those of the whole capture, and what came before is known.
capture -r fixtures/intrusion.scap --from 10:00:00.000008 -p '%evt.num %proc.name %proc.pname %fd.name' 2> /dev/null
