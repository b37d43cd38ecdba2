#include "protocol/rules/affiliation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/pack.h"
#include "protocol/rules/weight.h"
#include "tests/support/verdict_case.h"

/* What records on side branches do to an answer, kind by kind. */

enum { DAY_S = 86400, ARENA_SIZE = 64 * 1024, SIDE_SEQ = 12 };

static struct verdict_case given;

/* The block that a record stands in. */
enum where { ON_CHAIN, OPEN, BRIEF, FOLLOWED, NAMED };

static struct dossier_block block_at(enum where where)
{
    switch (where) {
    case ON_CHAIN:
        break;
    case OPEN:
        return BUILT_SIDE;
    case BRIEF:
        return BUILT_DROPPED(DAY_S - 1);
    case FOLLOWED:
        return BUILT_DROPPED(DAY_S);
    case NAMED:
        return BUILT_DROPPED(0);
    }
    return (struct dossier_block){.epoch = 0};
}

static void put(struct dossier_place *place, enum where where)
{
    place->block = block_at(where);
    place->voided = where == NAMED;
    place->void_seq = 90;
}

/* The school's word about ase/A5 of its subject, the owner having said so much about the school. */
static void school_issues(void)
{
    given.certificate->place.log = CASE_SCHOOL;
}

static void accreditation(enum where where)
{
    school_issues();
    put(&build_accreditation(&given.built, CASE_ASE, SIDE_SEQ, CASE_SCHOOL, "ase/*", 0)->place, where);
}

static void withdrawal(enum where where)
{
    school_issues();
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
    put(&build_withdrawal(&given.built, CASE_ASE, SIDE_SEQ, CASE_SCHOOL, CASE_ISSUED_IN - 1)->place, where);
}

static void withdrawal_and_again(enum where where)
{
    withdrawal(where);
    build_accreditation(&given.built, CASE_ASE, SIDE_SEQ - 1, CASE_SCHOOL, "ase/*", 0)->place.block.epoch = 1;
}

static void succession(enum where where)
{
    given.certificate->place.log = CASE_OTHER;
    put(&build_succession(&given.built, CASE_ASE, SIDE_SEQ, "ase", CASE_OTHER, SIDE_SEQ)->place, where);
}

static void certificate(enum where where)
{
    given.certificate->place.seq = SIDE_SEQ;
    put(&given.certificate->place, where);
}

static void revocation(enum where where)
{
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1100, SIDE_SEQ, where == NAMED);
    build_event_block(&given.built, given.certificate, block_at(where));
}

static void reinstatement(enum where where)
{
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1100, 5, false);
    build_event(&given.built, given.certificate, STATUS_REINSTATED, 1100, SIDE_SEQ, where == NAMED);
    build_event_block(&given.built, given.certificate, block_at(where));
}

static void held_by_another(enum where where)
{
    build_held_by(&given.built, given.certificate, CASE_OTHER, 1100, SIDE_SEQ);
    given.certificate->has_holder = where == ON_CHAIN;
    build_event_block(&given.built, given.certificate, block_at(where));
}

static void held_by_the_subject(enum where where)
{
    const struct actor_id other = built_actor_of(CASE_OTHER);
    given.certificate->attestation.subject = subject_of_actor(&other);
    build_held_by(&given.built, given.certificate, CASE_SUBJECT, 1100, SIDE_SEQ);
    given.certificate->has_holder = where == ON_CHAIN;
    build_event_block(&given.built, given.certificate, block_at(where));
}

