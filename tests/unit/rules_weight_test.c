#include "protocol/rules/weight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"

static struct dossier_builder built;

static const struct spoken_of anyone = {.events = NULL};

enum { DAY = 86400, SEQ = 5, BASE = 10 };

enum voids {
    NO_VOID,
    VOID,            /* of the block, or of its branch */
    VOID_LATER,      /* not known by then */
    VOID_DISPUTED,   /* by a block that is disputed */
    VOID_ASIDE,      /* by a side block of an open epoch */
    VOID_DROPPED,    /* by a block of a dropped branch, that was not followed for long */
    VOID_REWOUND,    /* by one that was */
    VOID_NAMED,      /* by one whose branch a void names */
    VOID_OTHERS,     /* of other blocks, by a side block */
    VOID_ABOVE_FORK, /* of a block of that number on its own branch, by a side block */
    ERASE_ASIDE,     /* no void: a side block erases the entry */
    ERASE_VOID,      /* the same, in a void block */
};

static const struct {
    const char *why;
    struct dossier_block block;
    bool forked; /* from the block on */
    enum voids voids;
    struct weighed helping, harming;
} rows[] = {
    {"what stands on the chain counts", {0}, false, NO_VOID, {WEIGHT_FULL, 0}, {WEIGHT_FULL, 0}},
    {"above a fork nothing is certain, for or against",
     {0},
     true,
     NO_VOID,
     {WEIGHT_DOUBTFUL, REASON_DISPUTED},
     {WEIGHT_DOUBTFUL, REASON_DISPUTED}},
    {"in a void block what is for somebody is nothing, what is against stays known",
     {0},
     false,
     VOID,
     {WEIGHT_NOTHING, REASON_VOIDED},
     {WEIGHT_DOUBTFUL, REASON_VOIDED}},
    {"a void that came later is none yet", {0}, false, VOID_LATER, {WEIGHT_FULL, 0}, {WEIGHT_FULL, 0}},
    {"a void in a disputed block leaves it open",
     {0},
     false,
     VOID_DISPUTED,
     {WEIGHT_DOUBTFUL, REASON_DISPUTED},
     {WEIGHT_DOUBTFUL, REASON_DISPUTED}},
    {"as does one on another branch",
     {0},
     false,
     VOID_ASIDE,
     {WEIGHT_DOUBTFUL, REASON_DISPUTED},
     {WEIGHT_DOUBTFUL, REASON_DISPUTED}},
    {"which says nothing of blocks that it does not name",
     {0},
     false,
     VOID_OTHERS,
     {WEIGHT_FULL, 0},
     {WEIGHT_FULL, 0}},
    {"nor of those that its branch does not share",
     {0},
     false,
     VOID_ABOVE_FORK,
     {WEIGHT_FULL, 0},
     {WEIGHT_FULL, 0}},
    {"a void on a dropped branch is gone with it",
     {0},
     false,
     VOID_DROPPED,
     {WEIGHT_FULL, 0},
     {WEIGHT_FULL, 0}},
    {"unless it was followed for a day: it takes from somebody; what it would give to somebody is gone",
     {0},
     false,
     VOID_REWOUND,
     {WEIGHT_DOUBTFUL, REASON_REWOUND},
     {WEIGHT_FULL, 0}},
    {"or its branch is named by a void",
     {0},
     false,
     VOID_NAMED,
     {WEIGHT_DOUBTFUL, REASON_VOIDED},
     {WEIGHT_FULL, 0}},
    {"what another branch erases leaves it open",
     {0},
     false,
     ERASE_ASIDE,
     {WEIGHT_DOUBTFUL, REASON_DISPUTED},
     {WEIGHT_DOUBTFUL, REASON_DISPUTED}},
    {"which changes nothing where its block is void",
     {0},
     false,
     ERASE_VOID,
     {WEIGHT_NOTHING, REASON_VOIDED},
     {WEIGHT_DOUBTFUL, REASON_VOIDED}},
    {"on a side branch of an open epoch all is disputed",
     {.side = true},
     false,
     NO_VOID,
     {WEIGHT_DOUBTFUL, REASON_DISPUTED},
     {WEIGHT_DOUBTFUL, REASON_DISPUTED}},
    {"also when this node followed it for long",
     {.side = true, .followed_s = 9 * DAY},
     false,
     NO_VOID,
     {WEIGHT_DOUBTFUL, REASON_DISPUTED},
     {WEIGHT_DOUBTFUL, REASON_DISPUTED}},
    {"a branch that was dropped at once is nothing",
     {.side = true, .dropped_s = 1},
     false,
     NO_VOID,
     {WEIGHT_NOTHING, REASON_DROPPED},
     {WEIGHT_NOTHING, REASON_DROPPED}},
    {"as is one that was followed for a second less than a day",
     {.side = true, .dropped_s = 1, .followed_s = DAY - 1},
     false,
     NO_VOID,
     {WEIGHT_NOTHING, REASON_DROPPED},
     {WEIGHT_NOTHING, REASON_DROPPED}},
    {"what was followed for a day is not taken back in silence",
     {.side = true, .dropped_s = 1, .followed_s = DAY},
     false,
     NO_VOID,
     {WEIGHT_NOTHING, REASON_DROPPED},
     {WEIGHT_DOUBTFUL, REASON_REWOUND}},
    {"nor what a void names, however short it was followed",
     {.side = true, .dropped_s = 1},
     false,
     VOID,
     {WEIGHT_NOTHING, REASON_DROPPED},
     {WEIGHT_DOUBTFUL, REASON_VOIDED}},
    {"what came after the rotation is nothing, though a void names it",
     {.side = true, .dropped_s = 1, .late = true},
     false,
     VOID,
     {WEIGHT_NOTHING, REASON_DROPPED},
     {WEIGHT_NOTHING, REASON_DROPPED}},
    {"where the void that names it came later, it is rewound until then",
     {.side = true, .dropped_s = 1, .followed_s = DAY},
     false,
     VOID_LATER,
     {WEIGHT_NOTHING, REASON_DROPPED},
     {WEIGHT_DOUBTFUL, REASON_REWOUND}},
};

