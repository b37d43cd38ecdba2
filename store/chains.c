#include "store/chains.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/dossier.h"
#include "store/generation.h"
#include "store/given.h"

enum {
    FEW_STEPS = 16,  /* that are gone on from, where nobody asks what authors were ever given */
    FEW_GRANTS = 64, /* and are read */
    STEPS_MAX = 1024,
    STEPS_EACH_MAX = 32, /* of one author */
    GRANTS_MAX = 16384,
    PATTERNS_SIZE = 1024 * 1024,       /* of all steps */
    STEPS_DOWN_MAX = 8 * CUT_SIDE_MAX, /* on branches, from cuts to the chain */
    SCRATCH_SIZE = GRANTS_MAX * sizeof(struct entry_at) + RECORD_ARENA_SIZE + SIDE_GRANTS_SIZE,
};

/* An actor met on the way up, and what the chain from it down to the author asked about may speak of. Bytes
 * are views into the store. */
struct step {
    struct actor_id actor;
    size_t links;         /* below it */
    uint32_t first, last; /* days that all of them have in common */
    bool any_code;        /* the author asked about itself: it has no links yet */
    struct list patterns; /* struct bytes: that all of them have in common; never empty but for any_code */
    struct bytes handed;  /* the namespace that it handed to the actor below; empty: it accredited it */
};

/* What may still be climbed from the hands of each of those whom owners accredited (given.h): however much
 * comes from one, it takes nothing of what comes from others. */
struct shares {
    size_t rows[GIVEN_HANDS_MAX];  /* on chains, */
    size_t steps[GIVEN_HANDS_MAX]; /* and gone on from */
};

struct climb {
    struct store_txn *txn;
    const struct trust *trust;
    unsigned links;              /* below the author asked about */
    struct bytes code;           /* that it says something of, or whom it lets speak; empty: any */
    const struct givens *givens; /* NULL: all that is said of somebody is climbed */
    size_t steps_max;
    bool void_counts;
    bool met_void; /* something was passed by because it is void */
    bool reached;
    bool cut; /* nothing was reached, and not all was climbed */
    struct shares shares;
    struct side_budget left; /* beside chains */
    struct arena kept, scratch;
    size_t count;
    struct step *steps; /* STEPS_MAX */
};

/* ---- what a step may speak of ---- */

static bool speaks_of(const struct step *step, struct bytes name_space)
{
    const struct bytes *patterns = step->patterns.items;

    if (step->handed.size > 0) {
        return bytes_equal(step->handed, name_space);
    }
    for (size_t i = 0; i < step->patterns.count; i++) {
        if (bytes_equal(code_namespace(patterns[i]), name_space)) {
            return true;
        }
    }
    return step->any_code;
}

static bool owns(const struct trust *trust, const struct step *step)
{
    for (size_t i = 0; i < trust->owner_count; i++) {
        if (actor_id_equal(&trust->owners[i].actor, &step->actor) &&
            speaks_of(step, bytes_of_string(trust->owners[i].name_space))) {
            return true;
        }
    }
    return false;
}

/* Whether every code under pattern is under one of a step's. */
static bool covers_pattern(const struct step *step, struct bytes pattern)
{
    const struct bytes *patterns = step->patterns.items;

    for (size_t i = 0; i < step->patterns.count; i++) {
        if (code_matches(pattern, patterns[i])) {
            return true;
        }
    }
    return false;
}

/* Whether whatever is above the other step leads on from this one as well. */
static bool covers(const struct step *step, const struct step *other)
{
    const struct bytes *patterns = other->patterns.items;

    if (!actor_id_equal(&step->actor, &other->actor) || !bytes_equal(step->handed, other->handed) ||
        step->links > other->links || step->first > other->first || step->last < other->last) {
        return false;
    }
    if (step->handed.size > 0 || step->any_code) {
        return true;
    }
    for (size_t i = 0; i < other->patterns.count; i++) {
        if (!covers_pattern(step, patterns[i])) {
            return false;
        }
    }
    return !other->any_code;
}

/* ---- shares ---- */

