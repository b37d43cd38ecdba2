#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/days.h"
#include "protocol/log/checkpoint.h"
#include "store/tables.h"
#include "tests/support/node_bench.h"
#include "tests/support/sanitized.h"

/* What checkpoints say that are signed by keys which their author lists no longer, as they were stolen. */

enum {
    DAY_S = 86400,
    ROTATED_S = 90 * DAY_S,
    LIE_S = 400 * DAY_S,
    NOW_S = 500 * DAY_S,
    LATER_S = 2000 * DAY_S
};

static struct key_set stolen;   /* the owner's, before it listed others */
static struct key_set two_keys; /* its, when it had listed one more */

static enum reason offer_at(struct bytes encoded, uint64_t now_s)
{
    struct actor_id author;
    enum store_error error = STORE_OK;
    enum reason reason = ingest_checkpoint(&node->ingest, node->txn, encoded, now_s, &author, &error);

    assert_int_equal(error, STORE_OK);
    return reason;
}

static const struct dossier *ask(void)
{
    static struct dossier dossier;
    const struct subject subject = subject_of_actor(&node->actors[NAMED].id);

    assert_int_equal(store_dossier(node->txn, &node->network, &node->trust, &subject, DOSSIER_REACH_ALL,
                                   &dossier, &node->scratch),
                     STORE_OK);
    return &dossier;
}

/* Of when the checkpoint is that freshness of the owner counts from; 0: none counts. */
static uint64_t fresh_since(void)
{
    const struct dossier_log *log = dossier_log_of(ask(), &node->actors[OWNER].id);

    assert_non_null(log);
    return log->has_checkpoint ? log->checkpoint_time_s : 0;
}

/* The owner's log, of which somebody has the keys. */
static void take_in(void)
{
    node_take_in_owner();
    stolen = node->logs[OWNER].state.keys;
}

/* The owner writes its draft at a time, and the node takes it in then or later. */
static void write_at(uint64_t time_s, uint64_t arrived_s)
{
    uint64_t seq;

    node->logs[OWNER].time_s = time_s;
    seq = log_builder_append(&node->builder, &node->logs[OWNER]);
    ingest_block(&node->ingest, node->txn, INGEST_PEER, memory_log_block(&node->logs[OWNER], seq), arrived_s,
                 &node->result);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
}

/* To keys of its own. */
static void rotate_at(uint64_t time_s)
{
    say_rotation(OWNER, time_s);
    write_at(time_s, NOW_S);
}

static uint64_t head_seq(void)
{
    return node->logs[OWNER].state.seq;
}

static uint64_t head_time_s(void)
{
    struct block block;

    assert_int_equal(block_decode(&block, &node->network, memory_log_block(&node->logs[OWNER], head_seq()),
                                  &node->scratch),
                     REASON_NONE);
    return block.header.time_s;
}

/* What the owner revoked since it rotated is kept from this node, and so is its own checkpoint: the thief
 * says every ten minutes that all is here. */
static void keys_that_were_rotated_away_keep_nothing_fresh(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, 500), NOW_S), REASON_NONE);
    assert_int_equal(fresh_since(), 500);
    rotate_at(ROTATED_S);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), NOW_S), REASON_SIGNER_ROLE);
    assert_int_equal(fresh_since(), 500);
}

/* As fresh as at a node to which the rotation came first. */
static void nor_where_it_came_before_the_rotation(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, 500), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S - DAY_S), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), NOW_S), REASON_NONE);
    assert_int_equal(fresh_since(), LIE_S);
    rotate_at(ROTATED_S);
    assert_int_equal(fresh_since(), 500);
}

/* All of them were stolen, and each said something of the days since it was rotated away. */
static void nor_do_those_before_them(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, 80 * DAY_S), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, 150 * DAY_S), NOW_S), REASON_NONE);
    rotate_at(ROTATED_S);
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), LIE_S), NOW_S),
        REASON_NONE);
    say_rotation(OWNER, 2);
    write_at(200 * DAY_S, NOW_S);
    assert_int_equal(fresh_since(), 80 * DAY_S);
}