static void add_void(struct dossier_place *place, enum voids voids)
{
    struct dossier_log *log = &built.logs[0];
    struct dossier_void *side = NULL;
    switch (voids) {
    case NO_VOID:
        return;
    case ERASE_ASIDE:
        place->erase_disputed = true;
        return;
    case ERASE_VOID:
        place->erase_disputed = true;
        place->voided = true;
        return;
    case VOID:
        place->voided = true;
        place->void_seq = 20;
        return;
    case VOID_LATER:
        place->voided = true;
        place->void_seq = 20;
        log->known_by_seq = 19;
        return;
    case VOID_DISPUTED:
        place->voided = true;
        place->void_seq = 20;
        log->forked = true;
        log->fork_seq = 20;
        return;
    case VOID_ASIDE:
    case VOID_DROPPED:
    case VOID_REWOUND:
    case VOID_NAMED:
        side = build_side_void(&built, 0, 12, BASE, 4, SEQ);
        break;
    case VOID_OTHERS:
        side = build_side_void(&built, 0, 12, BASE, 1, SEQ - 1);
        break;
    case VOID_ABOVE_FORK:
        side = build_side_void(&built, 0, 12, SEQ - 1, 1, SEQ);
        break;
    }
    side->place.block.dropped_s = voids == VOID_DROPPED || voids == VOID_REWOUND || voids == VOID_NAMED;
    side->place.block.followed_s = voids == VOID_REWOUND ? DAY : 0;
    side->place.voided = voids == VOID_NAMED;
}

static void check(const char *why, const char *stance, struct weighed found, struct weighed wanted)
{
    if (found.weight != wanted.weight || found.reason != wanted.reason) {
        fail_msg("%s: %s: %d %s", why, stance, found.weight, reason_word(found.reason));
    }
}

static void a_place_weighs_by_where_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dossier_place place = {.seq = SEQ, .block = rows[i].block};
        dossier_builder_init(&built, 1);
        built.logs[0].forked = rows[i].forked;
        built.logs[0].fork_seq = SEQ;
        add_void(&place, rows[i].voids);
        check(rows[i].why, "for", place_weigh(&built.dossier, &place, STANCE_FOR), rows[i].helping);
        check(rows[i].why, "against", place_weigh(&built.dossier, &place, STANCE_AGAINST), rows[i].harming);
    }
}

static void an_event_weighs_by_what_it_does(void **state)
{
    static const struct {
        enum status_action action;
        bool against;
    } actions[] = {
        {STATUS_REVOKED, true},     {STATUS_SUSPENDED, true}, {STATUS_REPLACED, true},
        {STATUS_HELD_BY, true},     {STATUS_APPEALED, false}, {STATUS_APPEAL_DECIDED, false},
        {STATUS_REINSTATED, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        dossier_builder_init(&built, 1);
        struct dossier_credential *credential = build_credential(&built, 0, 1, "ase/A5", 1000, DAY_NONE);
        build_event(&built, credential, actions[i].action, 1000, 12, false);
        build_event_block(&built, credential, BUILT_DROPPED(DAY));
        struct weighed found = event_weigh(&built.dossier, &credential->place, 0, anyone);
        assert_int_equal(found.reason, actions[i].against ? REASON_REWOUND : REASON_DROPPED);
        assert_true(event_had_arrived(&built.dossier, &credential->place, 0));
    }
}

static void an_event_voided_by_a_disputed_block_is_disputed(void **state)
{
    static const enum status_action actions[] = {STATUS_REVOKED, STATUS_REINSTATED};
    (void)state;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        dossier_builder_init(&built, 1);
        struct dossier_credential *credential = build_credential(&built, 0, 1, "ase/A5", 1000, DAY_NONE);
        build_event(&built, credential, actions[i], 1000, 12, true);
        build_event_block(&built, credential, (struct dossier_block){.void_seq = 20});
        struct weighed found = event_weigh(&built.dossier, &credential->place, 0, anyone);
        assert_int_equal(found.reason, REASON_VOIDED);
        built.logs[0].forked = true;
        built.logs[0].fork_seq = 20;
        check("void by a disputed block", "event", event_weigh(&built.dossier, &credential->place, 0, anyone),
              (struct weighed){WEIGHT_DOUBTFUL, REASON_DISPUTED});
    }
}

