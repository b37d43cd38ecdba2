#include "protocol/rules/trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct network network;
static struct trust trust;

/* What a row writes for an actor's id. */
static const struct {
    const char *mark;
    enum id_kind kind;
    uint8_t number;
} ids[] = {
    {"{1}", ID_ACTOR, 1},
    {"{2}", ID_ACTOR, 2},
    {"{3}", ID_ACTOR, 3},
    {"{node}", ID_NODE, 1},
};

static struct actor_id actor(uint8_t number)
{
    struct actor_id id = {0};
    memset(id.hash.bytes, number, HASH_SIZE);
    return id;
}

static size_t copy_mark(char *out, const char **text)
{
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        size_t size = strlen(ids[i].mark);
        if (strncmp(*text, ids[i].mark, size) == 0) {
            const struct actor_id id = actor(ids[i].number);
            id_to_text(out, ids[i].kind, &network, &id.hash);
            *text += size;
            return strlen(out);
        }
    }
    *out = *(*text)++;
    return 1;
}

/* text with its marks replaced. */
static struct bytes filled_in(const char *text)
{
    static char memory[TRUST_FILE_SIZE_MAX];
    size_t size = 0;
    while (*text != '\0') {
        size += copy_mark(memory + size, &text);
    }
    return bytes_of(memory, size);
}

static const struct {
    const char *why;
    const char *text;
    enum trust_result result;
    size_t line;
    enum id_result id;
} rows[] = {
    {"an empty file trusts nobody", "", TRUST_OK, 0, ID_OK},
    {"blank lines say nothing", "\n  \n\t\n", TRUST_OK, 3, ID_OK},
    {"a comment says nothing", "# owner\n", TRUST_OK, 1, ID_OK},
    {"an owner without a name", "owner ase {1}\n", TRUST_OK, 1, ID_OK},
    {"the last line needs no end", "owner ase {1}", TRUST_OK, 1, ID_OK},
    {"lines of another system", "owner ase {1} A body\r\nowner epa {2}\r\n", TRUST_OK, 2, ID_OK},
    {"a byte order mark", "\xef\xbb\xbfowner ase {1}\n", TRUST_OK, 1, ID_OK},
    {"a byte order mark alone", "\xef\xbb\xbf", TRUST_OK, 0, ID_OK},
    {"a comment behind a line", "owner ase {1} A body # really\n", TRUST_OK, 1, ID_OK},
    {"one actor may own two namespaces", "owner ase {1}\nowner epa {1}\n", TRUST_OK, 2, ID_OK},
    {"a name beyond ASCII", "owner ase {1} Z\xc3\xbcrich\n", TRUST_OK, 1, ID_OK},
    {"how old what is known may be", "owner ase {1} fresh 90d\n", TRUST_OK, 1, ID_OK},
    {"before the name", "owner ase {1} fresh 90d A body\n", TRUST_OK, 1, ID_OK},
    {"at most ten years", "owner ase {1} fresh 3660d\n", TRUST_OK, 1, ID_OK},
    {"and not a day more", "owner ase {1} fresh 3661d\n", TRUST_BAD_LINE, 1, ID_OK},
    {"nor a number beyond all bounds", "owner ase {1} fresh 99999999999999999999d\n", TRUST_BAD_LINE, 1,
     ID_OK},
    {"at least a day", "owner ase {1} fresh 0d\n", TRUST_BAD_LINE, 1, ID_OK},
    {"days alone", "owner ase {1} fresh 90h\n", TRUST_BAD_LINE, 1, ID_OK},
    {"a number at all", "owner ase {1} fresh d\n", TRUST_BAD_LINE, 1, ID_OK},
    {"not forgotten", "owner ase {1} fresh\n", TRUST_BAD_LINE, 1, ID_OK},
    {"a name that begins like it", "owner ase {1} freshly founded\n", TRUST_OK, 1, ID_OK},
    {"an unknown word", "owner ase {1}\nowns epa {1}\n", TRUST_BAD_LINE, 2, ID_OK},
    {"words are lower case", "Owner ase {1}\n", TRUST_BAD_LINE, 1, ID_OK},
    {"a byte order mark further on", "\n\xef\xbb\xbfowner ase {1}\n", TRUST_BAD_LINE, 2, ID_OK},
    {"an owner of nothing", "owner\n", TRUST_BAD_LINE, 1, ID_OK},
    {"an owner without an id", "owner ase\n", TRUST_BAD_LINE, 1, ID_OK},
    {"an owner whose id is a comment", "owner ase # {1}\n", TRUST_BAD_LINE, 1, ID_OK},
    {"a capital in a namespace", "owner ASE {1}\n", TRUST_BAD_NAMESPACE, 1, ID_OK},
    {"a code is no namespace", "owner ase/A5 {1}\n", TRUST_BAD_NAMESPACE, 1, ID_OK},
    {"a namespace too long", "owner abcdefghijklmnopq {1}\n", TRUST_BAD_NAMESPACE, 1, ID_OK},
    {"no id at all", "\nowner ase somebody\n", TRUST_BAD_ID, 2, ID_NOT_AN_ID},
    {"an id of another kind", "owner ase {node}\n", TRUST_BAD_ID, 1, ID_WRONG_KIND},
    {"a typo in an id", "owner ase {1}q\n", TRUST_BAD_ID, 1, ID_MISTYPED},
    {"a control character in a name", "owner ase {1} A\x01 body\n", TRUST_BAD_TEXT, 1, ID_OK},
    {"a carriage return inside a line", "owner ase {1} A\rbody\n", TRUST_BAD_TEXT, 1, ID_OK},
    {"broken UTF-8 in a name", "owner ase {1} \xc3\n", TRUST_BAD_TEXT, 1, ID_OK},
    {"a name in two forms", "owner ase {1} Zu\xcc\x88rich\n", TRUST_BAD_TEXT, 1, ID_OK},
    {"a namespace of two owners", "owner ase {1}\nowner ase {2}\n", TRUST_NAMESPACE_TWICE, 2, ID_OK},
    {"a namespace twice of one owner", "owner ase {1}\nowner ase {1}\n", TRUST_NAMESPACE_TWICE, 2, ID_OK},
    {"a witness", "witness {1} A witness\n", TRUST_NO_WITNESSES, 1, ID_OK},
    {"a quorum", "owner ase {1}\nquorum 2\n", TRUST_NO_WITNESSES, 2, ID_OK},
    {"witnesses in a comment", "# witness {1}\n", TRUST_OK, 1, ID_OK},
};

