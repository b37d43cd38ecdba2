#ifndef STORE_SIDE_GRANTS_H
#define STORE_SIDE_GRANTS_H

/* Grants beside the chains that may yet count, for admission: those of open epochs, so both sides of a
 * freeze, and of closed ones those that a cut covers. Admission gives no verdict, so that nobody asks whose
 * cut it is: whoever has a withdrawal here was admitted to say it. */

#include "protocol/rules/trust.h"
#include "store/side.h"

/* What it takes of an arena, beside what visit does. */
enum { SIDE_GRANTS_SIZE = 512 * 1024 + RECORD_ARENA_SIZE };

/* What a search may still read; it counts down. */
struct side_budget {
    size_t rows;
    size_t steps; /* blocks of branches from cuts down */
    bool cut;     /* something was passed by because there is too much */
};

/* Call visit for each such grant under key, which is not narrowed; of each author the newest, in an order
 * of authors that is the same at every node; nothing where too many speak. visit returns
 * STORE_NOT_FOUND to have no more of that author, which is STORE_OK here. */
enum store_error side_grants_each(struct store_txn *txn, const struct trust *trust, const struct key *key,
                                  struct side_budget *budget,
                                  enum store_error (*visit)(void *context, const struct side_at *row),
                                  void *context, struct arena *arena);

/* The entry of a row: views. */
enum store_error side_entry_read(struct store_txn *txn, const struct side_at *at, struct entry *entry);

#endif
