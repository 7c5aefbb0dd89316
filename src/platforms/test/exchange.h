/* Documented exchanges as files: requests and what their answers must say. Lines of a file:
     > METHOD PATH as WHO        then headers, a blank line, the body
     < CODE                      then what the answer must be, a line each:
     = ELEMENT VALUE   ~ TEXT   ! TEXT (must not be there)   head NAME   type CONTENT-TYPE   empty   json MEMBER VALUE
     save ELEMENT NAME           its value is ${NAME} from here on; `savejson MEMBER NAME` the same of JSON
     hex NAME DIGITS             it has so many hexadecimal digits
   `#` begins a remark between requests. */
#pragma once

#include <site.h>

struct exchange_who { const char *name; const char *header; };     /* "Authorization: Basic ...\n" or "" */
/* Two platforms and their programs: "report", "sandbox", "match" of the first, "other" of the second; "nobody", "wrong". Gives how many. */
enum { EXCHANGE_PEOPLE = 6 };
size_t exchange_people(struct site *site, struct exchange_who who[EXCHANGE_PEOPLE]);
/* Runs a file of test/exchanges/. Prints what is wrong; true where all was as it says. */
bool exchange_run(struct site *site, const char *path, const struct exchange_who *who, size_t n);
