#include "protocol/base/days.h"
#include "protocol/rules/accreditation_end.h"
#include "store/gather.h"

/* What shows that an entry came late: a checkpoint of its author that names a head below it. Looked for only
 * where a question needs it, and not for what arrived here in time. */

enum store_error gather_below(struct gather *gather, struct dossier_place *place, uint32_t deadline_day)
{
    struct disk_checkpoint checkpoint;
    struct disk_record record;
    enum store_error error;

    if (place->block.side ||
        day_of_time(place->arrived_s) <= (uint64_t)deadline_day + ACCREDITATION_GRACE_DAYS) {
        return STORE_OK;
    }
    error = checkpoint_read_below(gather->txn, gather->rows[place->log].number, place->seq,
                                  gather->known_by_s, &checkpoint);
    if (error == STORE_OK) {
        error = record_read(gather->txn, gather->rows[place->log].number, checkpoint.seq, &record);
    }
    if (error == STORE_OK && hash_equal(&record.hash, &checkpoint.head)) {
        place->below_s = checkpoint.time_s;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The first day on which any accreditation ends; DAY_NONE: none does. */
static uint32_t first_end(const struct dossier *dossier)
{
    uint32_t first = DAY_NONE;

    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct accreditation *accreditation = &dossier->accreditations[i].accreditation;

        if (accreditation->has_until && accreditation->until < first) {
            first = accreditation->until;
        }
    }
    return first;
}

enum store_error gather_lateness(struct gather *gather)
{
    struct dossier *out = gather->out;
    uint32_t end = first_end(out);
    enum store_error error = STORE_OK;

    if (end == DAY_NONE) {
        return STORE_OK;
    }
    for (size_t i = 0; i < out->credential_count && error == STORE_OK; i++) {
        struct dossier_credential *credential = &out->credentials[i];

        if (credential->source == SOURCE_REPLAYED) {
            error = gather_below(gather, &credential->place, end);
        }
    }
    for (size_t i = 0; i < out->accreditation_count && error == STORE_OK; i++) {
        error = gather_below(gather, &out->accreditations[i].place, end);
    }
    for (size_t i = 0; i < out->review_count && error == STORE_OK; i++) {
        error = gather_below(gather, &out->reviews[i].place, end);
    }
    return error;
}
