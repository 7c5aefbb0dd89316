/* A JSON object as a form: {"story":"...","harm":["threat","images"]}. Texts, numbers, true and false are
   values; a list repeats its field; null is absent; anything else is a `wrong` part, which the form refuses by its field. */
#pragma once

#include "../base/status.h"
#include "parts.h"

void json_form_start(void);     /* once: what the JSON library frees is wiped, for it held what people wrote */

/* INVALID where it is no such object: the message names the line, never a value. `*tree`
   keeps the library's memory, which json_form_free gives back also after the sink has jumped out of a
   request. */
status json_form_parse(struct str text, struct part_sink sink, void **tree);
void json_form_free(void *tree);
