/* Every act that the program writes, in words. A test looks for act codes in the sources and fails where one has none. */
#include "log_words.h"

#include "texts.h"

static const struct { const char *code; int key; } words[] = {
    { "backup.made", T_LOG_ACT_BACKUP_MADE }, { "instance.restored", T_LOG_ACT_INSTANCE_RESTORED },
    { "token.new", T_LOG_ACT_TOKEN_NEW }, { "token.end", T_LOG_ACT_TOKEN_END },
    { "refused", T_LOG_ACT_REFUSED }, { "report.new", T_LOG_ACT_REPORT_NEW },
    { "report.read", T_LOG_ACT_REPORT_READ }, { "report.claim", T_LOG_ACT_REPORT_CLAIM },
    { "report.release", T_LOG_ACT_REPORT_RELEASE }, { "report.reply", T_LOG_ACT_REPORT_REPLY },
    { "report.note", T_LOG_ACT_REPORT_NOTE }, { "report.close", T_LOG_ACT_REPORT_CLOSE },
    { "report.ladder", T_LOG_ACT_REPORT_LADDER }, { "report.hand-over", T_LOG_ACT_REPORT_HAND_OVER },
    { "report.reopen", T_LOG_ACT_REPORT_REOPEN }, { "report.prank", T_LOG_ACT_REPORT_PRANK },
    { "report.unprank", T_LOG_ACT_REPORT_UNPRANK }, { "report.merge", T_LOG_ACT_REPORT_MERGE },
    { "report.unmerge", T_LOG_ACT_REPORT_UNMERGE }, { "case.open", T_LOG_ACT_CASE_OPEN },
    { "case.new", T_LOG_ACT_CASE_NEW }, { "case.read", T_LOG_ACT_CASE_READ },
    { "case.search", T_LOG_ACT_CASE_SEARCH }, { "case.state", T_LOG_ACT_CASE_STATE },
    { "case.risk", T_LOG_ACT_CASE_RISK }, { "case.worker", T_LOG_ACT_CASE_WORKER },
    { "case.note", T_LOG_ACT_CASE_NOTE }, { "case.task", T_LOG_ACT_CASE_TASK },
    { "case.task-end", T_LOG_ACT_CASE_TASK_END }, { "case.flag", T_LOG_ACT_CASE_FLAG },
    { "case.communes", T_LOG_ACT_CASE_COMMUNES }, { "case.flag-end", T_LOG_ACT_CASE_FLAG_END }, { "case.person", T_LOG_ACT_CASE_PERSON },
    { "paper.begin", T_LOG_ACT_PAPER_BEGIN }, { "paper.save", T_LOG_ACT_PAPER_SAVE },
    { "paper.read", T_LOG_ACT_PAPER_READ }, { "paper.finish", T_LOG_ACT_PAPER_FINISH },
    { "paper.reopen", T_LOG_ACT_PAPER_REOPEN }, { "paper.submit", T_LOG_ACT_PAPER_SUBMIT },
    { "paper.approve", T_LOG_ACT_PAPER_APPROVE }, { "paper.return", T_LOG_ACT_PAPER_RETURN },
    { "paper.void", T_LOG_ACT_PAPER_VOID }, { "paper.move", T_LOG_ACT_PAPER_MOVE },
    { "form.meet", T_LOG_ACT_FORM_MEET },
    { "case.support", T_LOG_ACT_CASE_SUPPORT }, { "case.support-end", T_LOG_ACT_CASE_SUPPORT_END },
    { "case.meeting", T_LOG_ACT_CASE_MEETING }, { "case.meeting-end", T_LOG_ACT_CASE_MEETING_END },
    { "case.consent", T_LOG_ACT_CASE_CONSENT }, { "case.kin", T_LOG_ACT_CASE_KIN },
    { "case.ask", T_LOG_ACT_CASE_ASK }, { "case.ask-decline", T_LOG_ACT_CASE_ASK_DECLINE },
    { "case.process", T_LOG_ACT_CASE_PROCESS }, { "clock.late", T_LOG_ACT_CLOCK_LATE },
    { "clock.seen", T_LOG_ACT_CLOCK_SEEN }, { "clock.allow", T_LOG_ACT_CLOCK_ALLOW },
    { "file.list", T_LOG_ACT_FILE_LIST }, { "file.open", T_LOG_ACT_FILE_OPEN },
    { "file.close", T_LOG_ACT_FILE_CLOSE }, { "file.clear", T_LOG_ACT_FILE_CLEAR },
    { "file.download", T_LOG_ACT_FILE_DOWNLOAD }, { "file.add", T_LOG_ACT_FILE_ADD },
    { "file.police", T_LOG_ACT_FILE_POLICE }, { "file.police-ask", T_LOG_ACT_FILE_POLICE_ASK },
    { "referral.ask", T_LOG_ACT_REFERRAL_ASK }, { "referral.confirm", T_LOG_ACT_REFERRAL_CONFIRM },
    { "referral.send", T_LOG_ACT_REFERRAL_SEND }, { "referral.read", T_LOG_ACT_REFERRAL_READ },
    { "referral.file", T_LOG_ACT_REFERRAL_FILE }, { "referral.write", T_LOG_ACT_REFERRAL_WRITE },
    { "referral.accept", T_LOG_ACT_REFERRAL_ACCEPT }, { "referral.decline", T_LOG_ACT_REFERRAL_DECLINE },
    { "referral.done", T_LOG_ACT_REFERRAL_DONE }, { "referral.revoke", T_LOG_ACT_REFERRAL_REVOKE },
    { "referral.expire", T_LOG_ACT_REFERRAL_EXPIRE }, { "transfer.ask", T_LOG_ACT_TRANSFER_ASK },
    { "transfer.confirm", T_LOG_ACT_TRANSFER_CONFIRM }, { "transfer.send", T_LOG_ACT_TRANSFER_SEND },
    { "transfer.write", T_LOG_ACT_TRANSFER_WRITE }, { "transfer.accept", T_LOG_ACT_TRANSFER_ACCEPT },
    { "transfer.decline", T_LOG_ACT_TRANSFER_DECLINE }, { "transfer.revoke", T_LOG_ACT_TRANSFER_REVOKE },
    { "transfer.expire", T_LOG_ACT_TRANSFER_EXPIRE }, { "person.add", T_LOG_ACT_PERSON_ADD },
    { "person.link", T_LOG_ACT_PERSON_LINK }, { "person.reset", T_LOG_ACT_PERSON_RESET },
    { "person.leave", T_LOG_ACT_PERSON_LEAVE }, { "people.admit", T_LOG_ACT_PEOPLE_ADMIT },
    { "people.admit-refuse", T_LOG_ACT_PEOPLE_ADMIT_REFUSE }, { "people.join", T_LOG_ACT_PEOPLE_JOIN },
    { "people.join-withdraw", T_LOG_ACT_PEOPLE_JOIN_WITHDRAW },
    { "people.first-member", T_LOG_ACT_PEOPLE_FIRST_MEMBER },
    { "people.first-member-refuse", T_LOG_ACT_PEOPLE_FIRST_MEMBER_REFUSE },
    { "people.leave", T_LOG_ACT_PEOPLE_LEAVE }, { "people.leave-on", T_LOG_ACT_PEOPLE_LEAVE_ON },
    { "people.leave-by-date", T_LOG_ACT_PEOPLE_LEAVE_BY_DATE }, { "people.dates", T_LOG_ACT_PEOPLE_DATES },
    { "role.set", T_LOG_ACT_ROLE_SET }, { "role.confirm", T_LOG_ACT_ROLE_CONFIRM },
    { "role.refuse", T_LOG_ACT_ROLE_REFUSE }, { "role.end", T_LOG_ACT_ROLE_END },
    { "unit.propose", T_LOG_ACT_UNIT_PROPOSE }, { "unit.confirm", T_LOG_ACT_UNIT_CONFIRM },
    { "unit.refuse", T_LOG_ACT_UNIT_REFUSE }, { "unit.rename", T_LOG_ACT_UNIT_RENAME },
    { "route.propose", T_LOG_ACT_ROUTE_PROPOSE }, { "route.confirm", T_LOG_ACT_ROUTE_CONFIRM },
    { "route.refuse", T_LOG_ACT_ROUTE_REFUSE }, { "route.end", T_LOG_ACT_ROUTE_END },
    { "organisation.propose", T_LOG_ACT_ORGANISATION_PROPOSE },
    { "organisation.confirm", T_LOG_ACT_ORGANISATION_CONFIRM },
    { "organisation.refuse", T_LOG_ACT_ORGANISATION_REFUSE },
    { "organisation.rename", T_LOG_ACT_ORGANISATION_RENAME },
    { "organisation.rename-by-date", T_LOG_ACT_ORGANISATION_RENAME_BY_DATE },
    { "organisation.merge-propose", T_LOG_ACT_ORGANISATION_MERGE_PROPOSE },
    { "organisation.merge-confirm", T_LOG_ACT_ORGANISATION_MERGE_CONFIRM },
    { "organisation.merge-refuse", T_LOG_ACT_ORGANISATION_MERGE_REFUSE },
    { "organisation.merge-by-date", T_LOG_ACT_ORGANISATION_MERGE_BY_DATE },
    { "proposal.withdraw", T_LOG_ACT_PROPOSAL_WITHDRAW }, { "proposal.refuse", T_LOG_ACT_PROPOSAL_REFUSE },
    { "service.add", T_LOG_ACT_SERVICE_ADD }, { "service.change", T_LOG_ACT_SERVICE_CHANGE },
    { "service.end", T_LOG_ACT_SERVICE_END }, { "talk.write", T_LOG_ACT_TALK_WRITE },
    { "talk.new-code", T_LOG_ACT_TALK_NEW_CODE }, { "talk.place", T_LOG_ACT_TALK_PLACE },
    { "person.sign-in", T_LOG_ACT_PERSON_SIGN_IN }, { "person.sign-in-failed", T_LOG_ACT_PERSON_SIGN_IN_FAILED },
    { "person.recover", T_LOG_ACT_PERSON_RECOVER }, { "person.invite", T_LOG_ACT_PERSON_INVITE },
    { "person.join", T_LOG_ACT_PERSON_JOIN }, { "person.joined", T_LOG_ACT_PERSON_JOINED },
    { "log.read", T_LOG_ACT_LOG_READ }, { "log.export", T_LOG_ACT_LOG_EXPORT },
    { "instance.new", T_LOG_ACT_INSTANCE_NEW }, { "instance.first-people", T_LOG_ACT_INSTANCE_FIRST_PEOPLE },
    { "demo.organisation", T_LOG_ACT_DEMO_ORGANISATION }, { "demo.unit", T_LOG_ACT_DEMO_UNIT },
    { "demo.route", T_LOG_ACT_DEMO_ROUTE }, { "demo.person", T_LOG_ACT_DEMO_PERSON },
    { "demo.service", T_LOG_ACT_DEMO_SERVICE },
    { "export.ask", T_LOG_ACT_EXPORT_ASK },
    { "export.read", T_LOG_ACT_EXPORT_READ },
    { "export.agree", T_LOG_ACT_EXPORT_AGREE },
    { "export.refuse", T_LOG_ACT_EXPORT_REFUSE },
    { "export.withdraw", T_LOG_ACT_EXPORT_WITHDRAW },
    { "export.fetch", T_LOG_ACT_EXPORT_FETCH },
    { "recovery.propose", T_LOG_ACT_RECOVERY_PROPOSE },
    { "recovery.confirm", T_LOG_ACT_RECOVERY_CONFIRM },
    { "recovery.confirm-refuse", T_LOG_ACT_RECOVERY_CONFIRM_REFUSE },
    { "recovery.cover", T_LOG_ACT_RECOVERY_COVER },
    { "recovery.share-shown", T_LOG_ACT_RECOVERY_SHARE_SHOWN },
    { "recovery.share-printed", T_LOG_ACT_RECOVERY_SHARE_PRINTED },
    { "recovery.drill", T_LOG_ACT_RECOVERY_DRILL },
    { "recovery.ask", T_LOG_ACT_RECOVERY_ASK },
    { "recovery.refuse", T_LOG_ACT_RECOVERY_REFUSE },
    { "recovery.share-typed", T_LOG_ACT_RECOVERY_SHARE_TYPED },
    { "recovery.share-wrong", T_LOG_ACT_RECOVERY_SHARE_WRONG },
    { "recovery.open", T_LOG_ACT_RECOVERY_OPEN },
    { "case.print", T_LOG_ACT_CASE_PRINT },
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