/* Where nobody asks who was given what, all comes from the same hands. */
static unsigned hand_count(const struct climb *climb)
{
    const unsigned met = climb->givens ? climb->givens->hand_count : 1;

    return met == 0 ? 1 : met < GIVEN_HANDS_MAX ? met : GIVEN_HANDS_MAX;
}

static void share_out(struct climb *climb)
{
    const unsigned count = hand_count(climb);
    const size_t rows = climb->givens ? GRANTS_MAX : FEW_GRANTS;

    for (unsigned i = 0; i < GIVEN_HANDS_MAX; i++) {
        climb->shares.rows[i] = i < count ? rows / count : 0;
        climb->shares.steps[i] = i < count ? climb->steps_max / count : 0;
    }
}

/* From whose hands comes what speaker says of below: an owner's delegates take of their own. */
static uint64_t hands_of(const struct climb *climb, uint32_t speaker, const struct actor_id *below)
{
    const struct given *given = climb->givens ? given_to_number(climb->givens, speaker) : NULL;

    if (given && given->owns) {
        given = given_to(climb->givens, below);
    }
    return given && given->hands != 0 ? given->hands : UINT64_MAX;
}

/* Of a share for each of some hands the largest. */
static size_t *share_of(size_t shares[GIVEN_HANDS_MAX], uint64_t hands)
{
    size_t *largest = NULL;

    for (size_t i = 0; i < GIVEN_HANDS_MAX; i++) {
        if ((hands >> i & 1) != 0 && (!largest || shares[i] > *largest)) {
            largest = &shares[i];
        }
    }
    return largest;
}

/* ---- going on ---- */

/* Returns: false when there is no need of it, or no room. No author takes the room of others. */
static bool add_step(struct climb *climb, const struct step *step, uint64_t hands)
{
    size_t *share = share_of(climb->shares.steps, hands);
    size_t of_author = 0;

    climb->reached = climb->reached || owns(climb->trust, step);
    for (size_t i = 0; i < climb->count && !climb->reached; i++) {
        if (covers(&climb->steps[i], step)) {
            return false;
        }
        of_author += actor_id_equal(&climb->steps[i].actor, &step->actor);
    }
    if (climb->count == climb->steps_max || of_author == STEPS_EACH_MAX || *share == 0) {
        climb->left.cut = true;
        return false;
    }
    --*share;
    climb->steps[climb->count++] = *step;
    return true;
}

/* The patterns under both. Returns: false when there are none, or no room for them. */
static bool meet_patterns(struct climb *climb, struct step *step, const struct step *below,
                          const struct accreditation *accreditation)
{
    const struct bytes *theirs = accreditation->patterns.items;
    const struct bytes *mine = below->patterns.items;
    const size_t count = below->patterns.count;
    struct bytes *common = arena_take(&climb->kept, (count + accreditation->patterns.count) * sizeof *common);
    size_t found = 0;

    if (!common) {
        climb->left.cut = true;
        return false;
    }
    if (below->any_code) {
        found = accreditation->patterns.count;
        memcpy(common, theirs, found * sizeof *common);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < accreditation->patterns.count; j++) {
            const struct step so_far = {.patterns = {.items = common, .count = found}};
            struct bytes both;

            if (code_patterns_meet(mine[i], theirs[j], &both) && !covers_pattern(&so_far, both)) {
                common[found++] = both;
            }
        }
    }
    step->patterns = (struct list){.items = common, .count = found};
    return found > 0;
}

static uint32_t last_day(const struct accreditation *accreditation)
{
    return accreditation->has_until ? accreditation->until : DAY_NONE;
}

/* Who says something. */
struct speaker {
    struct actor_id actor;
    uint32_t number;
};

/* Whether whoever is above may have let the step's author say what it does. */
static bool may_lead_on(const struct climb *climb, const struct step *step, uint32_t number)
{
    const struct given *given = climb->givens ? given_to_number(climb->givens, number) : NULL;

    return !climb->givens || (given && given_meets(given, step->first, step->last, &step->patterns));
}