static void a_key_that_is_listed_no_longer_keeps_nothing_fresh(void **state)
{
    (void)state;
    take_in();
    say_update(7);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), NOW_S), REASON_SIGNER_ROLE);
    assert_int_equal(fresh_since(), 0);
}

/* The first that listed others, however often it did since. */
static void it_ends_with_the_first_block_that_lists_it_no_longer(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, ROTATED_S - DAY_S), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, ROTATED_S + 2 * DAY_S), NOW_S), REASON_NONE);
    for (uint64_t i = 0; i < 5; i++) {
        say_content(NAMED, 1);
        assert_int_equal(node_write(OWNER), REASON_NONE);
        rotate_at(ROTATED_S + i * DAY_S);
    }
    assert_int_equal(fresh_since(), ROTATED_S - DAY_S);
}

/* What it said before it is as true as ever; and so is what a key says that is still listed. */
static void what_was_dated_before_counts(void **state)
{
    (void)state;
    take_in();
    rotate_at(ROTATED_S);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, head_time_s()), NOW_S), REASON_NONE);
    assert_int_equal(fresh_since(), head_time_s());
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), LIE_S), NOW_S),
        REASON_NONE);
    say_content(NAMED, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(fresh_since(), LIE_S);
}

/* Rules that the owner dates back to day 100. */
static void write_rules(void)
{
    struct rule_pack pack = {.version = 1, .in_force_from = 100};

    pack.name_space = bytes_of_string(node->trust.owners[0].name_space);
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_RULE_PACK, &pack);
    write_at(100 * DAY_S, NOW_S);
}

static void publish_rules(void)
{
    write_rules();
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), 450 * DAY_S), NOW_S),
        REASON_NONE);
}

static uint64_t rules_below_s(void)
{
    const struct dossier *dossier = ask();

    assert_int_equal(dossier->pack_count, 1);
    return dossier->packs[0].place.below_s;
}

/* A fresh node, to which all history arrives today, and a thief's word that the log ended below them. */
static void keys_that_were_rotated_away_show_nothing_to_be_late(void **state)
{
    struct bytes lie;

    (void)state;
    take_in();
    lie = sign_checkpoint(OWNER, &stolen, 2, LIE_S);
    rotate_at(ROTATED_S);
    assert_int_equal(offer_at(lie, NOW_S), REASON_SIGNER_ROLE);
    publish_rules();
    assert_int_equal(rules_below_s(), 0);
}

/* Who writes back beside it what others saw the log without is late all the same: it stood so here. */
static void what_stood_here_at_that_time_shows_it(void **state)
{
    struct bytes seen;

    (void)state;
    take_in();
    seen = sign_checkpoint(OWNER, &stolen, 2, LIE_S);
    assert_int_equal(offer_at(seen, LIE_S), REASON_NONE);
    rotate_at(ROTATED_S);
    publish_rules();
    assert_int_equal(rules_below_s(), LIE_S);
}

/* The same where the log came later than that: the thief's word came before the rotation. */
static void what_came_here_later_does_not(void **state)
{
    (void)state;
    say_accreditation(DELEGATE, 1);
    (void)log_builder_append(&node->builder, &node->logs[OWNER]);
    say_content(NAMED, 1);
    (void)log_builder_append(&node->builder, &node->logs[OWNER]);
    stolen = node->logs[OWNER].state.keys;
    for (uint64_t seq = 0; seq <= 2; seq++) {
        ingest_block(&node->ingest, node->txn, INGEST_PEER, memory_log_block(&node->logs[OWNER], seq), NOW_S,
                     &node->result);
        assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    }
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), NOW_S), REASON_NONE);
    rotate_at(ROTATED_S);
    publish_rules();
    assert_int_equal(rules_below_s(), 0);
}

