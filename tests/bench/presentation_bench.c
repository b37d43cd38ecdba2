/* What it costs to verify a presentation of eight certificates by four issuers, from its bytes to the
 * verdict: what tradeproof verify does between reading the file and writing down that the challenge was
 * answered. Each is of another holder, whom this node has not met; the issuers' logs and the shipped packs
 * are held. Beside it, in turns, bare libsodium signature checks, as many a presentation as it has signatures
 * to check: the holder's, and where the challenge comes from a file, this node's own under that. Prints
 * microseconds, and what share of the bare rate is reached, as min / median / max over groups of
 * presentations.
 *
 *     presentation_bench [HOLDERS] */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/frame_file.h"
#include "cmd/presented_dossier.h"
#include "cmd/proof_set.h"
#include "cmd/verdict_answer.h"
#include "tests/support/set_now.h"
#include "tests/support/shipped_pack.h"
#include "tests/support/shop_world.h"

enum {
    ISSUERS = 4,
    CODES_EACH = 2,
    CERTIFICATES = ISSUERS * CODES_EACH,
    PER_BLOCK = 64,
    FIRST_SEED = 1000,
    GROUP = 50,
    SLICE = 5, /* of a group, and of signature checks beside it, in turns */
    GROUPS_MAX = 200,
    HOLDERS_MAX = GROUPS_MAX * GROUP,
    ARRIVED_S = 1000,
    FIRST_DAY = 40000,
    TODAY = 41000,
};
static const uint64_t now_s = (uint64_t)TODAY * 86400;

static const struct issuer {
    const char *name_space, *pack, *codes[CODES_EACH];
} issuers[ISSUERS] = {
    {"ase", "ase.json", {"ase/A5", "ase/A6"}},
    {"epa", "epa.json", {"epa/609", "epa/609"}},
    {"ford", "ford.json", {"ford/fact-brakes", "ford/fact-engine"}},
    {"tx", "tx.json", {"tx/safety-inspector", "tx/emissions-inspector"}},
};

static struct store_world world;
static struct world_author authors[ISSUERS];
static struct built_actor verifier, holder;
static struct trust trust;
static struct session session;
static size_t valid; /* certificates found */

/* What one holder hands over. */
struct made {
    struct bytes presentation, challenge;
};

/* Of this process' CPU: others share the machine. */
static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static struct bytes keep(struct bytes bytes)
{
    uint8_t *copy = malloc(bytes.size);

    assert(copy);
    memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, bytes.size);
}

/* ---- the store ---- */

static void build_holder(size_t i)
{
    build_actor(&holder, &world.network, FIRST_SEED + i, 1, 1);
}

static void begin_issuer(size_t i)
{
    struct store_txn *txn = world_write(&world);
    struct trust_owner owner = {.name_space = ""};
    struct rule_pack pack;

    world_begin_log(&world, txn, &authors[i], 1 + i, ARRIVED_S);
    shipped_pack(&pack, issuers[i].pack, &world.arena);
    world_publish_one(&world, txn, &authors[i], CLASS_GOVERN, ENTRY_RULE_PACK, &pack, ARRIVED_S);
    world_commit(txn);
    snprintf(owner.name_space, sizeof owner.name_space, "%s", issuers[i].name_space);
    owner.actor = authors[i].actor.id;
    if (trust_add_owner(&trust, &owner) != TRUST_OK) {
        abort();
    }
}

static void attest(size_t issuer, const struct actor_id *holders, size_t count)
{
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < CODES_EACH; j++) {
            const struct attestation attestation =
                build_attestation(&holders[i], issuers[issuer].codes[j], FIRST_DAY, FIRST_DAY + 1800);

            world_add(&draft, ENTRY_ATTESTATION, &attestation);
        }
    }
    world_publish(&world, txn, &authors[issuer], &draft, ARRIVED_S);
    world_commit(txn);
    arena_rewind(&world.arena, 0);
}

static void make_store(size_t count)
{
    enum { HOLDERS_A_BLOCK = PER_BLOCK / CODES_EACH };
    struct actor_id *holders = calloc(count, sizeof *holders);

    assert(holders);
    for (size_t i = 0; i < count; i++) {
        build_holder(i);
        holders[i] = holder.id;
    }
    for (size_t i = 0; i < ISSUERS; i++) {
        struct store_txn *txn;

        begin_issuer(i);
        for (size_t j = 0; j < count; j += HOLDERS_A_BLOCK) {
            attest(i, &holders[j], count - j < HOLDERS_A_BLOCK ? count - j : HOLDERS_A_BLOCK);
        }
        txn = world_write(&world);
        world_check_point(&world, txn, &authors[i], now_s);
        world_commit(txn);
    }
    free(holders);
}

/* ---- what is handed over ---- */

static struct bytes frame_of(enum frame_kind kind, const struct schema *schema, const void *record)
{
    struct bytes frame;

    if (frame_encode_record(&session, kind, schema, record, &frame) != EXIT_YES) {
        abort();
    }
    return keep(frame);
}

