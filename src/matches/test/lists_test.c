/* Lists of hashes as others write them: files, answers of their servers, and what they send us. Every value here is invented. */
#include "matches/bank_file.h"
#include "matches/hash_feeds.h"
#include "matches/match.h"

#include "test.h"
#include "texts.h"

static struct arena arena;
static struct file_check check;
static struct out list;

#define PDQ "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
#define MD5 "00112233445566778899aabbccddeeff"
#define SHA "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void start(void)
{
    if (arena.first == NULL)
        arena = arena_make(64 << 20);
    arena_reset(&arena, false);
    fail_clear();
}

static void read_file(struct str text)
{
    start();
    out_free(&list);
    list = (struct out){ .max = 1 << 20 };
    check = (struct file_check){ .list = &list };
    bank_file_check(&arena, text, &check);
}

static bool one_fault(const char *text, i64 line, enum file_fault_kind kind)
{
    read_file(str_c(text));
    if (check.faults == 1 && check.at[0].line == line && check.at[0].kind == kind)
        return true;
    printf("# %lld faults, the first %d in line %lld\n", (long long)check.faults, (int)check.at[0].kind, (long long)check.at[0].line);
    return false;
}

/* -- files ------------------------------------------------------------------------------------------------------------------------- */

TEST(a_file_is_known_by_what_it_begins_with)
{
    static const struct { const char *text; enum bank_format format; } rows[] = {
        { "", FORMAT_NONE }, { " \n\t", FORMAT_NONE }, { "\xef\xbb\xbf", FORMAT_NONE }, { "\xef\xbb\xbf<a/>", FORMAT_NCMEC }, { " <a/>", FORMAT_NCMEC },
        { "{}", FORMAT_STOPNCII }, { "[]", FORMAT_STOPNCII }, { "kind,value\n", FORMAT_CSV }, { "a,b", FORMAT_CSV },
        { "pdq 00\na,b", FORMAT_LOCAL }, { "x", FORMAT_LOCAL },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_INT(bank_format_of(str_c(rows[i].text)), rows[i].format);
    CHECK(strcmp(bank_format_code(FORMAT_CSV), "csv") == 0 && bank_format_code(FORMAT_NONE)[0] == '\0');
}

TEST(lines_of_a_local_file_are_taken_and_each_wrong_one_is_named)
{
    read_file(STR("\xef\xbb\xbf# mẫu\n\npdq " PDQ "\r\nvideo_md5\t" MD5 "\n  video_sha256  " SHA " \nurl http://bad.example/a"));
    CHECK(check.format == FORMAT_LOCAL && check.records == 4 && check.faults == 0 && check.ended == 0);
    CHECK(check.of_kind[HASH_PDQ] == 1 && check.of_kind[HASH_MD5] == 1 && check.of_kind[HASH_SHA256] == 1 && check.of_kind[HASH_URL] == 1);
    CHECK(one_fault("pdq " PDQ "\n" PDQ "\n", 2, FILE_SHAPE));
    CHECK(one_fault("\nmd6 " MD5, 2, FILE_KIND));
    CHECK(one_fault("md5 " MD5 "\nmd5 0011\nmd5 " MD5, 2, FILE_VALUE) && check.records == 2);
    CHECK(one_fault("pdq\t", 1, FILE_SHAPE));
    CHECK(one_fault("", 0, FILE_EMPTY) && one_fault("# nothing\n", 0, FILE_EMPTY));
}

TEST(more_faults_than_are_shown_are_counted)
{
    struct out o = { .max = 1 << 20 };

    for (int i = 0; i < FAULTS_KEPT + 50; i++)
        out_c(&o, "md5 none\n");
    read_file(out_done(&o));
    CHECK(check.faults == FAULTS_KEPT + 50 && check.n == FAULTS_KEPT && check.records == 0);
    out_free(&o);
}

#define HEAD "kind,value,quality,family,status,id,video\n"

TEST(each_cell_of_a_table_is_read_or_refused)
{
    static const struct { const char *row; enum file_fault_kind kind; } wrong[] = {
        { "md6," MD5 ",,,,,\n", FILE_KIND }, { "," MD5 ",,,,,\n", FILE_KIND }, { "md5,0011,,,,,\n", FILE_VALUE }, { "md5\n", FILE_VALUE },
        { "pdq," PDQ ",x,,,,\n", FILE_QUALITY }, { "pdq," PDQ ",-1,,,,\n", FILE_QUALITY }, { "pdq," PDQ ",101,,,,\n", FILE_QUALITY },
        { "pdq," PDQ ",,half,,,\n", FILE_FAMILY }, { "pdq," PDQ ",,,gone,,\n", FILE_STATUS },
        { "pdq," PDQ ",,,,"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n",
          FILE_SOURCE_ID },
    };

    read_file(STR(HEAD "pdq," PDQ ",100,full,ACTIVE,\"a\nb\",0\nMD5," MD5 ",0,cpp512,withdrawn,x,1\nVideoMD5," MD5 ",,,deleted,,\nurl,\"http://bad.example/a,b\",,,received,,\n"));
    CHECK(check.format == FORMAT_CSV && check.records == 4 && check.faults == 0 && check.ended == 2);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[1000];

        snprintf(text, sizeof text, HEAD "md5," MD5 "\n%s", wrong[i].row);
        CHECK(one_fault(text, 3, wrong[i].kind));
        CHECK(check.records == 1);
    }
    CHECK(one_fault("value,quality\n" MD5 ",1\n", 1, FILE_HEADER) && one_fault("kind,quality\nmd5,1\n", 1, FILE_HEADER));
    read_file(STR(" VALUE , Kind \n" MD5 ",md5\n"));
    CHECK(check.records == 1 && check.faults == 0);
}

