/* Writes every child page with made-up views into a folder, for the browser tests, and prints "BYTES NAME" of each.
   Usage: render FOLDER. The longest case of each page is among them: all provinces, communes, 20 services. */
#include "matches_pages.h"
#include "network_pages.h"
#include "speakup_pages.h"
#include "takedown_pages.h"
#include "web_pages.h"
#include "texts.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE_BYTES_MAX = 14000, OPTIONS_MAX = 256 };

static const char *folder;
static struct arena arena;
static int lang, over;

static struct html_page page_of(void)
{
    bool en = lang == 1;

    return (struct html_page){
        .lang = lang, .lang_code = text_langs[lang], .lang_query = en ? STR("?lang=en") : STR(""),
        .title = STR("Ghi chú"),
        .other_lang = url_path(en ? "?lang=vi" : "?lang=en"), .other_lang_code = text_langs[!lang],
        .other_lang_name = en ? STR("Tiếng Việt") : STR("English"),
        .token = STR("0123456789abcdef0123456789abcdef"), .csrf = STR("0123456789abcdef0123456789abcdef"),
    };
}

static void save(const char *name, struct out *o, bool private)
{
    const char *path = arena_f(&arena, "%s/%s.%s.html", folder, name, lang ? "en" : "vi").at;
    FILE *file = fopen(path, "w");

    if (file == NULL || fwrite(o->at, 1, o->n, file) != o->n || fclose(file) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(1);
    }
    printf("%zu %s.%s\n", o->n, name, lang ? "en" : "vi");
    if (o->n > PAGE_BYTES_MAX && !private)
        over++;
    out_reset(o);
}

static struct out out = { .max = 1 << 20 };

#define SAVE(name, template, ...)                                          \
    do {                                                                   \
        struct html_page page_ = page_of();                                \
        template(&page_, &(__VA_ARGS__), &out);                            \
        save(name, &out, false);                                           \
    } while (0)

/* The real list: code and name are the first two (for communes first and third) columns. */
static struct choices read_choices(const char *path, const char *province)
{
    static char line[1024];
    struct choices all = { NEW_N(&arena, struct choice, OPTIONS_MAX), 0 };
    FILE *file = fopen(path, "r");

    if (file == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) != NULL && all.n < OPTIONS_MAX) {
        struct str rest = arena_copy(&arena, str_c(line)), code, second, third;

        str_cut(&rest, ',', &code);
        str_cut(&rest, ',', &second);
        str_cut(&rest, ',', &third);
        if (code.n == 0 || code.at[0] < '0' || code.at[0] > '9' || (province && !str_is(second, province)))
            continue;
        all.at[all.n++] = (struct choice){ .code = code, .name = province ? third : second };
    }
    fclose(file);
    return all;
}

static struct waiting on_duty(const char *who)
{
    return (struct waiting){
        .open = true, .who = str_c(who), .usual = text_fill(&arena, lang, T_SPEAKUP_WAIT_MINUTES, STR("20"), STR("")),
    };
}

static struct waiting closed(void)
{
    return (struct waiting){
        .opens = text_fill(&arena, lang, T_SPEAKUP_WAIT_TOMORROW, STR("7:00"), STR("")),
    };
}

static struct choices kinds(void)
{
    static const struct { const char *code; int text; } all[] = {
        { "school", T_SPEAKUP_EXCLUDE_SCHOOL }, { "commune", T_SPEAKUP_EXCLUDE_COMMUNE },
        { "police", T_SPEAKUP_EXCLUDE_POLICE },
        { "health", T_SPEAKUP_EXCLUDE_HEALTH }, { "social", T_SPEAKUP_EXCLUDE_SOCIAL },
        { "union", T_SPEAKUP_EXCLUDE_UNION },
        { "ngo", T_SPEAKUP_EXCLUDE_NGO }, { "enterprise", T_SPEAKUP_EXCLUDE_ENTERPRISE },
    };
    struct choices c = { NEW_N(&arena, struct choice, COUNT_OF(all)), COUNT_OF(all) };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        c.at[i] = (struct choice){ .code = str_c(all[i].code), .name = text_in(lang, all[i].text) };
    return c;
}