/* Events of epochs 0, 1, 2 and 3 about the entry, and voids of it. */
static void a_left_void_stands_behind_the_events_of_its_epoch(void **state)
{
    static const struct {
        const char *why;
        enum voids voids;
        uint64_t epochs[2]; /* of as many voids */
        size_t count;
        struct weighed alone;
        struct status_left left;
    } lefts[] = {
        {"no void", NO_VOID, {0}, 0, {WEIGHT_FULL, 0}, {REASON_NONE, 4}},
        {"one of the first epoch", VOID_NAMED, {0}, 1, {WEIGHT_FULL, 0}, {REASON_VOIDED, 1}},
        {"one of a later one", VOID_REWOUND, {2}, 1, {WEIGHT_FULL, 0}, {REASON_REWOUND, 3}},
        {"of two the later one", VOID_NAMED, {2, 1}, 2, {WEIGHT_FULL, 0}, {REASON_VOIDED, 3}},
        {"in whatever order", VOID_NAMED, {1, 2}, 2, {WEIGHT_FULL, 0}, {REASON_VOIDED, 3}},
        {"one that nobody followed", VOID_DROPPED, {0}, 1, {WEIGHT_FULL, 0}, {REASON_NONE, 4}},
        {"one of the open epoch ends by no event",
         VOID_ASIDE,
         {3},
         1,
         {WEIGHT_DOUBTFUL, REASON_DISPUTED},
         {REASON_NONE, 4}},
        {"one of other blocks", VOID_OTHERS, {0}, 1, {WEIGHT_FULL, 0}, {REASON_NONE, 4}},
        {"void on the chain it stays void", VOID, {0}, 1, {WEIGHT_NOTHING, REASON_VOIDED}, {REASON_NONE, 4}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lefts / sizeof lefts[0]; i++) {
        dossier_builder_init(&built, 1);
        struct dossier_credential *credential = build_credential(&built, 0, SEQ, "ase/A5", 1000, DAY_NONE);
        for (uint64_t epoch = 0; epoch < 4; epoch++) {
            build_event(&built, credential, STATUS_REINSTATED, 1000, 20 + epoch, false);
            build_event_block(&built, credential, (struct dossier_block){.epoch = epoch});
        }
        for (size_t k = 0; k < lefts[i].count; k++) {
            add_void(&credential->place, lefts[i].voids);
            built.voids[k].place.block.epoch = lefts[i].epochs[k];
        }
        check(lefts[i].why, "alone", entry_weigh(&built.dossier, &credential->place, STANCE_FOR, anyone),
              lefts[i].alone);
        const struct status_left left = entry_left(&built.dossier, &credential->place, anyone);
        if (left.doubt != lefts[i].left.doubt || left.before != lefts[i].left.before) {
            fail_msg("%s: %s before %zu", lefts[i].why, reason_word(left.doubt), left.before);
        }
    }
}

static void what_was_not_looked_at_leaves_doubt(void **state)
{
    struct dossier_place place = {.seq = SEQ, .events_cut = true};
    (void)state;
    dossier_builder_init(&built, 1);
    check("cut", "for", place_weigh(&built.dossier, &place, STANCE_FOR),
          (struct weighed){WEIGHT_DOUBTFUL, REASON_TOO_MANY});
    check("cut", "kept", kept_weigh(&built.dossier, &place, anyone),
          (struct weighed){WEIGHT_DOUBTFUL, REASON_TOO_MANY});
    check("cut", "alone", entry_weigh(&built.dossier, &place, STANCE_FOR, anyone),
          (struct weighed){WEIGHT_DOUBTFUL, REASON_TOO_MANY});
}

static void branches_come_after_the_chain_of_their_epoch(void **state)
{
    /* In the order said. */
    static const struct dossier_place places[] = {
        {.seq = 3, .index = 0},
        {.seq = 3, .index = 1},
        {.seq = 9},
        {.seq = 4, .block = {.side = true}},
        {.seq = 5, .block = {.side = true}},
        {.seq = 4, .block = {.epoch = 1}},
        {.seq = 6, .block = {.epoch = 1}},
        {.seq = 5, .block = {.epoch = 1, .side = true}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        for (size_t j = 0; j < sizeof places / sizeof places[0]; j++) {
            assert_int_equal(place_precedes(&places[i], &places[j]), i < j);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_weighs_by_where_it_stands),
        cmocka_unit_test(an_event_weighs_by_what_it_does),
        cmocka_unit_test(an_event_voided_by_a_disputed_block_is_disputed),
        cmocka_unit_test(a_left_void_stands_behind_the_events_of_its_epoch),
        cmocka_unit_test(what_was_not_looked_at_leaves_doubt),
        cmocka_unit_test(branches_come_after_the_chain_of_their_epoch),
    };
    return cmocka_run_group_tests_name("rules weight", tests, NULL, NULL);
}