static struct bytes make_challenge(const uint8_t nonce[32])
{
    struct indexed_signature signatures[SIGNATURES_MAX];
    struct hash hash;
    struct signed_challenge challenge = {.challenge = {.audience = verifier.id,
                                                       .audience_keys = verifier.keys_record,
                                                       .created_s = now_s - 20,
                                                       .expires_s = now_s + 300}};

    memcpy(challenge.challenge.nonce, nonce, sizeof challenge.challenge.nonce);
    challenge_hash(&hash, &world.network, &challenge.challenge);
    (void)build_signatures(signatures, &verifier, ROLE_PRESENT, &hash);
    challenge.signature = signatures[0];
    return frame_of(FRAME_CHALLENGE, &signed_challenge_schema, &challenge);
}

static struct bytes make_presentation(const uint8_t nonce[32], bool with_proofs)
{
    static struct proof_set set;
    static struct entry_name names[CERTIFICATES];
    const struct codes all = {.count = 0};
    const struct proof_choice choice = {.codes = &all, .today = TODAY};
    const struct subject subject = subject_of_actor(&holder.id);
    struct signed_presentation out;
    struct indexed_signature signatures[SIGNATURES_MAX];
    struct hash hash;

    memset(&set, 0, sizeof set);
    if (proof_set_add_store(&set, &session, &subject, &choice) != EXIT_YES ||
        set.proof_count != CERTIFICATES) {
        abort();
    }
    out = (struct signed_presentation){.presentation = {.holder = holder.id,
                                                        .holder_keys = holder.keys_record,
                                                        .audience = verifier.id,
                                                        .created_s = now_s - 10,
                                                        .expires_s = now_s + 300}};
    if (with_proofs) {
        out.presentation.heads = (struct list){.items = set.heads, .count = set.head_count};
        out.presentation.proofs = (struct list){.items = set.proofs, .count = set.proof_count};
    } else {
        for (size_t i = 0; i < CERTIFICATES; i++) {
            struct proven_entry proven;
            const struct list heads = {.items = set.heads, .count = set.head_count};

            if (proof_check(&proven, &set.proofs[i], &heads, &world.network, &session.arena) != REASON_NONE) {
                abort();
            }
            names[i] = proven.name;
        }
        out.presentation.names = (struct list){.items = names, .count = CERTIFICATES};
    }
    memcpy(out.presentation.nonce, nonce, sizeof out.presentation.nonce);
    if (!presentation_hash(&hash, &world.network, &out.presentation,
                           arena_take(&session.arena, PRESENTATION_SIZE_MAX))) {
        abort();
    }
    (void)build_signatures(signatures, &holder, ROLE_PRESENT, &hash);
    out.signature = signatures[0];
    return frame_of(FRAME_PRESENTATION, &signed_presentation_schema, &out);
}

