#include "node/watch_facts.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/reason.h"
#include "protocol/base/sort.h"
#include "protocol/rules/credential.h"

/* Facts in the making. */
struct listing {
    struct watch_fact *items;
    size_t count, capacity;
};

int watch_fact_order(const struct watch_fact *a, const struct watch_fact *b)
{
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return strcmp(a->what, b->what);
}

bool watch_fact_equal(const struct watch_fact *a, const struct watch_fact *b)
{
    return watch_fact_order(a, b) == 0 && a->state == b->state && a->until_day == b->until_day &&
           strcmp(a->why, b->why) == 0;
}

static struct watch_fact *take(struct listing *listing, enum watch_kind kind, enum watch_state state)
{
    assert(listing->count < listing->capacity);
    struct watch_fact *fact = &listing->items[listing->count++];
    *fact = (struct watch_fact){.kind = kind, .state = state, .until_day = DAY_NONE};
    return fact;
}

static void set_why(struct watch_fact *fact, const char *word)
{
    size_t size = strlen(word);
    assert(size < sizeof(fact->why));
    memcpy(fact->why, word, size + 1);
}

static void set_reason(struct watch_fact *fact, enum reason reason)
{
    set_why(fact, reason == REASON_NONE ? "" : reason_word(reason));
}

static size_t add_text(char *out, size_t at, struct bytes text)
{
    assert(text.size < WATCH_WHAT_SIZE - at);
    if (text.size > 0) {
        memcpy(out + at, text.data, text.size);
    }
    out[at + text.size] = '\0';
    return at + text.size;
}

static void set_name(struct watch_fact *fact, struct bytes name_space, struct bytes name)
{
    size_t at = add_text(fact->what, 0, name_space);
    at = add_text(fact->what, at, bytes_of_string(":"));
    (void)add_text(fact->what, at, name);
}

static enum watch_state state_of(enum answer answer)
{
    switch (answer) {
    case ANSWER_YES:
        return WATCH_HELD;
    case ANSWER_NO:
        return WATCH_NOT_HELD;
    case ANSWER_UNKNOWN:
        break;
    }
    return WATCH_UNKNOWN;
}

/* ---- codes ---- */

/* What decides about a credential that is not valid: the first certain no of one that is invalid, else the
 * first axis that is no yes. */
static enum reason deciding_reason(const struct credential_verdict *credential)
{
    for (size_t i = 0; i < AXIS_FRESHNESS && credential->overall == OVERALL_INVALID; i++) {
        if (credential->axes[i].answer == ANSWER_NO) {
            return credential->axes[i].reason;
        }
    }
    for (size_t i = 0; i < AXIS_COUNT; i++) {
        if (credential->axes[i].answer != ANSWER_YES) {
            return credential->axes[i].reason;
        }
    }
    return REASON_NONE;
}

static const char *missing_word(enum missing_kind kind)
{
    static const char *const words[] = {
        [MISSING_CODE] = "code",
        [MISSING_EXPERIENCE] = "experience",
        [MISSING_TRAINING] = "training",
        [MISSING_TITLE] = "title",
        [MISSING_NETWORK] = "network",
        [MISSING_STATE] = "state",
        [MISSING_EXCLUDED] = "excluded",
        [MISSING_RULE] = "rule",
        [MISSING_NEWER_RULES] = "newer-rules",
    };
    return words[kind];
}

/* Why a code is not certified: its credential, or else what its rules still ask for. */
static void set_code_why(struct watch_fact *fact, const struct code_verdict *code,
                         const struct credential_verdict *credential)
{
    enum reason reason = credential != NULL ? deciding_reason(credential) : REASON_NONE;
    if (reason == REASON_NONE && code->missing_count > 0) {
        set_why(fact, missing_word(code->missing[0].kind));
    } else {
        set_reason(fact, reason);
    }
}

/* What is watched is what is known: nothing has changed where there may be another certificate. */
static enum watch_state code_state(const struct code_verdict *code,
                                   const struct credential_verdict *credential)
{
    if (code->certified == ANSWER_UNKNOWN && credential != NULL && credential->overall == OVERALL_INVALID) {
        return WATCH_NOT_HELD;
    }
    if (code->certified == ANSWER_NO && code->tested == ANSWER_YES) {
        return WATCH_TESTED;
    }
    return state_of(code->certified);
}

static void add_code(struct listing *listing, const struct code_verdict *code, const struct verdict *verdict)
{
    const struct credential_verdict *credential =
        code->credential != SIZE_MAX ? &verdict->credentials[code->credential] : NULL;
    struct watch_fact *fact = take(listing, WATCH_CODE, code_state(code, credential));
    (void)add_text(fact->what, 0, code->code);
    switch (fact->state) {
    case WATCH_HELD:
        fact->until_day = code->until_day;
        if (credential != NULL && credential->axes[AXIS_STATUS].answer == ANSWER_YES) {
            set_reason(fact, credential->axes[AXIS_STATUS].reason);
        }
        return;
    case WATCH_TESTED:
        fact->until_day = credential != NULL ? credential->until_day : DAY_NONE;
        set_code_why(fact, code, credential);
        return;
    case WATCH_NOT_HELD:
    case WATCH_UNKNOWN:
        set_code_why(fact, code, credential);
        return;
    }
}

/* ---- memberships, which are none of a career's codes ---- */

static bool is_membership(const struct dossier_credential *credential)
{
    return credential->about == ABOUT_SUBJECT && !credential->place.erased &&
           credential->attestation.basis == BASIS_MEMBERSHIP;
}

static bool is_code(const struct verdict *verdict, struct bytes code)
{
    for (size_t i = 0; i < verdict->code_count; i++) {
        if (bytes_equal(verdict->codes[i].code, code)) {
            return true;
        }
    }
    return false;
}

