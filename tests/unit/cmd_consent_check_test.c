#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/consent_check.h"
#include "tests/support/presentation_builder.h"

/* The holder of the world is the technician, its audience the shop, its issuer someone else. */
static struct presentation_world world;
static uint8_t check_memory[WORLD_ARENA_SIZE];

enum { VALID_S = 14 * 86400 };

/* What a row changes before the technician signs, and after. */
struct given {
    struct signed_consent consent;
    struct consent_terms terms;
    struct log_state known;
    size_t signer; /* by the keys after so many of the technician's blocks */
};

static void begin(struct given *given)
{
    const uint32_t today = day_of_time(WORLD_NOW_S);
    *given = (struct given){
        .consent =
            {
                .consent = {.technician = world.holder.id,
                            .shop = world.audience.id,
                            .start_day = today,
                            .performs_repairs = true,
                            .expires_s = WORLD_NOW_S + VALID_S,
                            .nonce = {7}},
                .technician_keys = world.holder.keys_record,
                .technician_blocks = {.items = world.key_blocks, .count = WORLD_ROTATION_SEQ},
            },
        .terms = {.network = &world.network,
                  .shop = &world.audience.id,
                  .today = today,
                  .now_s = WORLD_NOW_S},
        .signer = WORLD_ROTATION_SEQ,
    };
}

static void sign(struct given *given)
{
    struct block_signer signer[SIGNATURES_MAX];
    struct hash id;
    consent_id(&id, &world.network, &given->consent.consent);
    assert_int_equal(key_ring_signers(&world.builder.ring, &world.holder_states[given->signer].keys,
                                      ROLE_PRESENT, 1, signer),
                     1);
    given->consent.signature.key = world.holder_states[given->signer].keys.keys[signer[0].key_index].key;
    sign_hash(&given->consent.signature.signature, signer[0].secret, &id);
}

/* ---- before it is signed ---- */

static void nothing(struct given *given)
{
    (void)given;
}

static void not_to_repair(struct given *given)
{
    given->consent.consent.performs_repairs = false;
}

static void for_another_shop(struct given *given)
{
    given->consent.consent.shop = world.issuer.id;
}

static void begun_long_ago(struct given *given)
{
    given->consent.consent.start_day -= 1000;
}

static void to_begin_tomorrow(struct given *given)
{
    given->consent.consent.start_day++;
}

static void in_its_last_second(struct given *given)
{
    given->terms.now_s = given->consent.consent.expires_s;
}

static void a_second_too_late(struct given *given)
{
    given->terms.now_s = given->consent.consent.expires_s + 1;
}

static void to_begin_tomorrow_but_over(struct given *given)
{
    to_begin_tomorrow(given);
    a_second_too_late(given);
}

static void named_after_another(struct given *given)
{
    given->consent.consent.technician = world.issuer.id;
}

static void with_inception_keys_alone(struct given *given)
{
    given->consent.technician_blocks.count = 0;
    given->signer = 0;
}

static void by_keys_that_were_replaced(struct given *given)
{
    given->signer = 0;
}

static void known_as_far(struct given *given)
{
    given->known = world.holder_states[WORLD_ROTATION_SEQ];
    given->terms.known = &given->known;
}

static void known_to_have_rotated(struct given *given)
{
    with_inception_keys_alone(given);
    known_as_far(given);
}

static void known_but_less_far(struct given *given)
{
    given->known = world.holder_states[WORLD_UPDATE_SEQ];
    given->terms.known = &given->known;
}

static void known_on_another_branch(struct given *given)
{
    known_as_far(given);
    given->known.head.bytes[0] ^= 1;
}

/* ---- after ---- */

static void for_another_day(struct given *given)
{
    given->consent.consent.start_day--;
}

static void made_to_repair(struct given *given)
{
    given->consent.consent.performs_repairs ^= true;
}

static void with_a_longer_life(struct given *given)
{
    given->consent.consent.expires_s++;
}

static void turned_to_us(struct given *given)
{
    given->consent.consent.shop = world.audience.id;
}

static void with_anothers_keys(struct given *given)
{
    given->consent.technician_keys = world.issuer.keys_record;
    given->consent.technician_blocks.count = 0;
}

static void with_a_bit_turned(struct given *given)
{
    given->consent.signature.signature.bytes[3] ^= 1;
}

