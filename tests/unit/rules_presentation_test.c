#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/commit.h"
#include "tests/support/builders.h"
#include "tests/support/presentation_builder.h"

static struct presentation_world world;
static uint8_t scratch[PRESENTATION_SIZE_MAX];
static uint8_t check_memory[2 * BLOCK_ARENA_SIZE];

static struct arena check_arena(void)
{
    struct arena arena;
    arena_init(&arena, check_memory, sizeof check_memory);
    return arena;
}

/* ---- key histories ---- */

static enum reason replay(struct log_state *state, const struct key_block *blocks, size_t count)
{
    const struct list list = {.items = blocks, .count = count};
    struct arena arena = check_arena();
    return holder_keys_replay(state, &world.network, &world.holder.id, world.holder.keys_record, &list,
                              &arena);
}

static void keys_are_followed_block_by_block(void **state)
{
    (void)state;
    for (size_t count = 0; count <= WORLD_ROTATION_SEQ; count++) {
        const struct log_state *expected = &world.holder_states[count];
        struct log_state found;
        assert_int_equal(replay(&found, world.key_blocks, count), REASON_NONE);
        assert_true(actor_id_equal(&found.author, &world.holder.id));
        assert_int_equal(found.seq, expected->seq);
        assert_int_equal(found.epoch, expected->epoch);
        assert_int_equal(found.epoch_first_seq, expected->epoch_first_seq);
        assert_true(hash_equal(&found.head, &expected->head));
        assert_int_equal(found.keys.key_count, expected->keys.key_count);
        assert_memory_equal(found.keys.keys, expected->keys.keys, sizeof expected->keys.keys);
        assert_int_equal(found.keys.next_threshold, expected->keys.next_threshold);
    }
}

static void blocks_that_do_not_follow_are_refused(void **state)
{
    (void)state;
    static uint8_t broken[sizeof world.builder_memory];
    const struct key_block skipped = world.key_blocks[1];
    const struct key_block content = {memory_log_block(&world.issuer_log, WORLD_CONTENT_SEQ)};
    const struct key_block twice[] = {world.key_blocks[0], world.key_blocks[0]};
    struct key_block forged = world.key_blocks[0];
    struct log_state found;
    memcpy(broken, forged.block.data, forged.block.size);
    forged.block.data = broken;
    assert_int_equal(replay(&found, &skipped, 1), REASON_WRONG_SEQ);
    assert_int_equal(replay(&found, &content, 1), REASON_ENTRY_CLASS);
    assert_int_equal(replay(&found, twice, 2), REASON_WRONG_SEQ);
    for (size_t i = 0; i < forged.block.size; i++) {
        broken[i] ^= 1;
        assert_int_not_equal(replay(&found, &forged, 1), REASON_NONE);
        broken[i] ^= 1;
    }
}

static void an_inception_belongs_to_its_actor(void **state)
{
    (void)state;
    const struct list none = {0};
    struct log_state found;
    struct arena arena = check_arena();
    assert_int_equal(
        holder_keys_replay(&found, &world.network, &world.issuer.id, world.holder.keys_record, &none, &arena),
        REASON_BAD_INCEPTION);
    assert_int_not_equal(holder_keys_replay(&found, &world.network, &world.holder.id,
                                            bytes_of_string("no keys at all"), &none, &arena),
                         REASON_NONE);
}

/* ---- challenges ---- */

static enum reason check_challenge(const struct signed_challenge *challenge, const struct key_set *known)
{
    struct arena arena = check_arena();
    return challenge_check(challenge, &world.network, known, &arena);
}

static void requirement(struct challenge *challenge)
{
    challenge->requirement = bytes_of_string("ase/A6");
}

static void nonce(struct challenge *challenge)
{
    challenge->nonce[31] ^= 1;
}

static void created(struct challenge *challenge)
{
    challenge->created_s++;
}

static void expires(struct challenge *challenge)
{
    challenge->expires_s++;
}

static void other_audience(struct challenge *challenge)
{
    challenge->audience = world.issuer.id;
}

static void other_audience_with_its_keys(struct challenge *challenge)
{
    challenge->audience = world.issuer.id;
    challenge->audience_keys = world.issuer.keys_record;
}

static void no_keys(struct challenge *challenge)
{
    challenge->audience_keys = bytes_of_string("x");
}

