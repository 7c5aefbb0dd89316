#!/bin/sh
# Films that ffmpeg makes here are recognised after other encodings, sizes and cuts, and told from others; frames
# that our decoder resamples score as those of `ffmpeg -r 15`, by which TMK+PDQF is defined.
set -u
score=$(realpath "$1")
command -v ffmpeg >/dev/null || { echo "skipped: no ffmpeg"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -r "$dir"' EXIT
cd "$dir" || exit 1
make() { ffmpeg -v error -y "$@" || exit 1; }
make -f lavfi -i "mandelbrot=s=320x240:r=30:maxiter=300" -t 8 -c:v libx264 -preset ultrafast -pix_fmt yuv420p a.mp4
make -f lavfi -i "testsrc2=s=320x240:r=25" -t 8 -c:v libx264 -preset ultrafast -pix_fmt yuv420p other.mp4
make -i a.mp4 -vf scale=160:120 -c:v mpeg4 -q:v 6 small.avi
make -ss 3 -i a.mp4 -t 4 -c:v libx264 -preset ultrafast clip.mp4
make -i a.mp4 -s 64:64 -an -f rawvideo -c:v rawvideo -pix_fmt rgb24 -r 15 a.rgb
make -i other.mp4 -s 64:64 -an -f rawvideo -c:v rawvideo -pix_fmt rgb24 -r 15 other.rgb

failed=0
# check NAME A B CONDITION, where q and t are vPDQ percentages, l1 and l2 the levels, m and n the frames
check() {
	line=$("$score" "$2" "$3") || failed=1
	echo "$line" | awk -v name="$1" '{ q=$1; t=$2; l1=$3; l2=$4; m=$5; n=$6; d=m-n; if (d<0) d=-d
		ok = '"$4"'; print (ok ? "ok " : "FAILED ") name ": " $0; exit !ok }' || failed=1
}
check "the same film" a.mp4 a.mp4 'q==100 && t==100 && l1>0.9999 && l2>0.9999'
check "smaller and coarser" a.mp4 small.avi 'q>=90 && t>=90 && l1>=0.9 && l2>=0.9'
check "a cut" clip.mp4 a.mp4 'q>=90 && t>=40 && t<=70'
check "another film" a.mp4 other.mp4 'q==0 && t==0 && l2<0.7'
check "frames as ffmpeg resamples 30 to 15" a.mp4 a.rgb 'l1>=0.99 && l2>=0.99 && d<=3'
check "frames as ffmpeg resamples 25 to 15" other.mp4 other.rgb 'l1>=0.99 && l2>=0.99 && d<=3'
exit $failed
