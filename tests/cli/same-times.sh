for type in h a r d D; do
  echo "-t $type:"
  capture -r fixtures/far-apart.scap -t $type
  capture -r fixtures/far-apart.scap -t $type evt.type=read
done
capture -r fixtures/far-apart.scap -p '*%evt.num %evt.time %evt.time.s %evt.datetime %evt.rawtime %evt.rawtime.s %evt.rawtime.ns %evt.reltime %evt.reltime.s %evt.latency %evt.latency.ns %evt.deltatime'
TZ=Asia/Kolkata capture -r fixtures/far-apart.scap -n 2
TZ=Asia/Kolkata capture -r fixtures/far-apart.scap -n 2 -p '%evt.datetime'
