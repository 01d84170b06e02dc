# Calls of many kinds, recorded to be compared.
mkdir -p d/e; echo text > d/f; echo more >> d/f; mv d/f d/g; ln d/g d/h; ln -s g d/l; cat d/l d/missing 2>&1; : > "d/two words"
chmod 600 d/g; chown "$(id -u)" d/g; touch -d 2020-01-01 d/h; mkfifo d/p; find d | sort; stat d/g > /dev/null; rmdir d/e; ls -l / | tail -1
(cat d/p & echo through > d/p; wait)
dd if=/dev/zero of=d/z bs=4096 count=3 conv=fsync 2> /dev/null; cp d/z d/y; truncate -s 10 d/y; tar -cf d/t.tar d/g d/h d/z; tar -tf d/t.tar
exec 3<> d/g 4>&3 5< /dev/null; echo over >&4; exec 3>&- 4>&-; read -r nothing <&5; cd d; pwd; cd /; cd "$OLDPWD"; cd ..
trap 'echo caught' USR1; kill -USR1 $$; sh -c 'kill -SEGV $$' 2> /dev/null; sh -c 'exit 3'; (sleep 0.05; exit 3) & wait $!
timeout 0.05 sleep 1; sleep 0.02 & kill $! 2> /dev/null; wait; nice -n 3 true; setsid true; ulimit -n; ulimit -c 0; umask 077; nproc; uname
env -i ONE=1 "TWO=a b" sh -c 'echo "$ONE $TWO"' argument "" 'with spaces'; ./missing 2> /dev/null; /dev/null 2> /dev/null
rm -r d
