#!/bin/sh
# fuzz/run.sh [SECONDS]: every target for so long, with the sanitizers; what is found is left in fuzz/found/ and fails.
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz --buildtype=debug -Doptimization=1 \
  -Db_sanitize=address,undefined -Dc_args=-fsanitize=fuzzer-no-link -Dc_link_args=-fsanitize=address,undefined >/dev/null || exit 1
export ASAN_OPTIONS=detect_leaks=0      # the library's end keeps what the process keeps
mkdir -p fuzz/found
bad=0
for source in fuzz/*.c; do
  name=$(basename "$source" .c)
  [ "$name" = replay ] && continue
  ninja -C build-fuzz "fuzz/fuzz_$name" >build-fuzz/build.log 2>&1 || { tail -n 20 build-fuzz/build.log; exit 1; }
  work=$(mktemp -d)
  if build-fuzz/fuzz/fuzz_"$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix=fuzz/found/ \
    "$work" "fuzz/corpus/$name" >"$work.log" 2>&1; then
    echo "ok    $name: $(grep -o 'Done [0-9]* runs' "$work.log")"
  else
    echo "FAIL  $name"
    tail -n 30 "$work.log"
    bad=1
  fi
  rm -rf "$work" "$work.log"
done
exit $bad
