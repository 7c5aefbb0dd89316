#!/bin/sh
# Makes the small files in media/ anew: 48x32 pixels, quarters red, green / blue, white. Needs Debian's ffmpeg and
# libheif-examples. The files are kept because the bytes depend on the versions of those programs.
set -eu
cd "$(dirname "$0")/media"
quarters="geq=r='255*(lt(X,24)*lt(Y,16)+gte(X,24)*gte(Y,16))':g='255*gte(X,24)':b='255*gte(Y,16)'"
run() { ffmpeg -v error -y -bitexact "$@"; }
picture() { run -f lavfi -i "color=black:s=48x32:r=10,format=gbrp,$quarters" -frames:v 1 "$@"; }

picture -pix_fmt rgb24 rgb.png
picture -pix_fmt rgb24 -flags +ildct interlaced.png
picture -pix_fmt rgb48be rgb16.png
picture -pix_fmt gray grey.png
picture -pix_fmt monob mono.png
picture -vf "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='X*5'" -pix_fmt rgba rgba.png
picture -vf "format=ya8" -pix_fmt ya8 grey_alpha.png
run -i rgb.png -vf "split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse" -pix_fmt pal8 palette.png
run -i rgb.png -pix_fmt yuvj444p -q:v 1 rgb.jpg
run -i rgb.png -pix_fmt yuvj420p -q:v 3 subsampled.jpg
run -i palette.png still.gif
run -i rgba.png -c:v libwebp -lossless 1 alpha.webp
run -i rgb.png -c:v libwebp -quality 90 lossy.webp
film() { run -f lavfi -i "testsrc2=s=48x32:r=25:d=0.48" "$@"; }
film -c:v libwebp_anim -lossless 1 -t 0.12 animated.webp
film -t 0.12 animated.gif
heif-enc -L rgb.png -o rgb.heic
heif-enc -L -A rgb.png -o rgb.avif
film -c:v libx264 -pix_fmt yuv420p -g 4 h264.mp4
film -c:v libx265 -pix_fmt yuv420p -x265-params log-level=none hevc.mkv
film -c:v libvpx-vp9 -pix_fmt yuv420p vp9.webm
film -c:v libaom-av1 -cpu-used 8 -pix_fmt yuv420p av1.webm
film -c:v mpeg4 mpeg4.avi
film -c:v mpeg2video mpeg2.ts
film -c:v mpeg1video mpeg1.mpg
film -c:v libtheora theora.ogv
film -c:v flv flash.flv
film -c:v wmv2 wmv2.asf
