#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "store/store.h"
#include "tests/support/node_bench.h"

/* What checkpoints say that are signed by keys which their author lists no longer, as they were stolen. */

enum { DAY_S = 86400, ROTATED_S = 90 * DAY_S, LIE_S = 400 * DAY_S, NOW_S = 500 * DAY_S };

static struct key_set stolen; /* the owner's, before it listed others */

static struct bytes sign_by(const struct key_set *keys, uint64_t seq, uint64_t time_s)
{
    const struct memory_log *log = &node->logs[OWNER];
    const struct checkpoint checkpoint = {.author = log->state.author,
                                          .epoch = log->blocks[seq].record.epoch,
                                          .seq = seq,
                                          .head = log->blocks[seq].record.hash,
                                          .time_s = time_s};
    struct block_signer signer[SIGNATURES_MAX];
    struct signed_checkpoint out;

    assert_int_equal(key_ring_signers(&node->builder.ring, keys, ROLE_CHECKPOINT, 1, signer), 1);
    checkpoint_sign(&out, &checkpoint, &node->network, signer[0].key_index, signer[0].secret);
    return build_record(&signed_checkpoint_schema, &out, &node->builder.arena);
}

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

static void rotate_at(uint64_t time_s)
{
    say_rotation(OWNER, 1);
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
    assert_int_equal(offer_at(sign_by(&stolen, 2, 500), NOW_S), REASON_NONE);
    assert_int_equal(fresh_since(), 500);
    rotate_at(ROTATED_S);
    assert_int_equal(offer_at(sign_by(&stolen, 2, LIE_S), NOW_S), REASON_SIGNER_ROLE);
    assert_int_equal(fresh_since(), 500);
}

/* As fresh as at a node to which the rotation came first. */
static void nor_where_it_came_before_the_rotation(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_by(&stolen, 2, 500), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_by(&stolen, 2, LIE_S - DAY_S), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_by(&stolen, 2, LIE_S), NOW_S), REASON_NONE);
    assert_int_equal(fresh_since(), LIE_S);
    rotate_at(ROTATED_S);
    assert_int_equal(fresh_since(), 500);
}

/* All of them were stolen, and each said something of the days since it was rotated away. */
static void nor_do_those_before_them(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_by(&stolen, 2, 80 * DAY_S), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_by(&stolen, 2, 150 * DAY_S), NOW_S), REASON_NONE);
    rotate_at(ROTATED_S);
    assert_int_equal(offer_at(sign_by(&node->logs[OWNER].state.keys, head_seq(), LIE_S), NOW_S), REASON_NONE);
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
    assert_int_equal(offer_at(sign_by(&stolen, 2, LIE_S), NOW_S), REASON_SIGNER_ROLE);
    assert_int_equal(fresh_since(), 0);
}

/* The first that listed others, however often it did since. */
static void it_ends_with_the_first_block_that_lists_it_no_longer(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_by(&stolen, 2, ROTATED_S - DAY_S), NOW_S), REASON_NONE);
    assert_int_equal(offer_at(sign_by(&stolen, 2, ROTATED_S + 2 * DAY_S), NOW_S), REASON_NONE);
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
    assert_int_equal(offer_at(sign_by(&stolen, 2, head_time_s()), NOW_S), REASON_NONE);
    assert_int_equal(fresh_since(), head_time_s());
    assert_int_equal(offer_at(sign_by(&node->logs[OWNER].state.keys, head_seq(), LIE_S), NOW_S), REASON_NONE);
    say_content(NAMED, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(fresh_since(), LIE_S);
}

/* Rules that the owner published on day 100 or so, after it rotated. */
static void publish_rules(void)
{
    struct rule_pack pack = {.version = 1, .in_force_from = 100};

    pack.name_space = bytes_of_string(node->trust.owners[0].name_space);
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_RULE_PACK, &pack);
    write_at(100 * DAY_S, NOW_S);
    assert_int_equal(offer_at(sign_by(&node->logs[OWNER].state.keys, head_seq(), 450 * DAY_S), NOW_S),
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
    lie = sign_by(&stolen, 2, LIE_S);
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
    seen = sign_by(&stolen, 2, LIE_S);
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
    assert_int_equal(offer_at(sign_by(&stolen, 2, LIE_S), NOW_S), REASON_NONE);
    rotate_at(ROTATED_S);
    publish_rules();
    assert_int_equal(rules_below_s(), 0);
}

/* Nor does the author itself, by rotating and dating one back, whatever its clock said before. */
static void a_checkpoint_dated_back_in_a_later_epoch_unsays_nothing(void **state)
{
    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_by(&stolen, 2, LIE_S), LIE_S), REASON_NONE);
    publish_rules();
    assert_int_equal(rules_below_s(), LIE_S);
    rotate_at(NOW_S);
    assert_int_equal(offer_at(sign_by(&node->logs[OWNER].state.keys, head_seq(), 50 * DAY_S), NOW_S),
                     REASON_STALE_CHECKPOINT);
    assert_int_equal(offer_at(sign_by(&node->logs[OWNER].state.keys, head_seq(), NOW_S), NOW_S), REASON_NONE);
    assert_int_equal(rules_below_s(), LIE_S);
}

/* One that was ahead of the clock when it came holds up no later one, and lets none be dated back. */
static void nor_after_one_that_was_ahead(void **state)
{
    struct key_set *keys = &node->logs[OWNER].state.keys;

    (void)state;
    take_in();
    assert_int_equal(offer_at(sign_by(keys, 2, LIE_S), LIE_S), REASON_NONE);
    assert_int_equal(offer_at(sign_by(keys, 2, NOW_S + DAY_S), NOW_S + DAY_S), REASON_NONE);
    assert_int_equal(offer_at(sign_by(keys, 2, 50 * DAY_S), NOW_S), REASON_STALE_CHECKPOINT);
    assert_int_equal(offer_at(sign_by(keys, 2, NOW_S), NOW_S), REASON_NONE);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
