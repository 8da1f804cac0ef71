#!/bin/sh
# usage: fuzz_test.sh BUILD INPUTS TARGET...
# Each target: its corpus and INPUTS random inputs, under the sanitizers.
build=$1 inputs=$2
shift 2
passed=0 failed=0
for target in "$@"; do
    if "$build/fuzz-$target" "$inputs" fuzz/corpus/"$target"/*; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: fuzz target $target"
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
