#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/own_dropped.h"
#include "cmd/publish.h"
#include "protocol/log/fork.h"
#include "protocol/wire/block.h"
#include "tests/support/set_now.h"
#include "tests/support/temp_folder.h"

/* Two homes with the same keys, the issuer's and the thief's, each with branches of its own behind block 1;
 * then the issuer hears of the thief's. */

enum { NOW_S = 1000000, THIEF_S = 1000500 };

struct place {
    char *folder;
    struct session session;
    struct publisher publisher;
    struct published last;
};

static struct keyring *keyring, *next; /* before and after a rotation */
static struct place issuer, thief;
static struct own_branches branches;

/* ---- two homes ---- */

static void open_place(struct place *place)
{
    struct session_options options;

    session_options_init(&options);
    options.home = place->folder;
    assert_int_equal(session_open(&place->session, &options, SESSION_WRITE), EXIT_YES);
    assert_int_equal(publisher_open(&place->publisher, &place->session, keyring), EXIT_YES);
}

static void close_place(struct place *place)
{
    publisher_close(&place->publisher);
    session_close(&place->session);
    temp_folder_remove(place->folder);
}

static void make_home(struct place *place, struct home *home)
{
    assert_int_equal(temp_folder_make(&place->folder), 0);
    assert_int_equal(home_create(home, place->folder, "test"), HOME_OK);
}

static int try_to_issue(struct place *place, const char *code, uint64_t time_s)
{
    const struct attestation attestation = {
        .subject = subject_of_actor(&place->session.actor),
        .code = bytes_of_string(code),
        .basis = BASIS_EXAM,
        .earned_on = 45000,
        .valid_from = 45000,
    };
    uint8_t salt[ENTRY_SALT_SIZE];
    struct draft draft;

    set_now(time_s);
    publisher_salt(salt);
    publisher_draft(&place->publisher, &draft, CLASS_CONTENT);
    assert_true(draft_add(&draft, ENTRY_ATTESTATION, &attestation, salt));
    return publisher_publish(&place->publisher, &draft, &place->last);
}

static void issue(struct place *place, const char *code, uint64_t time_s)
{
    assert_int_equal(try_to_issue(place, code, time_s), EXIT_YES);
}

static void issuer_hears(void)
{
    assert_int_equal(publisher_import(&issuer.publisher, thief.last.encoded), EXIT_YES);
}

/* Blocks 0 and 1 in both; 2 and 3 the issuer's; 2, 3 and 4 the thief's, of which the issuer has not heard. */
static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes record;
    struct home home[2];

    (void)state;
    assert_true(sodium_init() >= 0);
    make_home(&issuer, &home[0]);
    make_home(&thief, &home[1]);
    writer_init(&writer, memory, sizeof memory);
    keyring = keyring_create(&home[0].network, &writer);
    assert_true(writer_end(&writer, &record));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(home_write(&home[i], "actor.public", record.data, record.size, 0644), HOME_OK);
    }
    set_now(NOW_S);
    open_place(&issuer);
    open_place(&thief);
    issue(&issuer, "x/1", NOW_S);
    assert_int_equal(publisher_import(&thief.publisher, issuer.last.encoded), EXIT_YES);
    issue(&issuer, "x/2", NOW_S);
    issue(&issuer, "x/3", NOW_S + 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_place(&issuer);
    close_place(&thief);
    keyring_wipe(keyring);
    keyring_wipe(next);
    next = NULL;
    return 0;
}

static void steal(void)
{
    static const char *const codes[] = {"x/7", "x/8", "x/9"};

    for (size_t i = 0; i < 3; i++) {
        issue(&thief, codes[i], THIEF_S + i);
        issuer_hears();
    }
}

/* ---- what the issuer's node sees ---- */

static struct store_txn *read_branches(void)
{
    struct log_state state;
    struct store_txn *txn;