/* Whether another credential of the same code speaks for it. */
static bool is_outdone(const struct verdict *verdict, const struct dossier *dossier, size_t index)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        if (i == index || !is_membership(&dossier->credentials[i]) ||
            !bytes_equal(dossier->credentials[i].attestation.code,
                         dossier->credentials[index].attestation.code)) {
            continue;
        }
        bool better = credential_goes_before(&verdict->credentials[i], &verdict->credentials[index]);
        bool worse = credential_goes_before(&verdict->credentials[index], &verdict->credentials[i]);
        if (better || (!worse && i < index)) {
            return true;
        }
    }
    return false;
}

static void add_membership(struct listing *listing, const struct credential_verdict *credential,
                           struct bytes code)
{
    static const enum watch_state states[] = {
        [OVERALL_VALID] = WATCH_HELD,
        [OVERALL_INVALID] = WATCH_NOT_HELD,
        [OVERALL_UNDETERMINED] = WATCH_UNKNOWN,
    };
    struct watch_fact *fact = take(listing, WATCH_CODE, states[credential->overall]);
    (void)add_text(fact->what, 0, code);
    if (credential->overall == OVERALL_VALID) {
        fact->until_day = credential->until_day;
        set_reason(fact, credential->axes[AXIS_STATUS].reason);
    } else {
        set_reason(fact, deciding_reason(credential));
    }
}

static void add_memberships(struct listing *listing, const struct verdict *verdict,
                            const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        struct bytes code = dossier->credentials[i].attestation.code;
        if (is_membership(&dossier->credentials[i]) && !is_code(verdict, code) &&
            !credential_is_by_stranger(&verdict->credentials[i]) && !is_outdone(verdict, dossier, i)) {
            add_membership(listing, &verdict->credentials[i], code);
        }
    }
}

/* ---- titles and awards ---- */

static void add_title(struct listing *listing, const struct title_verdict *title)
{
    if (title->answer != ANSWER_YES && !title_is_open(title)) {
        return;
    }
    struct watch_fact *fact = take(listing, WATCH_TITLE, state_of(title->answer));
    set_name(fact, title->pack->pack.name_space, title->name);
    if (title->answer == ANSWER_YES) {
        fact->until_day = title->until_day;
    }
}

static const char *cause_word(enum award_cause cause)
{
    static const char *const words[] = {
        [AWARD_NOTHING] = "",
        [AWARD_SHARE] = "too-few-certified",
        [AWARD_TECHNICIANS] = "too-few-certified",
        [AWARD_AREA] = "an-area-is-not-covered",
        [AWARD_RECOGNITION] = "no-recognition",
        [AWARD_NO_PROFILE] = "no-profile",
        [AWARD_RULE] = "rule-not-understood",
        [AWARD_NEWER_RULES] = "newer-rules",
    };
    return words[cause];
}

static void add_award(struct listing *listing, const struct award_verdict *award)
{
    struct watch_fact *fact = take(listing, WATCH_AWARD, state_of(award->answer));
    set_name(fact, award->pack->pack.name_space, award->name);
    if (award->answer == ANSWER_YES) {
        fact->until_day = award->until_day;
    } else if (award->lack_count > 0) {
        set_why(fact, cause_word(award->lacks[0].cause));
    }
}

/* ---- the list ---- */

static bool begin(struct listing *listing, const struct verdict *verdict, const struct dossier *dossier,
                  size_t award_count, struct arena *arena)
{
    listing->count = 0;
    listing->capacity = award_count + verdict->title_count + verdict->code_count + dossier->credential_count;
    listing->items = arena_take(arena, listing->capacity * sizeof(*listing->items));
    return listing->items != NULL || listing->capacity == 0;
}

static int compare_facts(const void *a, const void *b)
{
    return watch_fact_order(a, b);
}

/* Nobody who is authorised ever said anything of the code: no fact, however often others say it. */
static bool is_strangers(const struct verdict *verdict, const struct code_verdict *code)
{
    return code->credential != SIZE_MAX && credential_is_by_stranger(&verdict->credentials[code->credential]);
}

static void finish(struct watch_facts *out, struct listing *listing, const struct verdict *verdict,
                   const struct dossier *dossier)
{
    for (size_t i = 0; i < verdict->title_count; i++) {
        add_title(listing, &verdict->titles[i]);
    }
    for (size_t i = 0; i < verdict->code_count; i++) {
        if (!is_strangers(verdict, &verdict->codes[i])) {
            add_code(listing, &verdict->codes[i], verdict);
        }
    }
    add_memberships(listing, verdict, dossier);
    sort_items(listing->items, listing->count, sizeof(*listing->items), compare_facts);
    out->cut = listing->count > WATCH_FACTS_MAX;
    out->count = out->cut ? WATCH_FACTS_MAX : listing->count;
    out->items = listing->items;
}

bool watch_facts_of_verdict(struct watch_facts *out, const struct verdict *verdict,
                            const struct dossier *dossier, struct arena *arena)
{
    struct listing listing;
    *out = (struct watch_facts){0};
    if (!begin(&listing, verdict, dossier, 0, arena)) {
        return false;
    }
    finish(out, &listing, verdict, dossier);
    return true;
}

bool watch_facts_of_roster(struct watch_facts *out, const struct roster_verdict *roster,
                           const struct dossier *dossier, struct arena *arena)
{
    struct listing listing;
    *out = (struct watch_facts){0};
    if (!begin(&listing, &roster->verdict, dossier, roster->award_count, arena)) {
        return false;
    }
    for (size_t i = 0; i < roster->award_count; i++) {
        add_award(&listing, &roster->awards[i]);
    }
    finish(out, &listing, &roster->verdict, dossier);
    return true;
}
