/* What the desk shows: the list of work, and one report in three panes. Filled by desk.c, read by pages/desk*.html.
   Lists come from clear columns alone; only the two right panes hold what was opened with a key. */
#pragma once

#include "../casework/words.h"

/* One report in a list. */
struct desk_row {
    struct id id;
    struct str ref;                 /* PA-7K3M9 */
    enum desk_level level;
    struct desk_clock clock;
    struct desk_words harms;        /* T_DESK_HARM_*; empty: not answered */
    int age;                        /* T_DESK_AGE_* */
    struct str place;               /* province; STR_NULL: not answered */
    i64 waiting, files;             /* unanswered messages; files sent */
    struct str holder;              /* who took it; STR_NULL: nobody */
    bool claimable;                 /* nobody has it, and it waits */
    bool mine, current;             /* taken by the reader; shown in the next pane */
    bool altered;                   /* its row was changed behind the program's back: shown, not opened */
};
struct desk_rows { struct desk_row *at; size_t n; i64 total; };

/* -- /desk ------------------------------------------------------------------------------------------------------------------ */

enum desk_show { SHOW_BOTH, SHOW_MINE, SHOW_UNCLAIMED, SHOW_ALL, SHOW_PRANK };

struct desk_view {
    struct staff_nav nav;
    enum desk_show show;
    int level;                      /* enum desk_level, or -1: all */
    struct choices provinces;
    struct str province;            /* name of the chosen one; STR_NULL: all */
    i64 late, soon;                 /* of the reader's own, for the line beside the title */
    bool fresh;                     /* more waits than when the reader looked last */
    struct desk_rows mine;          /* SHOW_BOTH, SHOW_MINE */
    struct url mine_start, mine_next;       /* its other pages; STR_NULL: none */
    struct clock_notices notices;   /* what the reader's units hear of late clocks */
    struct own_tasks tasks;         /* the reader's own in cases, on the first page of the same two */
    struct desk_rows rest;          /* unclaimed in SHOW_BOTH and SHOW_UNCLAIMED, everything in SHOW_ALL, what was
                                       set aside in SHOW_PRANK; 50 at most */
    bool sealed;                    /* files for the police alone go to the reader's unit: a link leads there */
    struct url start, next;         /* keyset pages of `rest`: the first (on every other page), the next; STR_NULL: none */
};

/* -- /desk/ID, /desk/ID/note, /desk/ID/summary ------------------------------------------------------------------------------- */

enum desk_pane { PANE_TALK, PANE_SUMMARY };         /* what a narrow screen shows; a wide one shows both */
enum desk_writer { BY_CHILD, BY_STAFF, AS_NOTE, BY_SYSTEM };

struct desk_message {
    enum desk_writer by;
    struct str name;                /* of the colleague; of a child's, the report whose code wrote, where several were merged */
    struct str day;                 /* heading above the first message of a day, else STR_NULL */
    struct str time;                /* of acts of staff; a child's are known by day only */
    struct str text;
    bool altered;                   /* failed its check: text is empty */
};
struct desk_messages { struct desk_message *at; size_t n; };

struct desk_file {
    int kind;                       /* T_DESK_FILE_* */
    struct str size;                /* "1,2 MB" */
    bool sealed;                    /* in compartment P: the police unit alone */
    struct str hash;                /* shortened, of a sealed file; else STR_NULL */
    struct url open;                /* page that asks for the reason; STR_NULL: cannot be opened here */
};
struct desk_files { struct desk_file *at; size_t n; };

struct desk_url { struct str text; };
struct desk_urls { struct desk_url *at; size_t n; };

/* What the child answered beside the story. Keys are T_DESK_*_NONE where the question was skipped. */
struct desk_answers {
    bool closed;                    /* the reader's units hold no key of this part */
    int who, danger, age;
    struct desk_words harms;
    struct str place, commune, where;
    struct desk_urls urls;          /* as text: a page of the desk never links to what a report names */
    struct desk_words exclude;      /* T_DESK_EXCLUDE_* */
};

/* Another report of the same child. */
struct desk_joint { struct id id; struct str ref; i64 files; };
struct desk_joints { struct desk_joint *at; size_t n; };

