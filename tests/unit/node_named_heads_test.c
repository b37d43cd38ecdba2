#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "store/store.h"
#include "tests/support/node_bench.h"

/* What a checkpoint shows whose head isn't held here when it comes, and is later: the owner published rules,
 * and whoever passes its log on keeps them back. */

enum { DAY_S = 86400, NAMED_S = 120 * DAY_S, NOW_S = 500 * DAY_S };

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

static const struct key_set *keys_now(void)
{
    return &node->logs[OWNER].state.keys;
}

static enum reason name_at(struct bytes encoded, uint64_t now_s)
{
    struct actor_id author;
    enum store_error error = STORE_OK;
    enum reason reason = ingest_checkpoint(&node->ingest, node->txn, encoded, now_s, &author, &error);

    assert_int_equal(error, STORE_OK);
    return reason;
}

/* Signed, and not passed on. Returns: their block. */
static uint64_t keep_rules_back(void)
{
    struct rule_pack pack = {.version = 1, .in_force_from = 100};

    pack.name_space = bytes_of_string(node->trust.owners[0].name_space);
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_RULE_PACK, &pack);
    return log_builder_append(&node->builder, &node->logs[OWNER]);
}

static uint64_t keep_content_back(void)
{
    say_content(NAMED, 1);
    return log_builder_append(&node->builder, &node->logs[OWNER]);
}

static void pass_on(uint64_t seq)
{
    ingest_block(&node->ingest, node->txn, INGEST_PEER, memory_log_block(&node->logs[OWNER], seq), NOW_S,
                 &node->result);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
}

/* Since when the rules were there, by a statement above them; 0: none shows it. */
static uint64_t rules_above_s(void)
{
    static struct dossier dossier;
    const struct subject subject = subject_of_actor(&node->actors[NAMED].id);

    assert_int_equal(store_dossier(node->txn, &node->network, &node->trust, &subject, DOSSIER_REACH_ALL,
                                   &dossier, &node->scratch),
                     STORE_OK);
    assert_int_equal(dossier.pack_count, 1);
    assert_int_equal(dossier.packs[0].place.arrived_s, NOW_S);
    return dossier.packs[0].place.above_s;
}

static void a_block_was_there_when_its_name_came(void **state)
{
    uint64_t seq;

    (void)state;
    node_take_in_owner();
    seq = keep_rules_back();
    assert_int_equal(name_at(sign_by(keys_now(), seq, NAMED_S), NAMED_S), REASON_ORPHAN);
    pass_on(seq);
    assert_int_equal(rules_above_s(), NAMED_S);
}

static void so_were_those_below_it(void **state)
{
    uint64_t seq, above;

    (void)state;
    node_take_in_owner();
    seq = keep_rules_back();
    above = keep_content_back();
    assert_int_equal(name_at(sign_by(keys_now(), above, NAMED_S), NAMED_S), REASON_ORPHAN);
    pass_on(seq);
    assert_int_equal(rules_above_s(), 0); /* the head may be anything until it is here */
    pass_on(above);
    assert_int_equal(rules_above_s(), NAMED_S);
}

static void of_its_name_the_arrival_counts_and_not_the_date(void **state)
{
    static const uint64_t dates_s[] = {1, NAMED_S + 100 * DAY_S};
    uint64_t seq;

    (void)state;
    node_take_in_owner();
    seq = keep_rules_back();
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(name_at(sign_by(keys_now(), seq, dates_s[i]), NAMED_S), REASON_ORPHAN);
    }
    pass_on(seq);
    assert_int_equal(rules_above_s(), NAMED_S);
}

/* Nor does it keep anything fresh. */
static void a_name_of_what_is_not_held_is_no_checkpoint_yet(void **state)
{
    struct bytes held;

    (void)state;
    node_take_in_owner();
    assert_int_equal(name_at(sign_by(keys_now(), keep_rules_back(), NAMED_S), NAMED_S), REASON_ORPHAN);
    assert_int_equal(store_checkpoint(node->txn, &node->actors[OWNER].id, &held, &node->scratch),
                     STORE_NOT_FOUND);
}

static void whoever_has_no_key_that_is_listed_names_nothing(void **state)
{
    struct key_set stolen;
    uint64_t seq;

    (void)state;
    node_take_in_owner();
    stolen = *keys_now();
    say_rotation(OWNER, 1);
    pass_on(log_builder_append(&node->builder, &node->logs[OWNER]));
    seq = keep_rules_back();
    assert_int_equal(name_at(sign_by(&stolen, seq, NAMED_S), NAMED_S), REASON_ORPHAN);
    pass_on(seq);
    assert_int_equal(rules_above_s(), 0);
}

static void nor_does_an_author_of_whom_nothing_is_held(void **state)
{
    uint64_t seq;

    (void)state;
    say_accreditation(DELEGATE, 1);
    (void)log_builder_append(&node->builder, &node->logs[OWNER]);
    seq = keep_rules_back();
    assert_int_equal(name_at(sign_by(keys_now(), seq, NAMED_S), NAMED_S), REASON_ORPHAN);
    for (uint64_t i = 0; i <= seq; i++) {
        pass_on(i);
    }
    assert_int_equal(rules_above_s(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NODE(a_block_was_there_when_its_name_came),
        WITH_NODE(so_were_those_below_it),
        WITH_NODE(of_its_name_the_arrival_counts_and_not_the_date),
        WITH_NODE(a_name_of_what_is_not_held_is_no_checkpoint_yet),
        WITH_NODE(whoever_has_no_key_that_is_listed_names_nothing),
        WITH_NODE(nor_does_an_author_of_whom_nothing_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
