/* Views of the child pages: what the templates in pages/ are given. Strings are borrowed for the request. */
#pragma once

#include "desk_views.h"         /* of the staff pages in pages/ */
#include "numbers_views.h"

/* What is true about waiting at this moment. What is not known is "", and is then not shown. */
struct waiting {
    bool open;              /* somebody is on duty */
    struct str usual;       /* "20 phút", "3 giờ": text_fill of T_SPEAKUP_WAIT_MINUTES or _HOURS */
    struct str opens;       /* when nobody is: "Sáng mai từ 7:00", T_SPEAKUP_WAIT_TODAY or _TOMORROW */
    struct str who;         /* the counsellor's name for this conversation, "Cô Hạnh"; "" before one took it */
};

/* Something to say about the last sending, from the session: T_SPEAKUP_NOTICE_TOO_LARGE and the file's number. */
struct notice {
    int text;               /* T_SPEAKUP_NOTICE_... */
    i64 number;             /* fills {1} where the text has it */
};
struct notices { struct notice *at; size_t n; };

/* / and /learn say the same to everybody. How to clear traces is /learn#traces. */
struct landing_view { bool can_learn; };    /* the fourth door: /learn is served */
struct learn_view { bool can_speak; };      /* false only while the instance takes no reports */

/* /speak */
struct speak_view {
    struct waiting wait;
    struct choices provinces;
    struct choices exclude;     /* kinds and codes of organisations, named in the reader's language */
};

/* /speak/code */
struct code_view {
    struct str group[4];        /* of the code, 4 characters each */
    bool wrong;                 /* the group that was typed back differs */
    bool no_session;            /* no cookie came back: nothing to type back, the code is shown this once */
    struct waiting wait;
    struct notices notices;
};

/* /speak/code, after the last group was typed back */
struct done_view { struct waiting wait; };

/* /talk without a session */
struct talk_view {
    struct str typed;           /* the mistyped code, to be corrected; shown once */
    int error;                  /* 0, T_SPEAKUP_TALK_WRONG, _UNKNOWN or _LATER */
};

/* /talk with one */
struct thread_message {
    struct str day;             /* "Hôm qua", "21/11/2026"; only on the first message of a day, else "" */
    bool mine;                  /* the child's own */
    struct str from;            /* of a counsellor: "Cô Hạnh"; "" is the service itself */
    struct str text;
    bool altered;               /* the record was changed behind our back: its text is not shown */
    i64 files;                  /* how many came with it */
};
struct thread_view {
    struct { struct thread_message *at; size_t n; } messages;   /* oldest first */
    struct url older;           /* page with the messages before these, or "" */
    struct waiting wait;
    struct notices notices;
    struct str draft;           /* text of a message that was not sent, to be corrected */
    bool waiting;               /* the report waits for its first answer: said beside "new code" */
    bool unread;                /* messages that were not shown yet: said beside "end" */
    bool closed;                /* the counsellor ended it; the child may still write */
    i64 asked, removed;         /* platforms that were asked to remove something, and those that did; shown where asked > 0 */
    struct url place;           /* "/talk?place=1" where the commune may still be asked, else ""; it fills: */
    struct choices communes;    /* of the child's province; keep `messages` short then: 168 options are 6 kB */
};

/* /speak/more and /talk/more: pictures of which only hashes are sent. Both names say nothing in a browser's history. */
struct more_picture {
    struct id id;
    i64 no;
    int kind, state;            /* T_SPEAKUP_MORE_KIND_*, T_SPEAKUP_MORE_STATE_* */
    struct str day;
    bool can_take_back;
};
struct more_view {
    bool talk;                  /* in the conversation; else a report of its own */
    struct url wasm;            /* what hashes in the browser; "": this build has none, so the other ways are told */
    i64 kb;                     /* that it weighs on the line */
    struct { struct more_picture *at; size_t n; } pictures;
    i64 asked, removed, refused, late;      /* what became of the requests to remove them; shown where asked > 0 */
    bool waiting;               /* confirmed, and nobody was asked yet */
    struct choices exclude;     /* kinds of organisations; of a report of its own */
};

/* /exit: blank but for a link, in case the browser does not leave by itself */
struct exit_view { struct url site; };