static void a_challenge_is_what_its_audience_signed(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*change)(struct challenge *challenge);
        enum reason reason;
    } rows[] = {
        {"another requirement", requirement, REASON_BAD_SIGNATURE},
        {"another nonce", nonce, REASON_BAD_SIGNATURE},
        {"another time", created, REASON_BAD_SIGNATURE},
        {"another expiry", expires, REASON_BAD_SIGNATURE},
        {"another audience", other_audience, REASON_BAD_INCEPTION},
        {"another audience and its keys", other_audience_with_its_keys, REASON_BAD_SIGNATURE},
        {"keys that are none", no_keys, REASON_WRONG_TYPE},
    };
    struct signed_challenge challenge = world_challenge(&world, ROLE_PRESENT);
    assert_int_equal(check_challenge(&challenge, NULL), REASON_NONE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        challenge = world_challenge(&world, ROLE_PRESENT);
        rows[i].change(&challenge.challenge);
        enum reason reason = check_challenge(&challenge, NULL);
        if (reason != rows[i].reason) {
            fail_msg("%s: %s", rows[i].why, reason_word(reason));
        }
    }
}

static void a_challenge_is_signed_by_a_present_key(void **state)
{
    (void)state;
    for (enum role role = ROLE_GOVERN; role < ROLE_PRESENT; role++) {
        const struct signed_challenge challenge = world_challenge(&world, role);
        assert_int_equal(check_challenge(&challenge, NULL), REASON_SIGNER_ROLE);
    }
    struct signed_challenge challenge = world_challenge(&world, ROLE_PRESENT);
    challenge.signature.key_index = KEYS_MAX;
    assert_int_equal(check_challenge(&challenge, NULL), REASON_SIGNER_ROLE);
}

static void keys_that_are_known_go_before_those_carried(void **state)
{
    (void)state;
    const struct signed_challenge challenge = world_challenge(&world, ROLE_PRESENT);
    struct key_set known;
    key_set_open(&known, &world.audience.keys);
    assert_int_equal(check_challenge(&challenge, &known), REASON_NONE);
    known = world.holder_states[WORLD_ROTATION_SEQ].keys;
    assert_int_equal(check_challenge(&challenge, &known), REASON_BAD_SIGNATURE);
}

/* ---- presentations ---- */

/* What a row may change: the presentation before it is signed, what was signed, and on whose terms it is
 * checked. */
static struct {
    size_t key_blocks; /* that the presentation carries */
    size_t signs_with; /* the holder's key after so many of its blocks */
    struct presentation presentation;
    void (*after)(struct signed_presentation *presentation);
    struct presentation_terms terms;
} given;

static void begin(void)
{
    given.key_blocks = given.signs_with = WORLD_ROTATION_SEQ;
    given.after = NULL;
    given.presentation = world_presentation(&world, given.key_blocks);
    given.terms = (struct presentation_terms){
        .audience = &world.audience.id,
        .nonce = world.nonce,
        .now_s = WORLD_NOW_S,
        .skew_s = 120,
    };
}

static enum reason check(void)
{
    given.presentation.holder_blocks.count = given.key_blocks;
    struct signed_presentation presentation =
        world_sign_presentation(&world, &given.presentation, given.signs_with);
    if (given.after != NULL) {
        given.after(&presentation);
    }
    struct arena arena = check_arena();
    return presentation_check(&presentation, &world.network, &given.terms, scratch, &arena);
}

static void nothing(void) {}

static void with_keys_after(size_t blocks)
{
    given.key_blocks = given.signs_with = blocks;
}

static void with_inception_keys(void)
{
    with_keys_after(0);
}

static void with_updated_keys(void)
{
    with_keys_after(WORLD_UPDATE_SEQ);
}

static void with_a_key_before_the_update(void)
{
    given.signs_with = 0;
}

static void with_a_key_not_carried(void)
{
    given.key_blocks = 0;
}

static void known_as_carried(void)
{
    given.terms.known_holder = &world.holder_states[WORLD_ROTATION_SEQ];
}

static void known_before_the_rotation(void)
{
    given.terms.known_holder = &world.holder_states[WORLD_UPDATE_SEQ];
}

static void known_from_its_inception(void)
{
    given.terms.known_holder = &world.holder_states[0];
}

static void known_to_have_rotated_since(void)
{
    with_updated_keys();
    known_as_carried();
}

static void known_with_inception_alone_carried(void)
{
    known_as_carried();
    given.key_blocks = 0;
}

