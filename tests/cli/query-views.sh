capture query -r fixtures/newest-drivers.scap
echo 'classic:'
capture query -r fixtures/newest-drivers.scap --view classic
echo 'an older capture in the exit view:'
capture query -r fixtures/intrusion.scap --view exit
echo 'arguments in the exit view are whole, without -v too:'
capture query -r fixtures/late-container.scap --view exit -p '%evt.args' evt.type=execve
