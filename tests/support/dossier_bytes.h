#ifndef TESTS_SUPPORT_DOSSIER_BYTES_H
#define TESTS_SUPPORT_DOSSIER_BYTES_H

/* A dossier out of any bytes at all, for fuzzing what is decided about one. Beside the pack of "ase", which
 * is always the same, others say what the bytes say, in the namespaces "aaa" and "zzz" that belong to them.
 *
 * The bytes are frames: kind, an argument, the payload's size as two bytes, the least first, the payload.
 * What does not decode is passed over. */

#include "tests/support/career_builder.h"

enum bytes_frame {
    FRAME_PACK,        /* a rule_pack record; the argument picks its namespace */
    FRAME_RULES,       /* a pack of rules: of each the kind, a letter as its name, two bytes of size, the
                          expression; the argument picks the namespace */
    FRAME_ATTESTATION, /* an attestation record; the argument picks who says it, and about whom */
    FRAME_AFFILIATION, /* an affiliation record; the argument picks the technician */
    FRAME_LEFT,        /* two bytes: a day; the argument picks which affiliation has ended */
    FRAME_STATUS,      /* action, void or not, two bytes: a day; the argument picks the credential */
    FRAME_PROFILE,     /* a shop record */
    FRAME_REVIEW,      /* a review record */
    FRAME_QUESTION,    /* four bytes: the day asked about; two: a state; the rest: a requirement */
};
enum { BYTES_FRAME_COUNT = FRAME_QUESTION + 1 };

enum { BYTES_PROFILES_MAX = 8, BYTES_REVIEWS_MAX = 8, BYTES_ARENA_SIZE = 8 * 1024 * 1024 };

/* Large, so keep it static. It points into itself: don't copy it. */
struct dossier_bytes {
    struct career_case given; /* the technician's dossier, the trust file, the question */
    struct dossier shop;      /* the same, seen from the shop */
    struct dossier_credential shop_credentials[BUILT_CREDENTIALS_MAX];
    struct dossier_profile profiles[BYTES_PROFILES_MAX];
    struct dossier_review reviews[BYTES_REVIEWS_MAX];
    struct expression requirement;
    size_t honest_pack_count; /* of the packs: those of ase come first */
    struct arena arena;
    uint8_t memory[BYTES_ARENA_SIZE];
};

void dossier_bytes_read(struct dossier_bytes *out, struct bytes input);

#endif