static void make(struct made *made, size_t i, bool with_proofs)
{
    uint8_t nonce[32] = {(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(1 + with_proofs)};

    build_holder(i);
    made->challenge = make_challenge(nonce);
    made->presentation = make_presentation(nonce, with_proofs);
    arena_rewind(&session.arena, 0);
}

/* ---- verifying ---- */

static void read_state(const struct actor_id *actor, struct log_state *state, bool *has)
{
    struct store_txn *txn = world_read(&world);
    const enum store_error error = store_log_state(txn, actor, state);

    store_end(txn);
    *has = error == STORE_OK;
    assert(*has || error == STORE_NOT_FOUND);
}

static void check_bearer(const struct signed_presentation *presentation,
                         const struct signed_challenge *challenge, bool challenge_is_file,
                         const struct log_state *known)
{
    const struct presentation_terms terms = {.audience = &verifier.id,
                                             .nonce = challenge->challenge.nonce,
                                             .now_s = now_s,
                                             .skew_s = 120,
                                             .known_holder = known};
    static uint8_t scratch[PRESENTATION_SIZE_MAX];

    if (challenge_is_file &&
        challenge_check(challenge, &world.network, NULL, &session.arena) != REASON_NONE) {
        abort();
    }
    if (presentation_check(presentation, &world.network, &terms, scratch, &session.arena) != REASON_NONE) {
        abort();
    }
}

static void decide(struct dossier *dossier, const struct verdict_request *request)
{
    struct question question;
    struct verdict verdict;

    if (verdict_question(&question, &session, request) != EXIT_YES) {
        abort();
    }
    question.presented = true;
    if (!verdict_of(&verdict, dossier, &trust, &question, &session.arena) ||
        verdict.credential_count != CERTIFICATES) {
        abort();
    }
    for (size_t i = 0; i < CERTIFICATES; i++) {
        valid += verdict.credentials[i].overall == OVERALL_VALID;
    }
}

/* As command_verify does. */
static void verify(const struct made *made, bool challenge_is_file)
{
    static struct presented_dossier presented;
    struct verdict_request request = VERDICT_REQUEST_DEFAULT;
    const struct requirement nothing = {.text = {0}};
    struct signed_presentation presentation;
    struct signed_challenge challenge;
    struct log_state known;
    bool has_log = false;

    request.at_day = TODAY;
    if (frame_decode_record(&session, made->presentation, FRAME_PRESENTATION, &signed_presentation_schema,
                            &presentation) != REASON_NONE ||
        frame_decode_record(&session, made->challenge, FRAME_CHALLENGE, &signed_challenge_schema,
                            &challenge) != REASON_NONE) {
        abort();
    }
    read_state(&presentation.presentation.holder, &known, &has_log);
    if (presented_dossier_of(&presented, &session, &presentation.presentation,
                             verdict_reach(&request, &nothing)) != STORE_OK ||
        presented.refused_count > 0) {
        abort();
    }
    check_bearer(&presentation, &challenge, challenge_is_file, has_log ? &known : NULL);
    decide(&presented.dossier, &request);
    arena_rewind(&session.arena, 0);
}

/* ---- timing ---- */

struct checks {
    struct sign_public_key key;
    struct signature signature;
    struct hash hash;
};

static void make_checks(struct checks *checks)
{
    struct sign_secret_key secret;
    const struct sign_seed seed = {{1}};

    *checks = (struct checks){.hash = {{2}}};
    sign_key_pair(&checks->key, &secret, &seed);
    sign_hash(&checks->signature, &secret, &checks->hash);
}

static double time_checks(const struct checks *checks)
{
    const double began_us = now_us();
    int refused = 0;

    for (int i = 0; i < SLICE; i++) {
        refused |= crypto_sign_verify_detached(checks->signature.bytes, checks->hash.bytes, HASH_SIZE,
                                               checks->key.bytes);
    }
    if (refused) {
        abort();
    }
    return now_us() - began_us;
}

static double time_slice(const struct made *made, bool challenge_is_file)
{
    const double began_us = now_us();

    for (size_t i = 0; i < SLICE; i++) {
        verify(&made[i], challenge_is_file);
    }
    return now_us() - began_us;
}

static int order_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void print_row(const char *what, const char *unit, double *values, size_t count)
{
    char name[64];

    snprintf(name, sizeof name, "%s, %s", what, unit);
    qsort(values, count, sizeof values[0], order_doubles);
    printf("%-52s %8.3f / %8.3f / %8.3f\n", name, values[0], values[count / 2], values[count - 1]);
}

/* The share of the bare rate: 1 where nothing but the signatures cost anything. */
static void run(const char *what, const struct made *made, size_t groups, bool challenge_is_file)
{
    static double each_us[GROUPS_MAX], check_us[GROUPS_MAX], shares[GROUPS_MAX];
    const double signatures = challenge_is_file ? 2 : 1;
    struct checks checks;

    make_checks(&checks);
    for (size_t i = 0; i < groups; i++) {
        each_us[i] = check_us[i] = 0;
        for (size_t j = 0; j < GROUP; j += SLICE) {
            each_us[i] += time_slice(&made[i * GROUP + j], challenge_is_file) / GROUP;
            check_us[i] += time_checks(&checks) / GROUP;
        }
        shares[i] = signatures * check_us[i] / each_us[i];
    }
    print_row(what, "us", each_us, groups);
    print_row("  a bare signature check", "us", check_us, groups);
    print_row("  share of the bare rate", "1", shares, groups);
}

static void open_session(void)
{
    set_now(now_s);
    world_init(&world);
    build_actor(&verifier, &world.network, 500, 1, 1);
    session = (struct session){.trust = &trust,
                               .store = world.store,
                               .arena = world.arena,
                               .has_actor = true,
                               .actor = verifier.id,
                               .lock_fd = -1,
                               .control_fd = -1};
    session.home.network = world.network;
}

int main(int argc, char **argv)
{
    static struct made by_proof[HOLDERS_MAX], by_name[HOLDERS_MAX];
    const size_t holders = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    const size_t groups = holders / 2 / GROUP; /* half by proof, half by name */

    if (groups < 1 || groups > GROUPS_MAX) {
        fprintf(stderr, "usage: presentation_bench [HOLDERS 100..20000]\n");
        return 2;
    }
    if (sodium_init() < 0) {
        return 1;
    }
    open_session();
    make_store(holders);
    for (size_t i = 0; i < groups * GROUP; i++) {
        make(&by_proof[i], i, true);
        make(&by_name[i], groups * GROUP + i, false);
    }
    printf("%d certificates of %d issuers, %zu bytes with proofs, %zu by name\n", (int)CERTIFICATES,
           (int)ISSUERS, by_proof[0].presentation.size, by_name[0].presentation.size);
    run("with proofs", by_proof, groups, false);
    run("by name", by_name, groups, false);
    run("with proofs again, and --challenge", by_proof, groups, true);
    printf("%zu of %zu certificates valid\n", valid, 3 * groups * GROUP * CERTIFICATES);
    world_deinit(&world);
    return 0;
}
