#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/ids.h"

enum { KINDS = 4, NETWORKS = 3 };

static struct network networks[NETWORKS];

static const char *const prefixes[NETWORKS][KINDS] = {
    {"tpa1", "tpn1", "tpx1", "tpk1"},
    {"ttpa1", "ttpn1", "ttpx1", "ttpk1"},
    {"xtpa1", "xtpn1", "xtpx1", "xtpk1"},
};

static int prepare_networks(void **state)
{
    (void)state;
    bool ready = network_init(&networks[0], "main") && network_init(&networks[1], "test") &&
                 network_init(&networks[2], "ohio-pilot-1");
    return ready ? 0 : -1;
}

static struct hash some_hash(uint8_t seed)
{
    struct hash hash;
    for (size_t i = 0; i < HASH_SIZE; i++) {
        hash.bytes[i] = (uint8_t)(seed + 37 * i);
    }
    return hash;
}

static void ids_of_every_kind_and_network_read_back(void **state)
{
    (void)state;
    for (size_t network = 0; network < NETWORKS; network++) {
        for (size_t kind = 0; kind < KINDS; kind++) {
            char text[ID_TEXT_MAX + 1];
            struct hash id = some_hash((uint8_t)(network * 16 + kind));
            struct hash read;
            id_to_text(text, (enum id_kind)kind, &networks[network], &id);
            assert_memory_equal(text, prefixes[network][kind], strlen(prefixes[network][kind]));
            assert_int_equal(
                id_from_text(&read, NULL, (enum id_kind)kind, &networks[network], bytes_of_string(text)),
                ID_OK);
            assert_true(hash_equal(&read, &id));
        }
    }
}

static void another_kind_or_network_is_named(void **state)
{
    (void)state;
    for (size_t from = 0; from < NETWORKS * KINDS; from++) {
        for (size_t to = 0; to < NETWORKS * KINDS; to++) {
            char text[ID_TEXT_MAX + 1];
            struct hash id = some_hash(7);
            struct hash read = {{0}};
            enum id_kind found = (enum id_kind)(to % KINDS);
            enum id_result expected = from / KINDS != to / KINDS   ? ID_WRONG_NETWORK
                                      : from % KINDS != to % KINDS ? ID_WRONG_KIND
                                                                   : ID_OK;
            id_to_text(text, (enum id_kind)(from % KINDS), &networks[from / KINDS], &id);
            assert_int_equal(id_from_text(&read, &found, (enum id_kind)(to % KINDS), &networks[to / KINDS],
                                          bytes_of_string(text)),
                             expected);
            assert_int_equal(found, expected == ID_WRONG_KIND ? from % KINDS : to % KINDS);
            assert_int_equal(hash_is_zero(&read), expected != ID_OK);
        }
    }
}

static void every_substituted_character_is_found(void **state)
{
    (void)state;
    char text[ID_TEXT_MAX + 1];
    struct hash id = some_hash(3);
    id_to_text(text, ID_ACTOR, &networks[1], &id);
    size_t size = strlen(text);
    size_t prefix_size = strlen(prefixes[1][ID_ACTOR]);
    for (size_t at = 0; at < size; at++) {
        char right = text[at];
        for (int c = 0; c < 256; c++) {
            struct hash read;
            text[at] = (char)c;
            enum id_result result = id_from_text(&read, NULL, ID_ACTOR, &networks[1], bytes_of(text, size));
            bool as_expected = at < prefix_size ? result != ID_OK : result == ID_MISTYPED;
            if (text[at] != right && !as_expected) {
                fail_msg("character %zu as %d gives %d", at, c, result);
            }
        }
        text[at] = right;
    }
}

static void shortened_and_lengthened_ids_are_refused(void **state)
{
    (void)state;
    char text[ID_TEXT_MAX + 2];
    struct hash id = some_hash(3);
    struct hash read;
    id_to_text(text, ID_NODE, &networks[0], &id);
    size_t size = strlen(text);
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(id_from_text(&read, NULL, ID_NODE, &networks[0], bytes_of(text, cut)),
                         cut < strlen(prefixes[0][ID_NODE]) ? ID_NOT_AN_ID : ID_MISTYPED);
        assert_int_not_equal(
            id_from_text(&read, NULL, ID_NODE, &networks[0], bytes_of(text + cut + 1, size - cut - 1)),
            ID_OK);
    }
    text[size] = 'q';
    assert_int_equal(id_from_text(&read, NULL, ID_NODE, &networks[0], bytes_of(text, size + 1)), ID_MISTYPED);
    text[size] = '\0';
    assert_int_equal(id_from_text(&read, NULL, ID_NODE, &networks[0], bytes_of(text, size + 1)), ID_MISTYPED);
}

