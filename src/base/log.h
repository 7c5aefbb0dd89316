/* The operator's log: stderr, one line "level event key=value". Never a body, name, address, agent or, for anonymous
   acts, a time (vault.md V15): the line itself carries none; what collects it may add its own. */
#pragma once

/* Level of a line; also the priority that journald reads when it collects stderr. */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO };

[[gnu::format(printf, 3, 4)]]
void log_line(enum log_level level, const char *event, const char *format, ...);

#define log_error(event, ...) log_line(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warn(event, ...) log_line(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_info(event, ...) log_line(LOG_LEVEL_INFO, event, __VA_ARGS__)
