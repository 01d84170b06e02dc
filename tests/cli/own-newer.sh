# Events of types that only newer programs know, in a recording of ours: shown in both views, in the classic one without a number.
FILE=fixtures/scenarios/container-shell.scap
for view in classic exit; do
    echo "$view:"
    capture query -r $FILE --view $view -p '*%evt.num %proc.name %evt.dir %evt.type %evt.args' evt.type=capset
    capture query -r $FILE --view $view -p '%evt.type' evt.num exists and evt.type=capset
    capture query -r $FILE --view $view -p '%evt.type' evt.num=0
    capture query -r $FILE --view $view -q -S evt.type=capset 2>/dev/null
done
echo "a copy:"
capture query -r $FILE --view classic -w "$TMP/copy.scap" evt.type=capset
capture query -r "$TMP/copy.scap" --view classic -p '*%evt.num %proc.name %evt.type'
