/* The one SQL dialect that both databases read, as tokens; and its translation for SQLite. Used by migrate.c and by
   tools/sqlc, so that both see a migration alike. */
#pragma once

#include "../base/str.h"

enum sql_token_kind {
    TOKEN_END,
    TOKEN_BLANK,        /* spaces, newlines, comments */
    TOKEN_WORD,         /* names, keywords, numbers */
    TOKEN_QUOTED,       /* "name", with its quotes */
    TOKEN_STRING,       /* 'text', with its quotes */
    TOKEN_PARAM,        /* :name, with the colon */
    TOKEN_SIGN          /* one character; or ::, which is no parameter */
};

struct sql_token {
    enum sql_token_kind kind;
    struct str text;
};

/* Cuts the next token off `rest`. The texts of all tokens, put together, are the input again. */
struct sql_token sql_token(struct str *rest);

/* Writes a migration as SQLite reads it: BYTEA is BLOB, BIGINT is INTEGER, every table is STRICT, and WITHOUT ROWID,
   because a hidden rowid tells in which order rows came, and so when an anonymous one did. Keeps all lines. */
void dialect_sqlite(struct str migration, struct out *o);
