#include "store/erased.h"
#include "store/gather.h"

/* Whoever may be authorised and said what is not here may have said it about the subject: its log is gathered
 * too, though nothing that is here of it is. Strangers say nothing that counts, and take no room. */

enum {
    LACKING_MAX = 1024,                       /* authors with gaps that may be authorised */
    LACKING_LOOKED_AT_MAX = 16 * LACKING_MAX, /* authors with gaps */
};

/* Those that may be authorised. */
struct lacking_authors {
    bool cut; /* there are more than have room, or are looked at */
    size_t count;
    uint32_t numbers[LACKING_MAX];
};

static enum store_error name_author(struct gather *gather, uint32_t number, struct lacking_authors *authors)
{
    bool stranger;
    enum store_error error = gather_is_stranger(gather, number, &stranger);

    if (error != STORE_OK || stranger) {
        return error;
    }
    authors->cut = authors->count == LACKING_MAX;
    if (!authors->cut) {
        authors->numbers[authors->count++] = number;
    }
    return STORE_OK;
}

static enum store_error name_authors(struct gather *gather, struct lacking_authors *authors)
{
    uint32_t number = 0;
    enum store_error error = gaps_next_author(gather->txn, 0, &number);

    for (size_t looked_at = 0; error == STORE_OK && !authors->cut; looked_at++) {
        if (looked_at == LACKING_LOOKED_AT_MAX) {
            authors->cut = true;
            return STORE_OK;
        }
        error = name_author(gather, number, authors);
        if (error == STORE_OK) {
            error = gaps_next_author(gather->txn, number + 1, &number);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Of too many none is gathered: which of them have the lower numbers here says nothing. */
enum store_error gather_lacking(struct gather *gather)
{
    struct lacking_authors authors;
    enum store_error error;

    authors.cut = false;
    authors.count = 0;
    error = name_authors(gather, &authors);
    if (authors.cut) {
        gather->out->cuts.credentials = true;
        return error;
    }
    for (size_t i = 0; i < authors.count && error == STORE_OK; i++) {
        size_t log;

        error = gather_log_of_number(gather, authors.numbers[i], &log);
        if (error == STORE_OK) {
            error = gather_ask_rest(gather, log);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- in void blocks ---- */

/* The last block of the chain that a cut covers, as far as that is known. */
static uint64_t covered_to(const struct dossier_cut *cut)
{
    return cut->found == CUT_ON_CHAIN || cut->found == CUT_ON_SIDE ? cut->chain_seq : 0;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What every cut of a log covers; UINT64_MAX: there is none. */
static uint64_t covered_by_all(const struct dossier *dossier, size_t log)
{
    uint64_t to = UINT64_MAX;

    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *row = &dossier->withdrawals[i];

        if (row->withdrawal.has_cut &&
            actor_id_equal(&row->withdrawal.delegate, &dossier->logs[log].author)) {
            to = lower(to, covered_to(&row->cut));
        }
    }
    for (size_t i = 0; i < dossier->succession_count; i++) {
        if (dossier->successions[i].place.log == log) {
            to = lower(to, covered_to(&dossier->successions[i].cut));
        }
    }
    return to;
}

enum store_error gather_void_gaps(struct gather *gather)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->out->log_count && error == STORE_OK; i++) {
        struct dossier_log *log = &gather->out->logs[i];
        struct disk_author row;
        uint64_t to = gather->rows[i].has_gaps ? covered_by_all(gather->out, i) : UINT64_MAX;

        if (to < UINT64_MAX) {
            error = author_read(gather->txn, &log->author, &row);
            error = error == STORE_OK ? gaps_fill_void(gather->txn, &row, to, log) : error;
        }
    }
    return error;
}
