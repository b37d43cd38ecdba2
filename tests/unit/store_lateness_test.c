#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/accreditation_end.h"
#include "tests/support/shop_world.h"

/* What shows that an entry was signed late, as it is gathered: ase accredits school for some days, and
 * school's checkpoints say how far its log went when. */

static struct store_world world;
static struct world_author ase, school;
static struct trust trust;
static struct hash heads[8]; /* of the school's blocks */

enum { DAY_S = 86400, START = 1000 * DAY_S };

static uint32_t day_after(uint32_t days)
{
    return day_of_time(START) + days;
}

static void accredit_at(struct store_txn *txn, bool ends, uint64_t arrived_s)
{
    struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {.delegate = school.actor.id,
                                         .patterns = {.items = &pattern, .count = 1},
                                         .from = day_after(0),
                                         .has_until = ends,
                                         .until = ends ? day_after(10) : 0};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, &ase, &draft, arrived_s);
}

static void accredit(struct store_txn *txn, bool ends)
{
    accredit_at(txn, ends, START);
}

static void publish_pack(struct store_txn *txn, uint64_t arrived_s)
{
    const struct pack_code code = {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = day_after(0),
                                   .codes = {.items = &code, .count = 1}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &ase, &draft, arrived_s);
}

static void add_checkpoint(struct store_txn *txn, const struct world_author *author, uint64_t seq,
                           const struct hash *head, uint64_t time_s)
{
    struct signed_checkpoint record = {
        .checkpoint = {.author = author->actor.id, .seq = seq, .head = *head, .time_s = time_s}};
    uint8_t memory[1024];
    struct bytes encoded;

    assert_true(schema_encode(&signed_checkpoint_schema, &record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &author->actor.id, encoded), STORE_OK);
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, START);
    world_begin_log(&world, txn, &school, 2, START);
    heads[0] = school.state.head;
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* The school attests subject seq in block seq, which arrives so many days after the start. */
static void attest(struct store_txn *txn, uint64_t days)
{
    uint64_t seq = school.state.seq + 1;
    struct subject subject = world_subject(seq);

    world_attest(&world, txn, &school, &subject, 1, "ase/A5", START + days * DAY_S);
    heads[seq] = school.state.head;
}

static struct dossier gather_of(const struct subject *subject, struct dossier_reach reach)
{
    struct store_txn *txn = world_read(&world);
    struct dossier dossier;

    assert_int_equal(store_dossier(txn, &world.network, &trust, subject, reach, &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    return dossier;
}

static struct dossier gather_in(uint64_t seq, struct dossier_reach reach)
{
    const struct subject subject = world_subject(seq);

    return gather_of(&subject, reach);
}

static struct dossier gather(uint64_t seq, uint64_t known_by_s)
{
    return gather_in(seq, (struct dossier_reach){.known_by_s = known_by_s});
}

/* Asked so many days after the start. */
static struct dossier gather_on(uint64_t seq, uint64_t days)
{
    return gather_in(seq, (struct dossier_reach){.known_by_s = UINT64_MAX, .now_s = START + days * DAY_S});
}

static uint64_t below(uint64_t seq, uint64_t known_by_s)
{
    struct dossier dossier = gather(seq, known_by_s);

    assert_int_equal(dossier.credential_count, 1);
    return dossier.credentials[0].place.below_s;
}

/* Checkpoints of days 20 to 60 at block 0, of 120 at block 1, of 150 at block 2. */
static void checkpoints(struct store_txn *txn)
{
    for (uint64_t day = 20; day <= 60; day++) {
        add_checkpoint(txn, &school, 0, &heads[0], START + day * DAY_S);
    }
    add_checkpoint(txn, &school, 1, &heads[1], START + 120 * DAY_S);
    add_checkpoint(txn, &school, 2, &heads[2], START + 150 * DAY_S);
}

static void the_last_checkpoint_below_an_entry_is_found(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    for (int i = 0; i < 3; i++) {
        attest(txn, 200);
    }
    checkpoints(txn);
    world_commit(txn);
    assert_int_equal(below(1, UINT64_MAX), START + 60 * DAY_S);
    assert_int_equal(below(2, UINT64_MAX), START + 120 * DAY_S);
    assert_int_equal(below(3, UINT64_MAX), START + 150 * DAY_S);
}

static void what_was_not_known_by_then_shows_nothing(void **state)
{
    const uint64_t by_s = START + 200 * DAY_S;
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 200);
    add_checkpoint(txn, &school, 0, &heads[0], by_s - 2 * DAY_S);
    add_checkpoint(txn, &school, 0, &heads[0], by_s - DAY_S);
    add_checkpoint(txn, &school, 0, &heads[0], by_s + DAY_S);
    world_commit(txn);
    assert_int_equal(below(1, by_s), by_s - DAY_S);
    assert_int_equal(below(1, UINT64_MAX), by_s + DAY_S);
}

static void what_was_ahead_of_time_is_forgotten(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 200);
    add_checkpoint(txn, &school, 0, &heads[0], START + 150 * DAY_S);
    add_checkpoint(txn, &school, 0, &heads[0], START + 900 * DAY_S);
    add_checkpoint(txn, &school, 0, &heads[0], START + 901 * DAY_S);
    assert_int_equal(store_drop_later_checkpoints(txn, &school.actor.id, START + 160 * DAY_S, 1), STORE_OK);
    add_checkpoint(txn, &school, 0, &heads[0], START + 160 * DAY_S);
    world_commit(txn);
    assert_int_equal(below(1, UINT64_MAX), START + 160 * DAY_S);
}

