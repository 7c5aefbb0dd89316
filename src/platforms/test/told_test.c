/* Documents of /ispws: what is taken, and what is refused with which code. */
#include "../told.h"

#include "base/xml.h"

#include <test.h>

#include <libxml/parser.h>
#include <stdlib.h>

static struct arena arena;

/* 2026-11-29T00:00:00Z */
#define NOW ((i64)1795910400000)

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SUMMARY "<incidentSummary><incidentType>Misleading Domain Name</incidentType>" \
                "<incidentDateTime>2026-11-28T10:00:00+07:00</incidentDateTime></incidentSummary>"
#define REPORTER "<reporter><reportingPerson><email>an@example.org</email></reportingPerson></reporter>"
#define REPORT(inner) HEAD "<report>" inner "</report>"

static struct told told;
static struct told_fault fault;

static bool takes(const char *document)
{
    arena_reset(&arena, false);
    fault = (struct told_fault){ 0 };
    return told_load() == OK && told_read(&arena, str_c(document), NOW, &told, &fault) == OK;
}

static bool refuses(const char *document, enum ispws_code code, const char *words)
{
    if (takes(document))
        return false;
    if (fault.code == code && strstr(fault.words.at, words) != NULL)
        return true;
    printf("# %d %.*s\n", (int)fault.code, (int)fault.words.n, fault.words.at);
    return false;
}

TEST(the_least_that_a_report_must_say_is_enough)
{
    arena = arena_make(64 << 20);
    CHECK(takes(REPORT(SUMMARY REPORTER)));
    CHECK(told.incident == INCIDENT_DOMAIN && !told.urgent && told.victims == 0 && told.youngest == -1);
    CHECK(told.at == NOW - 21 * (i64)3600000);
}

TEST(all_parts_are_read_in_their_order)
{
    CHECK(takes(REPORT("<incidentSummary><incidentType>Online Enticement of Children for Sexual Acts</incidentType>"
        "<platform>Sample</platform><escalateToHighPriority>The child may be in danger &amp; alone</escalateToHighPriority>"
        "<reportAnnotations><spam/><sextortion>true</sextortion></reportAnnotations>"
        "<incidentDateTime>2026-11-28T23:30:00.250Z</incidentDateTime></incidentSummary>"
        "<internetDetails><webPageIncident thirdPartyHostedContent=\"true\"><url>https://one.example/a</url><url>two.example</url>"
        "</webPageIncident></internetDetails>"
        "<internetDetails><chatImIncident><chatClient>Sample</chatClient><content>words &lt;b&gt;</content></chatImIncident></internetDetails>"
        REPORTER
        "<personOrUserReported><espIdentifier>u-17</espIdentifier><espService>Sample</espService><screenName>paper boat</screenName>"
        "<profileUrl>https://sample.example/u-17</profileUrl><ipCaptureEvent><ipAddress>203.0.113.9</ipAddress><eventName>Login</eventName>"
        "<dateTime>2026-11-01T00:00:00Z</dateTime></ipCaptureEvent></personOrUserReported>"
        "<victim><victimPerson><age>13</age></victimPerson></victim><victim><victimPerson><age>11</age></victimPerson></victim>"
        "<additionalInfo>more</additionalInfo>")));
    CHECK(told.urgent && str_is(told.urgency, "The child may be in danger & alone"));
    CHECK(told.urls.n == 3 && str_is(told.urls.at[0], "https://one.example/a") && str_is(told.urls.at[2], "https://sample.example/u-17"));
    CHECK(str_is(told.account, "u-17") && str_is(told.service, "Sample") && str_is(told.screen_name, "paper boat"));
    CHECK(told.victims == 2 && told.youngest == 11);
    CHECK(told.lines.at[told.lines.n - 1].section == SECTION_MORE && str_is(told.lines.at[told.lines.n - 1].text, "more"));
}

