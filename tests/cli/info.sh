capture info fixtures/intrusion.scap
echo
capture info -j fixtures/newest-drivers.scap
capture info fixtures/users-and-plugins.scap fixtures/containers.scap | grep -E '^(file|containers|dialect|users|groups|unknown)'
