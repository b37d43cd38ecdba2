#include "node/shop_roster.h"

#include <stdlib.h>

#include "protocol/rules/lacking.h"

/* Untouched memory costs nothing. */
enum { MEMBER_MEMORY_SIZE = 2 * DOSSIER_ARENA_SIZE };

enum store_error dossier_of_store(struct dossier *out, struct store *store, const struct subject *subject,
                                  const struct trust *trust, const struct question *question,
                                  struct arena *arena)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_dossier(txn, question->network, trust, subject, lacking_reach(question), out, arena);
    store_end(txn);
    return error;
}

enum store_error shop_roster_begin(struct shop_roster *gathering, struct store *store,
                                   const struct dossier *dossier, const struct trust *trust,
                                   const struct question *question, const struct roster_change *change,
                                   struct arena *arena)
{
    static const struct roster_change unchanged = {0};
    *gathering = (struct shop_roster){.store = store, .trust = trust, .question = question};
    gathering->memory = malloc(MEMBER_MEMORY_SIZE);
    if (gathering->memory == NULL) {
        return STORE_NO_MEMORY;
    }
    gathering->roster = roster_begin(dossier, trust, question, change != NULL ? change : &unchanged, arena);
    return gathering->roster != NULL ? STORE_OK : STORE_NO_MEMORY;
}

static enum store_error add_member(struct shop_roster *gathering, const struct actor_id *member)
{
    const struct subject subject = subject_of_actor(member);
    struct dossier dossier;
    struct arena scratch;
    arena_init(&scratch, gathering->memory, MEMBER_MEMORY_SIZE);
    enum store_error error = dossier_of_store(&dossier, gathering->store, &subject, gathering->trust,
                                              gathering->question, &scratch);
    if (error == STORE_OK && !roster_add(gathering->roster, &dossier, &scratch)) {
        error = STORE_NO_MEMORY;
    }
    return error;
}

enum store_error shop_roster_add(struct shop_roster *gathering, size_t max, bool *complete)
{
    size_t count;
    const struct actor_id *members = roster_members(gathering->roster, &count);
    enum store_error error = STORE_OK;
    for (size_t added = 0; error == STORE_OK && added < max && gathering->next < count; added++) {
        error = add_member(gathering, &members[gathering->next++]);
    }
    *complete = gathering->next == count;
    return error;
}

enum store_error shop_roster_conclude(struct roster_verdict *out, struct shop_roster *gathering)
{
    return roster_conclude(out, gathering->roster) ? STORE_OK : STORE_NO_MEMORY;
}

void shop_roster_end(struct shop_roster *gathering)
{
    free(gathering->memory);
    gathering->memory = NULL;
}
