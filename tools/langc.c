/* langc: compiles the texts, lang/LANGUAGE/MODULE.po, to C tables.
   Usage: langc --header FILE --code FILE LANGUAGE/MODULE.po..., e.g. lang/vi/web.po lang/en/web.po
   The first language is the source language: every other text belongs to one of it, and none of it may be
   empty. A text that another language lacks shows the first language's, and is counted. */
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXTS_MAX = 8192, LANGS_MAX = 8, PLACES_MAX = 9, OUT_MAX = 16 << 20 };

struct text {
    struct str id, say[LANGS_MAX];
    struct place at[LANGS_MAX];
};

struct texts {
    struct text all[TEXTS_MAX];
    size_t n;
    struct str langs[LANGS_MAX];
    int n_langs;
};

/* One msgid with its msgstr, while a file is read. */
struct entry {
    struct str id, say;
    struct place at;
    struct out *reading;            /* which of the two a continued line adds to */
    struct out id_text, say_text;
    bool has_id, fuzzy;
};

static struct texts texts;

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

static struct text *text_with_id(struct str id)
{
    for (size_t i = 0; i < texts.n; i++)
        if (str_eq(texts.all[i].id, id))
            return &texts.all[i];
    return NULL;
}

static struct text *text_new(struct str id, struct place at)
{
    size_t dots = 0;

    for (size_t i = 0; i < id.n; i++) {
        if (!is_key_char(id.at[i]))
            stop_at(at, "'%c' in the id %.*s", id.at[i], (int)id.n, id.at);
        dots += id.at[i] == '.';
    }
    if (dots < 1)
        stop_at(at, "the id %.*s is not module.page.thing", (int)id.n, id.at);
    if (texts.n == TEXTS_MAX)
        stop_at(at, "more than %d texts", TEXTS_MAX);
    texts.all[texts.n] = (struct text){ .id = id };
    return &texts.all[texts.n++];
}

static void entry_add(struct entry *e, int lang)
{
    struct str id = str_c(text_f("%.*s", (int)e->id_text.n, out_done(&e->id_text).at));
    struct str say = str_c(text_f("%.*s", (int)e->say_text.n, out_done(&e->say_text).at));
    struct text *text;

    if (e->has_id && id.n > 0) {                /* msgid "" is the header of the file */
        text = text_with_id(id);
        if (text == NULL && lang > 0)
            stop_at(e->at, "%s is no text of the first language", id.at);
        if (text == NULL)
            text = text_new(id, e->at);
        if (text->at[lang].file != NULL)
            stop_at(e->at, "%s a second time, first on %s:%d", id.at, text->at[lang].file, text->at[lang].line);
        text->at[lang] = e->at;
        if (!e->fuzzy)
            text->say[lang] = say;
    }
    out_reset(&e->id_text);
    out_reset(&e->say_text);
    e->has_id = e->fuzzy = false;
    e->reading = NULL;
}

static void read_quoted(struct out *o, struct str line, struct place at)
{
    size_t i = 1;

    if (line.n < 2 || line.at[0] != '"' || line.at[line.n - 1] != '"')
        stop_at(at, "text must stand in quotes");
    for (; i + 1 < line.n; i++) {
        char c = line.at[i];

        if (c == '"')
            stop_at(at, "a quote in the text is written \\\"");
        if (c == '\\') {
            c = line.at[++i];
            if (i + 1 == line.n || strchr("n\"\\", c) == NULL)
                stop_at(at, "only \\n \\\" and \\\\ are known");
            c = c == 'n' ? '\n' : c;
        }
        out_char(o, c);
    }
}

