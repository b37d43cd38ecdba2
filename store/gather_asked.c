#include <string.h>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "store/gather.h"

/* Of which codes it is asked who let an author speak: of an issuer those that it attested, of its accreditors
 * the same. Whoever may accredit nobody for any of these is a stranger, whatever else it may do: what it says
 * uses up nothing that others need. */

enum { ASKED_CODES_MAX = 32 }; /* of one author; of more it is asked about any */

/* Nothing is asked of it by now, if nothing was. NULL: the arena is full. */
static struct asked *begin_asking(struct gather *gather, size_t log)
{
    struct asked *asked = gather->rows[log].asked;

    if (asked) {
        return asked;
    }
    gather->issuers = gather_grow(gather->arena, gather->issuers, gather->issuer_count,
                                  &gather->issuer_capacity, sizeof *gather->issuers);
    asked = arena_take(gather->arena, sizeof *asked);
    if (!gather->issuers || !asked) {
        return NULL;
    }
    asked->codes = asked->first;
    asked->capacity = sizeof asked->first / sizeof asked->first[0];
    gather->rows[log].asked = asked;
    gather->out->logs[log].for_denials = gather->denying;
    gather->issuers[gather->issuer_count++] = log;
    return asked;
}

static void let_be_due(struct gather *gather, struct asked *asked)
{
    gather->due_count += !asked->due;
    asked->due = true;
}

static bool is_asked(const struct asked *asked, struct bytes code)
{
    for (size_t i = 0; i < asked->count; i++) {
        if (code_matches(code, asked->codes[i])) {
            return true;
        }
    }
    return asked->any;
}

/* Any code where it is empty, where there are too many, and of what is asked last. */
static enum store_error add_code(struct gather *gather, struct asked *asked, struct bytes code)
{
    if (is_asked(asked, code)) {
        return STORE_OK;
    }
    let_be_due(gather, asked);
    if (gather->rest || code.size == 0 || code.size > CODE_SIZE_MAX || asked->count == ASKED_CODES_MAX) {
        asked->any = true;
        return STORE_OK;
    }
    asked->codes = gather_grow(gather->arena, asked->codes, asked->count, &asked->capacity, sizeof code);
    if (!asked->codes) {
        return STORE_NO_MEMORY;
    }
    asked->codes[asked->count++] = code;
    return STORE_OK;
}

enum store_error gather_ask(struct gather *gather, size_t log, struct bytes code)
{
    struct asked *asked = begin_asking(gather, log);

    if (!asked) {
        return STORE_NO_MEMORY;
    }
    if (!asked->itself) {
        asked->itself = true;
        let_be_due(gather, asked);
    }
    return add_code(gather, asked, code);
}

enum store_error gather_ask_above(struct gather *gather, size_t by, size_t log)
{
    const struct asked *below = gather->rows[log].asked;
    struct asked *asked = begin_asking(gather, by);
    enum store_error error = asked ? STORE_OK : STORE_NO_MEMORY;

    if (error != STORE_OK) {
        return error;
    }
    asked->above = true;
    if (below->any) {
        error = add_code(gather, asked, (struct bytes){0});
    }
    for (size_t i = 0; i < below->count && error == STORE_OK; i++) {
        error = add_code(gather, asked, below->codes[i]);
    }
    return error;
}

enum store_error gather_ask_rest(struct gather *gather, size_t log)
{
    struct asked *asked = begin_asking(gather, log);

    if (!asked) {
        return STORE_NO_MEMORY;
    }
    gather_put_off(gather, log);
    return gather->rest ? gather_ask(gather, log, (struct bytes){0}) : STORE_OK;
}

void gather_put_off(struct gather *gather, size_t log)
{
    gather->rows[log].asked->put_off = true;
    gather->put_off = true;
}

bool gather_begin_rest(struct gather *gather)
{
    gather->rest = true;
    for (size_t i = 0; i < gather->issuer_count; i++) {
        struct asked *asked = gather->rows[gather->issuers[i]].asked;

        if (asked->put_off || asked->due) {
            asked->any = true;
            let_be_due(gather, asked);
        }
    }
    return gather->put_off || gather->due_count > 0;
}

bool gather_meets(const struct asked *asked, const struct accreditation *accreditation)
{
    const struct bytes *patterns = accreditation->patterns.items;
    struct bytes both;

    for (size_t i = 0; i < accreditation->patterns.count && !asked->any; i++) {
        for (size_t k = 0; k < asked->count; k++) {
            if (code_patterns_meet(asked->codes[k], patterns[i], &both)) {
                return true;
            }
        }
    }
    return asked->any;
}

bool gather_asks_in(const struct gather *gather, struct bytes name_space)
{
    for (size_t i = 0; i < gather->issuer_count; i++) {
        const struct asked *asked = gather->rows[gather->issuers[i]].asked;

        for (size_t k = 0; k < asked->count; k++) {
            if (bytes_equal(code_namespace(asked->codes[k]), name_space)) {
                return true;
            }
        }
        if (asked->any) {
            return true;
        }
    }
    return false;
}

/* ---- ranks ---- */

static enum store_error rank_of_code(struct gather *gather, const struct actor_id *author, unsigned links,
                                     struct bytes code, enum rank *rank)
{
    enum chain chain;
    enum store_error error = chain_find_above(gather->txn, gather->trust, author, links, code, &chain);

    if (error == STORE_OK) {
        *rank = rank_of_chain(chain);
    }
    return error;
}

enum store_error gather_rank_asked(struct gather *gather, const struct actor_id *author, unsigned links,
                                   const struct asked *asked, enum rank *rank)
{
    const bool any = asked->any || gather->rest;
    enum store_error error = STORE_OK;

    *rank = RANK_STRANGER;
    if (any || asked->count > 1) {
        error = rank_of_code(gather, author, links, (struct bytes){0}, rank);
    }
    if (error != STORE_OK || any || (asked->count > 1 && *rank == RANK_STRANGER)) {
        return error;
    }
    *rank = RANK_STRANGER;
    for (size_t i = 0; i < asked->count && error == STORE_OK && *rank != RANK_AUTHORISED; i++) {
        enum rank of_code;

        error = rank_of_code(gather, author, links, asked->codes[i], &of_code);
        if (error == STORE_OK && of_code < *rank) {
            *rank = of_code;
        }
    }
    return error;
}

enum store_error gather_rank_of_asked(struct gather *gather, size_t log, enum rank *rank)
{
    const struct asked *asked = gather->rows[log].asked;

    return gather_rank_asked(gather, &gather->out->logs[log].author, asked->itself ? 0 : 1, asked, rank);
}