TEST(what_is_kept_of_a_list_reads_back_and_a_damaged_line_does_not)
{
    static const char *const broken[] = {
        "", "md5", "md5\t0", "md5\tx\t0\t1\t1\tid\t" MD5, "md5\t0\tx\t1\t1\tid\t" MD5, "md5\t0\t0\tx\t1\tid\t" MD5, "md5\t0\t0\t1\tx\tid\t" MD5,
        "md5\t0\t0\t1\t1", "md5\t0\t0\t1\t1\tid\t0011",
    };
    struct str rest, line;
    struct hash_new h;
    size_t n = 0;

    read_file(STR(HEAD "pdq," PDQ ",50,cpp512,active,\"a\tb\",1\nmd5," MD5 ",,,deleted,x,\n"));
    for (rest = out_done(&list); str_cut(&rest, '\n', &line) && line.n; n++) {
        REQUIRE(list_line_read(&arena, line, &h) == OK);
        if (n == 0)
            CHECK(h.kind == HASH_PDQ && h.family == FAMILY_CPP512 && h.video && h.quality == 50 && h.status == HASH_ACTIVE && str_is(h.source_id, "a b"));
        else
            CHECK(h.kind == HASH_MD5 && !h.video && h.quality == QUALITY_UNKNOWN && h.status == HASH_DELETED && h.value.n == 16);
    }
    CHECK(n == 2);
    list_line_write(&list, &arena, &(struct hash_new){ .status = HASH_DELETED, .source_id = STR("gone") });
    CHECK(list_line_read(&arena, STR("-\t0\t0\t-1\t4\tgone\t"), &h) == OK && h.kind == 0 && h.value.n == 0 && h.status == HASH_DELETED);
    for (size_t i = 0; i < COUNT_OF(broken); i++)
        CHECK(list_line_read(&arena, str_c(broken[i]), &h) != OK);
}

TEST(a_file_of_stopncii_or_ncmec_that_is_damaged_is_refused_at_its_place)
{
    read_file(STR("{\"hashRecords\":[{\"signalType\":\"ImagePDQ\",\"hashValue\":\"" PDQ "\",\"hashStatus\":\"Active\"},{\"signalType\":\"StopNCIISignalType.VideoMD5\","
                  "\"hashValue\":\"" MD5 "\",\"hashStatus\":\"Withdrawn\"}]}"));
    CHECK(check.format == FORMAT_STOPNCII && check.records == 2 && check.ended == 1 && check.faults == 0);
    CHECK(one_fault("{\"hashRecords\":", 1, FILE_JSON) && one_fault("{}", 1, FILE_JSON) && one_fault("{\"hashRecords\":{}}", 1, FILE_JSON));
    CHECK(one_fault("[1]", 1, FILE_SHAPE) && one_fault("[{}]", 1, FILE_SHAPE) && one_fault("[]", 0, FILE_EMPTY));
    CHECK(one_fault("[{\"signalType\":\"Sound\",\"hashValue\":\"00\"}]", 1, FILE_KIND) && one_fault("[{\"signalType\":7,\"hashValue\":\"00\"}]", 1, FILE_KIND));
    CHECK(one_fault("[{\"signalType\":\"VideoMD5\",\"hashValue\":\"00\"}]", 1, FILE_VALUE));
    CHECK(one_fault("[{\"signalType\":\"VideoMD5\",\"hashValue\":\"" MD5 "\",\"hashStatus\":\"Lost\"}]", 1, FILE_STATUS));
    CHECK(one_fault("<queryResult><image>", 1, FILE_XML));
    CHECK(one_fault("<!DOCTYPE a><queryResult/>", 1, FILE_DOCTYPE));
}

