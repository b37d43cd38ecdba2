#include "store/introducer.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/base/text.h"
#include "protocol/rules/owner.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/stated.h"

enum {
    ENTRIES_READ_MAX = 1024, /* of authors that stand equally near, for one question */
    ENTRIES_READ_EACH_MAX = 64,
    ROOTS_MAX = 512,
};

/* Who owns a namespace, by the trust file or by what its owners handed on. */
struct root {
    struct bytes name_space;
    struct actor_id actor;
    uint32_t number;
    bool has_handed;
    struct entry_at handed; /* the last of its successions that was asked for */
};

struct finding {
    struct store_txn *txn;
    struct arena *arena;
    size_t reads_left;
    struct root *roots;
    size_t root_count;
    struct payers *out;
};

/* ---- who pays ---- */

static bool goes_before(const struct shop_payer *a, const struct shop_payer *b)
{
    if (a->is_owner != b->is_owner) {
        return a->is_owner;
    }
    return hash_compare(&a->actor.hash, &b->actor.hash) < 0;
}

void payers_add(struct payers *payers, const struct shop_payer *payer)
{
    size_t at = 0;

    while (at < payers->count && goes_before(&payers->items[at], payer)) {
        at++;
    }
    if (at == PAYERS_MAX || (at < payers->count && !goes_before(payer, &payers->items[at]))) {
        return;
    }
    payers->count += payers->count < PAYERS_MAX ? 1 : 0;
    memmove(payers->items + at + 1, payers->items + at, (payers->count - 1 - at) * sizeof *payer);
    payers->items[at] = *payer;
}

/* ---- entries ---- */

/* stated_read, of as many entries as may be read. */
static enum store_error read_entry(struct finding *finding, const struct entry_at *at, enum entry_kind kind,
                                   void *record)
{
    if (finding->reads_left == 0) {
        return STORE_NOT_FOUND;
    }
    finding->reads_left--;
    return stated_read(finding->txn, at, kind, record, finding->arena);
}

/* What is said about an attestation: whether it is revoked, and whom it is about. */
static enum store_error read_standing(struct finding *finding, const struct entry_at *at, bool *revoked,
                                      struct subject *subject)
{
    struct standing_row row;
    enum store_error error = standing_read(finding->txn, at->author, at->seq, at->index, &row);

    *revoked = false;
    for (size_t i = 0; error == STORE_OK && i < row.event_count; i++) {
        struct history_event *event = &row.events[i];

        if (event->action == STATUS_REVOKED || event->action == STATUS_REINSTATED) {
            *revoked = event->action == STATUS_REVOKED;
        } else if (event->action == STATUS_HELD_BY) {
            error = event_complete(finding->txn, at->author, event, finding->arena);
            *subject = error == STORE_OK && event->has_holder ? event->holder : *subject;
        }
    }
    return error;
}

/* ---- owners ---- */

/* Whom a root hands the namespace to, by the first word of it that still says something and was not asked for
 * by now: each time that it has the namespace it hands it on once. One to itself says that it keeps it.
 * STORE_NOT_FOUND: to nobody. */
static enum store_error successor_of(struct finding *finding, struct root *root, struct actor_id *out)
{
    const struct key key = grant_key_of_namespace(GRANT_SUCCESSION, root->name_space);
    enum store_error error = STORE_NOT_FOUND;

    do {
        const struct entry_at behind = root->handed;
        size_t mark = arena_mark(finding->arena);
        struct succession succession;

        error =
            grant_next_by(finding->txn, &key, root->number, root->has_handed ? &behind : NULL, &root->handed);
        if (error != STORE_OK) {
            return error;
        }
        root->has_handed = true;
        error = read_entry(finding, &root->handed, ENTRY_SUCCESSION, &succession);
        arena_rewind(finding->arena, mark);
        if (error == STORE_OK && !actor_id_equal(&succession.successor, &root->actor)) {
            *out = succession.successor;
            return STORE_OK;
        }
    } while ((error == STORE_OK || error == STORE_NOT_FOUND) && finding->reads_left > 0);
    return error == STORE_OK ? STORE_NOT_FOUND : error;
}

