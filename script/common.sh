# Shared by the scripts of this folder; sourced, not run.
set -eu
cd "$(dirname "$0")/.."

build_packages='gcc libc6-dev meson ninja-build pkg-config libsodium-dev libargon2-dev libsqlite3-dev libpq-dev libmicrohttpd-dev
  libjansson-dev libutf8proc-dev libxml2-dev libzip-dev libqrencode-dev libcurl4-openssl-dev libpsl-dev libidn2-dev publicsuffix zlib1g-dev tzdata ca-certificates
  libjpeg62-turbo-dev libpng-dev libwebp-dev libgif-dev libheif-dev libavformat-dev libavcodec-dev libavutil-dev
  libswscale-dev libseccomp-dev libcairo2-dev libpango1.0-dev libxlsxwriter-dev fonts-liberation2 fonts-noto-core
  libxml2-dev libzip-dev libnats-dev clang lld'
test_packages='postgresql-15 chromium curl lynx sqlite3 faketime libclang-rt-14-dev ffmpeg git procps util-linux
  fonts-dejavu-core nginx-core nghttp2-client haproxy caddy bind9 bind9-dnsutils unbound systemd man-db groff-base
  poppler-utils qpdf unzip nats-server openssl binutils'

# Node drives the browser tests. A machine that has its own keeps it: Debian's would be at odds with it.
command -v npm >/dev/null 2>&1 || test_packages="$test_packages nodejs npm"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install PACKAGE...: what is missing, from Debian; quiet when nothing is.
install_missing() {
  missing=
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  echo "installing:$missing" >&2
  # No daemon may start because a test needs its program.
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get -o DPkg::Lock::Timeout=300 -qq update >&2
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get -o DPkg::Lock::Timeout=300 -qq install -y --no-install-recommends $missing >&2
}

# build DIR MESON-OPTION...: configures once, then compiles what changed.
build_in() {
  dir=$1
  shift
  [ -f "$dir/build.ninja" ] || meson setup "$dir" "$@" >"$dir.log" 2>&1 || { cat "$dir.log" >&2; exit 1; }
  rm -f "$dir.log"
  ninja -C "$dir" -j "$(nproc)" >"$dir/build.log" 2>&1 || { grep -E -A12 'FAILED|error' "$dir/build.log" >&2; exit 1; }
}