/* -- answers of StopNCII ------------------------------------------------------------------------------------------------------------------ */

#define PAGE(records, more, next) "{\"hashRecords\":[" records "],\"nextSetTimestamp\":17,\"hasMoreRecords\":" more next "}"
#define RECORD(type, value, rest) "{\"signalType\":\"" type "\",\"hashValue\":\"" value "\"" rest "}"

TEST(a_page_of_stopncii_is_read_and_what_cannot_be_used_is_counted)
{
    struct fed_page page;

    start();
    REQUIRE(stopncii_read(&arena, STR(PAGE(
        RECORD("ImagePDQ", PDQ, ",\"hashStatus\":\"Active\",\"caseNumbers\":{\"A-1\":\"Active\"},\"CSPFeedbacks\":[{\"feedbackValue\":\"Blocked\","
               "\"tags\":[\"a,b\",\"\",7,\"c\\nd\"]}]") ","
        RECORD("StopNCIISignalType.VideoMD5", MD5, ",\"hashStatus\":\"Withdrawn\",\"caseNumbers\":{},\"CSPFeedbacks\":[]") ","
        RECORD("URL", "http://bad.example/a", ",\"hashStatus\":\"Deleted\",\"caseNumbers\":7,\"CSPFeedbacks\":[{\"feedbackValue\":\"nonsense\"}]") ","
        RECORD("URL", "http://bad.example/b", ",\"hashStatus\":\"of tomorrow\"") ","
        RECORD("VideoMD5", "00", "") "," RECORD("Sound", MD5, "") ",7,{},{\"signalType\":7}", "true", ",\"nextPageToken\":\"next\"")), &page) == OK);
    CHECK(page.n == 4 && page.skipped == 5 && page.more && page.since == 17 && str_is(page.next, "next"));
    CHECK(page.at[0].kind == HASH_PDQ && page.at[0].status == HASH_ACTIVE && str_is(page.at[0].source_id, "A-1"));
    CHECK(str_is(page.at[0].feedback, "Blocked") && str_is(page.at[0].words, "a b, c d"));
    CHECK(page.at[1].kind == HASH_MD5 && page.at[1].video && page.at[1].status == HASH_WITHDRAWN && page.at[1].source_id.n == 0 && page.at[1].feedback.n == 0);
    CHECK(page.at[2].kind == HASH_URL && page.at[2].status == HASH_DELETED && page.at[2].source_id.n == 0 && page.at[2].feedback.n == 0);
    CHECK(page.at[3].status == HASH_RECEIVED);
    CHECK(stopncii_read(&arena, STR(PAGE("", "false", "")), &page) == OK && page.n == 0 && !page.more);
}

TEST(an_answer_of_stopncii_that_is_none_is_refused)
{
    static const char *const wrong[] = {
        "", "x", "[]", "7", "{}", "{\"hashRecords\":[],\"nextSetTimestamp\":17}", "{\"hashRecords\":{},\"nextSetTimestamp\":17,\"hasMoreRecords\":false}",
        "{\"hashRecords\":[],\"nextSetTimestamp\":\"17\",\"hasMoreRecords\":false}", "{\"hashRecords\":[],\"nextSetTimestamp\":17,\"hasMoreRecords\":0}",
        "{\"hashRecords\":[],\"hashRecords\":[],\"nextSetTimestamp\":17,\"hasMoreRecords\":false}",
        PAGE("", "true", ""), PAGE("", "true", ",\"nextPageToken\":\"\""), PAGE("", "true", ",\"nextPageToken\":7"),
    };
    struct fed_page page;

    start();
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK(stopncii_read(&arena, str_c(wrong[i]), &page) == INVALID && page.n == 0);
    CHECK(stopncii_read(&arena, STR_NULL, &page) == INVALID);
}