static void conversation(bool long_one)
{
    struct thread_message few[] = {
        { .day = text_in(lang, T_SPEAKUP_THREAD_YESTERDAY), .mine = true,
            .text = STR("Bạn ấy doạ gửi ảnh của em cho cả lớp."), .files = 2 },
        { .from = STR("Cô Hạnh"), .text = STR("Cô đã đọc. Em rất dũng cảm khi kể ra.\nEm đừng chuyển tiền và đừng xoá tin nhắn nhé.") },
        { .day = text_in(lang, T_SPEAKUP_THREAD_TODAY), .mine = true,
            .text = STR("Bạn ấy lại nhắn. Em phải làm sao ạ?") },
    };
    struct notice notices[] = { { T_SPEAKUP_NOTICE_TOO_LARGE, 3 } };
    struct thread_view v = { .messages = { few, COUNT_OF(few) }, .wait = on_duty("Cô Hạnh") };

    if (long_one) {
        v.notices = (struct notices){ notices, 1 };
        v.older = url_path("/talk?before=1");
        v.communes = read_choices("content/geo/communes.csv", "38");
        v.waiting = v.unread = v.closed = true;
        v.asked = 3;
        v.removed = 2;
    } else {
        v.place = url_path("/talk?place=1#place");
    }
    SAVE(long_one ? "thread-long" : "thread", tpl_speakup_thread, v);
}

/* What the page's script asks for is no file beside it: the browser's tests go over a socket (browser/more.mjs). */
static void more_pages(void)
{
    struct more_picture rows[] = {
        { id_zero(), 1, T_SPEAKUP_MORE_KIND_PICTURE, T_SPEAKUP_MORE_STATE_CONFIRMED, STR("21/11/2026"), true },
        { id_zero(), 2, T_SPEAKUP_MORE_KIND_FILE, T_SPEAKUP_MORE_STATE_NEW, STR("24/11/2026"), true },
        { id_zero(), 3, T_SPEAKUP_MORE_KIND_PICTURE, T_SPEAKUP_MORE_STATE_WITHDRAWN, STR("24/11/2026"), false },
    };

    SAVE("more", tpl_speakup_more, (struct more_view){ .wasm = url_path("/assets/more.wasm"), .kb = 14, .exclude = kinds() });
    SAVE("more-old", tpl_speakup_more, (struct more_view){ .exclude = kinds() });
    SAVE("more-talk", tpl_speakup_more, (struct more_view){ .talk = true, .wasm = url_path("/assets/more.wasm"), .kb = 14,
        .pictures = { rows, COUNT_OF(rows) }, .asked = 3, .removed = 2, .refused = 1, .late = 1 });
}

static void services(void)
{
    struct help_service rows[HELP_PAGE_MAX];
    struct choice needs[] = {
        { STR("talk"), text_in(lang, T_NETWORK_NEED_TALK), true },
        { STR("health"), text_in(lang, T_NETWORK_NEED_HEALTH), false },
        { STR("legal"), text_in(lang, T_NETWORK_NEED_LEGAL), false },
    };
    struct help_view v = {
        .provinces = read_choices("content/geo/provinces.csv", NULL), .needs = { needs, 3 },
        .services = { rows, HELP_PAGE_MAX },
        .searched = true, .open_now = 12, .found = 43, .where = STR("Cần Thơ"),
        .after = url_path("/help?after=x"),
    };

    for (size_t i = 0; i < HELP_PAGE_MAX; i++) {
        rows[i] = (struct help_service){
            .name = STR("Phòng tham vấn Lá Xanh"),
            .does = STR("Nói chuyện với người tư vấn. Không cần đi cùng bố mẹ."),
            .hours_known = true, .open = i < 12, .until = STR("21:00"), .number = STR("0292 300 0000"),
            .opens = text_fill(&arena, lang, T_NETWORK_HELP_TOMORROW, STR("8:00"), STR("")),
            .call = url_tel(&arena, STR("0292 300 0000")), .connect = url_path("/speak"),
        };
    }
    SAVE("help-long", tpl_network_help, v);
    v.services.n = 3;
    rows[1].always = true;
    rows[2] = (struct help_service){ .name = STR("Trung tâm Bảo trợ xã hội và Công tác xã hội tổng hợp thành phố Cần Thơ"),
        .does = STR("Chỗ ở an toàn."), .place = STR("Đường Ví Dụ, phường Mẫu"), .hours_known = true,
        .opens = text_fill(&arena, lang, T_NETWORK_HELP_TOMORROW, STR("8:00"), STR("")),
            .connect = url_path("/speak") };
    v.found = 3;
    v.open_now = 2;
    v.after = (struct url){ 0 };
    SAVE("help", tpl_network_help, v);
    v.services.n = v.found = 0;
    SAVE("help-none", tpl_network_help, v);
}