/* NULL: there is no room. */
static struct root *add_root(struct finding *finding, struct bytes name_space, const struct actor_id *actor,
                             uint32_t number)
{
    struct root *root = &finding->roots[finding->root_count];

    for (size_t i = 0; i < finding->root_count; i++) {
        if (finding->roots[i].number == number && bytes_equal(finding->roots[i].name_space, name_space)) {
            return &finding->roots[i];
        }
    }
    if (finding->root_count == ROOTS_MAX) {
        return NULL;
    }
    *root = (struct root){.name_space = name_space, .actor = *actor, .number = number};
    finding->root_count++;
    return root;
}

/* An owner, and to whom it handed its namespace, and so on. */
static enum store_error add_owner(struct finding *finding, const struct trust_owner *owner)
{
    const struct bytes name_space = bytes_of_string(owner->name_space);
    struct actor_id at = owner->actor;
    uint32_t number = 0;
    enum store_error error = STORE_OK;

    for (unsigned tenure = 0; error == STORE_OK && tenure < NAMESPACE_TENURES_MAX; tenure++) {
        error = store_author_number(finding->txn, &at, &number);
        if (error == STORE_OK) {
            struct root *root = add_root(finding, name_space, &at, number);

            error = root ? successor_of(finding, root, &at) : STORE_NOT_FOUND;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Of a namespace, or of any where that is empty. */
static bool is_owner(const struct finding *finding, struct bytes name_space, uint32_t number)
{
    for (size_t i = 0; i < finding->root_count; i++) {
        if (finding->roots[i].number == number &&
            (name_space.size == 0 || bytes_equal(finding->roots[i].name_space, name_space))) {
            return true;
        }
    }
    return false;
}

static enum store_error find_roots(struct finding *finding, const struct trust *trust)
{
    enum store_error error = STORE_OK;

    finding->root_count = 0;
    finding->reads_left = ENTRIES_READ_MAX;
    for (size_t i = 0; error == STORE_OK && i < trust->owner_count; i++) {
        error = add_owner(finding, &trust->owners[i]);
    }
    return error;
}

/* ---- the way up ---- */

struct speaker {
    struct entry_at at; /* what it says */
    struct actor_id actor;
};

static bool holds_code(const struct accreditation *accreditation, struct bytes code)
{
    const struct bytes *patterns = accreditation->patterns.items;

    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        if (code_matches(code, patterns[i])) {
            return true;
        }
    }
    return false;
}

static bool is_listed(const struct list *positions, const struct entry_at *at)
{
    const struct entry_position *items = positions->items;

    for (size_t i = 0; i < positions->count; i++) {
        if (items[i].seq == at->seq && items[i].index == at->index) {
            return true;
        }
    }
    return false;
}

static bool precedes(const struct entry_at *a, const struct entry_at *b)
{
    return a->seq < b->seq || (a->seq == b->seq && a->index < b->index);
}

/* Whether a withdrawal takes what speaker says out of the accreditation before it. */
static enum store_error takes(struct finding *finding, const struct entry_at *withdrawn_at,
                              const struct withdrawal *withdrawal, const struct entry_at *accreditation,
                              const struct speaker *speaker, bool *out)
{
    struct disk_record record;
    enum store_error error = STORE_OK;

    *out = withdrawal->has_accreditation && withdrawal->accreditation.seq == accreditation->seq &&
           withdrawal->accreditation.index == accreditation->index;
    if (*out || !withdrawal->has_cut || !precedes(accreditation, withdrawn_at)) {
        return STORE_OK;
    }
    *out = speaker->at.seq > withdrawal->cut_seq || is_listed(&withdrawal->exceptions, &speaker->at);
    if (*out) {
        return STORE_OK;
    }
    error = record_find(finding->txn, speaker->at.author, withdrawal->cut_seq, &record);
    *out = error == STORE_NOT_FOUND || !hash_equal(&record.hash, &withdrawal->cut_head);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The accreditation's author may have withdrawn what the speaker says. What was not looked at may do so. */
static enum store_error is_withdrawn(struct finding *finding, const struct entry_at *accreditation,
                                     const struct speaker *speaker, bool *withdrawn)
{
    struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &speaker->actor);
    const size_t mark = arena_mark(finding->arena);
    struct withdrawal withdrawal;
    struct entry_at *grants;
    size_t count = 0;
    enum grants_cut cut = GRANTS_CUT_NONE;
    enum store_error error;

    grant_key_add_author(&key, accreditation->author);
    error = grants_find(finding->txn, &key, GRANTS_EACH_MAX, &grants, &count, &cut, finding->arena);
    *withdrawn = cut != GRANTS_CUT_NONE;
    for (size_t i = 0; error == STORE_OK && i < count && !*withdrawn; i++) {
        const size_t inner = arena_mark(finding->arena);

        *withdrawn = finding->reads_left == 0;
        error = read_entry(finding, &grants[i], ENTRY_WITHDRAWAL, &withdrawal);
        if (error == STORE_OK) {
            error = takes(finding, &grants[i], &withdrawal, accreditation, speaker, withdrawn);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
        arena_rewind(finding->arena, inner);
    }
    arena_rewind(finding->arena, mark);
    return error;
}

/* The accreditation at that place lets the speaker speak of the code, with so many below it.
 * STORE_NOT_FOUND: it does not. */
static enum store_error bears(struct finding *finding, const struct entry_at *at,
                              const struct speaker *speaker, struct bytes code, unsigned below)
{
    struct accreditation accreditation;
    bool withdrawn = false;
    enum store_error error = read_entry(finding, at, ENTRY_ACCREDITATION, &accreditation);

    if (error != STORE_OK) {
        return error;
    }
    if (!actor_id_equal(&accreditation.delegate, &speaker->actor) || accreditation.depth < below ||
        !holds_code(&accreditation, code)) {
        return STORE_NOT_FOUND;
    }
    error = is_withdrawn(finding, at, speaker, &withdrawn);
    return error == STORE_OK && withdrawn ? STORE_NOT_FOUND : error;
}

/* Call act for what one author says of the speaker, the newest of it. act returns STORE_NOT_FOUND to have
 * more. */
static enum store_error each_accreditation(
    struct finding *finding, uint32_t by, const struct speaker *speaker, struct bytes code, unsigned below,
    enum store_error (*act)(struct finding *finding, const struct entry_at *at, struct bytes code))
{
    struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &speaker->actor);
    const size_t mark = arena_mark(finding->arena);
    struct entry_at *grants;
    size_t count = 0;
    enum grants_cut cut;
    enum store_error error;

    grant_key_add_author(&key, by);
    error = grants_find(finding->txn, &key, GRANTS_EACH_MAX, &grants, &count, &cut, finding->arena);
    if (error == STORE_OK) {
        error = STORE_NOT_FOUND;
    }
    for (size_t i = 0; error == STORE_NOT_FOUND && i < count; i++) {
        const size_t inner = arena_mark(finding->arena);

        error = bears(finding, &grants[i], speaker, code, below);
        if (error == STORE_OK && act != NULL) {
            error = act(finding, &grants[i], code);
        }
        arena_rewind(finding->arena, inner);
    }
    arena_rewind(finding->arena, mark);
    return error;
}

/* An owner accredits the speaker, with so many below it. */
static enum store_error is_delegate(struct finding *finding, const struct speaker *speaker, struct bytes code,
                                    unsigned below)
{
    const struct bytes name_space = code_namespace(code);

    for (size_t i = 0; i < finding->root_count; i++) {
        enum store_error error = STORE_NOT_FOUND;

        if (bytes_equal(finding->roots[i].name_space, name_space)) {
            error = each_accreditation(finding, finding->roots[i].number, speaker, code, below, NULL);
        }
        if (error != STORE_NOT_FOUND) {
            return error;
        }
    }
    return STORE_NOT_FOUND;
}

/* Whoever said that is a delegate of an owner, and pays for whom it accredits. */
static enum store_error is_by_delegate(struct finding *finding, const struct entry_at *at, struct bytes code)
{
    struct speaker above = {.at = *at};
    enum store_error error = author_name(finding->txn, at->author, &above.actor);

    if (error == STORE_OK) {
        error = is_delegate(finding, &above, code, 1);
    }
    if (error == STORE_OK) {
        payers_add(finding->out, &(struct shop_payer){.actor = above.actor});
    }
    return error;
}

/* An author that is met on the way up, or below whom the way begins. */
struct met {
    uint32_t number;
    struct actor_id actor;
};

static int order_met(const void *a, const void *b)
{
    const struct met *left = a;
    const struct met *right = b;

    return hash_compare(&left->actor.hash, &right->actor.hash);
}

/* Whether an owner of any namespace accredits the actor, whatever for. */
static enum store_error is_below_owner(struct finding *finding, const struct actor_id *actor, bool *out)
{
    enum store_error error = STORE_OK;

    *out = false;
    for (size_t i = 0; error == STORE_OK && i < finding->root_count && !*out; i++) {
        error = grants_is_accredited_by(finding->txn, actor, &finding->roots[i].number, 1, out);
    }
    return error;
}

/* Whom owners accredit and who accredit an actor, by id: which of them are heard is the same at every node.
 * None, where more accredit it than are named. */
static enum store_error find_delegates(struct finding *finding, const struct actor_id *actor,
                                       struct met **out, size_t *count)
{
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, actor);
    uint32_t *numbers;
    size_t named = 0;
    bool cut = false;
    enum store_error error = grants_speakers(finding->txn, TABLE_GRANTS, &key, ACCREDITORS_NAMED_MAX,
                                             &numbers, &named, &cut, finding->arena);

    *count = 0;
    if (error != STORE_OK || cut || named == 0) {
        return error;
    }
    *out = arena_take(finding->arena, named * sizeof **out);
    for (size_t i = 0; *out != NULL && error == STORE_OK && i < named; i++) {
        struct met *one = &(*out)[*count];
        bool is_delegate = false;

        one->number = numbers[i];
        error = author_name(finding->txn, one->number, &one->actor);
        if (error == STORE_OK) {
            error = is_below_owner(finding, &one->actor, &is_delegate);
        }
        *count += is_delegate;
    }
    if (*out != NULL) {
        sort_items(*out, *count, sizeof **out, order_met);
    }
    return *out != NULL ? error : STORE_NO_MEMORY;
}

/* By whom an owner accredits, two steps below it. */
static enum store_error climb_twice(struct finding *finding, const struct speaker *speaker, struct bytes code)
{
    struct met *delegates;
    size_t count = 0;
    bool any = false;
    enum store_error error = find_delegates(finding, &speaker->actor, &delegates, &count);

    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        error = each_accreditation(finding, delegates[i].number, speaker, code, 0, is_by_delegate);
        any |= error == STORE_OK;
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error == STORE_OK && !any ? STORE_NOT_FOUND : error;
}

/* Whoever stands nearest to an owner of the code's namespace on the way up from the speaker pays: the owner,
 * its delegate, or each delegate of it that accredits the speaker. STORE_NOT_FOUND when nobody does. */
static enum store_error climb(struct finding *finding, const struct speaker *speaker, struct bytes code)
{
    enum store_error error = STORE_NOT_FOUND;

