/*
 * The command line verbs. argv[0] is the verb itself. Results go to stdout, talk to stderr.
 * Each returns the exit status: 0 done, 1 something failed (the rest was still done), 2 wrong usage.
 */
#ifndef DETECT_CMD_H
#define DETECT_CMD_H

int detect_cmd_hash(int argc, char **argv);
int detect_cmd_bank(int argc, char **argv);
int detect_cmd_match(int argc, char **argv);
int detect_cmd_text(int argc, char **argv);

#endif
