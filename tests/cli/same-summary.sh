# Types that are equally frequent may come in any order.
capture -r fixtures/intrusion.scap -S -q | sort
