#!/bin/sh
# usage: mutants.sh BUILD JOBS SEEDS MUTANT... --release MUTANT... --scenario NAME MUTANT...
# Each core with a planted bug must be caught by the seeds 1..SEEDS, all of which the real core passes; and from
# outside, without the help of the consistency check of the core itself.
build=$1 jobs=$2 seeds=$3
shift 3
passed=0 failed=0
verdict() {
    if [ "$2" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    printf '%-10s %s\n' "$1" "$3"
}

# $1: the option that says which memory
unharmed() {
    out=$("$build/dsm-sim" $1 --seeds "1..$seeds" --jobs "$jobs" | tail -1)
    case $out in *", 0 failed") status=0 ;; *) status=1 ;; esac
    verdict "no mutant" $status "seeds 1..$seeds $1: $out"
}

# A planted bug that only shows in a plan that no seed draws: that scenario must fail.
scenario() {
    name=$1
    shift
    for mutant in "$@"; do
        out=$("$build/dsm-sim-mutant$mutant" --scenario "$name")
        [ $? -eq 1 ]
        verdict "mutant $mutant" $? "$(echo "$out" | grep -m 1 '^violated') (scenario $name)"
    done
}

memory=
unharmed "$memory"
for mutant in "$@"; do
    if [ "$mutant" = --scenario ]; then
        while [ "$1" != --scenario ]; do shift; done
        shift
        scenario "$@"
        break
    fi
    if [ "$mutant" = --release ]; then
        memory=$mutant
        unharmed "$memory"
        continue
    fi
    out=$("$build/dsm-sim-mutant$mutant" $memory --seeds "1..$seeds" --jobs "$jobs" --outside --mutant-expect)
    verdict "mutant $mutant" $? "$out"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