static void each_file_is_read_as_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t line;
        enum id_result id;
        static struct trust before;
        memset(&trust, 0xa5, sizeof trust);
        before = trust;
        enum trust_result result = trust_parse(&trust, &line, &id, &network, filled_in(rows[i].text));
        if (result != rows[i].result || line != rows[i].line || id != rows[i].id) {
            fail_msg("%s: result %d in line %zu, id %d", rows[i].why, (int)result, line, (int)id);
        }
        if (result != TRUST_OK && memcmp(&trust, &before, sizeof trust) != 0) {
            fail_msg("%s: changed what it refused to read", rows[i].why);
        }
    }
}

static void read_whole(const char *text)
{
    size_t line;
    enum id_result id;
    assert_int_equal(trust_parse(&trust, &line, &id, &network, filled_in(text)), TRUST_OK);
}

static void what_is_read_is_sorted(void **state)
{
    (void)state;
    read_whole("owner epa {2}\t Agency  of  two \t\nowner ase {1} Body\n"
               "owner a {3}\n");
    assert_int_equal(trust.owner_count, 3);
    assert_string_equal(trust.owners[0].name_space, "a");
    assert_string_equal(trust.owners[0].name, "");
    assert_string_equal(trust.owners[1].name_space, "ase");
    assert_string_equal(trust.owners[2].name_space, "epa");
    assert_string_equal(trust.owners[2].name, "Agency  of  two");
    assert_int_equal(trust.owners[2].actor.hash.bytes[0], 2);
    assert_ptr_equal(trust_owner_of(&trust, bytes_of_string("ase")), &trust.owners[1]);
    assert_null(trust_owner_of(&trust, bytes_of_string("as")));
    assert_null(trust_owner_of(&trust, bytes_of_string("asee")));
}

