#include <stddef.h>

#include "protocol/base/sort.h"
#include "store/gather.h"

/* The order that a dossier promises: logs by author, and lists that follow them. No order may come from the
 * numbers that authors happen to have on this node: of two chains that hold the first one speaks. */

struct ranked {
    const struct dossier_log *log;
    size_t was;
};

static int order_logs(const void *a, const void *b)
{
    const struct ranked *left = a;
    const struct ranked *right = b;

    return hash_compare(&left->log->author.hash, &right->log->author.hash);
}

static int order_places(const struct dossier_place *left, const struct dossier_place *right)
{
    if (left->log != right->log) {
        return left->log < right->log ? -1 : 1;
    }
    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    if (left->index != right->index) {
        return left->index < right->index ? -1 : 1;
    }
    if (left->block.side != right->block.side) {
        return left->block.side ? 1 : -1;
    }
    return hash_compare(&left->block_hash, &right->block_hash);
}

static int order_credentials(const void *a, const void *b)
{
    const struct dossier_credential *left = a;
    const struct dossier_credential *right = b;

    return order_places(&left->place, &right->place);
}

static int order_affiliations(const void *a, const void *b)
{
    const struct dossier_affiliation *left = a;
    const struct dossier_affiliation *right = b;

    return order_places(&left->place, &right->place);
}

static int order_accreditations(const void *a, const void *b)
{
    const struct dossier_accreditation *left = a;
    const struct dossier_accreditation *right = b;

    return order_places(&left->place, &right->place);
}

static int order_withdrawals(const void *a, const void *b)
{
    const struct dossier_withdrawal *left = a;
    const struct dossier_withdrawal *right = b;

    return order_places(&left->place, &right->place);
}

static int order_successions(const void *a, const void *b)
{
    const struct dossier_succession *left = a;
    const struct dossier_succession *right = b;

    return order_places(&left->place, &right->place);
}

/* A roster comes from one log, in its order: sorting ten thousand that are sorted would cost more than to
 * gather them. */
static void sort_where_needed(void *items, size_t count, size_t size,
                              int (*compare)(const void *a, const void *b))
{
    const uint8_t *bytes = items;

    for (size_t i = 1; i < count; i++) {
        if (compare(bytes + (i - 1) * size, bytes + i * size) > 0) {
            sort_items(items, count, size, compare);
            return;
        }
    }
}

/* Every item begins with its place. What is kept between questions is not changed before: the next one has a
 * later time. */
static void renumber(const struct gather *gather, void *items, size_t count, size_t size, const size_t *now)
{
    uint8_t *bytes = items;

    for (size_t i = 0; i < count; i++) {
        struct dossier_place *place = (void *)(bytes + i * size);
        place->log = now[place->log];
        place->arrived_s = gather_arrival(gather, place->arrived_s);
    }
}

#define RENUMBER(list, now)                                                                                  \
    do {                                                                                                     \
        static_assert(offsetof(struct dossier_##list, place) == 0, "begins with its place");                 \
        renumber(gather, out->list##s, out->list##_count, sizeof(struct dossier_##list), now);               \
    } while (0)

static void renumber_all(const struct gather *gather, const size_t *now)
{
    struct dossier *out = gather->out;

    RENUMBER(credential, now);
    static_assert(offsetof(struct dossier_sealed, place) == 0, "begins with its place");
    renumber(gather, out->sealed, out->sealed_count, sizeof out->sealed[0], now);
    RENUMBER(accreditation, now);
    RENUMBER(withdrawal, now);
    RENUMBER(void, now);
    RENUMBER(succession, now);
    RENUMBER(pack, now);
    RENUMBER(affiliation, now);
    RENUMBER(leave, now);
    RENUMBER(profile, now);
    RENUMBER(review, now);
    RENUMBER(statement, now);
}

enum store_error gather_order(struct gather *gather)
{
    struct dossier *out = gather->out;
    struct dossier_log *logs = arena_take(gather->arena, out->log_count * sizeof *logs);
    size_t mark = arena_mark(gather->arena);
    struct ranked *ranked = arena_take(gather->arena, out->log_count * sizeof *ranked);
    size_t *now = arena_take(gather->arena, out->log_count * sizeof *now);

    if (!logs || !ranked || !now) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < out->log_count; i++) {
        ranked[i] = (struct ranked){.log = &out->logs[i], .was = i};
    }
    sort_items(ranked, out->log_count, sizeof *ranked, order_logs);
    for (size_t i = 0; i < out->log_count; i++) {
        logs[i] = *ranked[i].log;
        now[ranked[i].was] = i;
    }
    renumber_all(gather, now);
    arena_rewind(gather->arena, mark);
    out->logs = logs;
    sort_where_needed(out->credentials, out->credential_count, sizeof *out->credentials, order_credentials);
    sort_where_needed(out->affiliations, out->affiliation_count, sizeof *out->affiliations,
                      order_affiliations);
    sort_where_needed(out->accreditations, out->accreditation_count, sizeof *out->accreditations,
                      order_accreditations);
    sort_where_needed(out->withdrawals, out->withdrawal_count, sizeof *out->withdrawals, order_withdrawals);
    sort_where_needed(out->successions, out->succession_count, sizeof *out->successions, order_successions);
    return STORE_OK;
}
