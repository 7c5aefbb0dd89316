#include "told_words.h"

#include "../web/html.h"

#include "texts.h"

static const int sections[SECTIONS] = {
    [SECTION_INCIDENT] = T_PLATFORMS_SECTION_INCIDENT, [SECTION_WHERE] = T_PLATFORMS_SECTION_WHERE, [SECTION_LAW] = T_PLATFORMS_SECTION_LAW,
    [SECTION_REPORTER] = T_PLATFORMS_SECTION_REPORTER, [SECTION_ACCOUNT] = T_PLATFORMS_SECTION_ACCOUNT,
    [SECTION_RECIPIENT] = T_PLATFORMS_SECTION_RECIPIENT, [SECTION_VICTIM] = T_PLATFORMS_SECTION_VICTIM,
    [SECTION_MORE] = T_PLATFORMS_SECTION_MORE, [SECTION_FILE] = T_PLATFORMS_SECTION_FILE,
};

int section_text(enum section section)
{
    return sections[section];
}

/* platforms.el.firstname of the languages' files, for firstName: whoever adds an element adds its words there. */
int told_text(struct str name)
{
    char key[64] = "platforms.el.";
    size_t at = strlen(key);

    if (name.n >= sizeof key - at)
        return 0;
    for (size_t i = 0; i < name.n; i++)
        key[at + i] = (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] + ('a' - 'A') : name.at[i]);
    return text_key_of(str_of(key, at + name.n));
}

static bool about_people(enum section s)
{
    return s == SECTION_REPORTER || s == SECTION_ACCOUNT || s == SECTION_RECIPIENT || s == SECTION_VICTIM;
}

static struct str label(struct str name)
{
    int key = told_text(name);

    return key ? text_in(0, key) : name;
}

static void add_line(struct out *o, const struct told_line *l)
{
    out_c(o, "- ");
    if (l->block.n) {
        out_str(o, label(l->block));
        out_c(o, ", ");
    }
    out_str(o, label(l->name));
    out_c(o, ": ");
    out_str(o, l->text);
    out_char(o, '\n');
}

struct str told_people(struct arena *a, const struct told_lines *lines)
{
    struct out o = { .max = 4 << 20 };
    const struct told_line *last = NULL;
    struct str text;

    for (size_t i = 0; i < lines->n; i++) {
        const struct told_line *l = &lines->at[i];

        if (!about_people(l->section) || l->text.n == 0)
            continue;
        if (last == NULL || last->section != l->section || last->entry != l->entry) {
            out_str(&o, text_in(0, sections[l->section]));
            out_c(&o, ":\n");
        }
        add_line(&o, l);
        last = l;
    }
    text = arena_copy(a, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}