TEST(elements_out_of_their_order_are_not_valid)
{
    CHECK(refuses(REPORT(REPORTER SUMMARY), ISPWS_NOT_VALID, "reporter"));
    CHECK(refuses(REPORT("<incidentSummary><incidentDateTime>2026-11-28T10:00:00Z</incidentDateTime>"
        "<incidentType>Misleading Domain Name</incidentType></incidentSummary>" REPORTER), ISPWS_NOT_VALID, "incidentDateTime"));
    CHECK(refuses(REPORT(SUMMARY REPORTER "<victim><screenName>a</screenName><espIdentifier>b</espIdentifier></victim>"),
                  ISPWS_NOT_VALID, "espIdentifier"));
}

TEST(what_is_needed_is_asked_for)
{
    CHECK(refuses(REPORT(SUMMARY), ISPWS_NOT_VALID, "reporter"));
    CHECK(refuses(REPORT(SUMMARY "<reporter><reportingPerson><firstName>A</firstName></reportingPerson></reporter>"), ISPWS_NOT_VALID,
                  "reportingPerson"));
    CHECK(refuses(REPORT("<incidentSummary><incidentType>Something Else</incidentType>"
        "<incidentDateTime>2026-11-28T10:00:00Z</incidentDateTime></incidentSummary>" REPORTER), ISPWS_NOT_VALID, "incidentType"));
    CHECK(refuses(HEAD "<fileDetails/>", ISPWS_NOT_VALID, "<report>"));
    CHECK(refuses("", ISPWS_MALFORMED, ""));
    CHECK(refuses("<report>", ISPWS_MALFORMED, ""));
}

#define AT(time) REPORT("<incidentSummary><incidentType>Misleading Domain Name</incidentType><incidentDateTime>" time \
                        "</incidentDateTime></incidentSummary>" REPORTER)

TEST(nothing_lies_in_the_future)
{
    CHECK(takes(AT("2026-11-29T00:01:59Z")));
    CHECK(refuses(AT("2026-11-29T00:02:01Z"), ISPWS_NOT_VALID, "future"));
    CHECK(refuses(AT("2026-11-29T05:00:00+01:00"), ISPWS_NOT_VALID, "future"));
    CHECK(takes(AT("2026-11-29T05:00:00+07:00")));
    CHECK(refuses(AT("yesterday"), ISPWS_NOT_VALID, "incidentDateTime"));
    CHECK(refuses(REPORT(SUMMARY REPORTER "<personOrUserReported><ipCaptureEvent><ipAddress>::1</ipAddress>"
        "<dateTime>2027-01-01T00:00:00Z</dateTime></ipCaptureEvent></personOrUserReported>"), ISPWS_NOT_VALID, "future"));
}

#define URL(url) REPORT(SUMMARY "<internetDetails><webPageIncident><url>" url "</url></webPageIncident></internetDetails>" REPORTER)

TEST(addresses_have_no_blanks)
{
    CHECK(takes(URL("https://example.org/t%20x")));
    CHECK(refuses(URL("https://example.org/t x"), ISPWS_NOT_VALID, "url"));
    CHECK(refuses(URL("\n https://example.org/\n"), ISPWS_NOT_VALID, "url"));
    CHECK(refuses(URL("https://example.org/\xc2\x85"), ISPWS_NOT_VALID, "url"));
    CHECK(refuses(URL(""), ISPWS_NOT_VALID, "url"));
}

TEST(a_doctype_is_refused_before_anything_is_parsed)
{
    CHECK(refuses(HEAD "<!DOCTYPE report [<!ENTITY a \"b\">]><report/>", ISPWS_MALFORMED, "DOCTYPE"));
    CHECK(refuses(HEAD "<!-- a --> <?b c?> <!doctype report SYSTEM \"file:///etc/passwd\"><report/>", ISPWS_MALFORMED, "DOCTYPE"));
    CHECK(refuses(HEAD "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;&lol;\">]>\n<report>&lol2;</report>",
                  ISPWS_MALFORMED, "DOCTYPE"));
    CHECK(refuses(REPORT(SUMMARY REPORTER "<additionalInfo>&other;</additionalInfo>"), ISPWS_MALFORMED, "other"));
    CHECK(takes(REPORT(SUMMARY REPORTER "<additionalInfo><![CDATA[<!DOCTYPE html>]]></additionalInfo>")));
}

