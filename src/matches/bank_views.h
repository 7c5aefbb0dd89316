/* What the pages of banks show. Included by views.h. */
#pragma once

enum bank_look { BANK_WAITS, BANK_FORCE, BANK_HELD, BANK_ENDED };

/* -- /banks ------------------------------------------------------------------------------------------------------------------------ */
struct bank_line {
    struct id id;
    struct str name, code, class, records;
    i64 waits;
    int state;
    enum bank_look look;
    bool negative, sandbox, alarm;
};
struct bank_lines { struct bank_line *at; size_t n; };
struct found_line { struct id bank, hash; struct str bank_name, class, kind; i64 distance; int state; enum bank_look look; bool negative; };
struct found_lines { struct found_line *at; size_t n; };
struct waiting_list { struct id bank, id; struct str name, bank_name, by, on; i64 records; };
struct waiting_lists { struct waiting_list *at; size_t n; };
struct banks_view {
    struct staff_nav nav;
    struct str q, q_error;
    bool searched;
    struct found_lines found;
    struct waiting_lists lists;
    struct bank_lines rows;
    i64 alarms;
    bool reviews;                   /* may decide which banks go out */
};

/* -- /banks/new ----------------------------------------------------------------------------------------------------------------------- */
struct bank_new_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct typed code, name, class, source, basis, radius, flood;
    struct choices classes;
    bool negative, sandbox;
};

/* -- one bank ------------------------------------------------------------------------------------------------------------------------- */
struct record_line { struct id id; struct str kind, value, on; int state; enum bank_look look; };
struct record_lines { struct record_line *at; size_t n; };
struct batch_line { struct id id; struct str name, by, on; i64 records; int state; enum bank_look look; };
struct batch_lines { struct batch_line *at; size_t n; };
struct bank_view {
    struct staff_nav nav;
    struct id id;
    struct str name, alarm;         /* alarm: what is wrong, or STR_NULL */
    bool alarm_rows, negative, sandbox, active;
    int state, bar;
    enum bank_look look;
    struct list_facts facts;
    struct choices holds;           /* which records are shown */
    struct record_lines rows;
    struct batch_lines batches;
    struct url next, start;
    bool can_approve, can_off, can_on;
    struct form_faults faults;
};

/* -- one record ----------------------------------------------------------------------------------------------------------------------- */
struct opinion_line { struct str by, on, words, value; int word; };
struct opinion_lines { struct opinion_line *at; size_t n; };
struct bank_hash_view {
    struct staff_nav nav;
    struct id bank, id;
    struct str bank_name, kind, value;
    int state, say, bar;            /* say: what the state means for matching */
    enum bank_look look;
    struct list_facts facts;
    struct opinion_lines opinions;
    bool can_confirm, can_deny;
    struct form_faults faults;
    struct typed words;
};
struct bank_add_view {
    struct staff_nav nav;
    struct id bank;
    struct str bank_name;
    struct form_faults faults;
    struct typed kind, value, quality, source_id;
    struct choices kinds;
    bool cpp512, video;
};

/* -- a list of hashes -------------------------------------------------------------------------------------------------------------------- */
struct bank_import_view {
    struct staff_nav nav;
    struct id bank;
    struct str bank_name;
    struct form_faults faults;
    struct typed text;
    struct str file_error;
    struct import_fault_lines lines;
    i64 lines_all;
    bool by_record;                 /* faults name the record, not the line (JSON) */
};
struct bank_list_view {
    struct staff_nav nav;
    struct id bank, id;
    struct str bank_name, name;
    int state, say, bar;
    enum bank_look look;
    struct list_facts facts;
    bool can_take, can_drop, can_approve, can_refuse, running;
    i64 percent, records;
};
