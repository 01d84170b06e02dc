capture events openat2