static void what_is_printed_reads_back(void **state)
{
    (void)state;
    static const char text[] = "owner ase {1} Body of two words\nowner epa {2}\nowner oh {3} Z\xc3\xbcrich\n";
    char printed[1024];
    read_whole(text);
    struct bytes expected = filled_in(text);
    assert_true(trust_print(printed, sizeof printed, &network, &trust));
    assert_true(bytes_equal_string(expected, printed));
    assert_true(trust_print(printed, expected.size + 1, &network, &trust));
    for (size_t capacity = 0; capacity <= expected.size; capacity++) {
        assert_false(trust_print(printed, capacity, &network, &trust));
    }
}

static void files_have_a_largest_size(void **state)
{
    (void)state;
    static char text[TRUST_FILE_SIZE_MAX + 1];
    size_t line;
    enum id_result id;
    memset(text, '\n', sizeof text);
    assert_int_equal(trust_parse(&trust, &line, &id, &network, bytes_of(text, sizeof text - 1)), TRUST_OK);
    assert_int_equal(trust_parse(&trust, &line, &id, &network, bytes_of(text, sizeof text)), TRUST_TOO_LARGE);
}

static struct trust_owner owner_of(const char *name_space, uint8_t number, const char *name)
{
    struct trust_owner owner = {.actor = actor(number)};
    snprintf(owner.name_space, sizeof owner.name_space, "%s", name_space);
    snprintf(owner.name, sizeof owner.name, "%s", name);
    return owner;
}

static void names_have_a_largest_size(void **state)
{
    (void)state;
    for (size_t size = NAME_SIZE_MAX; size <= NAME_SIZE_MAX + 1; size++) {
        char name[NAME_SIZE_MAX + 2] = {0};
        char line[512];
        enum id_result id;
        size_t number;
        memset(name, 'a', size);
        snprintf(line, sizeof line, "owner ase {1} %s\n", name);
        enum trust_result expected = size <= NAME_SIZE_MAX ? TRUST_OK : TRUST_BAD_TEXT;
        assert_int_equal(trust_parse(&trust, &number, &id, &network, filled_in(line)), expected);
    }
    assert_int_equal(strlen(trust.owners[0].name), NAME_SIZE_MAX);
}

static void owners_are_added_and_removed(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *name_space;
        const char *name;
        uint8_t number;
        enum trust_result result;
        size_t count;
    } adds[] = {
        {"the first", "epa", "", 1, TRUST_OK, 1},
        {"one before it", "ase", "Body", 2, TRUST_OK, 2},
        {"one after it", "ford", "", 3, TRUST_OK, 3},
        {"one that is another's", "epa", "", 2, TRUST_NAMESPACE_TWICE, 3},
        {"a new name", "epa", "Agency", 1, TRUST_OK, 3},
        {"no namespace", "", "", 1, TRUST_BAD_NAMESPACE, 3},
        {"a bad namespace", "E", "", 1, TRUST_BAD_NAMESPACE, 3},
        {"a comment in a name", "x", "No #1", 1, TRUST_BAD_TEXT, 3},
        {"a line's end in a name", "x", "a\nowner", 1, TRUST_BAD_TEXT, 3},
        {"a blank before a name", "x", " a", 1, TRUST_BAD_TEXT, 3},
        {"a blank after a name", "x", "a ", 1, TRUST_BAD_TEXT, 3},
    };
    memset(&trust, 0, sizeof trust);
    for (size_t i = 0; i < sizeof adds / sizeof adds[0]; i++) {
        struct trust_owner owner = owner_of(adds[i].name_space, adds[i].number, adds[i].name);
        enum trust_result result = trust_add_owner(&trust, &owner);
        if (result != adds[i].result || trust.owner_count != adds[i].count) {
            fail_msg("%s: result %d, %zu owners", adds[i].why, (int)result, trust.owner_count);
        }
    }
    assert_string_equal(trust_owner_of(&trust, bytes_of_string("epa"))->name, "Agency");
    assert_false(trust_remove_owner(&trust, bytes_of_string("x")));
    assert_true(trust_remove_owner(&trust, bytes_of_string("ase")));
    assert_null(trust_owner_of(&trust, bytes_of_string("ase")));
    assert_string_equal(trust_owner_of(&trust, bytes_of_string("ford"))->name_space, "ford");
    assert_int_equal(trust.owner_count, 2);
}