static const struct {
    const char *why;
    void (*change)(enum where where);
    enum where where;
    enum axis axis;
    enum answer answer;
    enum reason reason;
} rows[] = {
    {"accredited", accreditation, ON_CHAIN, AXIS_AUTHORITY, ANSWER_YES, 0},
    {"accredited on another branch", accreditation, OPEN, AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"accredited on a branch that is gone", accreditation, FOLLOWED, AXIS_AUTHORITY, ANSWER_NO,
     REASON_UNTRUSTED},
    {"withdrawn", withdrawal, ON_CHAIN, AXIS_AUTHORITY, ANSWER_NO, REASON_WITHDRAWN},
    {"withdrawn on another branch", withdrawal, OPEN, AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"withdrawn on a branch that was dropped at once", withdrawal, BRIEF, AXIS_AUTHORITY, ANSWER_YES, 0},
    {"withdrawn on one that was followed for a day", withdrawal, FOLLOWED, AXIS_AUTHORITY, ANSWER_UNKNOWN,
     REASON_REWOUND},
    {"withdrawn on one that a void names", withdrawal, NAMED, AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_VOIDED},
    {"and accredited again since", withdrawal_and_again, FOLLOWED, AXIS_AUTHORITY, ANSWER_YES, 0},
    {"handed on to the issuer", succession, ON_CHAIN, AXIS_AUTHORITY, ANSWER_YES, 0},
    {"handed on on another branch", succession, OPEN, AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"handed on on one that was followed", succession, FOLLOWED, AXIS_AUTHORITY, ANSWER_UNKNOWN,
     REASON_REWOUND},
    {"handed on on one that was not", succession, BRIEF, AXIS_AUTHORITY, ANSWER_NO, REASON_UNTRUSTED},
    {"issued on another branch", certificate, OPEN, AXIS_STATUS, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"issued on a branch that was dropped", certificate, FOLLOWED, AXIS_STATUS, ANSWER_NO, REASON_DROPPED},
    {"revoked on another branch", revocation, OPEN, AXIS_STATUS, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"revoked on one that was followed", revocation, FOLLOWED, AXIS_STATUS, ANSWER_UNKNOWN, REASON_REWOUND},
    {"revoked on one that was not", revocation, BRIEF, AXIS_STATUS, ANSWER_YES, 0},
    {"revoked on one that a void names", revocation, NAMED, AXIS_STATUS, ANSWER_UNKNOWN, REASON_VOIDED},
    {"reinstated on another branch", reinstatement, OPEN, AXIS_STATUS, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"reinstated on a branch that was dropped", reinstatement, FOLLOWED, AXIS_STATUS, ANSWER_NO,
     REASON_REVOKED},
    {"re-bound", held_by_another, ON_CHAIN, AXIS_STATUS, ANSWER_NO, REASON_REBOUND},
    {"re-bound on another branch", held_by_another, OPEN, AXIS_STATUS, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"re-bound on one that was followed", held_by_another, FOLLOWED, AXIS_STATUS, ANSWER_UNKNOWN,
     REASON_REWOUND},
    {"re-bound on one that was not", held_by_another, BRIEF, AXIS_STATUS, ANSWER_YES, 0},
    {"re-bound to the subject", held_by_the_subject, ON_CHAIN, AXIS_STATUS, ANSWER_YES, 0},
    {"re-bound to the subject on another branch", held_by_the_subject, OPEN, AXIS_STATUS, ANSWER_UNKNOWN,
     REASON_DISPUTED},
};

static void each_record_counts_by_its_branch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].change(rows[i].where);
        const struct verdict verdict = verdict_case_decide(&given);
        const struct axis_answer *found = &verdict.credentials[0].axes[rows[i].axis];
        if (found->answer != rows[i].answer || found->reason != rows[i].reason) {
            fail_msg("%s: %d %s", rows[i].why, found->answer, reason_word(found->reason));
        }
    }
}

/* ---- voids ---- */

/* A void of the certificate, on a branch of epoch 1. */
static struct dossier_void *void_it(enum where where)
{
    struct dossier_void *voids =
        build_side_void(&given.built, CASE_ASE, SIDE_SEQ, CASE_ISSUED_IN, CASE_ISSUED_IN, CASE_ISSUED_IN);
    put(&voids->place, where);
    voids->place.block.base_seq = CASE_ISSUED_IN;
    voids->place.block.epoch = 1;
    return voids;
}

/* On the chain. */
static void say_in(uint64_t epoch, enum status_action action, uint32_t day)
{
    build_event(&given.built, given.certificate, action, day, 20 + 10 * epoch, false);
    build_event_block(&given.built, given.certificate, (struct dossier_block){.epoch = epoch});
}

static void reinstated_after(enum where where)
{
    void_it(where);
    say_in(2, STATUS_REINSTATED, CASE_FIRST);
}

static void reinstated_in_the_voids_epoch(enum where where)
{
    void_it(where);
    say_in(1, STATUS_REINSTATED, CASE_FIRST);
}

static void reinstated_between_two(enum where where)
{
    reinstated_after(where);
    void_it(where)->place.block.epoch = 2;
}