    assert_int_equal(store_read_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(store_log_state(txn, &issuer.session.actor, &state), STORE_OK);
    assert_int_equal(own_branches_read(&branches, &issuer.session, txn, &state), STORE_OK);
    return txn;
}

static bool is_contested(void)
{
    struct log_state state;
    struct store_txn *txn;
    bool contested = false;

    assert_int_equal(store_read_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(store_log_state(txn, &issuer.session.actor, &state), STORE_OK);
    assert_int_equal(own_log_is_contested(txn, &state.author, state.epoch, &issuer.session.arena, &contested),
                     STORE_OK);
    store_end(txn);
    return contested;
}

static size_t index_of(const struct hash *hash)
{
    char hex[2 * HASH_SIZE + 1];
    int64_t index;

    sodium_bin2hex(hex, sizeof hex, hash->bytes, HASH_SIZE);
    index = own_branches_find(&branches, hex);
    assert_int_not_equal(index, OWN_BLOCK_NONE);
    return (size_t)index;
}

static uint64_t seq_at(int64_t index)
{
    assert_int_not_equal(index, OWN_BLOCK_NONE);
    return branches.blocks[index].seq;
}

/* ---- tests ---- */

static void a_log_of_ones_own_has_one_tip(void **state)
{
    (void)state;
    store_end(read_branches());
    assert_false(is_contested());
    assert_int_equal(branches.block_count, 4);
    assert_int_equal(branches.tip_count, 1);
    assert_int_equal(seq_at(own_branches_at(&branches, 2)), 2);
    assert_int_equal(own_branches_at(&branches, 4), OWN_BLOCK_NONE);
}

static void a_fork_shows_two_branches_and_what_stands_in_them(void **state)
{
    struct own_sayings mine, other;
    struct store_txn *txn;
    size_t mine_at, other_at;

    (void)state;
    steal();
    assert_true(is_contested());
    txn = read_branches();
    assert_int_equal(branches.block_count, 7);
    assert_int_equal(branches.tip_count, 2);
    assert_int_equal(branches.fork_seq, 1);
    mine_at = index_of(&issuer.last.hash);
    other_at = index_of(&thief.last.hash);
    assert_int_equal(branches.blocks[mine_at].followed + branches.blocks[other_at].followed, 1);
    assert_int_equal(own_branches_facts(&mine, &issuer.session, txn, &branches, mine_at, branches.fork_seq),
                     STORE_OK);
    assert_int_equal(own_branches_facts(&other, &issuer.session, txn, &branches, other_at, branches.fork_seq),
                     STORE_OK);
    store_end(txn);
    assert_int_equal(mine.certificate_count, 2);
    assert_int_equal(mine.time_s, NOW_S + 1);
    assert_string_equal(mine.samples[0].code, "x/2");
    assert_int_equal(other.certificate_count, 3);
    assert_int_equal(other.sample_count, 3);
    assert_int_equal(other.time_s, THIEF_S + 2);
    assert_string_equal(other.samples[2].code, "x/9");
}

/* What own_branches_ask prints to a stream. */
static const char *asked(FILE *stream, bool json)
{
    static char text[16384];
    FILE *file = tmpfile();
    int saved = dup(fileno(stream)), saved_other = dup(STDERR_FILENO);
    struct store_txn *txn = read_branches();
    assert_non_null(file);
    issuer.session.options.json = json;
    fflush(stream);
    dup2(fileno(file), fileno(stream));
    assert_int_equal(own_branches_ask(&issuer.session, txn, &branches, NULL), EXIT_BAD_INPUT);
    fflush(stream);
    dup2(saved_other, STDERR_FILENO);
    dup2(saved, fileno(stream));
    close(saved);
    close(saved_other);
    store_end(txn);
    issuer.session.options.json = false;
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void each_branch_is_listed_with_what_it_says(void **state)
{
    const char *text;
    json_t *object;
    size_t said = 0;
    (void)state;
    steal();
    text = asked(stderr, false);
    assert_non_null(strstr(text, "A branch of 2 blocks"));
    assert_non_null(strstr(text, "A branch of 3 blocks"));
    assert_non_null(strstr(text, "certificates  2: x/2 to "));
    assert_non_null(strstr(text, "tradeproof key rotate --onto "));
    object = json_loads(asked(stdout, true), 0, NULL);
    assert_non_null(object);
    for (size_t i = 0; i < 2; i++) {
        json_t *branch = json_array_get(json_object_get(object, "branches"), i);
        json_t *says = json_object_get(branch, "says");
        assert_int_equal(json_array_size(says), json_integer_value(json_object_get(branch, "certificates")));
        said += strncmp(json_string_value(json_array_get(says, 0)), "issues x/2 to ", 14) == 0;
    }
    assert_int_equal(said, 1);
    json_decref(object);
}

static void a_block_is_found_by_eight_digits_of_its_hash(void **state)
{
    char hex[2 * HASH_SIZE + 1];

    (void)state;
    store_end(read_branches());
    sodium_bin2hex(hex, sizeof hex, issuer.last.hash.bytes, HASH_SIZE);
    assert_int_equal(seq_at(own_branches_find(&branches, hex)), 3);
    hex[8] = '\0';
    assert_int_equal(seq_at(own_branches_find(&branches, hex)), 3);
    for (char *at = hex; *at != '\0'; at++) {
        *at = (char)(*at >= 'a' ? *at - 'a' + 'A' : *at);
    }
    assert_int_equal(seq_at(own_branches_find(&branches, hex)), 3);
    hex[7] = '\0';
    assert_int_equal(own_branches_find(&branches, hex), OWN_BLOCK_NONE);
    assert_int_equal(own_branches_find(&branches, "not hexadecimal"), OWN_BLOCK_NONE);
    /* Both start alike: it could be either. */
    branches.blocks[0].hash = branches.blocks[3].hash;
    sodium_bin2hex(hex, sizeof hex, branches.blocks[3].hash.bytes, HASH_SIZE);
    assert_int_equal(own_branches_find(&branches, hex), OWN_BLOCK_NONE);
}

/* ---- what never came ---- */

static struct bytes bytes_at(const struct place *place, uint64_t seq)
{
    struct bytes encoded;
    struct store_txn *txn;

    assert_int_equal(store_read_begin(&txn, place->session.store), STORE_OK);
    assert_int_equal(store_block_bytes(txn, &issuer.session.actor, seq, &encoded, &issuer.session.arena),
                     STORE_OK);
    store_end(txn);
    return encoded;
}

/* A node that follows its own branch hears of another by a proof, which shows one header of each. */
static void hear_of(struct bytes one, struct bytes another)
{
    const struct network *network = &issuer.session.home.network;
    struct arena *arena = &issuer.session.arena;
    uint8_t memory[4096];
    struct block blocks[2];
    struct fork_proof proof;
    struct bytes encoded;
    struct actor_id author;
    struct store_txn *txn;
    enum store_error error;
    enum reason reason;

    assert_int_equal(block_decode(&blocks[0], network, one, arena), REASON_NONE);
    assert_int_equal(block_decode(&blocks[1], network, another, arena), REASON_NONE);
    assert_true(fork_proof_of(&proof, &blocks[0], &blocks[1], arena));
    assert_true(schema_encode(&fork_proof_schema, &proof, memory, sizeof memory, &encoded));
    assert_int_equal(store_write_begin(&txn, issuer.session.store), STORE_OK);
    reason = ingest_fork_proof(&issuer.session.ingest, txn, encoded, 1000, &author, &error);
    assert_int_equal(store_commit(txn), STORE_OK);
    /* What is kept as the newest alone makes no fork known that was not. */
    assert_true(reason == REASON_NONE || reason == REASON_KNOWN);
    assert_int_equal(error, STORE_OK);
}

static struct own_sayings says_of(size_t tip)
{
    struct own_sayings says;
    struct store_txn *txn;

    assert_int_equal(store_read_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(own_branches_facts(&says, &issuer.session, txn, &branches, tip, branches.fork_seq),
                     STORE_OK);
    store_end(txn);
    return says;
}

static void a_branch_that_never_came_is_known_by_its_proof(void **state)
{
    struct own_sayings facts;
    struct own_dropped *dropped;
    size_t at, count = 0;

    (void)state;
    issue(&thief, "x/7", THIEF_S);
    hear_of(bytes_at(&issuer, 2), thief.last.encoded);

    store_end(read_branches());
    assert_int_equal(branches.tip_count, 2);
    assert_int_equal(branches.fork_seq, 1);
    at = index_of(&thief.last.hash);
    assert_false(branches.blocks[at].held);
    facts = says_of(at);
    assert_int_equal(facts.time_s, THIEF_S);
    assert_int_equal(facts.certificate_count, 0);
    assert_false(facts.unread_speaks);
    assert_int_equal(
        own_branches_dropped(&dropped, &count, &issuer.session, &branches, index_of(&issuer.last.hash)),
        STORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(dropped[0].tip, at);
}

static void revoke_certificate(struct place *place, uint64_t seq, uint64_t time_s)
{
    const struct index_range range = {0, 0};
    const struct status status = {
        .seq = seq, .entries = {&range, 1}, .action = STATUS_REVOKED, .effective_day = 45000};
    struct draft draft;

    set_now(time_s);
    publisher_draft(&place->publisher, &draft, CLASS_STATUS);
    assert_true(draft_add(&draft, ENTRY_STATUS, &status, NULL));
    assert_int_equal(publisher_publish(&place->publisher, &draft, &place->last), EXIT_YES);
}

static void a_branch_that_never_came_may_be_against_somebody(void **state)
{
    (void)state;
    revoke_certificate(&thief, 1, THIEF_S);
    hear_of(bytes_at(&issuer, 2), thief.last.encoded);
    store_end(read_branches());
    assert_true(says_of(index_of(&thief.last.hash)).unread_speaks);
    assert_non_null(strstr(asked(stderr, false), ", and may be against somebody\n"));
    assert_non_null(strstr(asked(stdout, true), "\"unread\": true"));
    assert_non_null(strstr(asked(stdout, true), "\"unread\": false"));
}

/* A copy of the data folder of place, as it was at block last. */
static void copy_home(struct place *copy, const struct place *place, uint64_t last)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes record;
    struct home home;

    make_home(copy, &home);
    writer_init(&writer, memory, sizeof memory);
    keyring_record(keyring, &home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(home_write(&home, "actor.public", record.data, record.size, 0644), HOME_OK);
    open_place(copy);
    for (uint64_t seq = 0; seq <= last; seq++) {
        assert_int_equal(publisher_import(&copy->publisher, bytes_at(place, seq)), EXIT_YES);
    }
}

static void a_branch_that_the_newest_proof_alone_shows_is_listed(void **state)
{
    struct place copy;

    (void)state;
    issue(&thief, "x/7", THIEF_S);
    hear_of(bytes_at(&issuer, 2), thief.last.encoded);
    copy_home(&copy, &issuer, 2);
    issue(&copy, "x/8", THIEF_S);
    hear_of(bytes_at(&issuer, 3), copy.last.encoded);
    store_end(read_branches());
    assert_int_equal(branches.tip_count, 3);
    assert_int_equal(branches.fork_seq, 1);
    assert_false(branches.blocks[index_of(&thief.last.hash)].held);
    assert_false(branches.blocks[index_of(&copy.last.hash)].held);
    close_place(&copy);
}

static void branches_behind_the_head_that_never_came_are_listed(void **state)
{
    struct place one, another;

    (void)state;
    copy_home(&one, &issuer, 3);
    copy_home(&another, &issuer, 3);
    revoke_certificate(&one, 1, THIEF_S);
    issue(&another, "x/8", THIEF_S);
    hear_of(one.last.encoded, another.last.encoded);
    store_end(read_branches());
    assert_int_equal(branches.tip_count, 2);
    assert_int_equal(branches.fork_seq, 3);
    close_place(&one);
    close_place(&another);
}

/* ---- what is dropped ---- */

static struct own_dropped_branches dropped_behind(size_t kept)
{
    struct own_dropped_branches dropped;
    struct store_txn *txn;

    assert_int_equal(store_read_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(own_dropped_read(&dropped, &issuer.session, txn, &branches, kept), STORE_OK);
    store_end(txn);
    return dropped;
}

static int agree(const struct own_dropped_branches *dropped, bool yes)
{
    int saved = dup(STDIN_FILENO), code;

    assert_non_null(freopen("/dev/null", "r", stdin));
    code = own_dropped_confirm(dropped, &issuer.session, yes);
    dup2(saved, STDIN_FILENO);
    close(saved);
    return code;
}

static void nothing_is_dropped_without_asking(void **state)
{
    struct own_dropped_branches dropped;

    (void)state;
    steal();
    store_end(read_branches());
    dropped = dropped_behind(index_of(&issuer.last.hash));
    assert_int_equal(dropped.count, 1);
    assert_int_equal(agree(&dropped, false), EXIT_USAGE);
    assert_int_equal(agree(&dropped, true), EXIT_YES);
    dropped.count = 0;
    assert_int_equal(agree(&dropped, false), EXIT_YES);
}

static void a_branch_that_never_came_is_not_dropped_without_asking(void **state)
{
    struct own_dropped_branches dropped;

    (void)state;
    revoke_certificate(&thief, 1, THIEF_S);
    hear_of(bytes_at(&issuer, 2), thief.last.encoded);
    store_end(read_branches());
    dropped = dropped_behind(index_of(&issuer.last.hash));
    assert_int_equal(dropped.count, 1);
    assert_true(dropped.says[0].unread_speaks);
    assert_int_equal(agree(&dropped, false), EXIT_USAGE);
}

/* What is asked at a terminal before they are dropped, where nobody answers. */
static const char *asked_before_dropping(const struct own_dropped_branches *dropped)
{
    static char text[4096];
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), saved_in = dup(STDIN_FILENO), saved = dup(STDERR_FILENO);
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    int answering = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_int_equal(write(terminal, "n\n", 2), 2);
    fflush(stderr);
    dup2(answering, STDIN_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    assert_int_equal(own_dropped_confirm(dropped, &issuer.session, false), EXIT_NO);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    dup2(saved_in, STDIN_FILENO);
    close(saved);
    close(saved_in);
    close(answering);
    close(terminal);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void that_it_may_be_against_somebody_is_said_wherever_it_is_told(void **state)
{
    struct own_dropped_branches dropped;
    const char *text;
    char *told = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&told, &size);
    json_t *array;

    (void)state;
    revoke_certificate(&thief, 1, THIEF_S);
    hear_of(bytes_at(&issuer, 2), thief.last.encoded);
    store_end(read_branches());
    dropped = dropped_behind(index_of(&issuer.last.hash));
    text = asked_before_dropping(&dropped);
    assert_non_null(strstr(text, "has not come to this node; it may be against somebody\n"));
    assert_non_null(strstr(text, "against somebody and what has not come to this node? "));
    assert_non_null(file);
    own_dropped_print(file, &dropped, &issuer.session);
    fclose(file);
    assert_non_null(strstr(told, "then state again what holds"));
    free(told);
    array = json_of_dropped(&dropped, &issuer.session);
    assert_true(json_is_true(json_object_get(json_array_get(array, 0), "unread")));
    json_decref(array);
}

/* Blocks 2 and 3 of the thief, then a fork of its own: a revocation and a certificate. */
static struct own_dropped_branches drop_two_tips(struct place *copy)
{
    revoke_certificate(&thief, 1, THIEF_S);
    issuer_hears();
    copy_home(copy, &thief, 2);
    issue(&thief, "x/7", THIEF_S + 1);
    issuer_hears();
    revoke_certificate(copy, 1, THIEF_S + 2);
    assert_int_equal(publisher_import(&issuer.publisher, copy->last.encoded), EXIT_YES);
    store_end(read_branches());
    return dropped_behind(index_of(&issuer.last.hash));
}

static void what_two_dropped_branches_share_is_said_once(void **state)
{
    struct place copy;
    struct own_dropped_branches dropped;

    (void)state;
    dropped = drop_two_tips(&copy);
    assert_int_equal(dropped.count, 2);
    assert_int_equal(dropped.says[0].against_count + dropped.says[1].against_count, 2);
    assert_int_equal(dropped.says[0].certificate_count + dropped.says[1].certificate_count, 1);
    close_place(&copy);
}

/* The thief's branch grows after it was asked about; and dropped is the other one, up to the same tips. */
static void what_was_agreed_to_stands_as_long_as_the_same_is_dropped(void **state)
{
    struct own_dropped_branches agreed, again;
    struct own_branches before;

    (void)state;
    issue(&thief, "x/7", THIEF_S);
    issuer_hears();
    store_end(read_branches());
    before = branches;
    agreed = dropped_behind(index_of(&issuer.last.hash));
    agreed.all = &before;
    again = dropped_behind(index_of(&issuer.last.hash));
    assert_true(own_dropped_is_same(&agreed, &again));
    again = dropped_behind(index_of(&thief.last.hash));
    assert_false(own_dropped_is_same(&agreed, &again));
    issue(&thief, "x/8", THIEF_S + 1);
    issuer_hears();
    store_end(read_branches());
    again = dropped_behind(index_of(&issuer.last.hash));
    assert_false(own_dropped_is_same(&agreed, &again));
}

/* Behind one block and behind another the same branches end, which are left elsewhere. */
static void what_was_agreed_to_is_where_a_branch_is_left_as_well(void **state)
{
    struct own_dropped_branches agreed, again;
    struct hash mine = issuer.last.hash, stolen;

    (void)state;
    issue(&issuer, "x/6", THIEF_S);
    issue(&thief, "x/7", THIEF_S);
    stolen = thief.last.hash;
    issuer_hears();
    issue(&thief, "x/8", THIEF_S + 1);
    issuer_hears();
    store_end(read_branches());
    agreed = dropped_behind(index_of(&mine));
    again = dropped_behind(index_of(&stolen));
    assert_int_equal(agreed.count, again.count);
    assert_false(own_dropped_is_same(&agreed, &again));
}

static size_t count_of(const char *text, const char *words)
{
    size_t count = 0;

    for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

static void the_last_report_says_what_was_dropped(void **state)
{
    char text[4096];
    FILE *file = tmpfile();
    struct place copy;
    struct own_dropped_branches dropped;

    (void)state;
    assert_non_null(file);
    dropped = drop_two_tips(&copy);
    own_dropped_print(file, &dropped, &issuer.session);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_int_equal(count_of(text, "tradeproof void --branch 0 "), 1);
    assert_int_equal(count_of(text, "and all that follows it there, up to block 3)"), 1);
    assert_int_equal(count_of(text, "tradeproof reinstate --voided BLOCK"), 1);
    assert_int_equal(count_of(text, "revokes x/1 of "), 2);
    assert_int_equal(count_of(text, "certificates: x/7 to "), 1);
    close_place(&copy);
}

static void the_last_report_as_json_says_what_was_dropped(void **state)
{
    struct place copy;
    struct own_dropped_branches dropped;
    json_t *array, *branch;
    char *text;

    (void)state;
    dropped = drop_two_tips(&copy);
    array = json_of_dropped(&dropped, &issuer.session);
    text = json_dumps(array, 0);
    assert_int_equal(json_array_size(array), 2);
    assert_int_equal(count_of(text, "\"revokes x/1 of "), 2);
    assert_int_equal(count_of(text, "\"issues x/7 to "), 1);
    branch = json_array_get(array, 0);
    assert_true(json_is_true(json_object_get(branch, "held")));
    assert_true(json_is_false(json_object_get(branch, "unread")));
    assert_int_equal(json_array_size(json_object_get(branch, "says")),
                     json_integer_value(json_object_get(branch, "certificates")) +
                         json_integer_value(json_object_get(branch, "against")));
    free(text);
    json_decref(array);
    close_place(&copy);
}

static void what_is_not_kept_is_dropped(void **state)
{
    struct own_dropped *dropped;
    size_t count = 0, mine, other, fork;

    (void)state;
    steal();
    store_end(read_branches());
    mine = index_of(&issuer.last.hash);
    other = index_of(&thief.last.hash);
    fork = (size_t)own_branches_at(&branches, 1);
    assert_int_equal(own_branches_dropped(&dropped, &count, &issuer.session, &branches, mine), STORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(dropped[0].tip, other);
    assert_int_equal(dropped[0].parent, fork);
    assert_int_equal(own_branches_dropped(&dropped, &count, &issuer.session, &branches, fork), STORE_OK);
    assert_int_equal(count, 2);
    mine = (size_t)branches.blocks[mine].parent;
    assert_int_equal(own_branches_dropped(&dropped, &count, &issuer.session, &branches, mine), STORE_OK);
    assert_int_equal(count, 2);
    assert_int_equal(dropped[0].parent + dropped[1].parent, mine + fork);
}

static void make_next(void)
{
    uint8_t scratch[KEYS_SIZE_MAX];
    struct writer writer;

    writer_init(&writer, scratch, sizeof scratch);
    next = keyring_rotate(keyring, &issuer.session.home.network, &writer);
    assert_non_null(next);
}

static int rotate(const struct block_place *behind, struct published *published)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes record;
    struct draft draft;
    struct keys keys;

    writer_init(&writer, memory, sizeof memory);
    keyring_record(next, &issuer.session.home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(schema_decode(&keys_schema, &keys, record, &issuer.session.arena), REASON_NONE);
    publisher_draft(&issuer.publisher, &draft, CLASS_KEYS);
    assert_true(draft_add(&draft, ENTRY_KEYS, &keys, NULL));
    return behind == NULL
               ? publisher_rotate(&issuer.publisher, &draft, next, published)
               : publisher_rotate_at(&issuer.publisher, &draft, next, behind, THIEF_S + 10, published);
}

static struct block_place last_of(const struct place *place)
{
    return (struct block_place){.seq = place->last.seq, .hash = place->last.hash};
}

/* The keys may still be rotated behind either branch, whichever the node follows. */
static void rotate_onto(const struct place *kept)
{
    const struct block_place behind = last_of(kept);
    struct published published;
    struct log_state now;
    struct store_txn *txn;

    assert_int_equal(try_to_issue(&issuer, "x/4", THIEF_S + 10), EXIT_BAD_INPUT);
    make_next();
    assert_int_equal(rotate(NULL, &published), EXIT_BAD_INPUT);
    assert_int_equal(rotate(&behind, &published), EXIT_YES);
    assert_int_equal(published.seq, behind.seq + 1);
    assert_false(is_contested());
    assert_int_equal(store_read_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(store_log_state(txn, &issuer.session.actor, &now), STORE_OK);
    store_end(txn);
    assert_true(hash_equal(&now.head, &published.hash));
    issue(&issuer, "x/4", THIEF_S + 11);
    assert_int_equal(issuer.last.seq, behind.seq + 2);
}

static void a_rotation_keeps_the_issuers_branch(void **state)
{
    (void)state;
    steal();
    rotate_onto(&issuer);
}

static void a_rotation_keeps_the_other_branch(void **state)
{
    (void)state;
    steal();
    rotate_onto(&thief);
}

/* What others made of the issuer's node has used up its time for following branches. */
static void use_up_budget(void)
{
    const struct branch_switch way = {.unwind_to = SWITCH_NONE, .paid_ms = UINT64_MAX / 2};
    struct store_txn *txn;

    assert_int_equal(store_write_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(store_set_switch(txn, &issuer.session.actor, &way), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void a_rotation_on_its_way_is_not_followed_by_another(void **state)
{
    struct block_place behind, other;
    struct published published;
    struct known_rotation rotation;
    struct store_txn *txn;
    struct log_state now;

    (void)state;
    steal();
    assert_int_equal(store_read_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(store_log_state(txn, &issuer.session.actor, &now), STORE_OK);
    store_end(txn);
    behind = last_of(hash_equal(&now.head, &issuer.last.hash) ? &thief : &issuer);
    other = (struct block_place){.seq = now.seq, .hash = now.head};
    use_up_budget();
    make_next();
    assert_int_equal(rotate(&behind, &published), EXIT_YES);
    /* Not on the chain yet, so another place may be named. */
    assert_int_equal(rotate(&other, &published), EXIT_BAD_INPUT);
    assert_int_equal(rotate(&behind, &published), EXIT_YES);
    assert_int_equal(try_to_issue(&issuer, "x/4", THIEF_S + 11), EXIT_BAD_INPUT);
    assert_int_equal(store_read_begin(&txn, issuer.session.store), STORE_OK);
    assert_int_equal(store_next_rotation(txn, &issuer.session.actor, 1, NULL, &rotation), STORE_OK);
    assert_int_equal(rotation.seq, behind.seq + 1);
    assert_int_equal(store_next_rotation(txn, &issuer.session.actor, 1, &rotation.hash, &rotation),
                     STORE_NOT_FOUND);
    store_end(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_log_of_ones_own_has_one_tip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fork_shows_two_branches_and_what_stands_in_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_branch_is_listed_with_what_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_block_is_found_by_eight_digits_of_its_hash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_that_never_came_is_known_by_its_proof, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_that_never_came_may_be_against_somebody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_that_the_newest_proof_alone_shows_is_listed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(branches_behind_the_head_that_never_came_are_listed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_dropped_without_asking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_that_never_came_is_not_dropped_without_asking, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(that_it_may_be_against_somebody_is_said_wherever_it_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_two_dropped_branches_share_is_said_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_agreed_to_stands_as_long_as_the_same_is_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_agreed_to_is_where_a_branch_is_left_as_well, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_report_says_what_was_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_report_as_json_says_what_was_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_kept_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotation_keeps_the_issuers_branch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotation_keeps_the_other_branch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotation_on_its_way_is_not_followed_by_another, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