TEST(only_utf_8_is_read)
{
    CHECK(refuses("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><report>" SUMMARY REPORTER "</report>", ISPWS_MALFORMED, "UTF-8"));
    CHECK(refuses("<?xml version='1.0' encoding = 'UTF-16'?><report>" SUMMARY REPORTER "</report>", ISPWS_MALFORMED, "UTF-8"));
    CHECK(refuses(REPORT(SUMMARY REPORTER "<additionalInfo>\xff</additionalInfo>"), ISPWS_MALFORMED, "UTF-8"));
    CHECK(takes("\xef\xbb\xbf" REPORT(SUMMARY REPORTER)));
    CHECK(takes("<report>" SUMMARY REPORTER "</report>"));
}

static const char *many(const char *one, size_t n)
{
    struct out o = { .max = 64 << 20 };
    static struct str kept;

    free((void *)(uintptr_t)kept.at);
    out_c(&o, HEAD "<report>" SUMMARY REPORTER);
    for (size_t i = 0; i < n; i++)
        out_c(&o, one);
    out_c(&o, "</report>");
    out_char(&o, '\0');
    kept = out_done(&o);
    return kept.at;
}

TEST(size_number_and_depth_have_ends)
{
    CHECK(takes(many("<victim><schoolName>a</schoolName></victim>", 1000)));
    CHECK(told.victims == 1000);
    CHECK(refuses(many("<victim><schoolName>a</schoolName></victim>", 1001), ISPWS_NOT_VALID, "victim"));
    CHECK(refuses(many("<a/>", 100000), ISPWS_MALFORMED, "elements"));
    CHECK(refuses(many("<a>", 20), ISPWS_MALFORMED, "deep"));
    CHECK(refuses(many("<additionalInfo>01234567890123456789012345678901234567890123456789</additionalInfo>", 20000), ISPWS_MALFORMED, "larger"));
}

static bool loaded;
static xmlParserInputPtr must_not_load(const char *url, const char *id, xmlParserCtxtPtr parser)
{
    (void)url;
    (void)id;
    (void)parser;
    loaded = true;
    return NULL;
}

TEST(no_address_in_a_document_is_ever_opened)
{
    xmlExternalEntityLoader before = xmlGetExternalEntityLoader();

    xmlSetExternalEntityLoader(must_not_load);
    CHECK(takes(HEAD "<report xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                "xsi:noNamespaceSchemaLocation=\"https://report.cybertip.org/ispws/xsd\">" SUMMARY REPORTER "</report>"));
    CHECK(takes(HEAD "<report xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                "xsi:schemaLocation=\"urn:x file:///etc/passwd\">" SUMMARY REPORTER "</report>"));
    CHECK(!takes(HEAD "<report><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/></report>"));
    CHECK(!loaded);
    xmlSetExternalEntityLoader(before);
}

#define DETAILS(inner) HEAD "<fileDetails><reportId>1234</reportId><fileId>000102030405060708090a0b0c0d0e0f</fileId>" inner "</fileDetails>"

static bool takes_file(const char *document, struct told_file *file)
{
    return told_read_file(&arena, str_c(document), NOW, file, &fault) == OK;
}