static void known_with_the_same_present_key(void)
{
    static struct log_state later;
    with_inception_keys();
    later = world.holder_states[0];
    later.seq = 9;
    given.terms.known_holder = &later;
}

static void known_with_the_same_present_key_elsewhere(void)
{
    static struct log_state later;
    with_inception_keys();
    later = world.holder_states[0];
    later.seq = 9;
    later.keys.keys[later.keys.key_count] = later.keys.keys[later.keys.key_count - 1];
    later.keys.keys[later.keys.key_count - 1] = world.holder_states[1].keys.keys[later.keys.key_count - 1];
    later.keys.key_count++;
    given.terms.known_holder = &later;
}

static void known_on_another_branch(void)
{
    static struct log_state other;
    other = world.holder_states[WORLD_ROTATION_SEQ];
    other.head.bytes[0] ^= 1;
    given.terms.known_holder = &other;
}

static void known_on_another_branch_below(void)
{
    static struct log_state other;
    other = world.holder_states[WORLD_UPDATE_SEQ];
    other.head.bytes[0] ^= 1;
    given.terms.known_holder = &other;
}

static void another_actor_is_known(void)
{
    given.terms.known_holder = &world.issuer_log.state;
}

static void holder_is_another(void)
{
    given.presentation.holder = world.issuer.id;
}

static void claims_to_be_another(struct signed_presentation *presentation)
{
    presentation->presentation.holder = world.issuer.id;
    presentation->presentation.holder_keys = world.issuer.keys_record;
    presentation->presentation.holder_blocks.count = 0;
}

static void taken_over_by_another(void)
{
    given.after = claims_to_be_another;
}

static void for_another_audience(void)
{
    given.presentation.audience = world.issuer.id;
}

static void readdress(struct signed_presentation *presentation)
{
    presentation->presentation.audience = world.audience.id;
}

static void relayed_to_another_audience(void)
{
    for_another_audience();
    given.after = readdress;
}

static void for_anyone(void)
{
    given.presentation.audience = (struct actor_id){0};
}

static void answer_to_another_challenge(void)
{
    given.presentation.nonce[0] ^= 1;
}

static void answer_to_no_challenge(void)
{
    memset(given.presentation.nonce, 0, sizeof given.presentation.nonce);
}

static void renonce(struct signed_presentation *presentation)
{
    memcpy(presentation->presentation.nonce, world.nonce, sizeof world.nonce);
}

static void replayed_with_a_new_nonce(void)
{
    answer_to_another_challenge();
    given.after = renonce;
}

static void no_challenge_was_given(void)
{
    given.terms.nonce = NULL;
}

static void card_for_anyone(void)
{
    no_challenge_was_given();
    answer_to_no_challenge();
    for_anyone();
}

static void card_for_another(void)
{
    no_challenge_was_given();
    for_another_audience();
}

static void just_expired(void)
{
    given.presentation.expires_s = WORLD_NOW_S - 120;
}

static void expired(void)
{
    given.presentation.expires_s = WORLD_NOW_S - 121;
}

static void prolong(struct signed_presentation *presentation)
{
    presentation->presentation.expires_s = WORLD_NOW_S + 300;
}

static void expired_and_prolonged(void)
{
    expired();
    given.after = prolong;
}

static void made_a_little_later(void)
{
    given.presentation.created_s = WORLD_NOW_S + 120;
}

static void made_later(void)
{
    given.presentation.created_s = WORLD_NOW_S + 121;
}

static void drop_proofs(struct signed_presentation *presentation)
{
    presentation->presentation.proofs.count = 0;
}

/* ---- claims ---- */

enum { CLAIMS = 3, DISCLOSED = 1 }; /* of an attestation, and the one that is disclosed */

/* The entry of an attestation of three claims, one of which is disclosed. */
static struct {
    uint8_t entry[ENTRY_SIZE_MAX];
    struct entry_proof proof;
    struct merkle_node path[MERKLE_DEPTH_MAX];
    struct disclosed_claim claim;
} claimed;

static struct disclosed_claim claim_number(size_t i)
{
    static const char *const labels[CLAIMS] = {"name", "born", "state"};
    static const char *const values[CLAIMS] = {"Maria Lopez", "1990-02-03", "tx"};
    return (struct disclosed_claim){.index = i,
                                    .count = CLAIMS,
                                    .label = bytes_of_string(labels[i]),
                                    .value = bytes_of_string(values[i]),
                                    .salt = {(uint8_t)(i + 1)}};
}

