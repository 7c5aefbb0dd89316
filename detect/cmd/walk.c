#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pictures.h"

static void add(struct file_list *list, const char *path)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 256;
		char **at = reallocarray(list->at, room, sizeof *at);
		if (!at) {
			fputs("no memory for the list of files\n", stderr);
			exit(1); /* half a list would pass for the whole */
		}
		list->at = at;
		list->room = room;
	}
	char *copy = strdup(path);
	if (!copy) {
		fputs("no memory for the list of files\n", stderr);
		exit(1);
	}
	list->at[list->n++] = copy;
}

static void complain(struct file_list *list, const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	list->failed = true;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void take_entry(struct file_list *list, const FTSENT *e)
{
	switch (e->fts_info) {
	case FTS_D:
	case FTS_DP: break;
	case FTS_F: add(list, e->fts_path); break;
	case FTS_DC: complain(list, e->fts_path, "this folder contains itself; passed over"); break;
	case FTS_SL:
	case FTS_SLNONE: complain(list, e->fts_path, "a link that leads nowhere"); break;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS: complain(list, e->fts_path, strerror(e->fts_errno)); break;
	default: complain(list, e->fts_path, "not a file");
	}
}

void file_list_make(struct file_list *list, char *const *paths, int n)
{
	for (int i = 0; i < n; i++) {
		char *one[] = { paths[i], NULL };
		FTS *walk = fts_open(one, FTS_LOGICAL | FTS_NOCHDIR, by_name);
		if (!walk) {
			complain(list, paths[i], strerror(errno));
			continue;
		}
		errno = 0;
		for (FTSENT *e; (e = fts_read(walk)) != NULL; errno = 0)
			take_entry(list, e);
		if (errno)
			complain(list, paths[i], strerror(errno));
		fts_close(walk);
	}
}

void file_list_free(struct file_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->at[i]);
	free(list->at);
	*list = (struct file_list){ 0 };
}
