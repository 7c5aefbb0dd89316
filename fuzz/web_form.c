/* A body through the whole engine to a form's values. The first byte chooses the route and the content type. */
#include "fuzz.h"

#include "base/text.h"
#include "web/body.h"
#include "web/handle.h"
#include "web/json_form.h"

enum { STORY_MAX = 10 };

static status nothing(void *to, const void *bytes, size_t n)
{
    (void)bytes;
    *(i64 *)to += (i64)n;
    return OK;
}

static void look_at_texts(struct strs texts)
{
    for (size_t i = 0; i < texts.n; i++) {
        HOLDS(text_valid(texts.at[i], &(size_t){ 0 }) && text_length(texts.at[i]) <= STORY_MAX);
        HOLDS(str_find_char(texts.at[i], '\0') == texts.at[i].n);
    }
}

static status look(struct ctx *c)
{
    struct form_files files = form_files(c, "files");
    struct key hash;

    look_at_texts(form_all(c, "story"));
    look_at_texts(form_text_rest(c, "story"));
    look_at_texts(form_all(c, "harm"));
    form_hash(c, &hash);
    for (size_t i = 0; i < files.n; i++) {
        i64 size = 0;

        if (files.at[i].too_large)
            continue;
        HOLDS(form_file_read(c, &files.at[i], nothing, &size) == OK && size == files.at[i].size);
    }
    return answer_empty(c, 204);
}

#define FIELDS FIELD("story", STORY_MAX), FIELD("harm", STORY_MAX, .repeat = true), FIELD("files", 0, .file = true)
static const struct route pages[] = {
    ROUTE(POST, "/0", PUBLIC, FORM_FIRST(FIELDS), look),
    ROUTE(POST, "/1", PUBLIC, FORM(FIELDS), look),
    ROUTE(POST, "/2", PUBLIC, FORM_OPEN(FIELDS), look, .api = true),
    ROUTE(POST, "/3", PUBLIC, FORM(FIELDS), look, .api = true),
    ROUTES_END
};
static const struct route *const modules[] = { pages, NULL };
static const struct app app = { .modules = modules };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const types[] = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=AB",
                                         "application/json", "multipart/form-data; boundary=\"A B\"" };
    static const char *const targets[] = { "/0", "/1", "/2", "/3" };
    static struct worker *w;
    struct header header = { STR("Content-Type"), STR("") };
    struct request r = { .method = POST, .headers = &header, .n_headers = 1 };
    struct response response;

    if (n == 0)
        return 0;
    if (w == NULL) {
        vault_start();
        json_form_start();
        HOLDS(worker_make(&app, false, &w) == OK);
    }
    header.value = str_c(types[data[0] & 3]);
    r.target = str_c(targets[data[0] >> 2 & 3]);
    r.body = body_make(NULL);
    body_add(r.body, data + 1, n - 1);
    body_end(r.body);
    web_handle(w, &r, &response);
    HOLDS(response.code == 204 || response.code == 303 || response.code == 422 || response.code == 413);
    HOLDS(worker_is_clean(w));
    web_release(w);
    body_free(r.body);
    return 0;
}
