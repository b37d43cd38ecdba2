#include "store/gather.h"

/* Dossiers: what is gathered for which question. */

static enum store_error begin(struct gather *gather, const struct subject *subject)
{
    *gather->out = (struct dossier){0};
    if (subject) {
        gather->out->subject = *subject;
    }
    return gather_base(gather);
}

/* All that the store holds about the subject. */
static enum store_error gather_subject(struct gather *gather, const struct subject *subject,
                                       enum dossier_about about, const struct expression *requirement)
{
    const struct actor_id actor = {subject->id};
    enum store_error error = gather_about(gather, subject, about);

    if (error != STORE_OK || subject->kind != SUBJECT_ACTOR) {
        return error;
    }
    error = gather_affiliations(gather, &actor);
    return error == STORE_OK ? gather_shops(gather, &actor, requirement) : error;
}

static enum store_error gather_asked(struct gather *gather, const struct gather_question *question)
{
    enum store_error error = gather_issuers(gather);

    return error == STORE_OK ? gather_kept(gather, question) : error;
}

/* Who let the issuers say what is gathered, and what is kept of it; then what nothing of that hangs on. */
static enum store_error gather_grants(struct gather *gather, const struct gather_question *question)
{
    enum store_error error = gather_asked(gather, question);

    if (error == STORE_OK && gather_begin_rest(gather)) {
        error = gather_asked(gather, question);
    }
    gather->rest = false;
    return error;
}

/* What bears on what is gathered. */
static enum store_error finish(struct gather *gather, const struct gather_question *question)
{
    const struct subject *subject = question->subject;
    enum store_error error = subject ? gather_lacking(gather) : STORE_OK;

    if (error == STORE_OK) {
        error = gather_grants(gather, question);
    }
    if (error == STORE_OK && subject) {
        error = gather_silent(gather, question);
    }
    gather_leave_dropped(gather);
    if (error == STORE_OK) {
        error = gather_say_limits(gather);
    }
    if (error == STORE_OK) {
        error = gather_void_gaps(gather);
    }
    if (error == STORE_OK) {
        error = gather_lateness(gather);
    }
    if (error == STORE_OK) {
        error = gather_leaves(gather);
    }
    if (error == STORE_OK && subject && subject->kind == SUBJECT_ACTOR) {
        error = gather_own(gather, &(struct actor_id){subject->id});
    }
    return error == STORE_OK ? gather_order(gather) : error;
}

/* What stands beside credentials that were named or brought. */
static enum store_error surround(struct gather *gather, const struct gather_question *question)
{
    enum store_error error =
        question->subject ? gather_subject(gather, question->subject, question->about, question->requirement)
                          : STORE_OK;

    return error == STORE_OK ? finish(gather, question) : error;
}

enum store_error store_dossier(struct store_txn *txn, const struct network *network,
                               const struct trust *trust, const struct subject *subject,
                               struct dossier_reach reach, struct dossier *out, struct arena *arena)
{
    struct gather gather = {.txn = txn,
                            .network = network,
                            .trust = trust,
                            .known_by_s = reach.known_by_s,
                            .now_s = reach.now_s,
                            .out = out,
                            .arena = arena};
    enum store_error error = begin(&gather, subject);

    if (error == STORE_OK) {
        error = gather_subject(&gather, subject, ABOUT_SUBJECT, reach.requirement);
    }
    return error == STORE_OK ? finish(&gather, &(struct gather_question){.subject = subject,
                                                                         .heard_since_s = reach.heard_since_s,
                                                                         .heard_by_s = reach.heard_by_s,
                                                                         .requirement = reach.requirement,
                                                                         .about = ABOUT_SUBJECT})
                             : error;
}

enum store_error store_dossier_of_entries(struct store_txn *txn, const struct network *network,
                                          const struct trust *trust, const struct entry_name *names,
                                          size_t name_count, const struct subject *subject,
                                          struct dossier_reach reach, struct dossier *out,
                                          struct arena *arena)
{
    struct gather gather = {.txn = txn,
                            .network = network,
                            .trust = trust,
                            .known_by_s = reach.known_by_s,
                            .now_s = reach.now_s,
                            .out = out,
                            .arena = arena};
    enum store_error error = begin(&gather, subject);

    for (size_t i = 0; error == STORE_OK && i < name_count; i++) {
        if (out->credential_count == DOSSIER_CREDENTIALS_MAX) {
            out->cuts.listed = out->cuts.credentials = true;
            break;
        }
        error = gather_named(&gather, &names[i]);
    }
    return error == STORE_OK
               ? surround(&gather, &(struct gather_question){.subject = subject,
                                                             .heard_since_s = reach.heard_since_s,
                                                             .heard_by_s = reach.heard_by_s,
                                                             .requirement = reach.requirement,
                                                             .about = ABOUT_BESIDE,
                                                             .names = names,
                                                             .name_count = name_count})
               : error;
}

enum store_error store_dossier_around(struct store_txn *txn, const struct network *network,
                                      const struct trust *trust, const struct dossier_credential *credentials,
                                      const struct actor_id *authors, size_t count,
                                      const struct subject *subject, struct dossier_reach reach,
                                      struct dossier *out, struct arena *arena)
{
    struct gather gather = {.txn = txn,
                            .network = network,
                            .trust = trust,
                            .known_by_s = reach.known_by_s,
                            .now_s = reach.now_s,
                            .out = out,
                            .arena = arena};
    enum store_error error = begin(&gather, subject);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = gather_brought(&gather, &credentials[i], &authors[i]);
    }
    return error == STORE_OK
               ? surround(&gather, &(struct gather_question){.subject = subject,
                                                             .heard_since_s = reach.heard_since_s,
                                                             .heard_by_s = reach.heard_by_s,
                                                             .requirement = reach.requirement,
                                                             .about = ABOUT_BESIDE})
               : error;
}