TEST(what_is_sent_in_stopnciis_form_is_taken_whole_or_refused_with_its_record)
{
    static const struct { bool feedback; const char *text, *why; } wrong[] = {
        { false, "x", "not JSON" }, { false, "{}", "hashRecords" }, { true, "{\"hashRecords\":[]}", "hashFeedbacks" }, { false, "{\"hashRecords\":7}", "hashRecords" },
        { false, "{\"hashRecords\":[],\"count\":\"0\"}", "count" }, { false, "{\"hashRecords\":[],\"count\":1}", "0 records" },
        { false, "{\"hashRecords\":[" RECORD("VideoMD5", MD5, "") ",7]}", "record 2" }, { false, "{\"hashRecords\":[" RECORD("VideoMD5", "0", "") "]}", "record 1" },
        { true, "{\"hashFeedbacks\":[{\"hashValue\":\"" MD5 "\"}]}", "record 1" }, { true, "{\"hashFeedbacks\":[{\"feedbackValue\":\"Blocked\"}]}", "record 1" },
        { true, "{\"hashFeedbacks\":[7]}", "record 1" },
    };
    struct fed_page given;
    struct out many = { .max = 1 << 22 };
    struct str why;

    start();
    CHECK(stopncii_given(&arena, STR("{\"count\":1,\"hashRecords\":[" RECORD("VideoMD5", MD5, "") "]}"), false, &given, &why) == OK && given.n == 1 && why.n == 0);
    CHECK(stopncii_given(&arena, STR("{\"hashFeedbacks\":[{\"hashValue\":\"" MD5 "\",\"feedbackValue\":\"Blocked\",\"tags\":[\"t\"]}]}"), true, &given, &why) == OK);
    CHECK(given.n == 1 && given.at[0].kind == 0 && str_is(given.at[0].value, MD5) && str_is(given.at[0].words, "t"));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK(stopncii_given(&arena, str_c(wrong[i].text), wrong[i].feedback, &given, &why) == INVALID);
        if (str_find(why, str_c(wrong[i].why)) >= why.n)
            printf("# %s: %.*s\n", wrong[i].text, (int)why.n, why.at), test_failures++;
    }
    out_c(&many, "{\"hashRecords\":[7");
    for (int i = 0; i < GIVEN_MOST; i++)
        out_c(&many, ",7");
    out_c(&many, "]}");
    CHECK(stopncii_given(&arena, out_done(&many), false, &given, &why) == TOO_LARGE);
    out_free(&many);
}

TEST(words_of_one_service_become_those_of_the_other)
{
    CHECK(strcmp(feedback_stopncii(STR("affirmative")), "Blocked") == 0 && strcmp(feedback_stopncii(STR("negative")), "NotBlocked") == 0);
    CHECK(strcmp(feedback_stopncii(STR("nonsense")), "Unknown") == 0 && strcmp(feedback_stopncii(STR("NotBlocked")), "NotBlocked") == 0);
    CHECK(feedback_says(STR("Blocked")) == SAYS_YES && feedback_says(STR("negative")) == SAYS_NO && feedback_says(STR("nonsense")) == SAYS_NOTHING);
    CHECK(feedback_read(STR("nonsense")) == NULL && stopncii_type(HASH_SHA1, false) == NULL && stopncii_type(HASH_PDQ, true) == NULL);
    CHECK(strcmp(stopncii_type(HASH_URL, true), "URL") == 0 && strcmp(stopncii_status(HASH_WITHDRAWN), "Withdrawn") == 0);
    CHECK(strcmp(stopncii_status(HASH_DELETED), "Deleted") == 0 && strcmp(stopncii_status(HASH_RECEIVED), "Received") == 0);
}

static struct str written(enum hash_kind kind, struct str value)
{
    struct out o = { .max = 4096 };
    struct str text;

    hash_value_write(&o, kind, value);
    text = arena_copy(&arena, out_done(&o));
    out_free(&o);
    return text;
}

TEST(values_go_out_as_they_are_read)
{
    static const struct { enum hash_kind kind; const char *text; } rows[] = {
        { HASH_MD5, MD5 }, { HASH_PDQ, PDQ }, { HASH_URL, "http://bad.example/a" }, { HASH_PDNA, "AAEC" }, { HASH_PDNA, "AAE=" }, { HASH_PDNA, "+/8=" }, { HASH_PDNA, "/w==" },
    };

    start();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str value;

        REQUIRE(hash_value_read(&arena, rows[i].kind, str_c(rows[i].text), &value) == OK);
        CHECK(str_is(written(rows[i].kind, value), rows[i].text));
    }
}