static void a_checkpoint_of_a_head_that_is_not_held_shows_nothing(void **state)
{
    const struct hash elsewhere = {{1}};
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 200);
    add_checkpoint(txn, &school, 0, &elsewhere, START + 150 * DAY_S);
    world_commit(txn);
    assert_int_equal(below(1, UINT64_MAX), 0);
}

/* Heads of a branch that a rotation dropped, say, or such that nobody made. */
static void nor_do_many_hide_what_one_before_them_shows(void **state)
{
    const struct hash elsewhere = {{1}};

    for (uint64_t shown = 20; shown < 60; shown++) {
        struct store_txn *txn;

        assert_int_equal(setup(state), 0);
        txn = world_write(&world);
        accredit(txn, true);
        attest(txn, 200);
        for (uint64_t day = 20; day <= 60; day++) {
            add_checkpoint(txn, &school, 0, day == shown ? &heads[0] : &elsewhere, START + day * DAY_S);
        }
        world_commit(txn);
        assert_int_equal(below(1, UINT64_MAX), START + shown * DAY_S);
        assert_int_equal(teardown(state), 0);
    }
}

/* The school's log goes back to block 1 and on behind a rotation, the second entry of the new line in
 * block 4.
 */
static void rewind_to_1(struct store_txn *txn)
{
    assert_int_equal(store_unwind_to(txn, &world.network, &school.actor.id, 1, START + 200 * DAY_S),
                     STORE_OK);
    assert_int_equal(store_log_state(txn, &school.actor.id, &school.state), STORE_OK);
    world_rotate(&world, txn, &school, START + 200 * DAY_S);
    attest(txn, 200);
    attest(txn, 200);
}

/* What a checkpoint names stood without whatever its author writes later from further below: the numbers of
 * blocks say nothing. */
static void a_log_that_is_rewound_is_no_earlier(void **state)
{
    struct hash dropped;
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 200);
    for (int i = 0; i < 3; i++) {
        attest(txn, 130);
    }
    add_checkpoint(txn, &school, 1, &heads[1], START + 120 * DAY_S);
    add_checkpoint(txn, &school, 4, &heads[4], START + 150 * DAY_S);
    dropped = heads[3];
    add_checkpoint(txn, &school, 3, &dropped, START + 160 * DAY_S);
    rewind_to_1(txn);
    add_checkpoint(txn, &school, 4, &heads[4], START + 210 * DAY_S);
    world_commit(txn);
    assert_int_equal(below(3, UINT64_MAX), START + 160 * DAY_S);
    assert_int_equal(below(4, UINT64_MAX), START + 160 * DAY_S);
    assert_int_equal(below(1, UINT64_MAX), 0); /* the dropped branch descends from it */
}