static void reinstated_from_tomorrow_on(enum where where)
{
    void_it(where);
    say_in(2, STATUS_REINSTATED, given.question.at_day + 1);
}

static void reinstated_while_disputed(enum where where)
{
    reinstated_after(where);
    verdict_case_fork(&given, CASE_ASE, 40);
}

static void revoked_after(enum where where)
{
    void_it(where);
    say_in(2, STATUS_REVOKED, CASE_FIRST);
}

static void suspended_after(enum where where)
{
    void_it(where);
    say_in(2, STATUS_SUSPENDED, CASE_FIRST);
}

static void revoked_there_too(enum where where)
{
    revocation(where);
    reinstated_after(where);
}

/* The void is of the block alone in which the chain reinstates what it had revoked. */
static void revoked_and_reinstated_under_it(enum where where)
{
    say_in(0, STATUS_REVOKED, CASE_FIRST);
    say_in(1, STATUS_REINSTATED, CASE_FIRST);
    struct dossier_void *voids = void_it(where);
    voids->range = (struct seq_range){.first = 30, .last = 30};
    voids->place.seq = 40;
    voids->place.block.base_seq = 30;
}

static void and_reinstated_again(enum where where)
{
    revoked_and_reinstated_under_it(where);
    say_in(2, STATUS_REINSTATED, CASE_FIRST);
}

static void and_revoked_again(enum where where)
{
    revoked_and_reinstated_under_it(where);
    say_in(2, STATUS_REVOKED, CASE_FIRST);
}

static void only_void(enum where where)
{
    void_it(where);
}

static const struct {
    const char *why;
    void (*change)(enum where where);
    enum where where;
    enum answer answer;
    enum reason reason;
} voids[] = {
    {"void on another branch", only_void, OPEN, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"void on a branch that was dropped at once", only_void, BRIEF, ANSWER_YES, 0},
    {"void on one that was followed", only_void, FOLLOWED, ANSWER_UNKNOWN, REASON_REWOUND},
    {"void on one that a void names", only_void, NAMED, ANSWER_UNKNOWN, REASON_VOIDED},
    {"reinstated after a void names it", reinstated_after, NAMED, ANSWER_YES, 0},
    {"reinstated after the log was rewound", reinstated_after, FOLLOWED, ANSWER_YES, 0},
    {"a reinstatement does not end a dispute", reinstated_after, OPEN, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"nor what was said in the same epoch", reinstated_in_the_voids_epoch, NAMED, ANSWER_UNKNOWN,
     REASON_VOIDED},
    {"nor a later void", reinstated_between_two, NAMED, ANSWER_UNKNOWN, REASON_VOIDED},
    {"nor days before its own", reinstated_from_tomorrow_on, FOLLOWED, ANSWER_UNKNOWN, REASON_REWOUND},
    {"nor where it is disputed itself", reinstated_while_disputed, NAMED, ANSWER_UNKNOWN, REASON_VOIDED},
    {"revoked after it", revoked_after, NAMED, ANSWER_NO, REASON_REVOKED},
    {"suspended after it", suspended_after, FOLLOWED, ANSWER_NO, REASON_SUSPENDED},
    {"a reinstatement that a dropped void takes back leaves a doubt", revoked_and_reinstated_under_it,
     FOLLOWED, ANSWER_UNKNOWN, REASON_REWOUND},
    {"also where a void names its branch", revoked_and_reinstated_under_it, NAMED, ANSWER_UNKNOWN,
     REASON_VOIDED},
    {"where nobody followed it none", revoked_and_reinstated_under_it, BRIEF, ANSWER_YES, 0},
    {"until it is said again", and_reinstated_again, FOLLOWED, ANSWER_YES, 0},
    {"or the contrary", and_revoked_again, FOLLOWED, ANSWER_NO, REASON_REVOKED},
    {"one reinstatement ends what was revoked and void there", revoked_there_too, NAMED, ANSWER_YES, 0},
    {"also where it was followed", revoked_there_too, FOLLOWED, ANSWER_YES, 0},
};

static void what_a_dropped_void_takes_is_unknown_until_its_author_says_what_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof voids / sizeof voids[0]; i++) {
        verdict_case_begin(&given);
        voids[i].change(voids[i].where);
        const struct verdict verdict = verdict_case_decide(&given);
        const struct axis_answer *found = &verdict.credentials[0].axes[AXIS_STATUS];
        if (found->answer != voids[i].answer || found->reason != voids[i].reason) {
            fail_msg("%s: %d %s", voids[i].why, found->answer, reason_word(found->reason));
        }
    }
}

