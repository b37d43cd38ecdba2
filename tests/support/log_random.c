#include "tests/support/log_random.h"

#include <assert.h>
#include <string.h>

/* SplitMix64. */
uint64_t dice_roll(struct dice *dice, uint64_t sides)
{
    uint64_t mixed = dice->state += UINT64_C(0x9e3779b97f4a7c15);

    assert(sides > 0);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (mixed ^ (mixed >> 31)) % sides;
}

void log_random_content(struct log_builder *builder, const struct memory_log *log, struct dice *dice)
{
    const uint64_t count = dice_roll(dice, 16) == 0 ? 1 + dice_roll(dice, 200) : 1 + dice_roll(dice, 4);
    const uint8_t noise[] = {0xc1, (uint8_t)dice_roll(dice, 256)};

    log_builder_begin(builder, CLASS_CONTENT);
    for (uint64_t i = 0; i < count; i++) {
        struct attestation attestation =
            build_attestation(&log->state.author, "ase/A5", (uint32_t)dice_roll(dice, 50000), DAY_NONE);

        if (dice_roll(dice, 20) == 0) {
            log_builder_add_payload(builder, ENTRY_ATTESTATION, false, bytes_of(noise, sizeof noise));
        } else if (dice_roll(dice, 40) == 0) {
            log_builder_add_payload(builder, 500, false, bytes_of(noise, sizeof noise));
        } else {
            log_builder_add(builder, ENTRY_ATTESTATION, &attestation);
        }
    }
}

/* A block of content if a few tries find one, else any. */
static uint64_t some_content_seq(const struct memory_log *log, struct dice *dice)
{
    uint64_t seq = 0;

    for (size_t tries = 0; tries < 8; tries++) {
        seq = dice_roll(dice, log->block_count);
        if (log->blocks[seq].record.block_class == CLASS_CONTENT) {
            break;
        }
    }
    return seq;
}

static struct index_range some_range(uint64_t entry_count, struct dice *dice)
{
    struct index_range range = {.first = dice_roll(dice, entry_count)};

    range.last = range.first + dice_roll(dice, entry_count - range.first);
    if (dice_roll(dice, 100) == 0) {
        range.last = entry_count;
    }
    return range.last < BLOCK_ENTRIES_MAX ? range : (struct index_range){0, 0};
}

void log_random_status(struct log_builder *builder, const struct memory_log *log, struct dice *dice)
{
    const uint64_t count = 1 + dice_roll(dice, 3);

    log_builder_begin(builder, CLASS_STATUS);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t seq = some_content_seq(log, dice);
        struct index_range range = some_range(log->blocks[seq].record.entry_count, dice), kept;
        struct status status =
            build_status(seq, &kept, range.first, range.last,
                         (enum status_action)(STATUS_REVOKED + dice_roll(dice, 3)), (uint32_t)i);
        struct erase erase = build_erase(seq, &kept, range.first, range.last);

        if (dice_roll(dice, 5) == 0) {
            log_builder_add(builder, ENTRY_ERASE, &erase);
        } else {
            log_builder_add(builder, ENTRY_STATUS, &status);
        }
    }
}

void log_random_govern(struct log_builder *builder, const struct memory_log *log, struct dice *dice)
{
    const struct bytes patterns[] = {bytes_of_string("ase/*")};
    const struct accreditation accreditation = {
        .delegate = log->state.author, .patterns = {patterns, 1}, .from = (uint32_t)dice_roll(dice, 50000)};
    uint64_t first = dice_roll(dice, log->block_count);
    uint64_t last = first + dice_roll(dice, log->block_count - first);
    const struct void_record voids = build_void(first, last, STATUS_REASON_KEY_COMPROMISE);

    log_builder_begin(builder, CLASS_GOVERN);
    if (dice_roll(dice, 2) == 0) {
        log_builder_add(builder, ENTRY_VOID, &voids);
    } else {
        log_builder_add(builder, ENTRY_ACCREDITATION, &accreditation);
    }
}

void log_random_update(struct log_builder *builder, struct dice *dice)
{
    struct built_keys keys;

    build_update(&keys, &builder->ring, dice_roll(dice, UINT64_MAX));
    log_builder_begin(builder, CLASS_KEYS);
    log_builder_add(builder, ENTRY_KEYS_UPDATE, &keys.update);
}

void log_random_rotation(struct log_builder *builder, const struct memory_log *log, struct dice *dice)
{
    struct built_keys keys;

    build_rotation(&keys, &builder->ring, &log->state.keys, log->network, dice_roll(dice, UINT64_MAX), 1);
    log_builder_begin(builder, CLASS_KEYS);
    log_builder_add(builder, ENTRY_KEYS, &keys.keys);
}

void log_random_draft(struct log_builder *builder, const struct memory_log *log, struct dice *dice)
{
    uint64_t roll = dice_roll(dice, 100);

    if (roll < 55) {
        log_random_content(builder, log, dice);
    } else if (roll < 80) {
        log_random_status(builder, log, dice);
    } else if (roll < 90) {
        log_random_govern(builder, log, dice);
    } else if (roll < 95) {
        log_random_update(builder, dice);
    } else {
        log_random_rotation(builder, log, dice);
    }
}