/* -- answers of NCMEC --------------------------------------------------------------------------------------------------------------------- */

#define QUERY(inner) "<queryResult xmlns='" NCMEC_NAMESPACE "'>" inner "</queryResult>"
#define ENTRY(tag, inner) "<" tag "><member id='42'>M</member><id>x</id>" inner "</" tag ">"

TEST(a_page_of_ncmec_is_read_and_fingerprints_that_we_keep_nothing_of_are_counted)
{
    struct ncmec_page page;

    start();
    REQUIRE(ncmec_read(&arena, STR("<?xml version='1.0'?>" QUERY("<!-- c --><images>"
        ENTRY("image", "<classification>A1</classification><fingerprints><md5>" MD5 "</md5><md5/><sha1>00</sha1><netclean>x</netclean><pdq><![CDATA[" PDQ "]]></pdq></fingerprints>"
              "<feedback><member id='7'/></feedback><n:other xmlns:n='urn:n'>text</n:other>")
        ENTRY("deletedImage", "") "</images><videos>" ENTRY("video", "<fingerprints><md5>" MD5 "</md5></fingerprints>") ENTRY("deletedVideo", "") "</videos>"
        "<paging><next>/v2/entries?from=1</next></paging>")), &page) == OK);
    CHECK(page.n == 4 && page.skipped == 3 && str_is(page.next, "/v2/entries?from=1"));
    CHECK(str_is(page.at[0].name, "42-x") && page.at[0].n_prints == 2 && str_is(page.at[0].class, "A1") && !page.at[0].deleted && !page.at[0].video);
    CHECK(page.at[0].prints[0].kind == HASH_MD5 && page.at[0].prints[1].kind == HASH_PDQ);
    CHECK(page.at[1].deleted && !page.at[1].video && page.at[1].n_prints == 0 && page.at[2].video && !page.at[2].deleted && page.at[3].deleted && page.at[3].video);
    CHECK(ncmec_read(&arena, STR(QUERY("")), &page) == OK && page.n == 0 && page.next.n == 0);
}

TEST(an_entry_of_ncmec_keeps_no_more_fingerprints_than_it_has_room_for)
{
    struct out o = { .max = 1 << 16 };
    struct ncmec_page page;

    start();
    out_c(&o, "<queryResult><image><member id='42'/><id>x</id><fingerprints>");
    for (int i = 0; i < 40; i++)
        out_c(&o, "<md5>" MD5 "</md5>");
    out_c(&o, "</fingerprints></image></queryResult>");
    CHECK(ncmec_read(&arena, out_done(&o), &page) == OK && page.n == 1 && page.at[0].n_prints == 16 && page.skipped == 24);
    out_free(&o);
}

TEST(an_answer_of_ncmec_that_is_none_is_refused)
{
    static const char *const wrong[] = {
        "", "x", "<", "<other/>", "<queryResult>", "<queryResult></other>", "<!DOCTYPE a><queryResult/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><queryResult>&b;</queryResult>",
        QUERY("<image><id>x</id></image>"), QUERY("<image><member id='42'/></image>"), QUERY("<image><member/><id>x</id></image>"),
        QUERY("<image><member id='123456789012345678901'/><id>x</id></image>"), QUERY("<image/>"),
        "<queryResult><a><a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a></a></a></a></a></queryResult>",
    };
    struct ncmec_page page;
    char long_id[300];

    start();
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (ncmec_read(&arena, str_c(wrong[i]), &page) != INVALID)
            printf("# %s\n", wrong[i]), test_failures++;
    memset(long_id, 'a', sizeof long_id);
    CHECK(ncmec_read(&arena, arena_f(&arena, "<queryResult><image><member id='42'/><id>%.*s</id></image></queryResult>", 201, long_id), &page) == INVALID);
    CHECK(ncmec_read(&arena, arena_f(&arena, "<queryResult><image><member id='42'/><id>%.*s</id></image></queryResult>", 200, long_id), &page) == OK);
    CHECK(ncmec_read(&arena, STR_NULL, &page) == INVALID);
}