/* Nor does the author itself, by rotating and dating one back, whatever its clock said before. */
static void a_checkpoint_dated_back_in_a_later_epoch_unsays_nothing(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), LIE_S), REASON_NONE);
    publish_rules();
    assert_int_equal(rules_below_s(), LIE_S);
    rotate_at(NOW_S);
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), 50 * DAY_S), NOW_S),
        REASON_STALE_CHECKPOINT);
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), NOW_S), NOW_S),
        REASON_NONE);
    assert_int_equal(rules_below_s(), LIE_S);
}

/* One that was ahead of the clock when it came holds up no later one, and lets none be dated back. */
static void nor_after_one_that_was_ahead(void **state)
{
    struct key_set *keys = &node->logs[OWNER].state.keys;

    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, keys, 2, LIE_S), LIE_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, keys, 2, NOW_S + DAY_S), NOW_S + DAY_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, keys, 2, 50 * DAY_S), NOW_S), REASON_STALE_CHECKPOINT);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, keys, 2, NOW_S), NOW_S), REASON_NONE);
    say_content(NAMED, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(fresh_since(), NOW_S);
}

/* Nor where all of it was ahead, the rotation too. */
static void nor_one_by_old_keys_that_was_ahead(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, NOW_S + DAY_S), LATER_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, NOW_S + 3 * DAY_S), LATER_S), REASON_NONE);
    rotate_at(NOW_S + 2 * DAY_S);
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), NOW_S), NOW_S),
        REASON_NONE);
    assert_int_equal(fresh_since(), NOW_S);
}

/* ---- in every order ---- */

enum { DAY_OF_IT_S = 90 * DAY_S, HOUR_S = 3600, MINUTE_S = 60 };
enum { YESTERDAY_S = DAY_OF_IT_S - 3 * HOUR_S, MORNING_S = DAY_OF_IT_S + 9 * HOUR_S };

static uint64_t kept_seq; /* the last block that lists all keys, which checkpoints name */

/* Of the owner's keys the checkpoint key that came first or the one that was listed beside it later. */
static struct bytes sign_by(bool first, uint64_t time_s)
{
    const struct memory_log *log = &node->logs[OWNER];
    const struct checkpoint checkpoint = {.author = log->state.author,
                                          .seq = kept_seq,
                                          .head = log->blocks[kept_seq].record.hash,
                                          .time_s = time_s};
    struct block_signer signers[SIGNATURES_MAX];
    struct signed_checkpoint out;
    size_t at = 0;

    assert_int_equal(key_ring_signers(&node->builder.ring, &two_keys, ROLE_CHECKPOINT, 2, signers), 2);
    while (key_set_has(&stolen, ROLE_CHECKPOINT, &two_keys.keys[signers[at].key_index].key) != first) {
        at++;
    }
    checkpoint_sign(&out, &checkpoint, &node->network, signers[at].key_index, signers[at].secret);
    return build_record(&signed_checkpoint_schema, &out, &node->builder.arena);
}

/* List the first checkpoint key, and one more. */
static void list_keys(bool both, uint64_t time_s)
{
    struct signing_key keys[2];
    struct keys_update update = {.signing_keys = {.items = keys}, .thresholds = {.checkpoint = 1}};

    for (size_t i = 0; i < stolen.key_count; i++) {
        if (stolen.keys[i].role == ROLE_CHECKPOINT) {
            keys[update.signing_keys.count++] = stolen.keys[i];
        }
    }
    assert_int_equal(update.signing_keys.count, 1);
    if (both) {
        keys[1] = key_ring_make(&node->builder.ring, ROLE_CHECKPOINT, 77, 1);
        update.signing_keys.count = 2;
        if (memcmp(&keys[0].key, &keys[1].key, sizeof keys[0].key) > 0) {
            const struct signing_key key = keys[0];

            keys[0] = keys[1];
            keys[1] = key;
        }
    }
    log_builder_begin(&node->builder, CLASS_KEYS);
    log_builder_add(&node->builder, ENTRY_KEYS_UPDATE, &update);
    write_at(time_s, NOW_S);
}

