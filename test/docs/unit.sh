#!/bin/sh
# packaging/lachan.service stays as closed as it was: systemd's own measure (0 closed .. 10 open), at most 2.0.
set -eu
cd "$(dirname "$0")/../.."
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is missing (Debian: systemd)"; exit 1; }
systemd-analyze security --offline=true --threshold=20 packaging/lachan.service | tail -1
