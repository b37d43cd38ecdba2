#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cmd/contacts.h"
#include "cmd/number.h"

static struct network network;
static struct contacts contacts;
static char maria[ID_TEXT_MAX + 1], shop[ID_TEXT_MAX + 1], claim[ID_TEXT_MAX + 1], node[ID_TEXT_MAX + 1];

static int set_up(void **state)
{
    struct hash id = {{1}};

    (void)state;
    assert_true(network_init(&network, "test"));
    id_to_text(maria, ID_ACTOR, &network, &id);
    id.bytes[0] = 2;
    id_to_text(shop, ID_ACTOR, &network, &id);
    id.bytes[0] = 3;
    id_to_text(claim, ID_CLAIM, &network, &id);
    id_to_text(node, ID_NODE, &network, &id);
    return 0;
}

static enum contacts_result parse(size_t *line, const char *format, const char *id)
{
    static char text[1024];

    snprintf(text, sizeof text, "%s %s\n", id, format);
    return contacts_parse(&contacts, line, &network, bytes_of_string(text));
}

static void names_are_taken_or_refused(void **state)
{
    static const struct {
        const char *sentence, *name;
        enum contacts_result result;
    } rows[] = {
        {"a plain name", "Maria Lopez", CONTACTS_OK},
        {"a name with accents",
         "Mar\xc3\xad"
         "a L\xc3\xb3pez",
         CONTACTS_OK},
        {"blanks around it do not count", "   Maria   ", CONTACTS_OK},
        {"no name", "", CONTACTS_BAD_NAME},
        {"the word for oneself", "Me", CONTACTS_BAD_NAME},
        {"an escape sequence", "\x1b[31m", CONTACTS_BAD_NAME},
        {"no UTF-8", "\xff", CONTACTS_BAD_NAME},
        {"an id of the main network", "tpa1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
         CONTACTS_BAD_NAME},
        {"a comment", "#", CONTACTS_BAD_NAME},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t line;

        if (parse(&line, rows[i].name, maria) != rows[i].result) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void ids_of_people_only(void **state)
{
    size_t line;

    (void)state;
    assert_int_equal(parse(&line, "Ann", claim), CONTACTS_OK);
    assert_int_equal(contacts.items[0].subject.kind, SUBJECT_CLAIM);
    assert_int_equal(parse(&line, "Ann", node), CONTACTS_BAD_ID);
    assert_int_equal(parse(&line, "Ann", "ttpa1mistyped"), CONTACTS_BAD_ID);
    assert_int_equal(line, 1);
    assert_int_equal(contacts.count, 0);
}

static void lines_are_found_again(void **state)
{
    char text[1024], printed[1024];
    size_t line;

    (void)state;
    snprintf(text, sizeof text, "# people\n\n%s Maria Lopez\r\n%s\tSchmidt's Garage", maria, shop);
    assert_int_equal(contacts_parse(&contacts, &line, &network, bytes_of_string(text)), CONTACTS_OK);
    assert_int_equal(contacts.count, 2);
    assert_ptr_equal(contacts_named(&contacts, bytes_of_string("maria LOPEZ")), &contacts.items[0]);
    assert_null(contacts_named(&contacts, bytes_of_string("Maria")));
    assert_string_equal(contacts_of(&contacts, &contacts.items[1].subject.id)->name, "Schmidt's Garage");
    assert_true(contacts_print(printed, sizeof printed, &network, &contacts));
    assert_false(contacts_print(text, strlen(printed), &network, &contacts));
    assert_int_equal(contacts_parse(&contacts, &line, &network, bytes_of_string(printed)), CONTACTS_OK);
    assert_int_equal(contacts.count, 2);
}

static void a_name_is_one_persons(void **state)
{
    char text[1024];
    size_t line;

    (void)state;
    snprintf(text, sizeof text, "%s Maria\n%s maria\n", maria, shop);
    assert_int_equal(contacts_parse(&contacts, &line, &network, bytes_of_string(text)), CONTACTS_NAME_TAKEN);
    assert_int_equal(line, 2);
    snprintf(text, sizeof text, "%s Maria\n%s Maria Lopez\n", maria, maria);
    assert_int_equal(contacts_parse(&contacts, &line, &network, bytes_of_string(text)), CONTACTS_OK);
    assert_int_equal(contacts.count, 1);
    assert_string_equal(contacts.items[0].name, "Maria Lopez");
}

static void there_is_an_end_of_contacts(void **state)
{
    char name[32];

    (void)state;
    memset(&contacts, 0, sizeof contacts);
    for (size_t i = 0; i <= CONTACTS_MAX; i++) {
        struct subject subject = {.kind = SUBJECT_ACTOR, .id.bytes = {(uint8_t)i, (uint8_t)(i >> 8), 9}};

        snprintf(name, sizeof name, "person %zu", i);
        assert_int_equal(contacts_add(&contacts, &subject, bytes_of_string(name)),
                         i < CONTACTS_MAX ? CONTACTS_OK : CONTACTS_TOO_MANY);
    }
}

static void numbers_are_digits_within_bounds(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool good;
        uint64_t number;
    } rows[] = {
        {"0", 10, true, 0},
        {"10", 10, true, 10},
        {"11", 10, false, 0},
        {"7", 3, false, 0},
        {"", 10, false, 0},
        {"-1", 10, false, 0},
        {"+1", 10, false, 0},
        {" 1", 10, false, 0},
        {"0007", 10, true, 7},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"99999999999999999999999", UINT64_MAX, false, 0},
        {"12/7", 100, true, 12},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 0;
        const char *end;

        if (number_read(&number, rows[i].text, &end, rows[i].max) != rows[i].good ||
            number != rows[i].number) {
            fail_msg("\"%s\"", rows[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_taken_or_refused),  cmocka_unit_test(ids_of_people_only),
        cmocka_unit_test(lines_are_found_again),       cmocka_unit_test(a_name_is_one_persons),
        cmocka_unit_test(there_is_an_end_of_contacts), cmocka_unit_test(numbers_are_digits_within_bounds),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