static void what_else_people_paste(void **state)
{
    (void)state;
    char upper[ID_TEXT_MAX + 1];
    char short_id[BECH32M_TEXT_MAX + 1];
    char long_id[BECH32M_TEXT_MAX + 1];
    char long_prefix[BECH32M_TEXT_MAX + 1];
    struct hash id = some_hash(9);
    uint8_t bytes[HASH_SIZE + 1] = {1};
    id_to_text(upper, ID_ACTOR, &networks[0], &id);
    for (char *c = upper; *c != '\0'; c++) {
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    }
    bech32m_encode(short_id, "tpa", bytes, HASH_SIZE - 1);
    bech32m_encode(long_prefix, "tpa1x", bytes, HASH_SIZE);
    bech32m_encode(long_id, "tpa", bytes, HASH_SIZE + 1);
    const struct {
        const char *text;
        enum id_result expected;
        const char *why;
    } rows[] = {
        {upper, ID_OK, "all capitals, as a QR code may carry it"},
        {short_id, ID_MISTYPED, "a good checksum over 31 bytes"},
        {long_id, ID_MISTYPED, "a good checksum over 33 bytes"},
        {long_prefix, ID_MISTYPED, "a good checksum behind a longer prefix"},
        {"", ID_NOT_AN_ID, "nothing"},
        {"tpa", ID_NOT_AN_ID, "a prefix without its 1"},
        {"tpa1", ID_MISTYPED, "a prefix alone"},
        {"tpb1qqqq", ID_NOT_AN_ID, "no such kind"},
        {"ytpa1qqqq", ID_NOT_AN_ID, "no such network letter"},
        {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", ID_NOT_AN_ID, "someone's bitcoin address"},
        {"1", ID_NOT_AN_ID, "a separator alone"},
        {"Jane Doe", ID_NOT_AN_ID, "a name"},
        {"\xff\xfe\x00", ID_NOT_AN_ID, "bytes"},
        {" tpa1", ID_NOT_AN_ID, "a blank first"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hash read;
        enum id_result result =
            id_from_text(&read, NULL, ID_ACTOR, &networks[0], bytes_of_string(rows[i].text));
        if (result != rows[i].expected) {
            fail_msg("%s: %d", rows[i].why, result);
        }
    }
    struct hash read;
    assert_int_equal(id_from_text(&read, NULL, ID_ACTOR, &networks[0], bytes_of(NULL, 0)), ID_NOT_AN_ID);
}

static void entry_names_read_back(void **state)
{
    (void)state;
    static const uint64_t seqs[] = {0, 1, 9, 10, 123456, BLOCK_SEQ_MAX};
    static const uint64_t indexes[] = {0, 7, 10, BLOCK_ENTRIES_MAX - 1};
    for (size_t i = 0; i < sizeof seqs / sizeof seqs[0]; i++) {
        for (size_t j = 0; j < sizeof indexes / sizeof indexes[0]; j++) {
            char text[ENTRY_NAME_TEXT_MAX + 1];
            struct entry_name read;
            struct entry_name name = {.author = {some_hash(1)}, .seq = seqs[i], .index = indexes[j]};
            memcpy(name.prefix, "\x00\x09\x0a\x0f\x90\xa0\xf0\xff\x12\x34\x56\x78\x9a\xbc\xde\xf1",
                   ENTRY_PREFIX_SIZE);
            entry_name_to_text(text, &networks[1], &name);
            assert_true(strlen(text) <= ENTRY_NAME_TEXT_MAX);
            assert_int_equal(entry_name_from_text(&read, &networks[1], bytes_of_string(text)), ID_OK);
            assert_true(entry_name_equal(&read, &name));
        }
    }
}

#define HEX "00112233445566778899aabbccddeeff"

static void malformed_entry_names_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *rest;
        enum id_result expected;
        const char *why;
    } rows[] = {
        {"/5/3/" HEX, ID_OK, "a whole one"},
        {"/0/0/" HEX, ID_OK, "first entry of block 0"},
        {"/268435455/4095/" HEX, ID_OK, "the largest numbers"},
        {"", ID_MISTYPED, "an actor alone"},
        {"/5", ID_MISTYPED, "no index"},
        {"/5/3", ID_MISTYPED, "no prefix"},
        {"/5/3/", ID_MISTYPED, "an empty prefix"},
        {"//3/" HEX, ID_MISTYPED, "an empty seq"},
        {"/5//" HEX, ID_MISTYPED, "an empty index"},
        {"/05/3/" HEX, ID_MISTYPED, "a leading zero in seq"},
        {"/5/03/" HEX, ID_MISTYPED, "a leading zero in index"},
        {"/+5/3/" HEX, ID_MISTYPED, "a sign"},
        {"/-5/3/" HEX, ID_MISTYPED, "a negative seq"},
        {"/5a/3/" HEX, ID_MISTYPED, "a letter in seq"},
        {"/268435456/3/" HEX, ID_MISTYPED, "seq above its limit"},
        {"/18446744073709551616/3/" HEX, ID_MISTYPED, "seq above 64 bits"},
        {"/5/4096/" HEX, ID_MISTYPED, "index above its limit"},
        {"/5/3/" HEX "00", ID_MISTYPED, "a prefix too long"},
        {"/5/3/" HEX "/", ID_MISTYPED, "a slash at the end"},
        {"/5/3/00112233445566778899aabbccddeef", ID_MISTYPED, "a prefix too short"},
        {"/5/3/00112233445566778899AABBCCDDEEFF", ID_MISTYPED, "capitals in the prefix"},
        {"/5/3/00112233445566778899aabbccddeefg", ID_MISTYPED, "no hexadecimal digit"},
        {" /5/3/" HEX, ID_MISTYPED, "a blank behind the actor"},
        {"/5/3/" HEX " ", ID_MISTYPED, "a blank at the end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        struct entry_name name;
        struct hash author = some_hash(1);
        id_to_text(text, ID_ACTOR, &networks[0], &author);
        strcat(text, rows[i].rest);
        enum id_result result = entry_name_from_text(&name, &networks[0], bytes_of_string(text));
        if (result != rows[i].expected) {
            fail_msg("%s: %d", rows[i].why, result);
        }
    }
}

static void entry_names_by_others_are_named(void **state)
{
    (void)state;
    char text[256];
    struct entry_name name;
    struct hash id = some_hash(1);
    id_to_text(text, ID_NODE, &networks[0], &id);
    strcat(text, "/5/3/" HEX);
    assert_int_equal(entry_name_from_text(&name, &networks[0], bytes_of_string(text)), ID_WRONG_KIND);
    assert_int_equal(entry_name_from_text(&name, &networks[1], bytes_of_string(text)), ID_WRONG_NETWORK);
    assert_int_equal(entry_name_from_text(&name, &networks[0], bytes_of_string("/5/3/" HEX)), ID_NOT_AN_ID);
    assert_int_equal(entry_name_from_text(&name, &networks[0], bytes_of(NULL, 0)), ID_NOT_AN_ID);
}

static void equality_looks_at_every_field(void **state)
{
    (void)state;
    struct actor_id actor = {some_hash(1)};
    struct actor_id other = {some_hash(2)};
    struct subject subject = subject_of_actor(&actor);
    struct subject claim = {SUBJECT_CLAIM, actor.hash};
    assert_true(actor_id_equal(&actor, &actor));
    assert_false(actor_id_equal(&actor, &other));
    assert_true(subject_equal(&subject, &(struct subject){SUBJECT_ACTOR, actor.hash}));
    assert_false(subject_equal(&subject, &claim));
    assert_false(subject_equal(&subject, &(struct subject){SUBJECT_ACTOR, other.hash}));
    const struct entry_name name = {actor, 1, 2, {3}};
    const struct entry_name others[] = {
        {other, 1, 2, {3}}, {actor, 9, 2, {3}}, {actor, 1, 9, {3}}, {actor, 1, 2, {9}}};
    assert_true(entry_name_equal(&name, &name));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(entry_name_equal(&name, &others[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_every_kind_and_network_read_back),
        cmocka_unit_test(another_kind_or_network_is_named),
        cmocka_unit_test(every_substituted_character_is_found),
        cmocka_unit_test(shortened_and_lengthened_ids_are_refused),
        cmocka_unit_test(what_else_people_paste),
        cmocka_unit_test(entry_names_read_back),
        cmocka_unit_test(malformed_entry_names_are_refused),
        cmocka_unit_test(entry_names_by_others_are_named),
        cmocka_unit_test(equality_looks_at_every_field),
    };
    return cmocka_run_group_tests(tests, prepare_networks, NULL);
}