static void leaves_of(struct hash leaves[CLAIMS])
{
    for (size_t i = 0; i < CLAIMS; i++) {
        const struct disclosed_claim claim = claim_number(i);
        struct commit_salt salt;
        memcpy(salt.bytes, claim.salt, sizeof salt.bytes);
        commit_value(&leaves[i], label_domain(&world.network, LABEL_CLAIM), claim.label.data,
                     claim.label.size, claim.value.data, claim.value.size, &salt);
    }
}

static void write_entry(uint64_t kind, const struct attestation *attestation)
{
    static const uint8_t salt[ENTRY_SALT_SIZE] = {1};
    static uint8_t memory[ENTRY_SIZE_MAX];
    struct bytes payload;
    struct writer writer;
    assert_true(schema_encode(entry_schema(ENTRY_ATTESTATION), attestation, memory, sizeof memory, &payload));
    writer_init(&writer, claimed.entry, sizeof claimed.entry);
    entry_write(&writer, kind, false, payload, bytes_of(salt, sizeof salt));
    claimed.proof.entry = bytes_of(claimed.entry, writer.size);
}

static struct attestation attestation_with_claims(void)
{
    const struct hash_domain *node = label_domain(&world.network, LABEL_CLAIM_NODE);
    struct attestation attestation = build_attestation(&world.holder.id, "ase/A5", 20000, 21000);
    struct hash leaves[CLAIMS];
    attestation.has_claims = true;
    leaves_of(leaves);
    merkle_root_in_place(&attestation.claims_root, node, leaves, CLAIMS);
    return attestation;
}

static void disclose(const struct attestation *attestation)
{
    const struct hash_domain *node = label_domain(&world.network, LABEL_CLAIM_NODE);
    struct merkle_path path;
    struct hash leaves[CLAIMS];
    claimed.proof = world_proof(&world, WORLD_CONTENT_SEQ, 0);
    write_entry(ENTRY_ATTESTATION, attestation);
    leaves_of(leaves);
    merkle_path_in_place(&path, node, leaves, CLAIMS, DISCLOSED);
    for (size_t i = 0; i < path.size; i++) {
        claimed.path[i].hash = path.nodes[i];
    }
    claimed.claim = claim_number(DISCLOSED);
    claimed.claim.path = (struct list){claimed.path, path.size};
    given.presentation.proofs = (struct list){&claimed.proof, 1};
    given.presentation.claims = (struct list){&claimed.claim, 1};
}

static void a_claim_of_its_certificate(void)
{
    const struct attestation attestation = attestation_with_claims();
    disclose(&attestation);
}

static void another_value(void)
{
    a_claim_of_its_certificate();
    claimed.claim.value = bytes_of_string("1991-02-03");
}

static void another_label(void)
{
    a_claim_of_its_certificate();
    claimed.claim.label = bytes_of_string("hired");
}

static void another_salt(void)
{
    a_claim_of_its_certificate();
    claimed.claim.salt[31] ^= 1;
}

static void another_place_among_the_claims(void)
{
    a_claim_of_its_certificate();
    claimed.claim.index = 0;
}

static void another_way(void)
{
    a_claim_of_its_certificate();
    claimed.path[0].hash.bytes[0] ^= 1;
}

static void a_way_of_no_tree(void)
{
    a_claim_of_its_certificate();
    claimed.claim.path.count = 0;
}

static void a_claim_of_a_certificate_without_any(void)
{
    struct attestation attestation = attestation_with_claims();
    attestation.has_claims = false;
    disclose(&attestation);
}

static void a_claim_of_what_is_no_certificate(void)
{
    const struct attestation attestation = attestation_with_claims();
    disclose(&attestation);
    write_entry(ENTRY_SHOP, &attestation);
}

static void a_claim_of_what_is_no_entry(void)
{
    a_claim_of_its_certificate();
    claimed.proof.entry.size--;
}

static void less_shown_than_signed(void)
{
    given.after = drop_proofs;
}

static void break_signature(struct signed_presentation *presentation)
{
    presentation->signature.signature.bytes[0] ^= 1;
}

static void signature_broken(void)
{
    given.after = break_signature;
}

static void sign_by_number(struct signed_presentation *presentation)
{
    presentation->signature.key_index = 0;
}

