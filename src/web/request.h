/* Reading what the head of a request says. */
#pragma once

#include "web.h"

void request_split(struct str target, struct str *path, struct str *query);
/* Value of a cookie; STR_NULL where it is absent or stands there twice with different values. */
struct str request_cookie(const struct request *r, const char *name);
/* Token of "Authorization: Bearer"; STR_NULL if absent. */
/* A program's token in one of three ways: "Authorization: Bearer TOKEN", "Basic" of CODE:TOKEN, or "x-functions-key: TOKEN" with
   "Ocp-Apim-Subscription-Key: CODE". False where there is none, or more than one. */
bool request_credential(struct arena *a, const struct request *r, struct credential *credential);
struct str request_bearer(const struct request *r);
/* `?lang=` (then *chosen), else Accept-Language, else Vietnamese. */
enum lang request_lang(const struct request *r, struct str query, bool *chosen);
const char *lang_code(enum lang lang);
const char *lang_name(enum lang lang);

/* %XX undone once, and '+' as a blank where `plus`; a broken escape stays as it is. */
struct str percent_decode(struct arena *a, struct str s, bool plus);
/* First value of a parameter of the query, raw. STR_NULL if absent. */
struct str query_raw(struct str query, const char *name);
