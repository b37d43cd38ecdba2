#include "protocol/rules/weight.h"
#include "store/gather.h"

/* What need not be looked at: of what an author said, and there is no room for, the limit is said only where
 * it could count. One block of a thief must not hide what his victim says after it is void. */

/* ---- postings ---- */

static enum store_error read_block(struct gather_judging *judging, uint32_t author, uint64_t seq)
{
    enum store_error error = STORE_OK;

    if (judging->known && judging->author == author && judging->seq == seq) {
        return STORE_OK;
    }
    if (!judging->known || judging->author != author) {
        error = gather_log_of_number(judging->gather, author, &judging->log);
    }
    judging->known = error == STORE_OK;
    if (error != STORE_OK) {
        return error;
    }
    judging->author = author;
    judging->seq = seq;
    error = record_find(judging->gather->txn, author, seq, &judging->record);
    judging->held = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static bool is_void_for_certain(const struct dossier_log *log, const struct disk_record *record)
{
    return record->standing == STANDING_VOID && dossier_log_reaches(log, record->void_seq) &&
           !dossier_log_disputes(log, record->void_seq);
}

enum store_error gather_judge(void *context, uint64_t place, enum posting_worth *out)
{
    struct gather_judging *judging = context;
    const uint64_t seq = place_seq(place);
    const struct dossier_log *log;
    enum store_error error = read_block(judging, place_author(place), seq);

    *out = POSTING_COUNTS;
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error; /* more logs than there is room for */
    }
    log = &judging->gather->out->logs[judging->log];
    if (!judging->held || place_index(place) >= judging->record.entry_count || !log->known ||
        !dossier_log_reaches(log, seq)) {
        *out = POSTING_GONE;
    } else if (is_void_for_certain(log, &judging->record)) {
        *out = POSTING_IDLE;
    }
    return STORE_OK;
}

/* ---- limits ---- */

void gather_note_cut(struct gather *gather, enum dossier_about about)
{
    struct dossier_cuts *cuts = &gather->out->cuts;

    if (about == ABOUT_SHOP) {
        cuts->affiliations = true;
    } else {
        cuts->credentials = true;
        cuts->listed |= about == ABOUT_SUBJECT;
    }
}

void gather_leave_out(struct gather *gather, size_t log, enum dossier_about about, uint64_t from)
{
    struct gathered_log *row = &gather->rows[log];

    row->left_out_from = row->left_out == 0 || from < row->left_out_from ? from : row->left_out_from;
    row->left_out |= 1u << about;
}

void gather_leave_out_idle(struct gather *gather, size_t log, enum dossier_about about)
{
    gather->rows[log].idle_left_out |= 1u << about;
}

static bool is_cut(const struct gather *gather, size_t log)
{
    const struct dossier *out = gather->out;
    const struct actor_id *author = &out->logs[log].author;

    for (size_t i = 0; i < out->withdrawal_count; i++) {
        if (actor_id_equal(&out->withdrawals[i].withdrawal.delegate, author)) {
            return true;
        }
    }
    for (size_t i = 0; i < out->succession_count; i++) {
        if (out->successions[i].place.log == log) {
            return true;
        }
    }
    return false;
}

/* Whether a withdrawal closes for certain all that the accreditation let its delegate say from block from on.
 */
static bool closes(const struct gather *gather, const struct dossier_withdrawal *row,
                   const struct dossier_accreditation *accreditation, uint64_t from)
{
    const struct withdrawal *withdrawal = &row->withdrawal;
    const struct dossier_cut *cut = &row->cut;

    return withdrawal->closed && withdrawal->has_cut && withdrawal->exceptions.count == 0 &&
           row->place.log == accreditation->place.log &&
           actor_id_equal(&withdrawal->delegate, &accreditation->accreditation.delegate) &&
           place_weigh(gather->out, &row->place, stance_of_entry(ENTRY_WITHDRAWAL, NULL, PARTY_DELEGATE))
                   .weight == WEIGHT_FULL &&
           place_precedes(&accreditation->place, &row->place) &&
           (cut->found == CUT_ON_CHAIN || cut->found == CUT_ON_SIDE) && cut->chain_seq < from;
}

static bool is_closed(const struct gather *gather, const struct dossier_accreditation *accreditation,
                      uint64_t from)
{
    const struct dossier *out = gather->out;

    for (size_t i = 0; i < out->withdrawal_count; i++) {
        if (closes(gather, &out->withdrawals[i], accreditation, from)) {
            return !is_cut(gather, accreditation->place.log);
        }
    }
    return false;
}

/* Whether nothing of what log's author says from block from on can count. */
static enum store_error is_silent(struct gather *gather, size_t log, uint64_t from, bool *out)
{
    const struct dossier *dossier = gather->out;
    bool any = false;

    *out = false;
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_accreditation *row = &dossier->accreditations[i];
        enum rank rank;
        enum store_error error;

        if (!actor_id_equal(&row->accreditation.delegate, &dossier->logs[log].author)) {
            continue;
        }
        error = gather_rank(gather, row->place.log, &rank);
        if (error != STORE_OK) {
            return error;
        }
        if (rank != RANK_STRANGER && !is_closed(gather, row, from)) {
            return STORE_OK;
        }
        any |= rank != RANK_STRANGER;
    }
    *out = any && !dossier->cuts.accreditations && !dossier->cuts.unasked;
    return STORE_OK;
}

static void say(struct gather *gather, size_t log, unsigned abouts, uint64_t from)
{
    struct dossier_log *said_by = &gather->out->logs[log];
    struct dossier_cuts *cuts = &gather->out->cuts;

    cuts->affiliations |= (abouts & 1u << ABOUT_SHOP) != 0;
    cuts->listed |= (abouts & 1u << ABOUT_SUBJECT) != 0;
    if ((abouts & (1u << ABOUT_SUBJECT | 1u << ABOUT_BESIDE)) != 0) {
        said_by->left_out_from =
            !said_by->left_out || from < said_by->left_out_from ? from : said_by->left_out_from;
        said_by->left_out = cuts->authors = true;
    }
}

enum store_error gather_say_limits(struct gather *gather)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->out->log_count && error == STORE_OK; i++) {
        const struct gathered_log *row = &gather->rows[i];
        bool silent = false;

        if (row->left_out != 0) {
            error = is_silent(gather, i, row->left_out_from, &silent);
            say(gather, i, silent ? 0 : row->left_out, row->left_out_from);
        }
        if (row->idle_left_out != 0 && is_cut(gather, i)) {
            say(gather, i, row->idle_left_out, 0);
        }
    }
    return error;
}