#define REASON(n) "<reasons><guid>6e0b8f5c-31d4-4a9e-8f0b-5a6f2c9d7e0" n "</guid></reasons>"
#define SAID(inner) "<feedbackSubmission>" inner "</feedbackSubmission>"

TEST(feedback_is_one_of_two_and_a_no_has_its_reasons)
{
    static const char *const wrong[] = {
        "", SAID(""), SAID("<affirmative/><negative>" REASON("1") "</negative>"), SAID("<affirmative>" REASON("1") "</affirmative>"), SAID("<negative/>"),
        SAID("<negative><reasons><guid>none</guid></reasons></negative>"), SAID("<x><affirmative/></x>"), "<other><affirmative/></other>", SAID("<affirmative>"),
    };
    struct ncmec_opinion opinion;

    start();
    CHECK(ncmec_feedback_read(&arena, STR(SAID("<affirmative/>")), &opinion) == OK && !opinion.negative && opinion.reasons.n == 0);
    CHECK(ncmec_feedback_read(&arena, STR(SAID("<negative>" REASON("2") "<other>x</other>" REASON("4") "</negative>")), &opinion) == OK && opinion.negative);
    CHECK(str_is(opinion.reasons, "Shows adults only, Cannot be assessed"));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (ncmec_feedback_read(&arena, str_c(wrong[i]), &opinion) != INVALID)
            printf("# %s\n", wrong[i]), test_failures++;
}

/* -- questions of partners' programs ------------------------------------------------------------------------------------------------------ */

TEST(a_question_is_read_strictly_and_the_wrong_field_is_named_with_its_place)
{
    static const struct { const char *json, *field; int text; } wrong[] = {
        { "", "", T_MATCHES_MATCH_BAD_JSON }, { "x", "", T_MATCHES_MATCH_BAD_JSON }, { "[]", "", T_MATCHES_MATCH_BAD_JSON },
        { "{\"md5\":\"" MD5 "\",\"md5\":\"" MD5 "\"}", "", T_MATCHES_MATCH_BAD_JSON }, { "{}", "pdq", T_MATCHES_MATCH_NOTHING },
        { "{\"pdq\":[]}", "pdq", T_MATCHES_MATCH_NOTHING }, { "{\"md6\":\"00\"}", "md6", T_MATCHES_MATCH_UNKNOWN }, { "{\"PDQ\":\"" PDQ "\"}", "PDQ", T_MATCHES_MATCH_UNKNOWN },
        { "{\"pdq\":\"00\"}", "pdq[0]", T_MATCHES_MATCH_BAD_PDQ }, { "{\"pdq\":[\"" PDQ "\",7]}", "pdq[1]", T_MATCHES_MATCH_BAD_PDQ },
        { "{\"pdq\":{}}", "pdq[0]", T_MATCHES_MATCH_BAD_PDQ }, { "{\"pdq\":{\"hash\":7}}", "pdq[0]", T_MATCHES_MATCH_BAD_PDQ }, { "{\"pdq\":null}", "pdq[0]", T_MATCHES_MATCH_BAD_PDQ },
        { "{\"pdq\":{\"hash\":\"" PDQ "\",\"family\":7}}", "pdq[0]", T_MATCHES_MATCH_BAD_FAMILY },
        { "{\"pdq\":{\"hash\":\"" PDQ "\",\"family\":\"half\"}}", "pdq[0]", T_MATCHES_MATCH_BAD_FAMILY },
        { "{\"pdq\":{\"hash\":\"" PDQ "\",\"quality\":\"9\"}}", "pdq[0]", T_MATCHES_MATCH_BAD_QUALITY },
        { "{\"pdq\":{\"hash\":\"" PDQ "\",\"quality\":-1}}", "pdq[0]", T_MATCHES_MATCH_BAD_QUALITY },
        { "{\"pdq\":{\"hash\":\"" PDQ "\",\"quality\":101}}", "pdq[0]", T_MATCHES_MATCH_BAD_QUALITY },
        { "{\"pdq\":{\"hash\":\"" PDQ "\",\"quality\":9.5}}", "pdq[0]", T_MATCHES_MATCH_BAD_QUALITY },
        { "{\"md5\":[\"" MD5 "\",\"" MD5 "\",\"0\"]}", "md5[2]", T_MATCHES_MATCH_BAD_MD5 }, { "{\"sha1\":7}", "sha1[0]", T_MATCHES_MATCH_BAD_SHA1 },
        { "{\"sha256\":[{}]}", "sha256[0]", T_MATCHES_MATCH_BAD_SHA256 }, { "{\"urls\":[\"http://\"]}", "urls[0]", T_MATCHES_MATCH_BAD_URL },
        { "{\"same\":1,\"md5\":\"" MD5 "\"}", "same", T_MATCHES_MATCH_BAD_FLAG }, { "{\"keep\":\"true\",\"md5\":\"" MD5 "\"}", "keep", T_MATCHES_MATCH_BAD_FLAG },
        { "{\"text\":7}", "text", T_MATCHES_MATCH_BAD_STRING }, { "{\"text\":\"x\",\"ref\":[]}", "ref", T_MATCHES_MATCH_BAD_STRING },
    };
    struct match_fault fault;
    struct match_ask ask;

    start();
    REQUIRE(match_read(&arena, STR("{\"pdq\":[\"" PDQ "\",{\"hash\":\"" PDQ "\",\"family\":\"cpp512\",\"quality\":0},{\"hash\":\"" PDQ "\",\"family\":\"full\"}],"
                                   "\"md5\":\"" MD5 "\",\"urls\":[\"http://bad.example/a\",\"http://bad.example/b\"],\"ref\":\"r\",\"keep\":true,\"same\":false}"), &ask, &fault) == OK);
    CHECK(ask.n_pdq == 3 && ask.n_exact == 3 && ask.keep && str_is(ask.ref, "r") && ask.text.at == NULL);
    CHECK(ask.pdq[1].family == FAMILY_CPP512 && ask.pdq[1].quality == 0 && ask.pdq[0].quality == QUALITY_UNKNOWN && ask.pdq[2].thing == 2);
    CHECK(ask.first[HASH_MD5] == 0 && ask.first[HASH_URL] == 1 && ask.exact[2].kind == HASH_URL);
    REQUIRE(match_read(&arena, STR("{\"same\":true,\"pdq\":[\"" PDQ "\",\"" PDQ "\"]}"), &ask, &fault) == OK && ask.pdq[0].thing == ask.pdq[1].thing);
    CHECK(match_read(&arena, STR("{\"text\":\"\"}"), &ask, &fault) == OK && ask.text.n == 0 && !ask.keep);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        bool right = match_read(&arena, str_c(wrong[i].json), &ask, &fault) == INVALID && fault.text == wrong[i].text &&
                     str_is(match_fault_field(&arena, &fault), wrong[i].field);

        if (!right)
            printf("# %s: %s\n", wrong[i].json, fault.field), test_failures++;
    }
}