/* y, a, b: the owner's checkpoints by the key that is stolen, of yesterday and of this morning. l, m: the
 * thief's, of noon and of tomorrow. r: the rotation at ten. h: the owner's by its new key, of half past ten.
 * c, d: its by another key that it has listed all along, of this morning and of half past ten. k: the thief's
 * by the one beside that, of noon, and v: the owner's by it, of half past nine. u: the update at ten that
 * lists that one no longer. */
static void do_step(char step)
{
    switch (step) {
    case 'y':
        (void)offer_at(sign_checkpoint(OWNER, &stolen, 2, YESTERDAY_S), NOW_S);
        break;
    case 'a':
        (void)offer_at(sign_checkpoint(OWNER, &stolen, 2, MORNING_S), NOW_S);
        break;
    case 'b':
        (void)offer_at(sign_checkpoint(OWNER, &stolen, 2, MORNING_S + 30 * MINUTE_S), NOW_S);
        break;
    case 'l':
        (void)offer_at(sign_checkpoint(OWNER, &stolen, 2, MORNING_S + 3 * HOUR_S), NOW_S);
        break;
    case 'm':
        (void)offer_at(sign_checkpoint(OWNER, &stolen, 2, MORNING_S + DAY_S), NOW_S);
        break;
    case 'r':
        rotate_at(MORNING_S + HOUR_S);
        break;
    case 'h':
        (void)offer_at(
            sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), MORNING_S + 90 * MINUTE_S),
            NOW_S);
        break;
    case 'c':
        (void)offer_at(sign_by(true, MORNING_S), NOW_S);
        break;
    case 'd':
        (void)offer_at(sign_by(true, MORNING_S + 90 * MINUTE_S), NOW_S);
        break;
    case 'k':
        (void)offer_at(sign_by(false, MORNING_S + 3 * HOUR_S), NOW_S);
        break;
    case 'v':
        (void)offer_at(sign_by(false, MORNING_S + 30 * MINUTE_S), NOW_S);
        break;
    case 'u':
        list_keys(false, MORNING_S + HOUR_S);
        break;
    default:
        fail();
    }
}

struct orders_row {
    const char *sentence, *steps;
    bool two_keys; /* the owner has listed two */
    bool again;    /* peers offer each checkpoint again, as they do */
    uint64_t fresh_s;
};

static void try_order(const struct orders_row *row, const char *order)
{
    void *state = NULL;

    assert_int_equal(node_make(&state), 0);
    take_in();
    if (row->two_keys) {
        list_keys(true, YESTERDAY_S);
        two_keys = node->logs[OWNER].state.keys;
    }
    kept_seq = head_seq();
    for (const char *step = order; *step != '\0'; step++) {
        do_step(*step);
    }
    for (const char *step = order; row->again && *step != '\0'; step++) {
        if (*step != 'r' && *step != 'u') {
            do_step(*step);
        }
    }
    if (fresh_since() != row->fresh_s) {
        fail_msg("%s: %s is fresh since %d, not %d", row->sentence, order, (int)fresh_since(),
                 (int)row->fresh_s);
    }
    assert_int_equal(node_drop(&state), 0);
}

enum { EACH_ORDER = SANITIZED ? 11 : 1 };
static size_t order_count;

/* What is signed by new keys is an orphan before they are here. */
static void try_orders(const struct orders_row *row, char *order, size_t from)
{
    const char *rotation = strchr(order, 'r'), *by_new_keys = strchr(order, 'h');

    if (order[from] == '\0') {
        if ((by_new_keys == NULL || by_new_keys > rotation) && order_count++ % EACH_ORDER == 0) {
            try_order(row, order);
        }
        return;
    }
    for (size_t i = from; order[i] != '\0'; i++) {
        const char step = order[i];

        order[i] = order[from];
        order[from] = step;
        try_orders(row, order, from + 1);
        order[from] = order[i];
        order[i] = step;
    }
}

