# Options behind events and what a recorder says of itself: no other program prints them, and all events are numbered alike.
capture -r fixtures/own-recorder.scap
capture -r fixtures/own-recorder.scap -D -p '*%evt.num %evt.rawtime %evt.type %evt.dir %evt.args %fd.name %evt.buffer'
capture -r fixtures/own-recorder.scap -p '*%evt.num %evt.reltime %evt.type' evt.type=write
