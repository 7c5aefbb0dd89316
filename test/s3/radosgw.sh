#!/bin/sh
# A real S3-compatible store for tests: Debian's radosgw, unpacked into a folder and started on loopback, nothing installed. It refuses
# a wrong signature, which the small servers for tests do not. Usage: radosgw.sh FOLDER COMMAND... runs the command with
# LACHAN_TEST_S3=http://127.0.0.1:PORT/lachan and LACHAN_TEST_S3_KEY="ACCESS SECRET", then stops all of it.
set -eu
top=$(mkdir -p "$1" && realpath "$1"); shift
root=$top/root
if [ ! -x "$root/usr/bin/radosgw" ]; then
  mkdir -p "$top/debs/partial" "$root"
  apt-get install -y --download-only -o Dir::Cache::archives="$top/debs" radosgw ceph-mon ceph-osd ceph-common >"$top/apt.log" 2>&1
  for deb in "$top"/debs/*.deb; do dpkg -x "$deb" "$root"; done
fi
export LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu/ceph PYTHONPATH=$root/usr/lib/python3/dist-packages
export PATH=$root/usr/bin:$root/usr/sbin:$PATH
run=$(mktemp -d "$top/run.XXXXXX")
conf=$run/ceph.conf
fsid=$(cat /proc/sys/kernel/random/uuid) osd=$(cat /proc/sys/kernel/random/uuid)
free() { node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"; }
mon=$(free) port=$(free)
cat >"$conf" <<END
[global]
fsid = $fsid
mon host = 127.0.0.1:$mon
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
mon allow pool size one = true
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 2147483648
run dir = $run
log file = $run/\$name.log
admin socket = $run/\$name.asok
pid file = $run/\$name.pid
mon data = $run/mon
osd data = $run/osd
plugin dir = $root/usr/lib/x86_64-linux-gnu/ceph
erasure code dir = $root/usr/lib/x86_64-linux-gnu/ceph/erasure-code
osd class dir = $root/usr/lib/x86_64-linux-gnu/rados-classes
rgw data = $run/rgw
ms bind msgr2 = false
END
mkdir "$run/mon" "$run/osd" "$run/rgw"
pids=
finish() { code=$?; [ $code = 0 ] || tail -15 "$run/out";  for p in $pids; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$run"; exit $code; }
trap finish EXIT
ceph() { /usr/bin/python3 "$root/usr/bin/ceph" -c "$conf" --connect-timeout 20 "$@"; }
monmaptool --create --addv a "[v1:127.0.0.1:$mon]" --fsid "$fsid" "$run/monmap" >"$run/out" 2>&1
ceph-mon -c "$conf" --mkfs -i a --monmap "$run/monmap" >>"$run/out" 2>&1
ceph-mon -c "$conf" -i a -f >>"$run/out" 2>&1 & pids="$pids $!"
for i in $(seq 60); do ceph -s >>"$run/out" 2>&1 && break; sleep 1; done
ceph osd new "$osd" >>"$run/out" 2>&1
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd" >>"$run/out" 2>&1
ceph-osd -c "$conf" -i 0 -f >>"$run/out" 2>&1 & pids="$pids $!"
for i in $(seq 60); do ceph osd stat 2>>"$run/out" | grep -q '1 up' && break; sleep 1; done
user="radosgw-admin -c $conf -n client.admin --no-mon-config --auth_client_required=none --ms_mon_client_mode=crc --ms_client_mode=crc --ms_mon_service_mode=crc"
$user user create --uid=lachan --display-name=lachan --access-key=TESTACCESS --secret-key=test-secret-0123456789 >>"$run/out" 2>&1
radosgw -c "$conf" -n client.admin -f --no-mon-config --auth_client_required=none --ms_mon_client_mode=crc --ms_client_mode=crc \
  --ms_mon_service_mode=crc --rgw-frontends "beast endpoint=127.0.0.1:$port" >>"$run/out" 2>&1 & pids="$pids $!"
for i in $(seq 90); do curl -s -o /dev/null "http://127.0.0.1:$port/" && break; sleep 1; done
curl -sf -o /dev/null -X PUT --aws-sigv4 aws:amz:us-east-1:s3 --user TESTACCESS:test-secret-0123456789 \
  -H 'x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' "http://127.0.0.1:$port/lachan" ||
  { tail -20 "$run/out"; echo "radosgw did not start"; exit 1; }
unset LD_LIBRARY_PATH PYTHONPATH
LACHAN_TEST_S3=http://127.0.0.1:$port/lachan LACHAN_TEST_S3_KEY="TESTACCESS test-secret-0123456789" "$@"
