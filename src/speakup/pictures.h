/* Inside speakup/: pictures that were told of without being sent. A browser made their hashes (assets/child/more.js); here they
   lie sealed to N until an officer confirms them for a bank, staff refuse them, or the child takes them back. */
#pragma once

#include "conversation.h"

enum { PICTURES_FORM = 10, PICTURES_CASE = 50, PICTURE_CHARS = 900, BANK_QUALITY_MIN = 50 };

/* One picture as the form brings it, "kind=picture quality=97 pdq=HEX turned=HEX,.. md5=HEX sha256=HEX": lower-case hexadecimal, each
   name once, in any order. kind=file has md5 and sha256 alone. Borrowed from the text. */
struct picture_hashes {
    bool picture;
    i64 quality;
    struct str pdq, md5, sha256;        /* pdq: "" of a file */
    struct str turned;                  /* the seven turns of the picture, by commas; "" of a file */
};
bool picture_read(struct str text, struct picture_hashes *h);

/* What the form's field `hash` holds and can be read, at most PICTURES_FORM; *odd counts the rest. */
struct strs pictures_of_form(struct ctx *c, i64 *odd);

/* The row of one picture, sealed to N: by its keys where they are at hand, else dropped. Nothing is written yet. */
struct pictures_row *picture_row(struct ctx *c, const struct comp_open *notes, struct id report, i64 no, struct str text);

/* Inside an open act: more pictures of a report. Those over PICTURES_CASE are left out: *left counts what is kept. */
status pictures_add(struct ctx *c, struct id report, const struct comps *comps, struct strs pictures, i64 *kept);

/* -- for the child ----------------------------------------------------------------------------------------------------------------- */
/* The child takes one back: its hashes are gone here, and rest in the bank where no other child stands for them. NOT_FOUND: no
   picture of this report. CONFLICT: it was taken back already. One act. */
status picture_take_back(struct ctx *c, struct id report, const struct comps *comps, struct id picture);

/* "pictures 3" and "picture-off 2" of a system record: 3, 2; 0 for any other text. */
i64 system_pictures(struct str text);
i64 system_picture_off(struct str text);
/* What a record of the service's own tells in a conversation: files, pictures. STR_NULL: nothing that is known. */
struct str system_says(struct ctx *c, struct str text);


/* -- for staff ---------------------------------------------------------------------------------------------------------------------- */
/* What an officer decides about one. class: of a request to remove it (takedown.h). */
struct picture_verdict { struct id picture; bool confirm; struct str class, words; };
/* One act: the hashes join the bank "child", a request to remove is opened, the timeline tells. CONFLICT: decided or taken back
   meanwhile. NOT_FOUND: no picture of this report, or the reader's units cannot open it. */
status picture_decide(struct ctx *c, struct id report, const struct picture_verdict *v);
/* Its hashes; NOT_FOUND where they are closed to the reader, or gone. */
status picture_open(struct ctx *c, const struct comps *comps, const struct pictures_row *row, struct picture_hashes *h);

/* -- the bank (picture_bank.c), inside an open act ------------------------------------------------------------------------------------ */
status picture_into_bank(struct ctx *c, const struct pictures_row *row, const struct picture_hashes *h);
/* Each of its hashes that no other confirmed picture stands for stops matching. */
status picture_out_of_bank(struct ctx *c, const struct pictures_row *row);
