/* A bar on stderr for long work; silent unless stderr is a terminal. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

struct progress {
	const char *what;
	double shown_at; /* seconds; the bar is drawn ten times a second at most */
	int on;
};

void progress_begin(struct progress *p, const char *what);
/* fraction from 0 to 1. Has the shape of a detect_progress_fn; user is the struct progress. */
void progress_show(void *user, double fraction);
void progress_end(struct progress *p);

#endif