static void with_a_governing_key_named(struct given *given)
{
    given->consent.signature.key = world.holder_states[given->signer].keys.keys[0].key;
}

static const struct consent_row {
    const char *sentence;
    void (*before)(struct given *given);
    void (*after)(struct given *given);
    enum reason expected;
} consent_rows[] = {
    {"a fresh consent", nothing, nothing, REASON_NONE},
    {"of one who will not repair", not_to_repair, nothing, REASON_NONE},
    {"that began long ago", begun_long_ago, nothing, REASON_NONE},
    {"in its last second", in_its_last_second, nothing, REASON_NONE},
    {"by the keys of an inception", with_inception_keys_alone, nothing, REASON_NONE},
    {"whose keys are known here", known_as_far, nothing, REASON_NONE},
    {"whose earlier keys are known here", known_but_less_far, nothing, REASON_NONE},
    {"to another shop", for_another_shop, nothing, REASON_CONSENT_OTHER_SHOP},
    {"to another shop, turned to us", for_another_shop, turned_to_us, REASON_BAD_SIGNATURE},
    {"named after another technician", named_after_another, nothing, REASON_CONSENT_OTHER_TECHNICIAN},
    {"with another technician's keys", nothing, with_anothers_keys, REASON_CONSENT_OTHER_TECHNICIAN},
    {"named after another, with that one's keys", named_after_another, with_anothers_keys,
     REASON_BAD_SIGNATURE},
    {"a second too late", a_second_too_late, nothing, REASON_CONSENT_EXPIRED},
    {"too late and altered", a_second_too_late, with_a_bit_turned, REASON_BAD_SIGNATURE},
    {"to begin tomorrow", to_begin_tomorrow, nothing, REASON_CONSENT_NOT_YET},
    {"to begin tomorrow, but over", to_begin_tomorrow_but_over, nothing, REASON_CONSENT_EXPIRED},
    {"with its first day moved", nothing, for_another_day, REASON_BAD_SIGNATURE},
    {"with its work changed", nothing, made_to_repair, REASON_BAD_SIGNATURE},
    {"with its life made longer", nothing, with_a_longer_life, REASON_BAD_SIGNATURE},
    {"with a bit of its signature turned", nothing, with_a_bit_turned, REASON_BAD_SIGNATURE},
    {"by a key of another role", nothing, with_a_governing_key_named, REASON_BAD_SIGNATURE},
    {"by keys that came with it but were replaced", by_keys_that_were_replaced, nothing,
     REASON_BAD_SIGNATURE},
    {"by keys known to be replaced", known_to_have_rotated, nothing, REASON_HOLDER_KEY},
    {"of one who is known on another branch", known_on_another_branch, nothing, REASON_HOLDER_KEY},
};

static void consents_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(consent_rows) / sizeof(consent_rows[0]); i++) {
        const struct consent_row *row = &consent_rows[i];
        struct affiliation affiliation;
        struct given given;
        struct arena arena;
        begin(&given);
        row->before(&given);
        sign(&given);
        row->after(&given);
        arena_init(&arena, check_memory, sizeof(check_memory));
        enum reason reason = consent_check(&affiliation, &given.consent, &given.terms, &arena);
        if (reason != row->expected) {
            fail_msg("%s: %s", row->sentence, reason_word(reason));
        }
    }
}

static void what_the_shop_says_is_what_she_said(void **state)
{
    (void)state;
    struct affiliation affiliation;
    struct given given;
    struct arena arena;
    struct hash id;
    begin(&given);
    sign(&given);
    arena_init(&arena, check_memory, sizeof(check_memory));
    assert_int_equal(consent_check(&affiliation, &given.consent, &given.terms, &arena), REASON_NONE);
    consent_id(&id, &world.network, &given.consent.consent);
    assert_true(hash_equal(&affiliation.id, &id));
    assert_int_equal(affiliation.event, AFFILIATION_JOINED);
    assert_int_equal(affiliation.day, given.consent.consent.start_day);
    assert_true(affiliation.has_consent);
    assert_memory_equal(&affiliation.consent, &given.consent.consent, sizeof(affiliation.consent));
    assert_memory_equal(&affiliation.signature, &given.consent.signature, sizeof(affiliation.signature));
}

static int set_up(void **state)
{
    (void)state;
    assert_true(sodium_init() >= 0);
    presentation_world_build(&world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consents_are_judged),
        cmocka_unit_test(what_the_shop_says_is_what_she_said),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
