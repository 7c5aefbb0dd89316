/* Made-up views of the pages of reports from platforms. */
#pragma once

#include "platforms/views.h"

void platform_list_sample(int lang, struct platform_list_view *v);
void platform_report_sample(int lang, bool faults, struct platform_view *v);
void sent_reports_sample(struct sent_reports_view *v);