static void what_came_first_does_not_matter(void **state)
{
    static const struct orders_row rows[] = {
        {"the thief's word alone", "lr", false, false, 0},
        {"the morning's before the thief's", "alr", false, false, MORNING_S},
        {"of a day on which a key ends its first", "abr", false, false, MORNING_S},
        {"and with the thief's", "ablr", false, false, MORNING_S},
        {"the owner's next", "alrh", false, false, MORNING_S + 90 * MINUTE_S},
        {"yesterday's, offered again", "ylr", false, true, YESTERDAY_S},
        {"the morning's, and the thief's on two days, offered again", "almr", false, true, MORNING_S},
        {"that of a key that stands", "cku", true, false, MORNING_S},
        {"that of one that ends where another's came before it", "cvku", true, false,
         MORNING_S + 30 * MINUTE_S},
        {"and the last of one that stands", "cdku", true, false, MORNING_S + 90 * MINUTE_S},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char order[8];

        strcpy(order, rows[i].steps);
        try_orders(&rows[i], order, 0);
    }
}

/* Or the thief could have what counts name a block of its own, which the rotation leaves out. */
static void one_that_is_dated_back_names_no_higher_block(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 1, MORNING_S), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, MORNING_S - HOUR_S), NOW_S),
                     REASON_STALE_CHECKPOINT);
    rotate_at(MORNING_S + HOUR_S);
    assert_int_equal(fresh_since(), MORNING_S);
}

/* Nobody else's word is kept with the owner's. */
static void one_that_is_dated_back_is_signed(void **state)
{
    struct bytes forged;

    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, MORNING_S), NOW_S), REASON_NONE);
    forged = sign_checkpoint(OWNER, &stolen, 2, MORNING_S - HOUR_S);
    ((uint8_t *)(uintptr_t)forged.data)[forged.size - 1] ^= 1;
    assert_int_equal(offer_at(forged, NOW_S), REASON_STALE_CHECKPOINT);
    rotate_at(MORNING_S + HOUR_S);
    assert_int_equal(fresh_since(), MORNING_S);
}

/* Rules that were published after the owner was seen to stand without them are late, though the keys with
 * which it said so are listed no longer, by what it dates back, and it says less now. */
static void who_dates_a_rotation_back_unsays_nothing(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), LIE_S), REASON_NONE);
    rotate_at(ROTATED_S);
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), ROTATED_S + DAY_S), NOW_S),
        REASON_NONE);
    publish_rules();
    assert_int_equal(rules_below_s(), LIE_S);
}

static void one_that_is_dated_back_makes_nothing_later(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), LIE_S), REASON_NONE);
    publish_rules();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S + HOUR_S), NOW_S),
                     REASON_STALE_CHECKPOINT);
    assert_int_equal(rules_below_s(), LIE_S);
}

/* A thief may say something on each day that there is room for. */
static void days_of_lies_leave_room_for_the_newest(void **state)
{
    (void)state;
    take_in();
    for (uint64_t day = 0; day < CHECKPOINT_DAYS_MAX; day++) {
        assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S + day * DAY_S), LATER_S),
                         REASON_NONE);
    }
    rotate_at(ROTATED_S);
    assert_int_equal(fresh_since(), 0);
    assert_int_equal(
        offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), ROTATED_S), LATER_S),
        REASON_NONE);
    say_content(NAMED, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(fresh_since(), ROTATED_S);
}

