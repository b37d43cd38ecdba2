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
    uint64_t key[2]; /* keyed hash of technician, code and day, of experience also the time */
    uint64_t line;   /* 0: empty */
};

struct issue_seen {
    uint8_t hash_key[16]; /* random: rows cannot be chosen to collide */
    size_t count;
    size_t capacity; /* a power of two */
    struct issue_seen_row *rows;
};

bool issue_seen_init(struct issue_seen *seen);
void issue_seen_deinit(struct issue_seen *seen);
/* The line that attests the same exam; 0: none does. */
uint64_t issue_seen_line(const struct issue_seen *seen, const struct attestation *attestation);
/* Remember that line attests this, which none did. Returns: false with ISSUE_ROWS_MAX of them, or when out of
 * memory. */
bool issue_seen_add(struct issue_seen *seen, const struct attestation *attestation, uint64_t line);

#endif
