/* embed: files become C arrays. `embed openapi_json docs/openapi.json OUT.h OUT.c` for one file;
   `embed --assets OUT.h OUT.c FILE...` for a table of files with the hash of their content in the served name. */
#include "tool.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void write_bytes(struct out *o, struct str bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        out_f(o, "%s%d,", i % 24 ? "" : "\n    ", (signed char)bytes.at[i]);
}

static int embed_one(char **argv)
{
    struct str bytes = file_text(argv[3], (struct place){ "embed", 0 });
    struct out h = { .max = 1 << 16 }, c = { .max = 64 << 20 };

    out_f(&h, "/* Made by embed. */\n#pragma once\n\n#include <stddef.h>\n\nextern const char %s[];\nextern const size_t %s_n;\n",
          argv[2], argv[2]);
    out_f(&c, "#include <stddef.h>\n\nconst char %s[] = {", argv[2]);
    write_bytes(&c, bytes);
    out_f(&c, "\n    0 };\nconst size_t %s_n = %zu;\n", argv[2], bytes.n);
    file_write(argv[4], &h);
    file_write(argv[5], &c);
    return 0;
}

/* "staff.css" of "assets/staff/staff.css", as base and extension. */
static void split_name(const char *path, struct str *base, struct str *extension)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');

    *base = str_of(name, (size_t)(dot - name));
    *extension = str_c(dot + 1);
}

static void write_asset(struct out *c, int number, const char *path)
{
    struct str bytes = file_text(path, (struct place){ "embed", 0 }), base, extension;
    uint8_t hash[32];

    split_name(path, &base, &extension);
    crypto_hash_sha256(hash, (const uint8_t *)bytes.at, bytes.n);
    out_f(c, "static const char bytes_%d[] = {", number);
    write_bytes(c, bytes);
    out_c(c, "\n    0 };\n");
    out_f(c, "#define ROW_%d { \"%.*s\", \"/assets/%.*s.", number, (int)(base.n + 1 + extension.n), base.at, (int)base.n, base.at);
    out_hex(c, hash, 8);
    out_f(c, ".%.*s\", bytes_%d, %zu }\n", (int)extension.n, extension.at, number, bytes.n);
}

static int embed_assets(int argc, char **argv)
{
    struct out h = { .max = 1 << 16 }, c = { .max = 64 << 20 };

    out_c(&h, "/* Made by embed. */\n#pragma once\n\n#include <stddef.h>\n\nstruct asset { const char *name, *path, *bytes; size_t n; };\n"
              "extern const struct asset assets[];     /* ended by { 0 } */\n");
    out_f(&c, "#include \"assets.h\"\n\n");
    for (int i = 4; i < argc; i++)
        write_asset(&c, i, argv[i]);
    out_c(&c, "\nconst struct asset assets[] = {\n");
    for (int i = 4; i < argc; i++)
        out_f(&c, "    ROW_%d,\n", i);
    out_c(&c, "    { 0 }\n};\n");
    file_write(argv[2], &h);
    file_write(argv[3], &c);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "--assets") == 0)
        return embed_assets(argc, argv);
    if (argc == 6 && strcmp(argv[1], "--one") == 0)
        return embed_one(argv);
    fprintf(stderr, "usage: embed --one NAME FILE OUT.h OUT.c | embed --assets OUT.h OUT.c FILE...\n");
    return 2;
}