static void unended_text_is_refused(void **state)
{
    (void)state;
    struct trust_owner owner = owner_of("ase", 1, "");
    memset(&trust, 0, sizeof trust);
    memset(owner.name_space, 'a', sizeof owner.name_space);
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_BAD_NAMESPACE);
    owner = owner_of("ase", 1, "");
    memset(owner.name, 'a', sizeof owner.name);
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_BAD_TEXT);
}

static void lists_have_a_largest_size(void **state)
{
    (void)state;
    memset(&trust, 0, sizeof trust);
    for (unsigned i = 0; i <= TRUST_OWNERS_MAX; i++) {
        char name_space[8];
        snprintf(name_space, sizeof name_space, "n%u", i);
        struct trust_owner owner = owner_of(name_space, 1, "");
        assert_int_equal(trust_add_owner(&trust, &owner), i < TRUST_OWNERS_MAX ? TRUST_OK : TRUST_TOO_MANY);
    }
    static char text[TRUST_FILE_SIZE_MAX];
    size_t size = 0;
    size_t line;
    enum id_result id;
    for (unsigned i = 0; i <= TRUST_OWNERS_MAX; i++) {
        char owner[ID_TEXT_MAX + 1];
        struct actor_id id_of_owner = actor((uint8_t)(i + 1));
        id_to_text(owner, ID_ACTOR, &network, &id_of_owner.hash);
        size += (size_t)snprintf(text + size, sizeof text - size, "owner n%u %s\n", i, owner);
        assert_int_equal(trust_parse(&trust, &line, &id, &network, bytes_of(text, size)),
                         i < TRUST_OWNERS_MAX ? TRUST_OK : TRUST_TOO_MANY);
    }
    assert_int_equal(line, TRUST_OWNERS_MAX + 1);
}

static void fresh_days_are_read_printed_and_asked(void **state)
{
    static char printed[1024];
    const struct actor_id one = actor(1), two = actor(2);
    struct trust_owner named = {.name_space = "ase", .actor = one, .name = "fresh 90d of air"};
    size_t line;
    enum id_result id;
    (void)state;
    read_whole("owner ase {1} fresh 90d A body\nowner epa {1} fresh 7d\nowner ford {2} Ford\n");
    assert_int_equal(trust.owners[0].fresh_days, 90);
    assert_string_equal(trust.owners[0].name, "A body");
    assert_int_equal(trust.owners[2].fresh_days, 0);
    assert_int_equal(trust_fresh_days(&trust, &one), 7);
    assert_int_equal(trust_fresh_days(&trust, &two), 0);
    assert_true(trust_print(printed, sizeof printed, &network, &trust));
    assert_int_equal(trust_parse(&trust, &line, &id, &network, bytes_of_string(printed)), TRUST_OK);
    assert_int_equal(trust.owners[0].fresh_days, 90);
    assert_int_equal(trust.owners[1].fresh_days, 7);
    assert_int_equal(trust_add_owner(&trust, &named), TRUST_BAD_TEXT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_is_read_as_said),
        cmocka_unit_test(what_is_read_is_sorted),
        cmocka_unit_test(what_is_printed_reads_back),
        cmocka_unit_test(files_have_a_largest_size),
        cmocka_unit_test(owners_are_added_and_removed),
        cmocka_unit_test(unended_text_is_refused),
        cmocka_unit_test(lists_have_a_largest_size),
        cmocka_unit_test(names_have_a_largest_size),
        cmocka_unit_test(fresh_days_are_read_printed_and_asked),
    };
    return network_init(&network, "test") ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
