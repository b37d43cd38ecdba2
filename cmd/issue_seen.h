#ifndef CMD_ISSUE_SEEN_H
#define CMD_ISSUE_SEEN_H

/* What a long file of results has shown so far: which rows, so that none is issued twice, and which ids, so
 * that a technician's text is decoded once and not for every row. */

#include "cmd/issue_csv.h"
#include "protocol/base/ids.h"

/* ---- ids ---- */

enum { ISSUE_PEOPLE_COUNT = 4096 };

/* Ids decoded before, one a slot; another one that falls into the same slot takes it over. */
struct issue_people {
    struct {
        size_t size; /* 0: empty */
        char text[ID_TEXT_MAX];
        struct subject subject;
    } slots[ISSUE_PEOPLE_COUNT];
};

/* Read an actor's or claim's id. */
enum id_result issue_person(struct issue_people *people, const struct network *network, struct bytes text,
                            struct subject *out);

/* ---- rows ---- */

struct issue_seen_row {
    uint64_t key[2]; /* keyed hash of technician, code and day */
    uint64_t line;   /* 0: empty */
};

struct issue_seen {
    uint8_t hash_key[16]; /* random: rows cannot be chosen to collide */
    size_t count;
    size_t capacity; /* a power of two */
    struct issue_seen_row *rows;
};

enum issue_seen_result {
    ISSUE_SEEN_NEW,
    ISSUE_SEEN_BEFORE,
    ISSUE_SEEN_FULL, /* ISSUE_ROWS_MAX, or out of memory */
};

bool issue_seen_init(struct issue_seen *seen);
void issue_seen_deinit(struct issue_seen *seen);
/* Remember that line attests this. Writes: *first_line on ISSUE_SEEN_BEFORE. */
enum issue_seen_result issue_seen_add(struct issue_seen *seen, const struct attestation *attestation,
                                      uint64_t line, uint64_t *first_line);

#endif
