/* lachan audit witness: the memory of another organisation. It keeps the last signed head of a log and the hash of every entry,
   demands that each newer head extends it, and signs what it saw. So nobody can rewrite, cut or roll back the history, with all
   keys of the house in hand, without a stranger noticing; and it can say which entry was the first.

   Its folder: witness.key (its seed), log.key (the log's public key as first seen), head (as the house keeps its own), leaves. */
#include "witness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEED_BYTES = 32, SMALL_FILE = 64 * 1024, ROUND_ARENA = 64 << 20, EVERY_LEAST = 5 };

static const struct option options[] = {
    { "url", "URL", "address of the log's server: https://..., plain http on this machine only" },
    { "name", "CODE", "code of the organisation that witnesses, as the log's operator wrote it" },
    { "token-file", "FILE", "the token that the operator made for it" },
    { "state", "DIR", "folder of the witness; keep it where the log's operator cannot write" },
    { "every", "SECONDS", "go on, one round in so many seconds" },
    OPTION_HELP, OPTION_END,
};

/* -- what it keeps --------------------------------------------------------------------------------------------------------------- */

static status keep_seed(struct witness *w, const uint8_t seed[SEED_BYTES])
{
    struct out o = { .max = 1024 };
    status s;

    out_hex(&o, seed, SEED_BYTES);
    out_char(&o, '\n');
    s = file_replace(witness_path(w, "witness.key"), out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return s;
}

static status load_key(struct witness *w)
{
    uint8_t seed[SEED_BYTES];
    struct str text;
    status s = file_read(&w->arena, witness_path(w, "witness.key"), SMALL_FILE, &text);

    if (s == NOT_FOUND) {
        random_bytes(seed, sizeof seed);
        TRY(keep_seed(w, seed));
    } else {
        TRY(s);
        if (!str_from_hex(str_trim(text), seed, sizeof seed))
            return fail(BROKEN, "%s is not a key", witness_path(w, "witness.key"));
    }
    witness_key_of_seed(&w->key, seed);
    explicit_bzero(seed, sizeof seed);
    return OK;
}

/* Each key that the log was known under, a line each: the last is the one that counts, and the head may still be of the one before. */
static status load_log_key(struct witness *w)
{
    struct str text, line;
    status s = file_read(&w->arena, witness_path(w, "log.key"), SMALL_FILE, &text);

    w->pinned = s == OK;
    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    while (str_cut(&text, '\n', &line)) {
        if (str_trim(line).n == 0)
            continue;
        memcpy(w->log_pk_before, w->log_pk, sizeof w->log_pk);
        if (!vault_base64_read(str_trim(line), w->log_pk, sizeof w->log_pk))
            return fail(BROKEN, "log.key is not a public key");
    }
    return OK;
}

static status load_head(struct witness *w)
{
    struct str text, line, edge;
    struct checkpoint c;
    uint8_t *hashes;
    status s = file_read(&w->arena, witness_path(w, "head"), SMALL_FILE, &text);

    w->tree = (struct merkle){ 0 };
    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    if (!str_cut(&text, '\n', &line) || !str_starts(line, STR("edge ")) || !w->pinned)
        return fail(BROKEN, "%s is damaged", witness_path(w, "head"));
    edge = str_from(line, 5);
    hashes = arena_alloc(&w->arena, edge.n / 2 + 1);
    if (checkpoint_read(text, w->log_pk, &c) != OK)     /* a round that was broken off had taken the new key, and not its head */
        TRY(checkpoint_read(text, w->log_pk_before, &c));
    if (!str_from_hex(edge, hashes, edge.n / 2))
        return fail(BROKEN, "%s is damaged", witness_path(w, "head"));
    w->head = text;
    w->origin = c.origin;
    return merkle_of_edge(str_of(hashes, edge.n / 2), c.size, &w->tree);
}

static status load(struct witness *w)
{
    if (mkdir(w->dir, 0700) != 0 && errno != EEXIST)
        return fail(BROKEN, "%s cannot be made: %m", w->dir);
    TRY(load_key(w));
    TRY(load_log_key(w));
    return load_head(w);
}

static status keep_head(struct witness *w, const struct log_growth *g, const struct merkle *tree)
{
    struct out o = { .max = SMALL_FILE };
    struct str key = vault_base64(&w->arena, str_of(g->log_pk, sizeof g->log_pk)), known = STR("");
    status s = OK;

    if (!w->pinned || memcmp(w->log_pk, g->log_pk, sizeof w->log_pk) != 0) {
        s = file_read(&w->arena, witness_path(w, "log.key"), SMALL_FILE, &known);
        known = s == OK ? known : STR("");
        s = file_replace(witness_path(w, "log.key"), arena_f(&w->arena, "%.*s%.*s\n", (int)known.n, known.at, (int)key.n, key.at));
        if (w->pinned)
            printf("the log is signed with a new key from now on, named by the one before\n");
    }
    out_c(&o, "edge ");
    out_hex(&o, tree->edge, tree->n * sizeof tree->edge[0]);
    out_char(&o, '\n');
    out_str(&o, g->signed_head);
    if (s == OK)
        s = file_replace(witness_path(w, "head"), out_done(&o));
    out_free(&o);
    return s;
}

/* -- one round --------------------------------------------------------------------------------------------------------------------- */

/* What the server said and what was known, for whoever has to explain it. */
static void keep_evidence(struct witness *w, struct str said)
{
    char name[64];
    struct str text = arena_f(&w->arena, "what was known:\n%.*s\nwhat the server says:\n%.*s\n", (int)w->head.n,
                              w->head.at ? w->head.at : "", (int)said.n, said.at ? said.at : "");

    snprintf(name, sizeof name, "evidence-%lld.txt", (long long)clock_now_ms());
    if (file_replace(witness_path(w, name), text) == OK)
        fprintf(stderr, "What was known and what the server says lies in %s.\n", witness_path(w, name));
}

status witness_bad(struct witness *w, const char *format, ...)
{
    char text[512];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    w->bad = arena_copy(&w->arena, str_c(text));
    return fail(BROKEN, "%.*s", (int)w->bad.n, w->bad.at);
}

static status explain(struct witness *w, const struct log_growth *g)
{
    i64 common = g->size < w->tree.size ? g->size : w->tree.size, entry;

    if (common > 0 && !witness_leaves_whole(w))
        return witness_bad(w, "the log has %lld entries, and they do not extend the %lld that this witness knew; which was the first to change cannot be "
                           "said, because %s is missing or damaged", (long long)g->size, (long long)w->tree.size, witness_path(w, "leaves"));
    TRY(witness_first_other(w, common, &entry));
    if (entry < common)
        return witness_bad(w, "entry %lld was rewritten: it is not the one that this witness saw", (long long)entry);
    if (g->size < w->tree.size)
        return witness_bad(w, "entry %lld and what follows it are gone: the log was cut or rolled back", (long long)g->size);
    return witness_bad(w, "the head does not extend the one of %lld entries that this witness knew", (long long)w->tree.size);
}

static status check_names(struct witness *w, const struct log_growth *g)
{
    struct checkpoint c;

    TRY(checkpoint_read(g->signed_head, g->log_pk, &c));
    if (w->pinned && !log_growth_leads(g, c.origin, w->log_pk))
        return witness_bad(w, "the log is signed with another key than the one known since the first round, and no note of that one names it");
    if (w->tree.size > 0 && !str_eq(c.origin, w->origin))
        return witness_bad(w, "the log calls itself by another name than before");
    return OK;
}

static bool extends(const struct witness *w, const struct log_growth *g, struct digest root)
{
    struct digest known = merkle_root(&w->tree);

    return w->tree.size == 0 ||
           (g->size >= w->tree.size &&
            merkle_consistency_ok((size_t)w->tree.size, known, (size_t)g->size, root, g->path));
}

static status check_growth(struct witness *w, const struct log_growth *g, struct merkle *tree)
{
    struct digest root;
    struct checkpoint c;

    TRY(check_names(w, g));
    TRY(checkpoint_read(g->signed_head, g->log_pk, &c));
    if (!extends(w, g, c.root))
        return explain(w, g);
    TRY(witness_leaves_mend(w));
    *tree = w->tree;
    TRY(witness_leaves_take(w, g->size, tree));
    root = merkle_root(tree);
    if (memcmp(&root, &c.root, sizeof root) != 0)
        return witness_bad(w, "the hashes of the %lld entries do not make the signed head", (long long)g->size);
    return OK;
}

static status go_round(struct witness *w)
{
    struct log_growth g;
    struct merkle tree = { 0 };
    struct str said;
    status s;

    TRY(load(w));
    TRY(witness_growth(w, w->tree.size, &said, &g));
    if (g.size == 0 && w->tree.size == 0)
        return fail(BUSY, "the log has no signed head yet");
    s = g.size == 0 ? explain(w, &g) : check_growth(w, &g, &tree);
    if (w->bad.n > 0)
        keep_evidence(w, said);
    TRY(s);
    TRY(keep_head(w, &g, &tree));
    TRY(witness_sign(w, g.signed_head, clock_now_ms() / 1000));
    printf("ok: %lld entries, %lld new, signed\n", (long long)g.size, (long long)(g.size - w->tree.size));
    fflush(stdout);
    return OK;
}

/* 0: fine; 1: bad, said on stdout; -1: could not be asked. */
static int round_result(struct witness *w)
{
    status s;
    int result;

    w->arena = arena_make(ROUND_ARENA);
    w->bad = STR("");
    w->head = STR("");
    s = go_round(w);
    if (w->bad.n > 0)
        printf("bad: %.*s\n", (int)w->bad.n, w->bad.at);
    else if (s != OK)
        fprintf(stderr, "lachan audit witness: %s\n", fail_message());
    result = s == OK ? 0 : w->bad.n > 0 ? 1 : -1;
    fail_clear();
    arena_free(&w->arena);
    return result;
}

/* -- the verb ------------------------------------------------------------------------------------------------------------------------ */

static int print_key(struct witness *w)
{
    struct str text;

    w->arena = arena_make(ROUND_ARENA);
    if (load(w) != OK) {
        fprintf(stderr, "lachan audit witness: %s\n", fail_message());
        return EXIT_FAILED;
    }
    text = vault_base64(&w->arena, str_of(w->key.pk, sizeof w->key.pk));
    printf("%.*s\n", (int)text.n, text.at);
    arena_free(&w->arena);
    return EXIT_FINE;
}

static int watch(struct verb *v, struct witness *w)
{
    i64 every = 0;
    int result;

    if (config_number(&v->config, "every", 0, 0, 86400, &every) != OK || (every > 0 && every < EVERY_LEAST)) {
        fprintf(stderr, "lachan audit witness: --every is a number of seconds from %d to 86400\n", EVERY_LEAST);
        return EXIT_USAGE;
    }
    do {
        result = round_result(w);
        if (every > 0 && result != 1)
            sleep((unsigned)every);
    } while (every > 0 && result != 1);
    return result == 0 ? EXIT_FINE : EXIT_FAILED;
}

static const char *without_slashes(struct verb *v, const char *url)
{
    size_t n = url != NULL ? strlen(url) : 0;

    while (n > 0 && url[n - 1] == '/')
        n--;
    return url != NULL ? arena_copy(&v->arena, str_of(url, n)).at : NULL;
}

static bool settings_right(struct verb *v, struct witness *w, bool key_only)
{
    struct config *c = &v->config;
    const char *token_file = config_get(c, "token-file", NULL);
    struct str text = STR("");

    w->dir = config_get(c, "state", NULL);
    w->url = without_slashes(v, config_get(c, "url", NULL));
    w->name = str_c(config_get(c, "name", ""));
    if (w->dir == NULL)
        return false;
    if (key_only)
        return true;
    if (w->url == NULL || w->name.n == 0 || token_file == NULL)
        return false;
    if (file_read(&v->arena, token_file, SMALL_FILE, &text) != OK) {
        fprintf(stderr, "lachan audit witness: %s\n", fail_message());
        return false;
    }
    w->token = str_trim(text);
    return true;
}

int cmd_witness(int argc, char **argv)
{
    struct verb v = { .name = "audit witness", .options = options,
                      .usage = "--url URL --name CODE --token-file FILE --state DIR [--every SECONDS] | key --state DIR" };
    struct witness w = { 0 };
    bool key_only;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    key_only = v.config.n_args == 1 && strcmp(v.config.args[0], "key") == 0;
    vault_start();
    if (v.config.n_args > (key_only ? 1u : 0u) || !settings_right(&v, &w, key_only)) {
        fprintf(stderr, "usage: lachan audit witness %s\n", v.usage);
        return EXIT_USAGE;
    }
    return key_only ? print_key(&w) : watch(&v, &w);
}
