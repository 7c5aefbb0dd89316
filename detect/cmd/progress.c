#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 40 };

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(struct progress *p, const char *what)
{
	*p = (struct progress){ .what = what, .on = isatty(STDERR_FILENO) };
}

void progress_show(void *user, double fraction)
{
	struct progress *p = user;
	double now = p->on ? seconds() : 0;
	if (!p->on || now - p->shown_at < 0.1)
		return;
	p->shown_at = now;
	int full = (int)(fraction * BAR_WIDTH);
	fprintf(stderr, "\r%s [%.*s%*s] %3d%% ", p->what, full, "########################################",
		BAR_WIDTH - full, "", (int)(100 * fraction));
}

void progress_end(struct progress *p)
{
	if (p->on && p->shown_at > 0)
		fputs("\r\033[K", stderr);
}