/* More than one day has room for. */
static void who_rotates_all_day_is_as_fresh_as_its_last_key(void **state)
{
    (void)state;
    take_in();
    for (uint64_t i = 0; i < 3 * KEYS_MAX; i++) {
        rotate_at(MORNING_S + i * MINUTE_S);
        assert_int_equal(offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(),
                                                  MORNING_S + i * MINUTE_S),
                                  NOW_S),
                         REASON_NONE);
        assert_int_equal(fresh_since(), MORNING_S + i * MINUTE_S);
    }
}

/* ---- what is there is taken back by nothing ---- */

/* An author whose rules were seen to be late rotates, dates that back, and says by its new keys of an hour of
 * the same day before that it had them. */
static void new_keys_dated_back_on_the_same_day_unsay_nothing(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S + HOUR_S), LIE_S + HOUR_S),
                     REASON_NONE);
    rotate_at(ROTATED_S);
    write_rules();
    assert_int_equal(rules_below_s(), LIE_S + HOUR_S);
    (void)offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), LIE_S), NOW_S);
    assert_int_equal(rules_below_s(), LIE_S + HOUR_S);
}

static void nor_on_each_day_one_by_one(void **state)
{
    enum { DAYS = 20 };

    (void)state;
    take_in();
    for (uint64_t day = 0; day < DAYS; day++) {
        const uint64_t said_s = LIE_S + day * DAY_S + HOUR_S;

        assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, said_s), said_s), REASON_NONE);
    }
    rotate_at(ROTATED_S);
    write_rules();
    for (uint64_t day = 0; day < DAYS; day++) {
        (void)offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), LIE_S + day * DAY_S),
                       NOW_S);
    }
    assert_int_equal(rules_below_s(), LIE_S + (DAYS - 1) * DAY_S + HOUR_S);
}

/* Nor on the days before, which nobody has heard of. */
static void nor_on_earlier_days(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S), LIE_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S + DAY_S), LIE_S + DAY_S), REASON_NONE);
    rotate_at(ROTATED_S);
    write_rules();
    for (uint64_t day = 30; day > 0; day--) {
        assert_int_equal(
            offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(), LIE_S - day * DAY_S),
                     NOW_S),
            REASON_NONE);
        assert_int_equal(rules_below_s(), LIE_S + DAY_S);
    }
}

/* Nor by as many new keys as it likes. */
static void nor_by_many_keys(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S + HOUR_S), LIE_S + HOUR_S),
                     REASON_NONE);
    rotate_at(ROTATED_S);
    write_rules();
    for (uint64_t i = 0; i < 8; i++) {
        (void)offer_at(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, head_seq(),
                                       i == 0 ? LIE_S : LIE_S + HOUR_S + i * MINUTE_S),
                       NOW_S);
        assert_int_equal(rules_below_s(), LIE_S + HOUR_S);
        rotate_at(ROTATED_S);
    }
}

/* As after a dead battery, and a peer sends again what the owner really signed that morning. */
static void a_clock_set_back_for_a_minute_loses_no_evidence(void **state)
{
    const uint64_t morning_s = 300 * DAY_S;
    struct bytes replayed;

    (void)state;
    take_in();
    replayed = sign_checkpoint(OWNER, &stolen, 2, morning_s + 2 * HOUR_S);
    for (uint64_t day = 300; day <= 450; day++) {
        const uint64_t said_s = day * DAY_S + 20 * HOUR_S;

        assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, said_s), said_s), REASON_NONE);
    }
    (void)offer_at(replayed, morning_s + 3 * HOUR_S);
    write_rules();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, head_seq(), NOW_S), NOW_S), REASON_NONE);
    assert_int_equal(rules_below_s(), 450 * DAY_S + 20 * HOUR_S);
}

/* The owner's clock, as this one, was ahead, and it goes on once both are right. */
static void what_was_ahead_shows_nothing_to_be_late(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, LATER_S), LATER_S), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, NOW_S), NOW_S), REASON_NONE);
    write_rules();
    assert_int_equal(rules_below_s(), LATER_S);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, head_seq(), NOW_S + HOUR_S), NOW_S + HOUR_S),
                     REASON_NONE);
    assert_int_equal(rules_below_s(), NOW_S);
}

