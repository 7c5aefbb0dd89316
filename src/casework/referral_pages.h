/* Inside casework/: what the pages of referrals share. */
#pragma once

#include "referral.h"
#include "pages.h"

int referral_file_kind(struct str type);            /* T_DESK_FILE_* */
struct str referral_size(struct ctx *c, i64 bytes);
struct str referral_day(struct ctx *c, i64 at);     /* 24/11/2026 */
/* The last day on which it is still open. */
struct str referral_until(struct ctx *c, i64 expires);
/* What goes out, as the receiver sees it. `files` has what is ticked or was sent. */
struct paper referral_paper(struct ctx *c, const struct shared *s);
/* Of a transfer: whom the two communes name, and what the process calls it (?act=); and what is open and goes along. */
struct refer_choose_view;
struct open_works;
status transfer_places(struct ctx *c, const struct sending *s, struct id case_id, struct refer_choose_view *v);
status transfer_open_works(struct ctx *c, struct id case_id, struct open_works *works);
struct url referral_case_url(struct ctx *c, struct id case_id);
status referral_flash(struct ctx *c, int text, const char *path);
