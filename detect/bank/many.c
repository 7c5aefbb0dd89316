/* Queries in batches and on several threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "bank.h"

enum {
	SHARE_MIN = 64, /* queries that a thread takes at a time; the more, the more often a bucket is met in the cache */
	SHARE_MAX = 4096,
	SHARES_EACH = 4, /* for each thread, so that they end at about the same time */
	THREADS_MAX = 64,
};

struct job {
	const struct detect_bank *bank;
	const struct detect_pdq *hashes;
	size_t n, share, shares;
	uint32_t radius;
	struct detect_matches *found; /* one for each share, so that the order is that of the queries */
	atomic_size_t next;
	atomic_int status;
};

static size_t share_size(size_t n, int threads)
{
	const size_t share = threads > 1 ? n / (SHARES_EACH * (size_t)threads) : n;
	return share < SHARE_MIN ? SHARE_MIN : share > SHARE_MAX ? SHARE_MAX : share;
}

static enum detect_status run_share(struct job *job, size_t first, size_t n, struct detect_matches *found)
{
	enum detect_status status;
	struct words *queries = reallocarray(NULL, n, sizeof *queries);
	if (!queries)
		return DETECT_MEMORY;
	for (size_t i = 0; i < n; i++)
		queries[i] = words_of(job->hashes[first + i].bits);
	/* One scan serves all queries of the share at little more than the price of one pass over memory. */
	if (search_cost(job->bank, job->radius) > 1)
		status = search_scan(job->bank, queries, n, (uint32_t)first, job->radius, found);
	else
		status = search_index(job->bank, queries, n, (uint32_t)first, job->radius, found);
	free(queries);
	if (!status)
		search_sort(job->bank, found, 0);
	return status;
}

static void *work(void *user)
{
	struct job *job = user;
	for (size_t share;
		 (share = atomic_fetch_add(&job->next, 1)) < job->shares && !atomic_load(&job->status);) {
		size_t first = share * job->share, left = job->n - first;
		enum detect_status status = run_share(job, first, left < job->share ? left : job->share, &job->found[share]);
		if (status)
			atomic_store(&job->status, (int)status);
	}
	return NULL;
}

static void run_threads(struct job *job, int threads)
{
	pthread_t started[THREADS_MAX];
	int n = 0;
	for (; n < threads - 1 && n < THREADS_MAX && (size_t)n + 1 < job->shares; n++)
		if (pthread_create(&started[n], NULL, work, job))
			break; /* fewer threads do the same work */
	work(job);
	while (n--)
		pthread_join(started[n], NULL);
}

static enum detect_status gather(struct job *job, struct detect_matches *out)
{
	enum detect_status status = (enum detect_status)atomic_load(&job->status);
	for (size_t share = 0; share < job->shares; share++) {
		struct detect_matches *found = &job->found[share];
		for (size_t i = 0; i < found->n && !status; i++)
			if (!matches_push(out, found->at[i]))
				status = DETECT_MEMORY;
		detect_matches_free(found);
	}
	return status;
}

static enum detect_status check_query(const struct detect_bank *b, const struct detect_pdq *hashes, size_t n,
	int radius, struct detect_error *error)
{
	if (radius < 0 || radius > 256)
		return detect_fail(DETECT_INVALID, error, "radius %d is not in 0..256", radius);
	if (n > UINT32_MAX)
		return detect_fail(DETECT_INVALID, error, "too many queries at once");
	for (size_t i = 0; i < n; i++)
		if (hashes[i].family != b->header->family)
			return detect_fail(DETECT_INVALID, error, "the query is of another hash family than the bank");
	return DETECT_OK;
}

static enum detect_status explain(enum detect_status status, struct detect_error *error)
{
	if (status == DETECT_MEMORY)
		return detect_fail(status, error, "no memory for the matches");
	if (status == DETECT_BROKEN)
		return detect_fail(status, error, "the bank's index contradicts itself: the file is damaged");
	return status;
}

enum detect_status detect_bank_query_many(const struct detect_bank *bank, const struct detect_pdq *hashes,
	size_t n, int radius, int threads, struct detect_matches *matches, struct detect_error *error)
{
	enum detect_status status = check_query(bank, hashes, n, radius, error);
	if (status)
		return status;
	struct job job = { .bank = bank, .hashes = hashes, .n = n, .radius = (uint32_t)radius };
	job.share = share_size(n, threads);
	job.shares = (n + job.share - 1) / job.share;
	job.found = calloc(job.shares + 1, sizeof *job.found);
	if (!job.found)
		return explain(DETECT_MEMORY, error);
	run_threads(&job, threads);
	status = gather(&job, matches);
	free(job.found);
	return explain(status, error);
}

enum detect_status detect_bank_query(const struct detect_bank *bank, const struct detect_pdq *hash,
	int radius, struct detect_matches *matches, struct detect_error *error)
{
	return detect_bank_query_many(bank, hash, 1, radius, 1, matches, error);
}