    if (is_owner(finding, code_namespace(code), speaker->at.author)) {
        payers_add(finding->out, &(struct shop_payer){.actor = speaker->actor, .is_owner = true});
        return STORE_OK;
    }
    error = is_delegate(finding, speaker, code, 0);
    if (error == STORE_OK) {
        payers_add(finding->out, &(struct shop_payer){.actor = speaker->actor});
    }
    return error == STORE_NOT_FOUND ? climb_twice(finding, speaker, code) : error;
}

/* ---- attestations ---- */

/* STORE_NOT_FOUND: it lets her introduce nobody. */
static enum store_error judge(struct finding *finding, const struct subject *technician,
                              const struct entry_at *by)
{
    struct attestation attestation;
    struct speaker speaker = {.at = *by};
    bool revoked = false;
    enum store_error error = read_entry(finding, by, ENTRY_ATTESTATION, &attestation);

    if (error == STORE_OK) {
        error = read_standing(finding, by, &revoked, &attestation.subject);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (revoked || attestation.basis == BASIS_EXPERIENCE ||
        !subject_equal(&attestation.subject, technician)) {
        return STORE_NOT_FOUND;
    }
    error = author_name(finding->txn, by->author, &speaker.actor);
    return error == STORE_OK ? climb(finding, &speaker, attestation.code) : error;
}

/* ---- whoever attested her ---- */

/* How near to an owner an author may stand: what was said near to one is looked at first, and nothing that
 * others say of her keeps it from being looked at. What was said further away lets nobody in. */
enum nearness { OWNER, OWNERS_DELEGATE, BELOW, FAR };

struct attester {
    struct met who;
    enum nearness nearness;
    uint32_t first, count; /* of the places */
    bool heard;
};

enum {
    FINDING_ARENA_SIZE = POSTINGS_FOUND_MAX * (3 * sizeof(uint64_t) + sizeof(struct attester)) +
                         ACCREDITORS_NAMED_MAX * (sizeof(uint32_t) + sizeof(struct met)) +
                         2 * (size_t)RECORD_ARENA_SIZE
};

static enum store_error find_nearness(struct finding *finding, const struct met *who, enum nearness *out)
{
    const size_t mark = arena_mark(finding->arena);
    struct met *delegates;
    size_t count = 0;
    bool is_delegate = false;
    enum store_error error = STORE_OK;

    *out = OWNER;
    if (is_owner(finding, (struct bytes){0}, who->number)) {
        return STORE_OK;
    }
    error = is_below_owner(finding, &who->actor, &is_delegate);
    if (error == STORE_OK && !is_delegate) {
        error = find_delegates(finding, &who->actor, &delegates, &count);
    }
    *out = is_delegate ? OWNERS_DELEGATE : count > 0 ? BELOW : FAR;
    arena_rewind(finding->arena, mark);
    return error;
}

static int order_attesters(const void *a, const void *b)
{
    const struct attester *left = a;
    const struct attester *right = b;

    return order_met(&left->who, &right->who);
}

/* Those of which each may have its turn, by id. Places come in the order of their authors. */
static enum store_error find_attesters(struct finding *finding, const uint64_t *places, size_t place_count,
                                       struct attester *attesters, size_t *count)
{
    enum store_error error = STORE_OK;

    *count = 0;
    for (size_t i = 0; error == STORE_OK && i < place_count; i++) {
        if (i > 0 && place_author(places[i]) == place_author(places[i - 1])) {
            attesters[*count - 1].count++;
            continue;
        }
        struct attester *attester = &attesters[(*count)++];

        *attester =
            (struct attester){.who = {.number = place_author(places[i])}, .first = (uint32_t)i, .count = 1};
        error = author_name(finding->txn, attester->who.number, &attester->who.actor);
        if (error == STORE_OK) {
            error = find_nearness(finding, &attester->who, &attester->nearness);
        }
    }
    sort_items(attesters, *count, sizeof *attesters, order_attesters);
    return error;
}

/* One entry of each in turn. */
static enum store_error hear(struct finding *finding, const struct subject *technician,
                             const uint64_t *places, struct attester *attesters, size_t count,
                             enum nearness nearness)
{
    finding->reads_left = ENTRIES_READ_MAX;
    for (size_t turn = 0; turn < ENTRIES_READ_EACH_MAX && finding->reads_left > 0; turn++) {
        for (size_t i = 0; i < count; i++) {
            struct attester *attester = &attesters[i];
            const size_t mark = arena_mark(finding->arena);
            enum store_error error;

            if (attester->nearness != nearness || attester->heard || turn >= attester->count) {
                continue;
            }
            const uint64_t place = places[attester->first + turn];
            error = judge(finding, technician,
                          &(struct entry_at){place_author(place), place_seq(place), place_index(place)});
            arena_rewind(finding->arena, mark);
            if (error != STORE_OK && error != STORE_NOT_FOUND) {
                return error;
            }
            attester->heard = error == STORE_OK;
        }
    }
    return STORE_OK;
}

/* How near the author of the last posting that was looked at stands. */
struct judging {
    struct finding *finding;
    uint32_t author; /* UINT32_MAX: none was */
    enum nearness nearness;
};

static enum store_error judge_posting(void *context, uint64_t place, enum posting_worth *out)
{
    struct judging *judging = context;
    struct met who = {.number = place_author(place)};
    enum store_error error = STORE_OK;

    if (judging->author != who.number) {
        error = author_name(judging->finding->txn, who.number, &who.actor);
        if (error == STORE_OK) {
            error = find_nearness(judging->finding, &who, &judging->nearness);
        }
        judging->author = who.number;
    }
    *out = judging->nearness == FAR ? POSTING_GONE : POSTING_COUNTS;
    return error;
}

/* Of more than are found those of nobody who stands near are passed by: what these say lets nobody in. */
static enum store_error find_postings(struct finding *finding, const struct subject *technician,
                                      uint64_t **places, size_t *count)
{
    struct judging judging = {.finding = finding, .author = UINT32_MAX};
    const struct posting_judge judge = {.judge = judge_posting, .context = &judging};
    const size_t mark = arena_mark(finding->arena);
    bool cut;
    enum store_error error = index_find(finding->txn, technician, NULL, places, count, &cut, finding->arena);

    if (error != STORE_OK || !cut) {
        return error;
    }
    arena_rewind(finding->arena, mark);
    return index_find(finding->txn, technician, &judge, places, count, &cut, finding->arena);
}

static enum store_error find_payers(struct finding *finding, const struct actor_id *actor)
{
    const struct subject technician = subject_of_actor(actor);
    struct attester *attesters;
    uint64_t *places;
    size_t place_count, count = 0;
    enum store_error error = find_postings(finding, &technician, &places, &place_count);

    if (error != STORE_OK || place_count == 0) {
        return error;
    }
    attesters = arena_take(finding->arena, place_count * sizeof *attesters);
    if (attesters == NULL) {
        return STORE_NO_MEMORY;
    }
    error = find_attesters(finding, places, place_count, attesters, &count);
    for (enum nearness nearness = OWNER; error == STORE_OK && nearness < FAR; nearness++) {
        error = hear(finding, &technician, places, attesters, count, nearness);
    }
    return error;
}

/* ---- asked before ---- */

/* What is kept as long as the transaction changes nothing: who owns what, and what was found. One place for
 * each technician, by the first bytes of her id: whoever comes later takes it. */
enum { TECHNICIANS_KEPT = 256 };

struct kept_introducers {
    const struct trust *trust; /* NULL: nothing is */
    uint64_t changes;          /* of the transaction by then */
    size_t root_count;
    struct root roots[ROOTS_MAX];
    bool taken[TECHNICIANS_KEPT];
    struct {
        struct actor_id technician;
        struct payers payers;
    } items[TECHNICIANS_KEPT];
    alignas(max_align_t) uint8_t memory[FINDING_ARENA_SIZE];
};

static enum store_error begin_anew(struct kept_introducers *kept, struct finding *finding,
                                   const struct trust *trust)
{
    enum store_error error = find_roots(finding, trust);

    kept->root_count = finding->root_count;
    memset(kept->taken, 0, sizeof kept->taken);
    kept->changes = finding->txn->changes;
    kept->trust = error == STORE_OK ? trust : NULL;
    return error;
}

enum store_error introducer_find(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *technician, struct payers *out)
{
    const size_t at = technician->hash.bytes[0] % TECHNICIANS_KEPT;
    struct kept_introducers *kept = txn->introducers;
    struct finding finding = {.txn = txn, .out = out};
    struct arena arena;
    enum store_error error = STORE_OK;

    if (kept == NULL) {
        kept = txn->introducers = malloc(sizeof *kept);
        if (kept == NULL) {
            return STORE_NO_MEMORY;
        }
        kept->trust = NULL;
        kept->root_count = 0;
    }
    arena_init(&arena, kept->memory, sizeof kept->memory);
    finding.arena = &arena;
    finding.roots = kept->roots;
    finding.root_count = kept->root_count;
    if (kept->trust != trust || kept->changes != txn->changes) {
        error = begin_anew(kept, &finding, trust);
    } else if (kept->taken[at] && actor_id_equal(&kept->items[at].technician, technician)) {
        *out = kept->items[at].payers;
        return STORE_OK;
    }
    out->count = 0;
    if (error == STORE_OK) {
        error = find_payers(&finding, technician);
    }
    if (error == STORE_OK) {
        kept->taken[at] = true;
        kept->items[at].technician = *technician;
        kept->items[at].payers = *out;
    }
    return error;
}
