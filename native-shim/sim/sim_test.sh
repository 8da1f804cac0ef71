#!/bin/sh
# usage: sim_test.sh BUILD JOBS SEEDS REACHED SANITIZED_SEEDS
# SEEDS, of which REACHED must have their deliveries, for SEQUENTIAL and for RELEASE memory each.
# Scenarios and seeds against the core; the closing line sums what every run reports in its own.
build=$1 jobs=$2 seeds=$3 reached=$4 sanitized=$5
passed=0 failed=0

# number_of WORD OUTPUT: what stands before WORD in the closing line.
number_of() {
    echo "$2" | sed -n "s/^.*\b\([0-9][0-9]*\) $1\b.*\$/\1/p" | tail -1
}

run() {
    title=$1
    shift
    echo "== $title"
    out=$("$@")
    status=$?
    echo "$out"
    closing=$(echo "$out" | grep '^[0-9][0-9]* passed, [0-9][0-9]* failed$' | tail -1)
    good=$(number_of passed "$closing")
    bad=$(number_of failed "$closing")
    passed=$((passed + ${good:-0}))
    failed=$((failed + ${bad:-0}))
    if [ $status -ne 0 ] && [ "${bad:-0}" = 0 ]; then
        echo "FAILED: $title ended with status $status"
        failed=$((failed + 1))
    fi
}

run "scenarios" "$build/dsm-sim" --scenario all
run "seeds 1..$seeds" "$build/dsm-sim" --seeds "1..$seeds" --jobs "$jobs" --reached "$reached"
run "seeds 1..$seeds, RELEASE" "$build/dsm-sim" --release --seeds "1..$seeds" --jobs "$jobs" --reached "$reached"
run "seeds 1..1000, 2 nodes" "$build/dsm-sim" --seeds 1..1000 --jobs "$jobs" --nodes 2
run "seeds 1..400, 8 nodes of 6 threads, 16 pages" \
    "$build/dsm-sim" --seeds 1..400 --jobs "$jobs" --nodes 8 --threads 6 --pages 16
run "seeds 1..1000, RELEASE, 2 nodes" "$build/dsm-sim" --release --seeds 1..1000 --jobs "$jobs" --nodes 2
run "seeds 1..300, RELEASE, 8 nodes of 6 threads, 16 pages" \
    "$build/dsm-sim" --release --seeds 1..300 --jobs "$jobs" --nodes 8 --threads 6 --pages 16
run "scenarios, ASan+UBSan" "$build/dsm-sim-asan" --scenario all
first=$((seeds + 1))
run "seeds $first..$((seeds + sanitized)), ASan+UBSan" \
    "$build/dsm-sim-asan" --seeds "$first..$((seeds + sanitized))" --jobs "$jobs"
run "seeds $first..$((seeds + sanitized)), RELEASE, ASan+UBSan" \
    "$build/dsm-sim-asan" --release --seeds "$first..$((seeds + sanitized))" --jobs "$jobs"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