static void it_is_not_looked_for_in_vain(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 100); /* 90 days after the end */
    attest(txn, 101);
    add_checkpoint(txn, &school, 0, &heads[0], START + 99 * DAY_S);
    world_commit(txn);
    assert_int_equal(below(1, UINT64_MAX), 0);
    assert_int_equal(below(2, UINT64_MAX), START + 99 * DAY_S);
}

static void without_an_end_nothing_is_late(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, false);
    attest(txn, 200);
    add_checkpoint(txn, &school, 0, &heads[0], START + 150 * DAY_S);
    world_commit(txn);
    assert_int_equal(below(1, UINT64_MAX), 0);
}

static void a_pack_that_came_late_is_shown_to_be(void **state)
{
    const struct hash head = ase.state.head;
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    add_checkpoint(txn, &ase, 0, &head, START + 150 * DAY_S);
    publish_pack(txn, START + 200 * DAY_S);
    world_commit(txn);
    dossier = gather(1, UINT64_MAX);
    assert_int_equal(dossier.pack_count, 1);
    assert_int_equal(dossier.packs[0].place.below_s, START + 150 * DAY_S);
}

static uint64_t below_of_pack(void)
{
    const struct dossier dossier = gather(7, UINT64_MAX);

    assert_int_equal(dossier.pack_count, 1);
    return dossier.packs[0].place.below_s;
}

/* A checkpoint raises no generation: the pack is copied from the question before. */
static void a_pack_is_seen_to_be_late_once_a_checkpoint_says_so(void **state)
{
    struct hash head = ase.state.head;
    struct store_txn *txn = world_write(&world);

    (void)state;
    publish_pack(txn, START + 200 * DAY_S);
    world_commit(txn);
    assert_int_equal(below_of_pack(), 0);
    txn = world_write(&world);
    add_checkpoint(txn, &ase, 0, &head, START + 150 * DAY_S);
    world_commit(txn);
    assert_int_equal(below_of_pack(), START + 150 * DAY_S);
}

static void an_accreditation_that_came_late_is_shown_to_be(void **state)
{
    const struct hash head = ase.state.head;
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    attest(txn, 1);
    add_checkpoint(txn, &ase, 0, &head, START + 150 * DAY_S);
    accredit_at(txn, true, START + 200 * DAY_S);
    world_commit(txn);
    dossier = gather(1, UINT64_MAX);
    assert_int_equal(dossier.accreditation_count, 1);
    assert_int_equal(dossier.accreditations[0].place.below_s, START + 150 * DAY_S);
}

static void withdraw(struct store_txn *txn, bool has_cut, uint64_t days)
{
    const struct withdrawal record = {.delegate = school.actor.id,
                                      .has_cut = has_cut,
                                      .cut_seq = has_cut ? school.state.seq : 0,
                                      .cut_head = has_cut ? school.state.head : (struct hash){{0}},
                                      .has_accreditation = !has_cut,
                                      .accreditation = {.seq = has_cut ? 0 : 1}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &record);
    world_publish(&world, txn, &ase, &draft, START + days * DAY_S);
}

/* What names no cut records nothing, so that nobody asks when it came. */
static void a_cut_that_was_recorded_late_is_shown_to_be(void **state)
{
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    attest(txn, 1);
    accredit(txn, true);
    add_checkpoint(txn, &ase, 1, &ase.state.head, START + 150 * DAY_S);
    withdraw(txn, true, 200);
    withdraw(txn, false, 201);
    world_commit(txn);
    dossier = gather(1, UINT64_MAX);
    assert_int_equal(dossier.withdrawal_count, 2);
    assert_int_equal(dossier.withdrawals[0].place.below_s, START + 150 * DAY_S);
    assert_int_equal(dossier.withdrawals[1].place.below_s, 0);
}