/* The thief's word is the last of the day of the rotation, or was refused: the owner's of that morning shows
 * what is late in either case. */
static void take_in_morning(bool thief_first)
{
    const uint64_t morning_s = LIE_S + 9 * HOUR_S;
    struct bytes lie;

    take_in();
    lie = sign_checkpoint(OWNER, &stolen, 2, morning_s + 3 * HOUR_S);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, morning_s), morning_s), REASON_NONE);
    if (thief_first) {
        assert_int_equal(offer_at(lie, morning_s + 3 * HOUR_S), REASON_NONE);
    }
    say_rotation(OWNER, morning_s + HOUR_S);
    write_at(morning_s + HOUR_S, morning_s + 4 * HOUR_S);
    if (!thief_first) {
        assert_int_equal(offer_at(lie, morning_s + 4 * HOUR_S), REASON_SIGNER_ROLE);
    }
    write_rules();
    assert_int_equal(rules_below_s(), morning_s);
}

static void a_thief_s_word_after_the_rotation_hides_no_evidence(void **state)
{
    (void)state;
    take_in_morning(false);
}

static void nor_does_one_that_came_before_it(void **state)
{
    (void)state;
    take_in_morning(true);
}

/* On a machine whose clock is a month ahead: the rotation has been here since. */
static void a_rotation_dated_ahead_leaves_old_keys_no_say(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, NOW_S - DAY_S), NOW_S - DAY_S), REASON_NONE);
    rotate_at(NOW_S + 30 * DAY_S);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, NOW_S + 20 * DAY_S), NOW_S + 20 * DAY_S),
                     REASON_SIGNER_ROLE);
    assert_int_equal(fresh_since(), NOW_S - DAY_S);
}

static void what_is_remembered_already_is_written_no_more(void **state)
{
    const uint64_t said_s[] = {LIE_S, LIE_S + 5 * HOUR_S, LIE_S + 6 * HOUR_S, LIE_S + 7 * HOUR_S};
    struct bytes said[4], between;
    uint64_t changes;

    (void)state;
    take_in();
    between = sign_checkpoint(OWNER, &stolen, 2, LIE_S + HOUR_S);
    for (size_t i = 0; i < 4; i++) {
        said[i] = sign_checkpoint(OWNER, &stolen, 2, said_s[i]);
        assert_int_equal(offer_at(said[i], NOW_S), REASON_NONE);
        changes = node->txn->changes;
        (void)offer_at(said[i / 2], NOW_S);
        assert_int_equal(node->txn->changes, changes);
    }
    for (size_t i = 0; i < 40; i++) {
        (void)offer_at(said[i % 4], NOW_S);
        (void)offer_at(between, NOW_S);
    }
    assert_int_equal(node->txn->changes, changes);
    /* Nor where it is taken for new, as what came after it counts no longer. */
    rotate_at(LIE_S + 5 * HOUR_S + MINUTE_S);
    changes = node->txn->changes;
    for (size_t i = 0; i < 40; i++) {
        (void)offer_at(said[i % 4], NOW_S);
    }
    assert_int_equal(node->txn->changes, changes);
}

/* Whoever sends it again, in whatever order. */
static void what_was_said_at_night_takes_away_nothing_of_noon(void **state)
{
    const uint64_t noon_s = LIE_S + 12 * HOUR_S;
    struct checkpoint found;

    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, noon_s), noon_s), REASON_NONE);
    assert_int_equal(offer_at(sign_checkpoint(OWNER, &stolen, 2, noon_s + 11 * HOUR_S), NOW_S), REASON_NONE);
    for (uint64_t i = 0; i < 10; i++) {
        (void)offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S + 30 * MINUTE_S - i * MINUTE_S), NOW_S);
        (void)offer_at(sign_checkpoint(OWNER, &stolen, 2, LIE_S + 30 * MINUTE_S + i * MINUTE_S), NOW_S);
        assert_int_equal(store_checkpoint_by(node->txn, &node->logs[OWNER].state.author, noon_s + 60, &found),
                         STORE_OK);
        assert_int_equal(found.time_s, noon_s);
    }
}