static void governing_key_named(void)
{
    given.after = sign_by_number;
}

static void number_beyond(struct signed_presentation *presentation)
{
    presentation->signature.key_index = KEYS_MAX;
}

static void no_such_key_named(void)
{
    given.after = number_beyond;
}

static const struct {
    const char *why;
    void (*say)(void);
    enum reason reason;
} rows[] = {
    {"the holder's answer", nothing, REASON_NONE},
    {"with the keys of its inception", with_inception_keys, REASON_NONE},
    {"with keys that were updated", with_updated_keys, REASON_NONE},
    {"with a key that the carried update replaced", with_a_key_before_the_update, REASON_BAD_SIGNATURE},
    {"with a key that is not carried", with_a_key_not_carried, REASON_BAD_SIGNATURE},
    {"the holder is known as it says", known_as_carried, REASON_NONE},
    {"the holder has rotated since it was known", known_before_the_rotation, REASON_NONE},
    {"the holder is known from its inception", known_from_its_inception, REASON_NONE},
    {"the keys were rotated since", known_to_have_rotated_since, REASON_HOLDER_KEY},
    {"known keys go with an inception alone", known_with_inception_alone_carried, REASON_NONE},
    {"keys that stayed in force", known_with_the_same_present_key, REASON_NONE},
    {"also under another number", known_with_the_same_present_key_elsewhere, REASON_NONE},
    {"the holder is known on another branch", known_on_another_branch, REASON_HOLDER_KEY},
    {"or on one that parts further below", known_on_another_branch_below, REASON_HOLDER_KEY},
    {"what is known of another says nothing", another_actor_is_known, REASON_NONE},
    {"a holder whose keys these are not", holder_is_another, REASON_HOLDER_KEY},
    {"another puts itself in the holder's place", taken_over_by_another, REASON_BAD_SIGNATURE},
    {"meant for another", for_another_audience, REASON_WRONG_AUDIENCE},
    {"meant for another and relayed to us", relayed_to_another_audience, REASON_BAD_SIGNATURE},
    {"an answer is for us, not for anyone", for_anyone, REASON_WRONG_AUDIENCE},
    {"an answer to another challenge", answer_to_another_challenge, REASON_WRONG_NONCE},
    {"no answer to our challenge", answer_to_no_challenge, REASON_NO_CHALLENGE},
    {"an old answer under a new nonce", replayed_with_a_new_nonce, REASON_BAD_SIGNATURE},
    {"we gave no challenge", no_challenge_was_given, REASON_NO_CHALLENGE},
    {"a card for anyone", card_for_anyone, REASON_NO_CHALLENGE},
    {"a card for another", card_for_another, REASON_WRONG_AUDIENCE},
    {"as old as clocks may be apart", just_expired, REASON_NONE},
    {"expired", expired, REASON_PRESENTATION_EXPIRED},
    {"expired and prolonged", expired_and_prolonged, REASON_BAD_SIGNATURE},
    {"made as much later as clocks may be apart", made_a_little_later, REASON_NONE},
    {"made later than now", made_later, REASON_CLOCK},
    {"less is shown than was signed", less_shown_than_signed, REASON_BAD_SIGNATURE},
    {"what its certificate says of her is disclosed", a_claim_of_its_certificate, REASON_NONE},
    {"another value than it says", another_value, REASON_CLAIM},
    {"of another thing", another_label, REASON_CLAIM},
    {"salted otherwise", another_salt, REASON_CLAIM},
    {"in another place", another_place_among_the_claims, REASON_CLAIM},
    {"by a way to another root", another_way, REASON_CLAIM},
    {"by none", a_way_of_no_tree, REASON_CLAIM},
    {"of a certificate that says nothing of her", a_claim_of_a_certificate_without_any, REASON_CLAIM},
    {"of another entry", a_claim_of_what_is_no_certificate, REASON_CLAIM},
    {"of none", a_claim_of_what_is_no_entry, REASON_CLAIM},
    {"a broken signature", signature_broken, REASON_BAD_SIGNATURE},
    {"by a governing key's number", governing_key_named, REASON_BAD_SIGNATURE},
    {"by a number that is none", no_such_key_named, REASON_BAD_SIGNATURE},
};

static void each_presentation_is_judged_as_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].say();
        enum reason reason = check();
        if (reason != rows[i].reason) {
            fail_msg("%s: %s", rows[i].why, reason_word(reason));
        }
        arena_rewind(&world.arena, 0);
    }
}