/* The school says something about what it attested in block 1, which arrives so many days after the start. */
static void say_of_1(struct store_txn *txn, enum status_action action, uint64_t days)
{
    uint64_t seq = school.state.seq + 1;
    const struct status status = {.seq = 1, .action = action, .effective_day = day_after(1)};

    world_say(&world, txn, &school, &status, 0, 0, START + days * DAY_S);
    heads[seq] = school.state.head;
}

static void what_is_said_for_somebody_and_came_late_is_shown_to_be(void **state)
{
    struct store_txn *txn = world_write(&world);
    const struct dossier_place *place;
    struct dossier dossier;

    (void)state;
    accredit(txn, true);
    attest(txn, 1);
    say_of_1(txn, STATUS_SUSPENDED, 2);
    add_checkpoint(txn, &school, 2, &heads[2], START + 150 * DAY_S);
    say_of_1(txn, STATUS_REINSTATED, 200);
    say_of_1(txn, STATUS_SUSPENDED, 201);
    world_commit(txn);
    dossier = gather(1, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 1);
    place = &dossier.credentials[0].place;
    assert_int_equal(place->event_count, 3);
    assert_non_null(place->event_signings);
    assert_int_equal(place->event_signings[1].time_s, START + 200 * DAY_S);
    assert_int_equal(place->event_signings[1].arrived_s, START + 200 * DAY_S);
    assert_int_equal(place->event_signings[1].below_s, START + 150 * DAY_S);
    assert_int_equal(place->event_signings[0].arrived_s, 0);
    assert_int_equal(place->event_signings[2].arrived_s, 0);
}

static void nobody_looks_when_it_was_said_where_nothing_ends(void **state)
{
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    accredit(txn, false);
    attest(txn, 1);
    say_of_1(txn, STATUS_REINSTATED, 200);
    world_commit(txn);
    dossier = gather(1, UINT64_MAX);
    assert_null(dossier.credentials[0].place.event_signings);
}

/* ---- heads that were named before they were held ---- */

static const struct hash made_up = {{1}};

static void name_head(struct store_txn *txn, uint64_t seq, const struct hash *head, uint64_t days)
{
    assert_int_equal(store_note_named_head(txn, &school.actor.id, seq, head, START + days * DAY_S), STORE_OK);
}

/* Three blocks that arrive on day 200, and the school's word that there was none on day 150. */
static void come_late(struct store_txn *txn)
{
    accredit(txn, true);
    for (int i = 0; i < 3; i++) {
        attest(txn, 200);
    }
    add_checkpoint(txn, &school, 0, &heads[0], START + 150 * DAY_S);
}

/* Of the one in block 2. */
static enum lateness lateness(void)
{
    const struct dossier dossier = gather(2, UINT64_MAX);

    assert_int_equal(dossier.credential_count, 1);
    return lateness_of(&dossier.credentials[0].place, day_after(10), ACCREDITATION_GRACE_DAYS);
}