/* ---- shops ---- */

static const struct {
    const char *why;
    enum where joined, left;
    bool surely, possibly; /* a member on the day after she left */
    enum reason doubt;
    bool withdrawn; /* somebody withdraws the shop where it said so */
} memberships[] = {
    {"she left", ON_CHAIN, ON_CHAIN, false, false, 0, false},
    {"she left on another branch", ON_CHAIN, OPEN, false, true, REASON_DISPUTED, false},
    {"she left on a branch that was followed", ON_CHAIN, FOLLOWED, false, true, REASON_REWOUND, false},
    {"she left on one that was not", ON_CHAIN, BRIEF, true, true, 0, false},
    {"she left on one that a void names", ON_CHAIN, NAMED, false, true, REASON_VOIDED, false},
    {"she joined on another branch, and left", OPEN, ON_CHAIN, false, false, REASON_DISPUTED, false},
    {"what anybody lets the shop attest is nothing to it", ON_CHAIN, BRIEF, true, true, 0, true},
};

static void who_left_on_a_branch_may_have_left(void **state)
{
    enum { SHOP = CASE_OTHER, JOINED_DAY = 1000, LEFT_DAY = 1200 };
    static uint8_t memory[ARENA_SIZE];
    static const struct hash named = {{7}};
    (void)state;
    for (size_t i = 0; i < sizeof memberships / sizeof memberships[0]; i++) {
        struct arena arena;
        struct membership *found;
        size_t count;
        arena_init(&arena, memory, sizeof memory);
        verdict_case_begin(&given);
        struct dossier_affiliation *joined =
            build_joined(&given.built, SHOP, SIDE_SEQ - 1, CASE_SUBJECT, JOINED_DAY);
        struct dossier_leave *left = build_left(&given.built, SHOP, SIDE_SEQ, joined, LEFT_DAY);
        put(&joined->place, memberships[i].joined);
        put(&left->place, memberships[i].left);
        if (memberships[i].withdrawn) {
            left->place.block.hash = left->place.block_hash = named;
            build_withdrawal(&given.built, CASE_ASE, SIDE_SEQ, SHOP, SIDE_SEQ)->cut = (struct dossier_cut){
                .found = CUT_ON_SIDE, .seq = SIDE_SEQ, .head = named, .side_count = 1, .side = &named};
        }
        assert_true(memberships_of(&found, &count, &given.built.dossier, &given.built.network, &arena));
        assert_int_equal(count, 1);
        if (day_set_has(found[0].days.surely, LEFT_DAY + 1) != memberships[i].surely ||
            day_set_has(found[0].days.possibly, LEFT_DAY + 1) != memberships[i].possibly ||
            found[0].doubt != memberships[i].doubt) {
            fail_msg("%s: %s", memberships[i].why, reason_word(found[0].doubt));
        }
    }
}

static bool is_disputed(const struct dossier_pack *pack)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, &given.built.dossier, &given.built.trust, bytes_of_string("ase"));
    return pack_is_disputed(&given.built.dossier, &owners, pack);
}

static void a_pack_on_another_branch_leaves_rules_open(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    struct dossier_pack *pack = build_pack(&given.built, CASE_ASE, SIDE_SEQ, "ase", 9, 0);
    const struct bytes name_space = bytes_of_string("ase");
    put(&pack->place, OPEN);
    assert_ptr_equal(pack_on_day(&given.built.dossier, &given.built.trust, name_space, 1500), pack);
    assert_true(is_disputed(pack));
    put(&pack->place, FOLLOWED);
    assert_ptr_not_equal(pack_on_day(&given.built.dossier, &given.built.trust, name_space, 1500), pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_record_counts_by_its_branch),
        cmocka_unit_test(what_a_dropped_void_takes_is_unknown_until_its_author_says_what_holds),
        cmocka_unit_test(who_left_on_a_branch_may_have_left),
        cmocka_unit_test(a_pack_on_another_branch_leaves_rules_open),
    };
    return cmocka_run_group_tests_name("rules branches", tests, NULL, NULL);
}
