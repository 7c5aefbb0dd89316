/* The actions of the verb bank; argv[0] is the action. Exit status as in detect_cmd.h. */
#ifndef CMD_BANK_ACTIONS_H
#define CMD_BANK_ACTIONS_H

int bank_build(int argc, char **argv);
int bank_query(int argc, char **argv);
int bank_add(int argc, char **argv);
int bank_remove(int argc, char **argv);
int bank_compact(int argc, char **argv);
int bank_verify(int argc, char **argv);
int bank_info(int argc, char **argv);
int bank_floods(int argc, char **argv);

#endif
