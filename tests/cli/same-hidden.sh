for name in late-container recycled-pid; do
  echo "$name:"
  capture -r fixtures/$name.scap
    capture -r fixtures/$name.scap -D
  capture -r fixtures/$name.scap -n 5
done