/* ---- whom only the quota admits ---- */

/* Of as many days as it says anything: on how many it is remembered. */
static size_t days_remembered(enum who who)
{
    enum { DAYS = 60, A_DAY = 4, FROM = 30 };
    size_t count = 0;

    for (uint64_t i = 0; i < DAYS * A_DAY; i++) {
        const uint64_t said_s = (FROM + i / A_DAY) * DAY_S + i % A_DAY * HOUR_S;

        assert_int_equal(offer_at(sign_checkpoint(who, &node->logs[who].state.keys, 0, said_s), NOW_S),
                         REASON_NONE);
    }
    for (uint64_t day = FROM; day < FROM + DAYS; day++) {
        struct checkpoint found;
        enum store_error error =
            store_checkpoint_by(node->txn, &node->logs[who].state.author, (day + 1) * DAY_S - 1, &found);

        count += error == STORE_OK && day_of_time(found.time_s) == day_of_time(day * DAY_S);
    }
    return count;
}

static void of_whom_is_merely_named_a_month_is_remembered(void **state)
{
    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    assert_int_equal(days_remembered(NAMED), 32);
    assert_int_equal(days_remembered(DELEGATE), 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NODE(keys_that_were_rotated_away_keep_nothing_fresh),
        WITH_NODE(nor_where_it_came_before_the_rotation),
        WITH_NODE(nor_do_those_before_them),
        WITH_NODE(a_key_that_is_listed_no_longer_keeps_nothing_fresh),
        WITH_NODE(it_ends_with_the_first_block_that_lists_it_no_longer),
        WITH_NODE(what_was_dated_before_counts),
        WITH_NODE(keys_that_were_rotated_away_show_nothing_to_be_late),
        WITH_NODE(what_stood_here_at_that_time_shows_it),
        WITH_NODE(what_came_here_later_does_not),
        WITH_NODE(a_checkpoint_dated_back_in_a_later_epoch_unsays_nothing),
        WITH_NODE(nor_after_one_that_was_ahead),
        WITH_NODE(nor_one_by_old_keys_that_was_ahead),
        cmocka_unit_test(what_came_first_does_not_matter),
        WITH_NODE(one_that_is_dated_back_names_no_higher_block),
        WITH_NODE(one_that_is_dated_back_is_signed),
        WITH_NODE(who_dates_a_rotation_back_unsays_nothing),
        WITH_NODE(one_that_is_dated_back_makes_nothing_later),
        WITH_NODE(days_of_lies_leave_room_for_the_newest),
        WITH_NODE(who_rotates_all_day_is_as_fresh_as_its_last_key),
        WITH_NODE(new_keys_dated_back_on_the_same_day_unsay_nothing),
        WITH_NODE(nor_on_each_day_one_by_one),
        WITH_NODE(nor_on_earlier_days),
        WITH_NODE(nor_by_many_keys),
        WITH_NODE(a_clock_set_back_for_a_minute_loses_no_evidence),
        WITH_NODE(what_was_ahead_shows_nothing_to_be_late),
        WITH_NODE(a_thief_s_word_after_the_rotation_hides_no_evidence),
        WITH_NODE(nor_does_one_that_came_before_it),
        WITH_NODE(a_rotation_dated_ahead_leaves_old_keys_no_say),
        WITH_NODE(what_is_remembered_already_is_written_no_more),
        WITH_NODE(what_was_said_at_night_takes_away_nothing_of_noon),
        WITH_NODE(of_whom_is_merely_named_a_month_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