static void codes(void)
{
    struct notice notices[] = { { T_SPEAKUP_NOTICE_TOO_LARGE, 3 }, { T_SPEAKUP_NOTICE_TOO_MANY, 2 } };
    struct code_view v = { .group = { STR("7K3M"), STR("9QXR"), STR("T4VB"), STR("2HDN") },
        .wait = on_duty("") };

    SAVE("code", tpl_speakup_code, v);
    v.wrong = true;
    v.notices = (struct notices){ notices, 2 };
    v.wait = closed();
    SAVE("code-wrong", tpl_speakup_code, v);
    v = (struct code_view){ .group = { STR("7K3M"), STR("9QXR"), STR("T4VB"), STR("2HDN") },
        .no_session = true };
    SAVE("code-once", tpl_speakup_code, v);
}

static void all_pages(void)
{
    SAVE("landing", tpl_speakup_landing, (struct landing_view){ .can_learn = true });
    SAVE("speak", tpl_speakup_speak, (struct speak_view){
        .wait = on_duty(""), .provinces = read_choices("content/geo/provinces.csv", NULL),
        .exclude = kinds() });
    codes();
    more_pages();
    SAVE("done", tpl_speakup_done, (struct done_view){ on_duty("") });
    SAVE("talk", tpl_speakup_talk, (struct talk_view){ .error = 0 });
    SAVE("talk-wrong", tpl_speakup_talk, (struct talk_view){ STR("7K3M-9QXR-T4VB-2HDM"),
        T_SPEAKUP_TALK_WRONG });
    conversation(false);
    conversation(true);
    SAVE("learn", tpl_speakup_learn, (struct learn_view){ true });
    services();
    SAVE("busy", tpl_web_child_problem, (struct child_problem_view){ T_WEB_PROBLEM_BUSY_TITLE,
        T_WEB_PROBLEM_BUSY_TEXT, false });
    SAVE("not-found", tpl_web_child_problem, (struct child_problem_view){ T_WEB_PROBLEM_NOT_FOUND_TITLE,
        T_WEB_PROBLEM_NOT_FOUND_TEXT, true });
}

static void blocked_pages(void)
{
    SAVE("blocked", tpl_matches_blocked, (struct blocked_view){ true });
    SAVE("appeal", tpl_matches_appeal, (struct appeal_view){ .address = STR("www.mau.example"), .found = STR("mau.example"), .empty = true });
    SAVE("appeal-unknown", tpl_matches_appeal, (struct appeal_view){ .address = STR("mau.example"), .unknown = true });
    SAVE("appeal-sent", tpl_matches_sent, (struct blocked_view){ true });
}

static void counts_pages(void)
{
    struct clear_row rows[] = {
        { STR("Tài liệu xâm hại tình dục trẻ em"), { STR("120"), false }, { STR("98"), false }, { STR("12"), false }, { STR("–"), true }, { STR("–"), true },
          { STR("9,5"), false }, { STR("11 %"), false } },
        { STR("Bắt nạt, làm nhục trẻ em trên mạng"), { STR("–"), true }, { STR("–"), true }, { STR("–"), true }, { STR("–"), true }, { STR("–"), true },
          { STR("–"), true }, { STR("–"), true } },
    };
    struct choice quarters[] = { { STR("2026-Q4"), STR("Quý 4 năm 2026"), true }, { STR("2026-Q3"), STR("Quý 3 năm 2026"), false } };
    struct clear_view v = { .quarters = { quarters, 2 }, .rows = { rows, 2 }, .total = { rows, 1 }, .hours = 24, .quarter = STR("Quý 4 năm 2026"),
                            .source = STR("Nghị định 147/2024/NĐ-CP, điều 23"), .csv = url_path("/transparency/2026-Q4.csv") };

    SAVE("transparency", tpl_takedown_transparency, v);
    SAVE("transparency-none", tpl_takedown_transparency, (struct clear_view){ .none = true, .hours = 24, .source = STR("x") });
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: render FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    arena = arena_make(8 << 20);
    for (lang = 0; lang < TEXT_LANGS; lang++) {
        all_pages();
        blocked_pages();
        counts_pages();
    }
    return over > 0;
}
