/* Tokens of the demo's programs, in a file beside the accounts: made up like everything there, and good for this folder alone. */
#include "cmd.h"

#include "../base/blocks.h"
#include "../base/content.h"
#include "../people/tokens.h"

#include <jansson.h>
#include <stdio.h>

static void say(struct out *o, const struct block *b, const struct token_made *made)
{
    struct str scopes = block_get(b, "scopes"), word;
    const char *comma = "";

    out_c(o, o->n ? ",\n{\"organisation\":" : "[\n{\"organisation\":");
    out_json(o, block_get(b, "organisation"));
    out_c(o, ",\"name\":");
    out_json(o, block_get(b, "name"));
    out_c(o, ",\"environment\":");
    out_json(o, block_get(b, "environment"));
    out_c(o, ",\"scopes\":[");
    while (str_cut(&scopes, ' ', &word)) {
        out_c(o, comma);
        out_json(o, word);
        comma = ",";
    }
    out_c(o, "],\"token\":");
    out_json(o, made->text);
    out_c(o, "}");
}

status demo_token(struct instance *in, const struct block *b, struct id org, struct out *tokens)
{
    struct token_new new = { .org = org, .scope = block_get(b, "scopes"), .key = STR(""), .name = block_get(b, "name"),
                             .sandbox = str_is(block_get(b, "environment"), "sandbox"), .now = clock_now_ms() };
    struct token_made made;

    if (!token_scope_known(new.scope))
        return fail(INVALID, "content/demo line %d: scopes of a token", b->line);
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "demo.token", .now = new.now }));
    TRY(token_make(&in->ledger, &new, &made));
    TRY(act_commit(&in->ledger));
    say(tokens, b, &made);
    return OK;
}

status demo_tokens_write(struct out *tokens, const char *path)
{
    out_c(tokens, tokens->n ? "\n]\n" : "[]\n");
    return file_replace(path, out_done(tokens));
}

void demo_tokens_print(const char *path)
{
    json_t *all = json_load_file(path, 0, NULL), *one;
    size_t i;

    if (json_array_size(all) > 0)
        printf("  Programs (docs/partners.md; again: %s)\n", path);
    json_array_foreach(all, i, one)
        printf("  %-12s %-11s %s\n", json_string_value(json_object_get(one, "organisation")),
               json_string_value(json_object_get(one, "environment")), json_string_value(json_object_get(one, "token")));
    if (json_array_size(all) > 0)
        putchar('\n');
    json_decref(all);
}
