#ifndef CMD_CODE_GUESS_H
#define CMD_CODE_GUESS_H

/* Which code of a namespace's rules somebody meant who mistyped one. */

#include "protocol/rules/dossier.h"

struct code_guess {
    struct bytes code;             /* as typed, with its namespace */
    const struct pack_code *found; /* what looks most like it so far; NULL: nothing does */
    size_t apart;                  /* letters by which that differs */
};

/* Look among the codes of a pack of code's namespace. Borrows: pack, as long as the guess is used. */
void code_guess_from(struct code_guess *guess, const struct rule_pack *pack);
/* Write what was found with its namespace (CODE_SIZE_MAX + 1 bytes). Returns: whether anything was. */
bool code_guess_print(char *out, const struct code_guess *guess);

#endif
