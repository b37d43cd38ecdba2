#include "protocol/rules/cut.h"
#include "store/gather_credentials.h"

/* What the cut of a withdrawal or a succession keeps, whatever its author rotates later: found last, when it
 * is known which blocks cuts cover, so that nothing else on branches that were dropped is read at all. What
 * is kept may hold the cut of another log: all logs are gone through until nothing new is found, so that it
 * does not matter in which order. */

enum { KEPT_PASSES_MAX = 2 * (CHAIN_DEPTH_MAX + 1) };

static enum store_error keep_named(struct gather *gather, const struct gather_question *question, size_t log)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < question->name_count && error == STORE_OK; i++) {
        const struct entry_name *name = &question->names[i];

        if (!actor_id_equal(&name->author, &gather->out->logs[log].author)) {
            continue;
        }
        if (gather->out->credential_count == DOSSIER_CREDENTIALS_MAX) {
            gather->out->cuts.listed = gather->out->cuts.credentials = true;
            return STORE_OK;
        }
        error = gather_kept_named(gather, log, name);
    }
    return error;
}

/* What the store knows of it was gathered when cuts were not known yet. */
static enum store_error renew_events(struct gather *gather, size_t log)
{
    struct dossier *out = gather->out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < out->credential_count && error == STORE_OK; i++) {
        struct dossier_credential *credential = &out->credentials[i];

        if (credential->place.log != log || credential->source != SOURCE_REPLAYED ||
            hash_is_zero(&credential->place.block_hash)) {
            continue;
        }
        error = gather_events(gather, &credential->place);
        if (error == STORE_OK) {
            dossier_credential_fill_targets(credential, &out->logs[log]);
            error = credential_fill_reasons(gather, credential);
        }
    }
    return error;
}

static enum store_error keep_of(struct gather *gather, const struct gather_question *question, size_t log)
{
    enum store_error error = gather_voids(gather, log, SIDE_KEPT);

    if (error == STORE_OK) {
        error = gather_kept_packs(gather, log);
    }
    if (error == STORE_OK) {
        error = gather_kept_grants(gather, log);
    }
    if (error == STORE_OK) {
        error = renew_events(gather, log);
    }
    if (error == STORE_OK) {
        error = keep_named(gather, question, log);
    }
    if (error == STORE_OK && question->subject) {
        error = gather_kept_about(gather, log, question->subject, question->about);
    }
    return error == STORE_OK ? gather_kept_memberships(gather, log) : error;
}

/* What more of can lead to more: cuts, and whom they are about, or what they may keep. */
struct leads {
    size_t withdrawals, accreditations, issuers, shops;
};

static struct leads count_leads(const struct gather *gather)
{
    return (struct leads){.withdrawals = gather->out->withdrawal_count,
                          .accreditations = gather->out->accreditation_count,
                          .issuers = gather->issuer_count,
                          .shops = gather->shop_count};
}

static bool any_after(const struct gather *gather, const struct leads *leads)
{
    const struct leads now = count_leads(gather);

    return now.withdrawals > leads->withdrawals || now.accreditations > leads->accreditations ||
           now.issuers > leads->issuers || now.shops > leads->shops;
}

/* Nobody looked what those take back whom the last leads are about, nor what is taken back from them. */
static enum store_error give_up(struct gather *gather, const struct leads *leads)
{
    struct dossier *out = gather->out;
    enum store_error error = STORE_OK;
    size_t log;

    gather_say_cut(gather, &out->cuts.credentials);
    gather_say_cut(gather, &out->cuts.accreditations);
    for (size_t i = leads->withdrawals; i < out->withdrawal_count && error == STORE_OK; i++) {
        error = gather_log(gather, &out->withdrawals[i].withdrawal.delegate, &log);
        if (error == STORE_OK) {
            gather_say_withdrawals_cut(gather, log);
        }
    }
    for (size_t i = leads->accreditations; i < out->accreditation_count && error == STORE_OK; i++) {
        gather_say_withdrawals_cut(gather, out->accreditations[i].place.log);
        error = gather_log(gather, &out->accreditations[i].accreditation.delegate, &log);
        if (error == STORE_OK) {
            gather_say_withdrawals_cut(gather, log);
        }
    }
    for (size_t i = leads->issuers; i < gather->issuer_count; i++) {
        gather_say_withdrawals_cut(gather, gather->issuers[i]);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error keep_of_all(struct gather *gather, const struct gather_question *question)
{
    enum store_error error = gather_cuts(gather);
    bool any = false;

    for (size_t i = 0; i < gather->out->log_count && error == STORE_OK; i++) {
        if (gather_has_kept(gather, i)) {
            any = true;
            error = keep_of(gather, question, i);
        }
    }
    if (error == STORE_OK && any && question->subject) {
        error =
            gather_lacking_shops(gather, &(struct actor_id){question->subject->id}, question->requirement);
    }
    return error == STORE_OK ? gather_issuers(gather) : error;
}

enum store_error gather_kept(struct gather *gather, const struct gather_question *question)
{
    struct leads leads;
    enum store_error error = STORE_OK;
    bool more = true;

    for (size_t pass = 0; more && pass < KEPT_PASSES_MAX && error == STORE_OK; pass++) {
        leads = count_leads(gather);
        error = keep_of_all(gather, question);
        more = any_after(gather, &leads);
    }
    return error == STORE_OK && more ? give_up(gather, &leads) : error;
}

void gather_leave_dropped(struct gather *gather)
{
    struct dossier *out = gather->out;
    size_t kept = 0;

    for (size_t i = 0; i < out->credential_count; i++) {
        const struct dossier_place *place = &out->credentials[i].place;

        if (place->block.dropped_s == 0 || any_cut_covers(out, &out->logs[place->log].author, place)) {
            out->credentials[kept++] = out->credentials[i];
        }
    }
    out->credential_count = kept;
}
