for option in '' -x -X -A -b '-v' '-x -v' '-A -v'; do
  echo "option $option:"
  capture -r fixtures/intrusion.scap $option evt.is_io=true 2> /dev/null
  capture -r fixtures/not-utf8.scap $option 2> /dev/null
  capture -r fixtures/intrusion.scap $option -p '%evt.num %evt.buffer' evt.is_io=true 2> /dev/null
done
