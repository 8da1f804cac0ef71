#!/bin/sh
# The path from a fault to its page may need 16 KiB of stack, the kernel's signal frame (up to 4 KiB, 11 KiB with AMX)
# not counted. Bounds it from gcc's own numbers: the sum of the deepest frames of every function that can be on it
# can be no more than the sum over all functions of the parts involved, taken once each (nothing recurses).
set -u
dir=$1
limit=16384
find "$dir" -name '*.su' -path '*/core/*' -o -name '*.su' -path '*/os/*' -o -name '*.su' -path '*/net/*' -o -name '*.su' -path '*/engine/*' |
    xargs cat | awk -F'\t' -v limit=$limit '
    { split($1, place, ":"); file = place[1]; sub(/.*\//, "", file)
      if ($3 ~ /dynamic/ && $3 !~ /bounded/) { print "stack-check: unbounded frame: " $1; bad = 1 }
      # Not on the path: set-up, benchmarks, errors in words.
      if (file ~ /^dsm_(raw|bench|error|socket|connect|engine|cpu|version)\.c$/) next
      sum += $2; functions++
      if ($2 > largest) { largest = $2; where = $1 } }
    END { if (sum > limit) { print "stack-check: " sum " bytes over " functions " functions; the path may need " limit; bad = 1 }
          else if (!bad) print "stack-check: passed (at most " sum " of " limit " bytes over all " functions " functions; the largest frame: " largest ", " where ")"
          exit bad }'