static void read_line(struct entry *e, struct str line, struct place at, int lang)
{
    if (str_starts(line, STR("msgid "))) {
        bool fuzzy = e->fuzzy && !e->has_id;

        entry_add(e, lang);
        e->fuzzy = fuzzy;
        e->at = at;
        e->has_id = true;
        e->reading = &e->id_text;
        read_quoted(e->reading, str_trim(str_from(line, strlen("msgid "))), at);
    } else if (str_starts(line, STR("msgstr "))) {
        e->reading = &e->say_text;
        read_quoted(e->reading, str_trim(str_from(line, strlen("msgstr "))), at);
    } else if (line.at[0] == '"' && e->reading != NULL) {
        read_quoted(e->reading, line, at);
    } else {
        stop_at(at, "not a line of a .po file: %.*s", (int)line.n, line.at);
    }
}

static void read_po(const char *path, int lang)
{
    struct place at = { path, 0 };
    struct str rest = file_text(path, (struct place){ "langc", 0 }), line;
    struct entry e = { .id_text = { .max = OUT_MAX }, .say_text = { .max = OUT_MAX } };

    while (str_cut(&rest, '\n', &line)) {
        at.line++;
        line = str_trim(line);
        if (line.n > 0 && line.at[0] == '#') {
            if (str_starts(line, STR("#,")) && str_find(line, STR("fuzzy")) < line.n) {
                entry_add(&e, lang);
                e.fuzzy = true;         /* a translator's guess: not shown */
            }
        } else if (line.n > 0) {
            read_line(&e, line, at, lang);
        }
    }
    entry_add(&e, lang);
}

/* Places {1}..{9} of a text, as bits. */
static unsigned places_of(struct str say, struct place at)
{
    unsigned bits = 0;

    for (size_t i = 0; i < say.n; i++) {
        if (say.at[i] != '{')
            continue;
        if (i + 2 >= say.n || say.at[i + 2] != '}' || say.at[i + 1] < '1' || say.at[i + 1] > '9')
            stop_at(at, "'{' that is no place {1} to {9}");
        bits |= 1u << (say.at[i + 1] - '1');
    }
    return bits;
}

/* Number of places, which must be 1, 2, ... without a gap. */
static int places_count(unsigned bits, struct place at)
{
    int n = 0;

    while (bits & 1u << n)
        n++;
    if (bits >> n != 0)
        stop_at(at, "place {%d} is missing", n + 1);
    return n;
}

static int compare_ids(const void *a, const void *b)
{
    return str_compare(((const struct text *)a)->id, ((const struct text *)b)->id);
}

static void check(void)
{
    for (size_t i = 0; i < texts.n; i++) {
        const struct text *t = &texts.all[i];
        unsigned places = places_of(t->say[0], t->at[0]);

        if (t->say[0].n == 0)
            stop_at(t->at[0], "%.*s is empty: the first language is complete", (int)t->id.n, t->id.at);
        places_count(places, t->at[0]);
        for (int lang = 1; lang < texts.n_langs; lang++)
            if (t->say[lang].n > 0 && places_of(t->say[lang], t->at[lang]) != places)
                stop_at(t->at[lang], "%.*s has other places than the first language", (int)t->id.n, t->id.at);
    }
}

static const char *key_of(struct str id)
{
    char *key = (char *)text_f("T_%.*s", (int)id.n, id.at);

    for (char *c = key + 2; *c; c++)
        *c = *c == '.' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    return key;
}

static void write_header(struct out *o)
{
    out_c(o, "/* Made by langc from the .po files of lang/: do not edit. */\n#pragma once\n\n");
    out_c(o, "#include \"base/str.h\"\n\n");
    out_c(o, "enum text_key {\n    T_NONE,\n");
    for (size_t i = 0; i < texts.n; i++)
        out_f(o, "    %s,\n", key_of(texts.all[i].id));
    out_f(o, "    TEXT_KEYS\n};\n\nenum { TEXT_LANGS = %d };\n\n", texts.n_langs);
    out_c(o, "/* Every text in every language; one that a language lacks has at == NULL. T_NONE is \"\". */\n");
    out_c(o, "extern const struct str text_table[TEXT_LANGS][TEXT_KEYS];\n");
    out_c(o, "/* Ids as the .po files have them, in the order of the keys, which is sorted. */\n");
    out_c(o, "extern const struct str text_ids[TEXT_KEYS];\n");
    out_c(o, "/* \"vi\", \"en\" */\nextern const struct str text_langs[TEXT_LANGS];\n\n");
    out_c(o, "/* How many places {1} {2} a text has. */\nenum {\n");
    for (size_t i = 0; i < texts.n; i++) {
        const struct text *t = &texts.all[i];
        int places = places_count(places_of(t->say[0], t->at[0]), t->at[0]);

        out_f(o, "    PLACES_%s = %d,\n", key_of(t->id), places);
    }
    out_c(o, "};\n");
}

