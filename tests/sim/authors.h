#ifndef TESTS_SIM_AUTHORS_H
#define TESTS_SIM_AUTHORS_H

/* Who writes what: chains of blocks that are nothing but numbers, and what is true of them. A node that holds
 * the block by which an author was accredited admits that author; of those whom logs only name nobody has a
 * log. */

#include "protocol/wire/records.h"

enum { AUTHORS_MAX = 512, AUTHORS_NAMED_MAX = 9000, AUTHORS_PUBLISHED_MAX = 32 };

/* What an id stands for, when it is not one of the authors' numbers. */
enum { AUTHOR_NAMED = AUTHORS_MAX, AUTHOR_UNKNOWN };

struct author {
    uint32_t accredited_by, accredited_at; /* number and seq; by itself: trusted from the beginning */
    uint32_t home;                         /* the core that publishes */
    uint32_t initial, length; /* as far as it was published before the beginning, and is by now */
    uint32_t block_size;
};

struct authors {
    uint64_t seed;
    size_t count;
    struct author items[AUTHORS_MAX];
};

struct actor_id authors_id(const struct authors *authors, size_t number);
/* The number of an author, AUTHOR_NAMED or AUTHOR_UNKNOWN. */
size_t authors_number(const struct authors *authors, const struct actor_id *id);

/* The head of the first length blocks. Requires: length > 0. */
struct head authors_head(const struct authors *authors, size_t number, uint32_t length);
/* The same that liar invents, which nobody can serve: of any number, up to AUTHORS_MAX + AUTHORS_NAMED_MAX
 * for those that logs name, and from there on of those that nobody knows. */
struct head authors_false_head(const struct authors *authors, size_t number, uint32_t length, uint32_t liar);
/* Whether head names a block of the author's true chain. */
bool authors_is_true(const struct authors *authors, const struct head *head);

#endif