static void climb_accreditation(struct climb *climb, const struct step *below,
                                const struct accreditation *accreditation, const struct speaker *speaker)
{
    struct step step = {.actor = speaker->actor, .links = below->links + 1};
    const size_t mark = arena_mark(&climb->kept);

    step.first = accreditation->from > below->first ? accreditation->from : below->first;
    step.last = last_day(accreditation) < below->last ? last_day(accreditation) : below->last;
    if (accreditation->depth < below->links || step.links > CHAIN_DEPTH_MAX || step.first > step.last) {
        return;
    }
    if (!meet_patterns(climb, &step, below, accreditation) || !may_lead_on(climb, &step, speaker->number) ||
        !add_step(climb, &step, hands_of(climb, speaker->number, &below->actor))) {
        arena_rewind(&climb->kept, mark);
    }
}

/* Whoever was handed a namespace speaks in it as its owner, so that nothing above counts as a link. */
static void climb_succession(struct climb *climb, const struct step *below,
                             const struct succession *succession, const struct speaker *speaker)
{
    struct step step = *below;

    if (!speaks_of(below, succession->name_space)) {
        return;
    }
    step.actor = speaker->actor;
    step.handed = succession->name_space;
    (void)add_step(climb, &step, hands_of(climb, speaker->number, &below->actor));
}

/* ---- grants ---- */

/* STORE_NOT_FOUND: its block is void. */
static enum store_error read_entry(struct climb *climb, const struct entry_at *grant, struct entry *entry)
{
    struct disk_record record;
    struct bytes element;
    enum store_error error = record_read(climb->txn, grant->author, grant->seq, &record);

    if (error == STORE_OK && record.standing == STANDING_VOID && !climb->void_counts) {
        climb->met_void = true;
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = element_read(climb->txn, grant, &element);
    }
    if (error != STORE_OK) {
        return error;
    }
    return entry_decode(entry, element) == REASON_NONE ? STORE_OK : txn_fail(climb->txn, STORE_DAMAGED);
}

static void climb_entry(struct climb *climb, const struct step *below, const struct entry *entry,
                        const struct speaker *speaker)
{
    union {
        struct accreditation accreditation;
        struct succession succession;
    } record;

    if ((entry->kind != ENTRY_ACCREDITATION && entry->kind != ENTRY_SUCCESSION) ||
        entry_payload_decode(&record, entry, &climb->scratch) != REASON_NONE) {
        return;
    }
    if (entry->kind == ENTRY_SUCCESSION) {
        climb_succession(climb, below, &record.succession, speaker);
    } else {
        climb_accreditation(climb, below, &record.accreditation, speaker);
    }
}

