#include "node/watch_check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* As much as a command has for the largest shop. Untouched memory costs nothing. */
enum { CHECK_MEMORY_SIZE = 64 * 1024 * 1024 };

bool watch_check_init(struct watch_check *check, struct store *store, const struct network *network,
                      const struct trust *trust)
{
    *check = (struct watch_check){.store = store, .trust = trust};
    check->question =
        (struct question){.network = network,
                          .known_by_s = UINT64_MAX,
                          .budget = FRESHNESS_DEFAULT,
                          .known_alone = true}; /* that somebody is silent is no news of whom is watched */
    check->memory = malloc(CHECK_MEMORY_SIZE);
    return check->memory != NULL;
}

void watch_check_deinit(struct watch_check *check)
{
    shop_roster_end(&check->roster);
    free(check->memory);
    check->memory = NULL;
}

static void drop(struct watch_check *check)
{
    shop_roster_end(&check->roster);
    check->is_shop = false;
    check->facts = (struct watch_facts){0};
    arena_init(&check->arena, check->memory, CHECK_MEMORY_SIZE);
}

static enum store_error gather(struct watch_check *check, const struct subject *subject)
{
    return dossier_of_store(&check->dossier, check->store, subject, check->trust, &check->question,
                            &check->arena);
}

enum store_error watch_check_ask(struct watch_check *check, uint32_t at_day, uint64_t now_s,
                                 const struct actor_id *self)
{
    check->question.at_day = at_day;
    check->question.begun_day = day_begun_by(now_s);
    check->question.now_s = now_s;
    check->question.state = (struct bytes){0};
    drop(check);
    if (self == NULL) {
        return STORE_OK;
    }
    struct shop profile;
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, check->store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_shop_profile(txn, self, &profile, &check->arena);
    store_end(txn);
    if (error == STORE_OK) {
        assert(profile.state.size == sizeof(check->state));
        memcpy(check->state, profile.state.data, sizeof(check->state));
        check->question.state = bytes_of(check->state, sizeof(check->state));
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* It has said what it does, or somebody ever joined it. */
static bool is_shop(const struct dossier *dossier)
{
    if (dossier->subject.kind != SUBJECT_ACTOR) {
        return false;
    }
    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        const struct affiliation *affiliation = &dossier->affiliations[i].affiliation;
        if (affiliation->has_consent && hash_equal(&affiliation->consent.shop.hash, &dossier->subject.id)) {
            return true;
        }
    }
    return dossier->profile_count > 0;
}

static enum store_error decide(struct watch_check *check)
{
    struct verdict verdict;
    bool ok = verdict_of(&verdict, &check->dossier, check->trust, &check->question, &check->arena) &&
              watch_facts_of_verdict(&check->facts, &verdict, &check->dossier, &check->arena);
    return ok ? STORE_OK : STORE_NO_MEMORY;
}

enum store_error watch_check_begin(struct watch_check *check, const struct subject *subject, bool *done)
{
    drop(check);
    *done = false;
    enum store_error error = gather(check, subject);
    if (error != STORE_OK) {
        return error;
    }
    check->is_shop = is_shop(&check->dossier);
    if (check->is_shop) {
        return shop_roster_begin(&check->roster, check->store, &check->dossier, check->trust,
                                 &check->question, NULL, &check->arena);
    }
    *done = true;
    return decide(check);
}

static enum store_error conclude(struct watch_check *check)
{
    struct roster_verdict roster;
    enum store_error error = shop_roster_conclude(&roster, &check->roster);
    if (error == STORE_OK && !watch_facts_of_roster(&check->facts, &roster, &check->dossier, &check->arena)) {
        error = STORE_NO_MEMORY;
    }
    shop_roster_end(&check->roster);
    return error;
}

enum store_error watch_check_go_on(struct watch_check *check, size_t members_max, bool *done)
{
    enum store_error error = shop_roster_add(&check->roster, members_max, done);
    return error == STORE_OK && *done ? conclude(check) : error;
}

enum store_error watch_check_whole(struct watch_check *check, const struct subject *subject)
{
    bool done;
    enum store_error error = watch_check_begin(check, subject, &done);
    return error == STORE_OK && !done ? watch_check_go_on(check, SIZE_MAX, &done) : error;
}
