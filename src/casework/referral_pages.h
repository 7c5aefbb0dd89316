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
struct url referral_case_url(struct ctx *c, struct id case_id);
status referral_flash(struct ctx *c, int text, const char *path);
