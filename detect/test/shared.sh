# Sourced by the tests that need data which is not in this repository: sets shared, or skips the test.
# $0 lies in detect/test, the data in ../shared beside the checkout, or where LACHAN_SHARED says.
here=$(cd "$(dirname "$0")" && pwd -P)
shared=${LACHAN_SHARED:-$here/../../../shared}
if [ ! -d "$shared/data" ]; then
	echo "skipped: no test data at $shared (set LACHAN_SHARED)" >&2
	exit 77
fi