static enum store_error climb_grant(struct climb *climb, const struct step *below,
                                    const struct entry_at *grant)
{
    size_t mark = arena_mark(&climb->scratch);
    struct speaker speaker = {.number = grant->author};
    struct entry entry;
    enum store_error error = author_name(climb->txn, grant->author, &speaker.actor);

    if (error == STORE_OK) {
        error = read_entry(climb, grant, &entry);
    }
    if (error == STORE_OK) {
        climb_entry(climb, below, &entry, &speaker);
    }
    arena_rewind(&climb->scratch, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

struct beside {
    struct climb *climb;
    const struct step *below;
};

/* Whether an author is none of those who may let anybody speak. */
static bool is_nobody(const struct climb *climb, uint32_t number)
{
    return climb->givens && !given_to_number(climb->givens, number);
}

static enum store_error climb_side_grant(void *context, const struct side_at *row)
{
    const struct beside *beside = context;
    struct climb *climb = beside->climb;
    const size_t mark = arena_mark(&climb->scratch);
    struct speaker speaker = {.number = row->author};
    struct entry entry;
    enum store_error error = climb->reached || is_nobody(climb, row->author)
                                 ? STORE_NOT_FOUND
                                 : author_name(climb->txn, row->author, &speaker.actor);

    if (error == STORE_OK) {
        error = side_entry_read(climb->txn, row, &entry);
    }
    if (error == STORE_OK) {
        climb_entry(climb, beside->below, &entry, &speaker);
    }
    arena_rewind(&climb->scratch, mark);
    return error;
}

/* Of few all is read that is said of one, or nothing: it must not matter who has the lower number here. */
static enum store_error climb_few(struct climb *climb, const struct step *below, const struct key *key)
{
    const size_t mark = arena_mark(&climb->scratch);
    size_t *rows = share_of(climb->shares.rows, UINT64_MAX);
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut;
    enum store_error error = grants_find(climb->txn, key, *rows, &grants, &count, &cut, &climb->scratch);

    if (error == STORE_OK && cut != GRANTS_CUT_NONE) {
        climb->left.cut = true;
        count = 0;
    }
    *rows -= error == STORE_OK ? count : 0;
    for (size_t i = 0; error == STORE_OK && i < count && !climb->reached; i++) {
        error = climb_grant(climb, below, &grants[i]);
    }
    arena_rewind(&climb->scratch, mark);
    return error;
}

/* key is narrowed to an author. rows: that may be read; it counts down. */
static enum store_error climb_under(struct climb *climb, const struct step *below, const struct key *key,
                                    size_t *rows)
{
    size_t mark = arena_mark(&climb->scratch);
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut = GRANTS_CUT_NONE;
    enum store_error error = grants_find(climb->txn, key, *rows, &grants, &count, &cut, &climb->scratch);

    climb->left.cut = climb->left.cut || cut != GRANTS_CUT_NONE;
    *rows -= count;
    for (size_t i = 0; error == STORE_OK && i < count && !climb->reached; i++) {
        error = climb_grant(climb, below, &grants[i]);
    }
    arena_rewind(&climb->scratch, mark);
    return error;
}

static enum store_error climb_by(struct climb *climb, const struct step *below, const struct key *key,
                                 uint32_t number)
{
    struct key narrowed = *key;

    grant_key_add_author(&narrowed, number);
    return climb_under(climb, below, &narrowed,
                       share_of(climb->shares.rows, hands_of(climb, number, &below->actor)));
}

/* By those alone who were given anything: accreditors in the order of their ids, and whoever may have handed
 * its namespace on. */
static enum store_error climb_given(struct climb *climb, const struct step *below, enum grant_kind kind,
                                    const struct key *key)
{
    const struct givens *givens = climb->givens;
    const struct given *given = given_to(givens, &below->actor);
    size_t count = kind == GRANT_SUCCESSOR ? givens->root_count : given ? given->edge_count : 0;
    struct entry_at first;
    enum store_error error = grant_next(climb->txn, key, NULL, &first);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    for (size_t i = 0; i < count && error == STORE_OK && !climb->reached; i++) {
        if (kind == GRANT_SUCCESSOR) {
            error = climb_by(climb, below, key, givens->root_numbers[i]);
        } else if (givens->authors[givens->edges[given->edges + i]].any) {
            error = climb_by(climb, below, key, givens->authors[givens->edges[given->edges + i]].number);
        }
    }
    return error;
}

static enum store_error climb_grants(struct climb *climb, const struct step *below, enum grant_kind kind)
{
    const struct key key = grant_key_of_actor(kind, &below->actor);
    enum store_error error =
        climb->givens ? climb_given(climb, below, kind, &key) : climb_few(climb, below, &key);

    if (error != STORE_OK || climb->reached) {
        return error;
    }
    return side_grants_each(climb->txn, climb->trust, &key, &climb->left, climb_side_grant,
                            &(struct beside){climb, below}, &climb->scratch);
}

static enum store_error climb_from(struct climb *climb, size_t at)
{
    const struct step below = climb->steps[at];
    enum store_error error = STORE_OK;

    if (below.handed.size == 0) {
        error = climb_grants(climb, &below, GRANT_ACCREDITATION);
    }
    if (error == STORE_OK && !climb->reached) {
        error = climb_grants(climb, &below, GRANT_SUCCESSOR);
    }
    return error;
}

/* A step that is asked about itself: of any code, where the code is empty. */
static struct step foot_of(const struct actor_id *author, unsigned links, const struct bytes *code)
{
    return (struct step){.actor = *author,
                         .links = links,
                         .last = DAY_NONE,
                         .any_code = code->size == 0,
                         .patterns = {.items = code, .count = code->size > 0}};
}

/* Steps that are near come first, so that a chain is found at its shortest. */
static enum store_error climb_all(struct climb *climb, const struct actor_id *author, bool void_counts)
{
    const struct step foot = foot_of(author, climb->links, &climb->code);
    enum store_error error = STORE_OK;

    arena_rewind(&climb->kept, 0);
    climb->count = 0;
    climb->left = (struct side_budget){.rows = climb->givens ? GRANTS_MAX : FEW_GRANTS,
                                       .steps = STEPS_DOWN_MAX,
                                       .cut = climb->givens && climb->givens->left.cut};
    climb->void_counts = void_counts;
    share_out(climb);
    (void)add_step(climb, &foot, UINT64_MAX);
    for (size_t at = 0; at < climb->count && error == STORE_OK && !climb->reached; at++) {
        error = climb_from(climb, at);
    }
    return error;
}

static enum store_error find(struct climb *climb, const struct actor_id *author, enum chain *out)
{
    enum store_error error = climb_all(climb, author, false);
    bool cut = climb->left.cut;

    *out = climb->reached ? CHAIN_STANDS : CHAIN_NONE;
    if (error != STORE_OK || climb->reached) {
        return error;
    }
    if (climb->met_void) {
        error = climb_all(climb, author, true);
        *out = climb->reached ? CHAIN_VOID : CHAIN_NONE;
        cut |= climb->left.cut;
    }
    if (cut && *out == CHAIN_NONE) {
        *out = CHAIN_UNKNOWN;
    }
    climb->cut = cut;
    return error;
}

/* Where so much is said that it matters who says it. */
static enum store_error find_given(struct climb *climb, const struct actor_id *author, enum chain *out)
{
    struct givens *givens = malloc(sizeof *givens + PATTERNS_SIZE);
    struct arena arena;
    enum store_error error;

    if (!givens) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, givens + 1, PATTERNS_SIZE);
    error = givens_find(givens, climb->txn, climb->trust, author, climb->links, GRANTS_MAX, &arena,
                        &climb->scratch);
    climb->givens = givens;
    climb->steps_max = STEPS_MAX;
    climb->met_void = false;
    if (error == STORE_OK) {
        error = find(climb, author, out);
    }
    climb->givens = NULL;
    free(givens);
    return error;
}

static enum store_error find_anew(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *author, unsigned links, struct bytes code,
                                  enum chain *out)
{
    struct climb climb = {.txn = txn, .trust = trust, .links = links, .code = code, .steps_max = FEW_STEPS};
    uint8_t *memory = malloc(STEPS_MAX * sizeof *climb.steps + PATTERNS_SIZE + SCRATCH_SIZE);
    enum store_error error;

    if (!memory) {
        return STORE_NO_MEMORY;
    }
    climb.steps = (struct step *)(void *)memory;
    arena_init(&climb.kept, memory + STEPS_MAX * sizeof *climb.steps, PATTERNS_SIZE);
    arena_init(&climb.scratch, memory + STEPS_MAX * sizeof *climb.steps + PATTERNS_SIZE, SCRATCH_SIZE);
    error = find(&climb, author, out);
    if (error == STORE_OK && climb.cut) {
        error = find_given(&climb, author, out);
    }
    free(memory);
    return error;
}

enum store_error chain_find_above(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *author, unsigned links, struct bytes code,
                                  enum chain *out)
{
    const struct step foot = foot_of(author, links, &code);
    uint64_t generation;
    bool kept;
    enum store_error error = generation_read(txn, &generation, &kept);

    *out = CHAIN_STANDS;
    if (error != STORE_OK || owns(trust, &foot) ||
        (kept && kept_chain_find(txn->store, generation, trust, author, links, code, out))) {
        return error;
    }
    error = find_anew(txn, trust, author, links, code, out);
    if (error == STORE_OK && kept) {
        kept_chain_add(txn->store, generation, trust, author, links, code, *out);
    }
    return error;
}

enum store_error chain_find(struct store_txn *txn, const struct trust *trust, const struct actor_id *author,
                            enum chain *out)
{
    return chain_find_above(txn, trust, author, 0, (struct bytes){0}, out);
}