static void what_a_checkpoint_named_in_time_is_in_time(void **state)
{
    static const struct {
        const char *why;
        uint64_t seq;
        const struct hash *head;
        uint64_t days;
        enum lateness wanted;
    } rows[] = {
        {"its own block was named on the last day", 2, &heads[2], 100, LATE_NO},
        {"one above it was", 3, &heads[3], 100, LATE_NO},
        {"one below it was", 1, &heads[1], 100, LATE_YES},
        {"one above it was the day after", 3, &heads[3], 101, LATE_YES},
        {"a block that nobody made was", 3, &made_up, 100, LATE_YES},
        {"one below it was, under another number", 2, &heads[1], 100, LATE_YES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct store_txn *txn = world_write(&world);
        enum lateness found;

        come_late(txn);
        name_head(txn, rows[i].seq, rows[i].head, rows[i].days);
        world_commit(txn);
        found = lateness();
        if (found != rows[i].wanted) {
            fail_msg("%s: %d, not %d", rows[i].why, (int)found, (int)rows[i].wanted);
        }
        (void)teardown(state);
        (void)setup(state);
    }
}

static void the_first_arrival_of_a_name_counts(void **state)
{
    static const struct {
        const char *why;
        uint64_t seqs[2], days[2];
    } rows[] = {
        {"it came twice", {3, 3}, {100, 150}},
        {"the first time by a clock that was ahead", {3, 3}, {150, 100}},
        {"two heads above it were named", {2, 3}, {100, 150}},
        {"the upper one first", {2, 3}, {150, 100}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct store_txn *txn = world_write(&world);

        come_late(txn);
        for (size_t j = 0; j < 2; j++) {
            name_head(txn, rows[i].seqs[j], &heads[rows[i].seqs[j]], rows[i].days[j]);
        }
        world_commit(txn);
        if (lateness() != LATE_NO) {
            fail_msg("%s: it is not in time", rows[i].why);
        }
        (void)teardown(state);
        (void)setup(state);
    }
}

/* Whoever has a checkpoint key makes up heads; not even another number for one that there is takes it away.
 */
static void so_many_names_are_kept_the_last_ones(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    come_late(txn);
    name_head(txn, 4, &heads[3], 99);
    name_head(txn, 3, &heads[3], 100);
    for (uint8_t i = 1; i < STORE_NAMED_HEADS_MAX; i++) {
        name_head(txn, 3, &(struct hash){{i}}, 300);
        name_head(txn, 3, &(struct hash){{i}}, 301); /* takes no room */
    }
    world_commit(txn);
    assert_int_equal(lateness(), LATE_NO);
    txn = world_write(&world);
    name_head(txn, 3, &(struct hash){{STORE_NAMED_HEADS_MAX}}, 300);
    world_commit(txn);
    assert_int_equal(lateness(), LATE_YES);
}

static void a_branch_that_the_chain_left_shows_nothing(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    come_late(txn);
    name_head(txn, 3, &heads[3], 100);
    rewind_to_1(txn);
    world_commit(txn);
    assert_int_equal(below(3, UINT64_MAX), START + 150 * DAY_S);
}

/* The pack is copied from the question before. */
static void a_pack_is_in_time_as_long_as_that_is_shown(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    publish_pack(txn, START + 200 * DAY_S);
    world_commit(txn);
    for (uint8_t i = 0; i <= STORE_NAMED_HEADS_MAX; i++) {
        const struct hash other = {{i}};

        txn = world_write(&world);
        assert_int_equal(store_note_named_head(txn, &ase.actor.id, 1, i == 0 ? &ase.state.head : &other,
                                               START + 50 * DAY_S),
                         STORE_OK);
        world_commit(txn);
        assert_int_equal(gather(7, UINT64_MAX).packs[0].place.above_s,
                         i < STORE_NAMED_HEADS_MAX ? START + 50 * DAY_S : 0);
    }
}

static void what_is_said_about_it_is_in_time_as_well(void **state)
{
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    accredit(txn, true);
    attest(txn, 1);
    say_of_1(txn, STATUS_SUSPENDED, 2);
    say_of_1(txn, STATUS_REINSTATED, 200);
    name_head(txn, 3, &heads[3], 100);
    world_commit(txn);
    dossier = gather(1, UINT64_MAX);
    assert_non_null(dossier.credentials[0].place.event_signings);
    assert_int_equal(dossier.credentials[0].place.event_signings[1].above_s, START + 100 * DAY_S);
}

/* Two authors in one question, each with its own. */
static void what_one_author_named_says_nothing_of_another(void **state)
{
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    accredit_at(txn, true, START + 200 * DAY_S);
    attest(txn, 200);
    name_head(txn, 1, &heads[1], 100);
    world_commit(txn);
    dossier = gather(1, UINT64_MAX);
    assert_int_equal(dossier.credentials[0].place.above_s, START + 100 * DAY_S);
    assert_int_equal(dossier.accreditations[0].place.above_s, 0);
}

/* ---- clocks that were ahead ---- */

/* It may have come any day until now: in time while now still is, and late for nothing by that alone. */
static void what_came_by_a_clock_that_was_ahead_had_come_by_now(void **state)
{
    static const struct {
        uint64_t asked, arrived;
        enum lateness lateness;
    } rows[] = {
        {50, 50, LATE_NO},          {100, 100, LATE_NO},        {101, 101, LATE_NOT_KNOWN},
        {199, 199, LATE_NOT_KNOWN}, {200, 200, LATE_NOT_KNOWN}, {201, 200, LATE_NOT_KNOWN},
    };
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 200);
    world_commit(txn);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct dossier dossier = gather_on(1, rows[i].asked);
        const struct dossier_place *place = &dossier.credentials[0].place;

        assert_int_equal(place->arrived_s, START + rows[i].arrived * DAY_S);
        assert_int_equal(lateness_of(place, day_after(10), ACCREDITATION_GRACE_DAYS), rows[i].lateness);
    }
}