static void write_str(struct out *o, struct str s)
{
    if (s.n == 0) {
        out_c(o, "{ 0 },\n");
        return;
    }
    out_c(o, "{ ");
    out_c_literal(o, s);
    out_f(o, ", %zu },\n", s.n);
}

/* Returns how many texts the language lacks. */
static size_t write_language(struct out *o, int lang)
{
    size_t missing = 0;

    out_c(o, "    { { \"\", 0 },\n");
    for (size_t i = 0; i < texts.n; i++) {
        out_c(o, "      ");
        write_str(o, texts.all[i].say[lang]);
        missing += texts.all[i].say[lang].n == 0;
    }
    out_c(o, "    },\n");
    return missing;
}

static void write_code(struct out *o)
{
    out_c(o, "/* Made by langc from the .po files of lang/: do not edit. */\n#include \"texts.h\"\n\n");
    out_c(o, "const struct str text_table[TEXT_LANGS][TEXT_KEYS] = {\n");
    for (int lang = 0; lang < texts.n_langs; lang++) {
        size_t missing = write_language(o, lang);

        if (missing > 0)
            fprintf(stderr, "langc: %.*s lacks %zu of %zu texts\n",
                    (int)texts.langs[lang].n, texts.langs[lang].at, missing, texts.n);
    }
    out_c(o, "};\n\nconst struct str text_ids[TEXT_KEYS] = {\n    { \"\", 0 },\n");
    for (size_t i = 0; i < texts.n; i++) {
        out_c(o, "    ");
        write_str(o, texts.all[i].id);
    }
    out_c(o, "};\n\nconst struct str text_langs[TEXT_LANGS] = {\n");
    for (int lang = 0; lang < texts.n_langs; lang++)
        write_str(o, texts.langs[lang]);
    out_c(o, "};\n");
}

/* lang/vi/speakup.po -> vi */
static struct str language_of(const char *path)
{
    struct str s = str_c(path), piece, folder = STR_NULL, file = STR_NULL;

    while (str_cut(&s, '/', &piece)) {
        folder = file;
        file = piece;
    }
    return folder;
}

static int language_number(struct str name, const char *path)
{
    for (int i = 0; i < texts.n_langs; i++)
        if (str_eq(texts.langs[i], name))
            return i;
    if (texts.n_langs == LANGS_MAX || name.n == 0)
        stop_at((struct place){ path, 1 }, "is in no folder of a language, of %d at most", LANGS_MAX);
    texts.langs[texts.n_langs] = name;
    return texts.n_langs++;
}

int main(int argc, char **argv)
{
    struct out header = { .max = OUT_MAX }, code = { .max = OUT_MAX };

    if (argc < 6 || strcmp(argv[1], "--header") != 0 || strcmp(argv[3], "--code") != 0) {
        fputs("usage: langc --header FILE --code FILE LANGUAGE/MODULE.po...\n", stderr);
        return 2;
    }
    for (int i = 5; i < argc; i++)
        read_po(argv[i], language_number(language_of(argv[i]), argv[i]));
    qsort(texts.all, texts.n, sizeof texts.all[0], compare_ids);
    check();
    write_header(&header);
    write_code(&code);
    file_write(argv[2], &header);
    file_write(argv[4], &code);
    return 0;
}
