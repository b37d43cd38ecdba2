#ifndef TESTS_SUPPORT_LOG_RANDOM_H
#define TESTS_SUPPORT_LOG_RANDOM_H

/* Drafts drawn at random, a function of the seed. */

#include "tests/support/log_builder.h"

struct dice {
    uint64_t state;
};

/* The next number below sides. Requires: sides > 0. */
uint64_t dice_roll(struct dice *dice, uint64_t sides);

/* Draw what an author might say next on top of log into the builder's draft: content mostly, at times of more
 * than a page; statuses, erasures, voids, accreditations, updates and rotations of keys. Most are acceptable;
 * some reach for what does not exist or may not be touched. */
void log_random_draft(struct log_builder *builder, const struct memory_log *log, struct dice *dice);

/* Such a draft of one class. */
void log_random_content(struct log_builder *builder, const struct memory_log *log, struct dice *dice);
void log_random_status(struct log_builder *builder, const struct memory_log *log, struct dice *dice);
void log_random_govern(struct log_builder *builder, const struct memory_log *log, struct dice *dice);
void log_random_update(struct log_builder *builder, struct dice *dice);
void log_random_rotation(struct log_builder *builder, const struct memory_log *log, struct dice *dice);

#endif
