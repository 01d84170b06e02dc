# Merged by time, numbered by capture; each has a machine of its own.
capture query -r fixtures/intrusion.scap -r fixtures/recycled-pid.scap -p '%evt.file %evt.num %evt.rawtime %proc.name' evt.num '<=' 4
echo 'words in front of the filter that name files:'
capture query -r fixtures/intrusion.scap fixtures/recycled-pid.scap -p '%evt.file %evt.num' evt.num=1
capture fixtures/recycled-pid.scap fixtures/intrusion.scap -p '%evt.file %evt.num' evt.num=1
capture query fixtures/recycled-pid.scap 'evt.num=1' -p '%evt.file %evt.num'
echo 'a file and standard input:'
capture query -r - fixtures/intrusion.scap -p '%evt.file %evt.num' evt.num=1 < fixtures/recycled-pid.scap
echo 'so many of all:'
capture query fixtures/recycled-pid.scap fixtures/intrusion.scap -p '%evt.file %evt.num' -n 3
echo 'a filter on the file:'
capture query fixtures/recycled-pid.scap fixtures/intrusion.scap -S -q evt.file contains recycled
echo 'views:'
capture query fixtures/newest-drivers.scap fixtures/intrusion.scap -q
capture query fixtures/newest-drivers.scap fixtures/intrusion.scap --view classic -p '%evt.file %evt.num %evt.dir' evt.num=1