static void a_presentation_has_a_largest_size(void **state)
{
    (void)state;
    static uint8_t entry[RULE_PACK_SIZE_MAX];
    struct entry_proof proofs[PRESENTATION_SIZE_MAX / RULE_PACK_SIZE_MAX];
    struct arena arena = check_arena();
    begin();
    struct signed_presentation presentation =
        world_sign_presentation(&world, &given.presentation, WORLD_ROTATION_SEQ);
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
        proofs[i] = world_proof(&world, WORLD_CONTENT_SEQ, 0);
        proofs[i].entry = bytes_of(entry, sizeof entry);
    }
    presentation.presentation.proofs = (struct list){proofs, sizeof proofs / sizeof proofs[0]};
    assert_int_equal(presentation_check(&presentation, &world.network, &given.terms, scratch, &arena),
                     REASON_TOO_LARGE);
}

static void another_network_is_another_world(void **state)
{
    (void)state;
    struct network other;
    struct arena arena = check_arena();
    const struct signed_challenge challenge = world_challenge(&world, ROLE_PRESENT);
    assert_true(network_init(&other, "main"));
    begin();
    const struct signed_presentation presentation =
        world_sign_presentation(&world, &given.presentation, WORLD_ROTATION_SEQ);
    assert_int_equal(presentation_check(&presentation, &other, &given.terms, scratch, &arena),
                     REASON_HOLDER_KEY);
    assert_int_equal(challenge_check(&challenge, &other, NULL, &arena), REASON_BAD_INCEPTION);
}

/* ---- subjects ---- */

static void subjects_without_keys_have_ids_of_their_own(void **state)
{
    (void)state;
    const struct sign_public_key *key = &world.holder.built[0].key.key;
    struct sign_public_key other = *key;
    struct claim_id id;
    struct claim_id id_of_other;
    struct hash expected;
    other.bytes[0] ^= 1;
    claim_id_of(&id, &world.network, key);
    claim_id_of(&id_of_other, &world.network, &other);
    hash_bytes(&expected, label_domain(&world.network, LABEL_CLAIM_KEY), key->bytes, sizeof key->bytes);
    assert_true(hash_equal(&id.hash, &expected));
    assert_false(hash_equal(&id.hash, &id_of_other.hash));
}

static void a_blinded_subject_depends_on_all_three(void **state)
{
    (void)state;
    uint8_t preimage[96];
    uint8_t salt[32] = {1, 2, 3};
    struct hash blinded;
    struct hash other;
    struct hash expected;
    memcpy(preimage, world.holder.id.hash.bytes, 32);
    memcpy(preimage + 32, world.issuer.id.hash.bytes, 32);
    memcpy(preimage + 64, salt, 32);
    hash_bytes(&expected, label_domain(&world.network, LABEL_BLINDED), preimage, sizeof preimage);
    blinded_subject(&blinded, &world.network, &world.holder.id, &world.issuer.id, salt);
    assert_true(hash_equal(&blinded, &expected));
    blinded_subject(&other, &world.network, &world.issuer.id, &world.issuer.id, salt);
    assert_false(hash_equal(&blinded, &other));
    blinded_subject(&other, &world.network, &world.holder.id, &world.holder.id, salt);
    assert_false(hash_equal(&blinded, &other));
    salt[31] ^= 1;
    blinded_subject(&other, &world.network, &world.holder.id, &world.issuer.id, salt);
    assert_false(hash_equal(&blinded, &other));
}

static int build(void **state)
{
    (void)state;
    presentation_world_build(&world);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_followed_block_by_block),
        cmocka_unit_test(blocks_that_do_not_follow_are_refused),
        cmocka_unit_test(an_inception_belongs_to_its_actor),
        cmocka_unit_test(a_challenge_is_what_its_audience_signed),
        cmocka_unit_test(a_challenge_is_signed_by_a_present_key),
        cmocka_unit_test(keys_that_are_known_go_before_those_carried),
        cmocka_unit_test(each_presentation_is_judged_as_said),
        cmocka_unit_test(a_presentation_has_a_largest_size),
        cmocka_unit_test(another_network_is_another_world),
        cmocka_unit_test(subjects_without_keys_have_ids_of_their_own),
        cmocka_unit_test(a_blinded_subject_depends_on_all_three),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, build, NULL);
}
