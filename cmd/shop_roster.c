#include "cmd/shop_roster.h"

#include <stdlib.h>

/* A technician's dossier, and what deciding about it takes. Untouched memory costs nothing. */
enum { MEMBER_MEMORY_SIZE = 2 * DOSSIER_ARENA_SIZE };

/* A transaction of its own each: a large shop takes longer than one may be held open. */
static enum store_error gather(struct dossier *out, struct session *session, const struct actor_id *actor,
                               uint64_t known_by_s, struct arena *arena)
{
    const struct subject subject = subject_of_actor(actor);
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_dossier(txn, &session->home.network, session->trust, &subject, known_by_s, out, arena);
    store_end(txn);
    return error;
}

static enum store_error add_members(struct roster *roster, struct session *session, uint64_t known_by_s)
{
    size_t count;
    const struct actor_id *members = roster_members(roster, &count);
    uint8_t *memory = malloc(MEMBER_MEMORY_SIZE);
    enum store_error error = memory == NULL ? STORE_NO_MEMORY : STORE_OK;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        struct dossier dossier;
        struct arena scratch;
        arena_init(&scratch, memory, MEMBER_MEMORY_SIZE);
        error = gather(&dossier, session, &members[i], known_by_s, &scratch);
        if (error == STORE_OK && !roster_add(roster, &dossier, &scratch)) {
            error = STORE_NO_MEMORY;
        }
    }
    free(memory);
    return error;
}

static enum store_error decide(struct session *session, const struct actor_id *shop,
                               const struct question *question, const struct roster_change *change,
                               struct roster_verdict *out)
{
    static const struct roster_change unchanged = {0};
    struct dossier *dossier = arena_take(&session->arena, sizeof(*dossier));
    if (dossier == NULL) {
        return STORE_NO_MEMORY;
    }
    enum store_error error = gather(dossier, session, shop, question->known_by_s, &session->arena);
    if (error != STORE_OK) {
        return error;
    }
    struct roster *roster = roster_begin(dossier, session->trust, question,
                                         change != NULL ? change : &unchanged, &session->arena);
    if (roster == NULL) {
        return STORE_NO_MEMORY;
    }
    error = add_members(roster, session, question->known_by_s);
    if (error == STORE_OK && !roster_conclude(out, roster)) {
        error = STORE_NO_MEMORY;
    }
    return error;
}

int shop_roster_decide(struct session *session, const struct actor_id *shop, const struct question *question,
                       const struct roster_change *change, struct roster_verdict *out)
{
    enum store_error error = decide(session, shop, question, change, out);
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}
