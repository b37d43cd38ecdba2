#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/days.h"
#include "tests/support/store_world.h"

/* Who has a voice in what time it is: ase owns a namespace, and nearly all is said by it and of school. */

enum who { ASE, EPA, SCHOOL, ISSUER, WHO_COUNT };
enum { NOW = 1700000000, SAID_MAX = 3 };

static struct store_world world;
static struct trust trust;
static struct world_author authors[WHO_COUNT];

static void own(const char *name_space, enum who who)
{
    struct trust_owner owner = {.actor = authors[who].actor.id};

    strcpy(owner.name_space, name_space);
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
}

static void begin(void)
{
    struct store_txn *txn;

    world_init(&world);
    txn = world_write(&world);
    for (enum who who = ASE; who < WHO_COUNT; who++) {
        world_begin_log(&world, txn, &authors[who], 1 + who, NOW);
    }
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    own("ase", ASE);
    own("epa", EPA);
}

/* ---- what is said ---- */

enum act { NOTHING, ACCREDITS, ACCREDITS_UNTIL_TODAY, ACCREDITS_UNTIL_YESTERDAY, WITHDRAWS, VOIDS };

struct said {
    enum who by;
    enum act act;
    enum who of; /* VOIDS: unused, its second block is void */
};

static void publish(struct store_txn *txn, enum who by, enum entry_kind kind, const void *record)
{
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, kind, record);
    world_publish(&world, txn, &authors[by], &draft, NOW);
}

static void accredit(struct store_txn *txn, const struct said *said)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    struct accreditation record = {
        .delegate = authors[said->of].actor.id, .patterns = {.items = &pattern, .count = 1}, .depth = 1};

    if (said->act != ACCREDITS) {
        record.has_until = true;
        record.until = day_of_time(NOW) - (said->act == ACCREDITS_UNTIL_YESTERDAY);
    }
    publish(txn, said->by, ENTRY_ACCREDITATION, &record);
}

static void say(struct store_txn *txn, const struct said *said)
{
    const struct withdrawal withdrawal = {
        .delegate = authors[said->of].actor.id, .has_cut = true, .cut_head = authors[said->of].state.head};
    const struct void_record second = {.has_range = true, .range = {.first = 1, .last = 1}};

    switch (said->act) {
    case NOTHING:
        return;
    case ACCREDITS:
    case ACCREDITS_UNTIL_TODAY:
    case ACCREDITS_UNTIL_YESTERDAY:
        accredit(txn, said);
        return;
    case WITHDRAWS:
        publish(txn, said->by, ENTRY_WITHDRAWAL, &withdrawal);
        return;
    case VOIDS: /* in its next epoch, so that it may void what it governed in this one */
        world_rotate(&world, txn, &authors[said->by], NOW);
        publish(txn, said->by, ENTRY_VOID, &second);
        return;
    }
}

/* ---- cases ---- */

static const struct {
    const char *sentence;
    struct said said[SAID_MAX];
    enum who about;
    bool wanted;
} rows[] = {
    {"An owner has a voice.", {{0}}, ASE, true},
    {"Whom nobody accredited has none.", {{0}}, SCHOOL, false},
    {"Whom an owner accredited has one.", {{ASE, ACCREDITS, SCHOOL}}, SCHOOL, true},
    {"… whichever owner.", {{EPA, ACCREDITS, SCHOOL}}, SCHOOL, true},
    {"… not whom that one accredited.",
     {{ASE, ACCREDITS, SCHOOL}, {SCHOOL, ACCREDITS, ISSUER}},
     ISSUER,
     false},
    {"… on the last day too.", {{ASE, ACCREDITS_UNTIL_TODAY, SCHOOL}}, SCHOOL, true},
    {"… not after it.", {{ASE, ACCREDITS_UNTIL_YESTERDAY, SCHOOL}}, SCHOOL, false},
    {"… unless it was accredited again.",
     {{ASE, ACCREDITS_UNTIL_YESTERDAY, SCHOOL}, {ASE, ACCREDITS, SCHOOL}},
     SCHOOL,
     true},
    {"… not once that owner withdrew.", {{ASE, ACCREDITS, SCHOOL}, {ASE, WITHDRAWS, SCHOOL}}, SCHOOL, false},
    {"… though another may.", {{ASE, ACCREDITS, SCHOOL}, {EPA, WITHDRAWS, SCHOOL}}, SCHOOL, true},
    {"… and one whose withdrawal is void withdrew from nobody.",
     {{ASE, WITHDRAWS, SCHOOL}, {ASE, VOIDS, ASE}, {ASE, ACCREDITS, SCHOOL}},
     SCHOOL,
     true},
    {"… not in a block that is void.", {{ASE, ACCREDITS, SCHOOL}, {ASE, VOIDS, ASE}}, SCHOOL, false},
};

static void who_has_a_voice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct store_txn *txn;
        bool has = !rows[i].wanted;

        begin();
        txn = world_write(&world);
        for (size_t k = 0; k < SAID_MAX; k++) {
            say(txn, &rows[i].said[k]);
        }
        assert_int_equal(store_has_voice(txn, &trust, &authors[rows[i].about].actor.id, NOW, &has), STORE_OK);
        world_commit(txn);
        world_deinit(&world);
        if (has != rows[i].wanted) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_a_voice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