/* And stays in time when its author's checkpoint says more. */
static void its_author_shows_it_late_only_once_now_is(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 200);
    add_checkpoint(txn, &school, 0, &heads[0], START + 101 * DAY_S);
    world_commit(txn);
    for (uint64_t asked = 99; asked < 103; asked++) {
        const struct dossier dossier = gather_on(1, asked);

        assert_int_equal(lateness_of(&dossier.credentials[0].place, day_after(10), ACCREDITATION_GRACE_DAYS),
                         asked < 101 ? LATE_NO : LATE_YES);
    }
}

static void what_is_kept_between_questions_arrives_by_the_time_of_each(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    publish_pack(txn, START + 200 * DAY_S);
    world_commit(txn);
    for (uint64_t asked = 150; asked <= 250; asked += 50) {
        const struct dossier dossier = gather_on(7, asked);

        assert_int_equal(dossier.pack_count, 1);
        assert_int_equal(dossier.packs[0].place.arrived_s, START + (asked < 200 ? asked : 200) * DAY_S);
    }
}

/* A checkpoint that was taken while this clock was ahead, as its author's was. */
static void a_checkpoint_ahead_of_now_shows_nothing(void **state)
{
    const uint64_t ahead_s = START + 150 * DAY_S;
    struct dossier_reach reach = {.known_by_s = UINT64_MAX};
    struct store_txn *txn = world_write(&world);

    (void)state;
    accredit(txn, true);
    attest(txn, 120);
    add_checkpoint(txn, &school, 0, &heads[0], ahead_s);
    world_commit(txn);
    reach.now_s = ahead_s - CHECKPOINT_AHEAD_S;
    assert_int_equal(gather_in(1, reach).credentials[0].place.below_s, ahead_s);
    reach.now_s--;
    assert_int_equal(gather_in(1, reach).credentials[0].place.below_s, 0);
}

/* Someone joined the school by a consent that had expired long before. */
static void join_late(struct store_txn *txn)
{
    const struct built_key *key = &ase.actor.built[WORLD_PRESENT_KEY];
    struct affiliation joined = world_joined(&world, &ase.actor.id, &school.actor.id, 1, key);

    joined.consent.expires_s = START + DAY_S;
    consent_id(&joined.id, &world.network, &joined.consent);
    sign_hash(&joined.signature.signature, &key->secret, &joined.id);
    world_publish_one(&world, txn, &school, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, START + 45 * DAY_S);
}

/* Of a shop. */
static void nor_of_who_joined(void **state)
{
    const uint64_t ahead_s = START + 50 * DAY_S;
    const struct subject shop = subject_of_actor(&school.actor.id);
    struct dossier_reach reach = {.known_by_s = UINT64_MAX};
    struct store_txn *txn = world_write(&world);

    (void)state;
    join_late(txn);
    add_checkpoint(txn, &school, 0, &heads[0], ahead_s);
    world_commit(txn);
    reach.now_s = ahead_s - CHECKPOINT_AHEAD_S;
    assert_int_equal(gather_of(&shop, reach).affiliation_count, 1);
    assert_int_equal(gather_of(&shop, reach).affiliations[0].place.below_s, ahead_s);
    reach.now_s--;
    assert_int_equal(gather_of(&shop, reach).affiliations[0].place.below_s, 0);
}

