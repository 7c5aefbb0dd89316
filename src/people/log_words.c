/* Every act that the program writes, in words. A test looks for act codes in the sources and fails where one has none. */
#include "log_words.h"

#include "texts.h"

static const struct { const char *code; int key; } words[] = {
    { "refused", T_LOG_ACT_REFUSED },
    { "report.new", T_LOG_ACT_REPORT_NEW }, { "report.read", T_LOG_ACT_REPORT_READ },
    { "report.claim", T_LOG_ACT_REPORT_CLAIM }, { "report.release", T_LOG_ACT_REPORT_RELEASE },
    { "report.reply", T_LOG_ACT_REPORT_REPLY }, { "report.note", T_LOG_ACT_REPORT_NOTE },
    { "report.close", T_LOG_ACT_REPORT_CLOSE }, { "report.ladder", T_LOG_ACT_REPORT_LADDER },
    { "talk.write", T_LOG_ACT_TALK_WRITE }, { "talk.new-code", T_LOG_ACT_TALK_NEW_CODE },
    { "talk.place", T_LOG_ACT_TALK_PLACE },
    { "person.sign-in", T_LOG_ACT_PERSON_SIGN_IN }, { "person.sign-in-failed", T_LOG_ACT_PERSON_SIGN_IN_FAILED },
    { "person.recover", T_LOG_ACT_PERSON_RECOVER }, { "person.invite", T_LOG_ACT_PERSON_INVITE },
    { "person.join", T_LOG_ACT_PERSON_JOIN }, { "person.joined", T_LOG_ACT_PERSON_JOINED },
    { "log.read", T_LOG_ACT_LOG_READ }, { "log.export", T_LOG_ACT_LOG_EXPORT },
    { "instance.new", T_LOG_ACT_INSTANCE_NEW }, { "instance.first-people", T_LOG_ACT_INSTANCE_FIRST_PEOPLE },
    { "demo.organisation", T_LOG_ACT_DEMO_ORGANISATION }, { "demo.unit", T_LOG_ACT_DEMO_UNIT },
    { "demo.route", T_LOG_ACT_DEMO_ROUTE }, { "demo.person", T_LOG_ACT_DEMO_PERSON },
    { "demo.service", T_LOG_ACT_DEMO_SERVICE },
};

int log_word(struct str act)
{
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(act, words[i].code))
            return words[i].key;
    return 0;
}

struct choices log_choices(const struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(words)), .n = COUNT_OF(words) };

    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ .code = str_c(words[i].code), .name = text_of(c, words[i].key),
                                      .on = str_is(chosen, words[i].code) };
    return list;
}