TEST(details_of_a_file_name_report_and_file)
{
    struct told_file f;

    CHECK(takes_file(DETAILS("<originalFileName>boat.jpg</originalFileName><locationOfFile>https://a.example/b</locationOfFile>"
        "<fileViewedByEsp>true</fileViewedByEsp><fileRelevance>Supplemental Reported</fileRelevance>"
        "<fileAnnotations><viral/><generativeAi/></fileAnnotations><industryClassification>B2</industryClassification>"
        "<originalFileHash hashType=\"MD5\">900150983cd24fb0d6963f7d28e17f72</originalFileHash>"
        "<details><nameValuePair type=\"EXIF\"><name>Make</name><value>Paper</value></nameValuePair></details>"), &f));
    CHECK(f.report == 1234 && f.file[1] == 1 && f.file[15] == 15 && str_is(f.name, "boat.jpg") && str_is(f.class, "B2"));
    CHECK(takes_file(DETAILS(""), &f));
    CHECK(!takes_file(HEAD "<fileDetails><originalFileName>a</originalFileName></fileDetails>", &f) && fault.code == ISPWS_NOT_VALID);
    CHECK(!takes_file(DETAILS("<industryClassification>C1</industryClassification>"), &f) && fault.code == ISPWS_NOT_VALID);
    CHECK(!takes_file(DETAILS("<locationOfFile>a b</locationOfFile>"), &f) && fault.code == ISPWS_NOT_VALID);
}

TEST(times_are_read_with_their_zone)
{
    static const struct { const char *text; i64 ms; } rows[] = {
        { "1970-01-01T00:00:00Z", 0 }, { "2000-02-29T12:00:00", 951825600000 }, { "2026-11-29T00:00:00Z", NOW },
        { "2026-11-29T07:00:00.125+07:00", NOW + 125 }, { "2026-11-28T19:30:00-04:30", NOW }, { " 2026-11-29T00:00:00.0019 ", NOW + 1 },
        { "2026-11-28T24:00:00Z", NOW }, { "2026-11-29T00:00:00.Z", NOW }, { "0001-01-01T00:00:00Z", -62135596800000 },
    };
    static const char *const wrong[] = {
        "2026-00-29T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-32T00:00:00Z", "2026-11-29T25:00:00Z", "2026-11-29T00:60:00Z", "2026-11-29T00:00:61Z",
        "2026-11-29T00:00:00z", "2026-11-29T00:00:00+7:00", "2026-11-29T00:00:00+07", "2026-11-29T00:00:00+07:0", "2026-11-29T00:00:00+07:60",
        "2026-11-29T00:00:00+07:000", "2026-11-29T00:00:00Z+07:00", "2026-11-29T00:00:00,5", "2026-11-29T00:00:00+07-00", "2026-11-29T00:00:00.5x",
        "2026-11-29T00:00:00+a7:00", "2026-11-29T00:00:00+07:b0", "", "2026-11-29 00:00:00",
    };
    i64 ms;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(told_time(str_c(rows[i].text), &ms) && ms == rows[i].ms);
    CHECK(!told_time(STR("2026-11-29"), &ms) && !told_time(STR("2026-13-29T00:00:00Z"), &ms) &&
          !told_time(STR("2026-11-29T00:00:00+15:00"), &ms) && !told_time(STR("26-11-29T00:00:00Z"), &ms));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (told_time(str_c(wrong[i]), &ms))
            printf("# %s\n", wrong[i]), test_failures++;
    for (size_t n = 0; n < 19; n++)                                          /* cut anywhere, or one character of another kind */
        CHECK(!told_time(str_upto(STR("2026-11-29T00:00:00Z"), n), &ms));
    for (size_t n = 0; n < 19; n++) {
        char text[] = "2026-11-29T00:00:00Z";

        text[n] = ':' + (text[n] == ':');
        CHECK(!told_time(str_c(text), &ms));
        text[n] = '/';
        CHECK(!told_time(str_c(text), &ms));
    }
}

TEST(written_text_stays_text)
{
    struct out o = { .max = 1000 };

    out_xml(&o, STR("a<b>&\"c\"\x01\r d\xc3\xa0"));
    CHECK(str_is(out_done(&o), "a&lt;b&gt;&amp;&quot;c&quot;\xef\xbf\xbd&#13; d\xc3\xa0"));
    out_free(&o);
    arena_free(&arena);
}

TEST_MAIN
