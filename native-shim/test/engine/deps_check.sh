#!/bin/sh
# Who may import whom (docs/architecture.md): the core imports nothing but string functions; os and net see
# neither the engine nor the protocol; the library exports dsm.h and nothing else. Arguments: the build folder.
set -u
build=$1
status=0
complain() { echo "deps-check: $*" >&2; status=1; }

includes() { grep -hoE '^#[[:space:]]*include[[:space:]]*["<][^">]+[">]' "src/$1"/*.[ch] 2>/dev/null | sed -E 's/.*["<]//; s/[">]$//' | sort -u; }

for header in $(includes core); do
    case $header in
    stdint.h | stddef.h | stdbool.h | string.h | stdatomic.h | limits.h) ;;
    immintrin.h | arm_neon.h) ;; # vector instructions, not a library
    *) [ -e "src/core/$header" ] || complain "src/core includes $header; the core is pure" ;;
    esac
done
for part in os net; do
    for header in $(includes $part); do
        [ -e "src/engine/$header" ] && complain "src/$part includes $header of the engine"
        [ -e "src/core/$header" ] && complain "src/$part includes $header of the protocol"
        [ $part = os ] && [ -e "src/net/$header" ] && complain "src/os includes $header of the network"
    done
done

for part in classfile jvm; do
    for header in $(includes $part); do
        for other in core os net engine; do
            [ -e "src/$other/$header" ] && complain "src/$part includes $header of src/$other"
        done
        case $part/$header in classfile/jni.h | classfile/jvmti.h) complain "src/classfile includes $header: it knows no JVM" ;; esac
    done
done

# What the core's objects want and do not bring themselves.
if ls "$build"/lib/core/*.o >/dev/null 2>&1; then
    nm "$build"/lib/core/*.o | awk '$2 ~ /^[TDBRVWtdbr]$/ {print $3}' | sort -u >"$build/core.defined"
    nm -u "$build"/lib/core/*.o | awk '$1 == "U" {print $2}' | sort -u >"$build/core.wanted"
    for symbol in $(comm -23 "$build/core.wanted" "$build/core.defined"); do
        case $symbol in
        memcpy | memmove | memset | memcmp | _GLOBAL_OFFSET_TABLE_ | __cpu_model | __aarch64_*) ;; # the last two: the compiler's
        dsm_assert_failed) ;; # the driver's: where assertions end
        *) complain "the core imports $symbol" ;;
        esac
    done
    for symbol in $(nm "$build"/lib/core/*.o | awk '$2 ~ /^[bBdDC]$/ {print $3}'); do
        complain "the core has file-scope state: $symbol"
    done
fi

# What the library shows is what dsm.h declares.
grep -oE 'DSM_API [^;]*\(' include/dsm.h | sed -E 's/\($//; s/.*[ *]//' | grep '^dsm_' | sort -u >"$build/declared"
nm -D --defined-only "$build/libdsm.so" | awk '$2 == "T" {print $3}' | grep -v '^Java_org_dsm4j_' | sort -u >"$build/exported"
for symbol in $(comm -13 "$build/declared" "$build/exported"); do complain "libdsm.so exports $symbol, which dsm.h does not declare"; done
for symbol in $(comm -23 "$build/declared" "$build/exported"); do complain "dsm.h declares $symbol, which libdsm.so does not export"; done

# The oldest libc that can load the library.
newest=$(objdump -T "$build/libdsm.so" | grep -oE 'GLIBC_[0-9.]+' | sed 's/GLIBC_//' | sort -V | tail -1)
oldest_supported=2.34
[ "$(printf '%s\n%s\n' "$newest" $oldest_supported | sort -V | tail -1)" = $oldest_supported ] ||
    complain "libdsm.so needs glibc $newest; $oldest_supported is the newest it may need"

[ $status = 0 ] && echo "deps-check: passed (needs glibc $newest)"
exit $status
