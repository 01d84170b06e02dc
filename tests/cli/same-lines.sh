for name in intrusion ancestor-changes open-counts late-container recycled-pid close-races-open far-apart failed-open; do
  echo "$name:"
  capture -r fixtures/$name.scap
done
echo 'a filter, in one word or several:'
capture -r fixtures/intrusion.scap 'evt.type=connect and fd.sip=203.0.113.7'
capture -r fixtures/intrusion.scap proc.name=sh and evt.dir='<'
capture -r fixtures/intrusion.scap evt.type in '(' execve, clone ')' and not proc.name=nginx
echo 'so many events:'
capture -r fixtures/intrusion.scap -n 3
echo 'quiet:'
capture -r fixtures/intrusion.scap -q
