/* Our own JSON for a report (docs/ispws.md, "JSON"): it becomes the same document that /ispws takes, and is judged by the same rules. */
#pragma once

#include "told.h"

/* document: XML. incident: the platform's own number of the incident, "" if none. INVALID with *fault: the member that is wrong, by its
   path ("account.ips[0].at"), and why. */
struct json_report { struct str document, incident; };
status json_to_report(struct arena *a, struct str json, struct json_report *report, struct told_fault *fault);