/* The first checkpoint after the consent had expired was dated back behind what shows it. */
static void what_is_dated_back_lets_nobody_have_joined_in_time(void **state)
{
    const struct subject shop = subject_of_actor(&school.actor.id);
    struct store_txn *txn = world_write(&world);

    (void)state;
    join_late(txn);
    add_checkpoint(txn, &school, 0, &heads[0], START + 50 * DAY_S);
    add_checkpoint(txn, &school, 1, &school.state.head, START + 35 * DAY_S);
    world_commit(txn);
    assert_int_equal(gather_of(&shop, DOSSIER_REACH_ALL).affiliations[0].place.below_s, START + 50 * DAY_S);
}

static void who_joined_did_so_in_time_where_that_was_named(void **state)
{
    const struct subject shop = subject_of_actor(&school.actor.id);
    const struct dossier_place *place;
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    join_late(txn);
    name_head(txn, 1, &school.state.head, 1);
    add_checkpoint(txn, &school, 0, &heads[0], START + 50 * DAY_S);
    world_commit(txn);
    dossier = gather_of(&shop, DOSSIER_REACH_ALL);
    assert_int_equal(dossier.affiliation_count, 1);
    place = &dossier.affiliations[0].place;
    assert_int_equal(lateness_of(place, day_after(1), CONSENT_LATE_DAYS), LATE_NO);
    assert_int_equal(place->below_s, 0); /* nobody looked */
}

static void what_is_said_about_it_by_such_a_clock_had_come_by_now_too(void **state)
{
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    accredit(txn, true);
    attest(txn, 1);
    say_of_1(txn, STATUS_SUSPENDED, 2);
    say_of_1(txn, STATUS_REINSTATED, 200);
    world_commit(txn);
    dossier = gather_on(1, 90);
    assert_non_null(dossier.credentials[0].place.event_signings);
    assert_int_equal(dossier.credentials[0].place.event_signings[1].arrived_s, START + 90 * DAY_S);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    static const struct CMUnitTest tests[] = {
        IN_WORLD(the_last_checkpoint_below_an_entry_is_found),
        IN_WORLD(what_was_not_known_by_then_shows_nothing),
        IN_WORLD(what_was_ahead_of_time_is_forgotten),
        IN_WORLD(a_checkpoint_of_a_head_that_is_not_held_shows_nothing),
        cmocka_unit_test(nor_do_many_hide_what_one_before_them_shows),
        IN_WORLD(a_log_that_is_rewound_is_no_earlier),
        IN_WORLD(it_is_not_looked_for_in_vain),
        IN_WORLD(without_an_end_nothing_is_late),
        IN_WORLD(a_pack_that_came_late_is_shown_to_be),
        IN_WORLD(a_pack_is_seen_to_be_late_once_a_checkpoint_says_so),
        IN_WORLD(an_accreditation_that_came_late_is_shown_to_be),
        IN_WORLD(a_cut_that_was_recorded_late_is_shown_to_be),
        IN_WORLD(what_is_said_for_somebody_and_came_late_is_shown_to_be),
        IN_WORLD(nobody_looks_when_it_was_said_where_nothing_ends),
        IN_WORLD(what_a_checkpoint_named_in_time_is_in_time),
        IN_WORLD(the_first_arrival_of_a_name_counts),
        IN_WORLD(so_many_names_are_kept_the_last_ones),
        IN_WORLD(a_branch_that_the_chain_left_shows_nothing),
        IN_WORLD(a_pack_is_in_time_as_long_as_that_is_shown),
        IN_WORLD(what_is_said_about_it_is_in_time_as_well),
        IN_WORLD(what_one_author_named_says_nothing_of_another),
        IN_WORLD(what_came_by_a_clock_that_was_ahead_had_come_by_now),
        IN_WORLD(its_author_shows_it_late_only_once_now_is),
        IN_WORLD(what_is_kept_between_questions_arrives_by_the_time_of_each),
        IN_WORLD(a_checkpoint_ahead_of_now_shows_nothing),
        IN_WORLD(nor_of_who_joined),
        IN_WORLD(what_is_dated_back_lets_nobody_have_joined_in_time),
        IN_WORLD(who_joined_did_so_in_time_where_that_was_named),
        IN_WORLD(what_is_said_about_it_by_such_a_clock_had_come_by_now_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
