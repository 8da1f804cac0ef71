#!/bin/sh
# The path from a fault to its page may need at most 16 KiB of stack, the kernel's own signal frame not counted.
# Walks gcc's call graphs (-fcallgraph-info=su) from the signal handler and adds up the deepest path. Calls through
# pointers are resolved by the file that makes them; a function of libc counts 512 bytes. In the core a home and a node
# that are the same one call each other: a walk that comes back to a function stops there, and all functions where that
# happens are counted eight times more; nothing outside of the core may do so. Argument: the objects' folder.
find "$1" -name '*.ci' | sort | xargs cat | awk -v limit=16384 '
function quoted(name,   rest) {
    rest = substr($0, index($0, name ": \"") + length(name) + 3)
    return substr(rest, 1, index(rest, "\"") - 1)
}
/^node:/ {
    title = quoted("title"); label = quoted("label")
    if (match(label, /[0-9]+ bytes/)) {
        frame[title] = substr(label, RSTART, RLENGTH - 6) + 0
        if (label ~ /dynamic/ && label !~ /bounded/) unbounded[title] = 1
    }
}
/^edge:/ {
    from = quoted("sourcename"); to = quoted("targetname"); place = quoted("label")
    if (to == "__indirect_call") {
        if (place ~ /dsm_diff\.c/) to = "dsm_diff_compare_words"
        else if (place ~ /src\/core\//) to = "src/engine/dsm_batch.c:sink"
        else if (place ~ /dsm_signal\.c/) to = "dsm_engine_fault"
        else if (place ~ /src\/engine\//) to = "src/os/dsm_pager_mprotect.c:protect"
        else to = "src/net/dsm_tcp.c:tcp_sendv"
    }
    callees[from] = callees[from] "\n" to
}
# Bytes that a call of `f` needs at most; deepest[f] is where it goes.
function need(f,   list, n, i, most, bytes) {
    if (f in known) return known[f]
    if (!(f in frame)) return 512
    if (f in unbounded) { print "stack-check: " f " has an unbounded frame"; bad = 1 }
    if (f in active) {
        if (f !~ /core/ && f !~ /^dsm_(lock|home|node|hold|barrier|page|peer)_/) { print "stack-check: " f " calls itself"; bad = 1 }
        if (!(f in again)) { again[f] = 1; repeated += 8 * frame[f] }
        return 0
    }
    active[f] = 1
    n = split(substr(callees[f], 2), list, "\n")
    most = 0
    for (i = 1; i <= n; i++) {
        bytes = need(list[i])
        if (bytes > most) { most = bytes; deepest[f] = list[i] }
    }
    delete active[f]
    return known[f] = frame[f] + 8 + most
}
END {
    start = "src/os/dsm_signal.c:handle"
    if (!(start in frame)) { print "stack-check: no handler in the call graphs"; exit 1 }
    total = need(start) + repeated
    print "stack-check: " (total <= limit && !bad ? "passed, " : "FAILED, ") total " of " limit " bytes from a fault to its page, " repeated + 0 " of them for re-entry; deepest:"
    for (f = start; f in frame; f = deepest[f]) printf "  %5d %s\n", frame[f], f
    exit bad || total > limit
}'