TEST(a_question_has_an_end)
{
    struct out o = { .max = 1 << 20 };
    struct match_fault fault;
    struct match_ask ask;

    start();
    for (int more = 0; more < 2; more++) {
        out_reset(&o);
        out_c(&o, "{\"md5\":[\"" MD5 "\"");
        for (int i = 1; i < MATCH_VALUES; i++)
            out_c(&o, ",\"" MD5 "\"");
        out_c(&o, more ? "],\"pdq\":\"" PDQ "\"}" : "]}");
        CHECK_INT(match_read(&arena, out_done(&o), &ask, &fault), more ? INVALID : OK);
        CHECK(!more || fault.text == T_MATCHES_MATCH_TOO_MANY);
    }
    out_reset(&o);
    out_c(&o, "{\"text\":\"x\",\"ref\":\"");
    for (int i = 0; i < MATCH_REF_CHARS + 1; i++)
        out_char(&o, 'r');
    out_c(&o, "\"}");
    CHECK(match_read(&arena, out_done(&o), &ask, &fault) == INVALID && fault.text == T_MATCHES_MATCH_LONG);
    out_free(&o);
}

TEST(kinds_have_their_names_in_ncmecs_form)
{
    bool known;

    CHECK(ncmec_kind(STR("TMK_PDQF"), &known) == HASH_TMK && known && ncmec_kind(STR("NETCLEAN"), &known) == 0 && known);
    CHECK(ncmec_kind(STR("md5"), &known) == 0 && !known);
    CHECK(strcmp(ncmec_type(HASH_PDQ), "PDQ") == 0 && strcmp(ncmec_tag(HASH_TMK), "tmk-pdqf") == 0);
    CHECK(ncmec_type(HASH_URL)[0] == '\0' && ncmec_tag(HASH_URL)[0] == '\0');
    out_free(&list);
    arena_free(&arena);
}

TEST_MAIN