/* A ready-made answer (content/desk/answers.txt). */
struct desk_canned { struct str code, title, text; struct url use; };    /* use: the page with it in the box */
struct desk_canneds { struct desk_canned *at; size_t n; };

/* What else the reader may do with the report. */
struct desk_acts { bool any, hand_over, merge, unmerge, prank, unprank, close, reopen; };

struct desk_case_view {
    struct staff_nav nav;
    struct id id;
    struct str ref;
    enum desk_level level;
    struct desk_clock clock;
    int state;                      /* T_DESK_STATE_* */
    struct str holder;              /* STR_NULL: nobody has taken it */
    bool mine, closed, danger_now, self_harm;
    bool carer_unsafe;              /* as in struct case_head */
    bool can_claim, can_release, can_reply, can_note;
    bool pictures;                  /* the reader may look at those that stayed with the child, by their hashes */
    bool has_case, can_open_case;   /* the case has a file, at /cases/ID; one may be begun */
    struct desk_acts acts;
    struct desk_joints joined;      /* reports that were merged into this one */
    struct desk_joint into;         /* this one goes on there; ref STR_NULL: it was not merged */
    struct str marked;              /* who set it aside as a prank, when and as what; STR_NULL: nobody */
    struct str open_by;             /* "Minh (mẫu) cũng đang mở lời kể này."; STR_NULL: nobody else */
    struct desk_canneds canned;     /* with can_reply */
    enum desk_pane pane;
    bool noting;                    /* the composer writes a private note */
    struct str text, text_error;    /* as typed, when it was refused */
    struct desk_messages messages;
    struct url older;               /* of a long conversation: the part before; STR_NULL: this begins it */
    bool part;                      /* an older part: a link leads back to the newest */
    struct desk_answers answers;
    struct desk_files files;
    struct desk_rows queue;         /* the left pane: 50 at most */
};

/* -- /desk/ID/hand-over and the other acts that ask first ----------------------------------------------------------------------- */

struct desk_act_view {
    struct staff_nav nav;
    struct id id;
    struct str ref;
    bool fits;                      /* else the page says that the report is not in a state for it */
    int title, say, go;             /* T_DESK_...: the question with {1}, what changes, the verb */
    struct url action;
    int choice_label;               /* 0: nothing to choose */
    struct choices choices;
    struct str choice_error;
    int words_label;
    struct str words, words_error;
};

struct desk_merge_view {
    struct staff_nav nav;
    struct id id;
    struct str ref, typed, typed_error;
    bool fits;                      /* as above */
    bool found;                     /* the other one: both are shown, and the question is asked */
    struct desk_row mine, other;
    struct str first, other_first;  /* how each story begins */
    struct desk_words exclude, other_exclude;
    struct str words, words_error;
};

/* /desk/keys */
struct desk_keys_view { struct staff_nav nav; bool off; };

/* /account/notices */
struct desk_notices_view {
    struct staff_nav nav;
    bool possible;                  /* the operator named a mail server */
    bool on;
    struct str address, address_error;
};

/* /desk/ID/pictures: pictures that stayed with the child, by their hashes; /desk/ID/pictures/ID asks about one. */
struct picture_line {
    struct id id;
    i64 no;
    int kind, state;                /* T_SPEAKUP_MORE_KIND_*, T_DESK_PICTURE_STATE_* */
    struct str day;
    bool closed;                    /* the reader's units hold no key of this part */
    bool altered;
    bool waits;                     /* for the verdict of an officer who may give one */
    struct str pdq, md5, sha256;    /* hexadecimal; pdq STR_NULL of a file */
    i64 quality;
    struct str decided;             /* who, and when; STR_NULL: nobody yet */
};
struct desk_pictures_view {
    struct staff_nav nav;
    struct id id;
    struct str ref;
    struct { struct picture_line *at; size_t n; } rows;
    i64 asked, removed, refused, late, waiting;     /* of the tracks of this case */
};
struct desk_picture_view {
    struct staff_nav nav;
    struct id id;
    struct str ref;
    struct picture_line line;
    bool fits;                      /* it waits; else the page says that it was decided */
    bool refuse;                    /* the verdict that was chosen before an error */
    struct choices classes;
    struct str class_error, words, words_error;
};
