#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/own_withdrawal.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"

/* What a withdrawal ends is counted before it is signed. The delegate's log: block 1 issues three
 * certificates of ase/A5, block 2 one of ase/B1, block 3 accredits somebody for ase/A*, block 4 issues two
 * more of ase/A5. */

enum { NOW_S = 1000000, DAY = 45000, HEAD = 4 };

static struct keyring *keyring;
static struct own_home own;

static struct bytes all_a;
static struct bytes other;

static struct accreditation accreditation_of(struct actor_id delegate, struct bytes *pattern)
{
    return (struct accreditation){
        .delegate = delegate, .patterns = {.items = pattern, .count = 1}, .from = DAY};
}

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record;
    (void)state;
    all_a = bytes_of_string("ase/A*");
    other = bytes_of_string("ase/B1");
    const struct accreditation passed_on = accreditation_of((struct actor_id){.hash.bytes = {3}}, &all_a);
    set_now(NOW_S);
    keyring = own_home_keys(memory, &record);
    own_home_open(&own, keyring, record);
    own_home_issue(&own, 1, 3, "ase/A5");
    own_home_issue(&own, 1, 1, "ase/B1");
    own_home_publish(&own, ENTRY_ACCREDITATION, (const void *const[]){&passed_on}, 1);
    own_home_issue(&own, 1, 2, "ase/A5");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    own_home_close(&own);
    keyring_wipe(keyring);
    return 0;
}

enum { SAID_MAX = 2 };

/* What the accreditor's log says: one accreditation in block 7, one in block 8. */
struct row {
    const char *sentence;
    size_t said_count;
    struct {
        bool for_other; /* ase/B1, else ase/A* */
        bool withdrawn, ended_whole;
        uint64_t cut_seq;
    } said[SAID_MAX];
    struct withdrawal record;
    uint64_t staying, ending, accreditations_staying, accreditations_ending;
};

static const struct entry_position exceptions[] = {{1, 0}, {1, 2}};

static const struct row rows[] = {
    {"up to a cut they stay", 1, {{false}}, {.has_cut = true, .cut_seq = 2}, 3, 2, 0, 1},
    {"up to the head all do", 1, {{false}}, {.has_cut = true, .cut_seq = HEAD}, 5, 0, 1, 0},
    {"up to block 0 none does", 1, {{false}}, {.has_cut = true, .cut_seq = 0}, 0, 5, 0, 1},
    {"codes that others let it issue don't count",
     1,
     {{.for_other = true}},
     {.has_cut = true, .cut_seq = 0},
     0,
     1,
     0,
     0},
    {"what is excepted ends",
     1,
     {{false}},
     {.has_cut = true, .cut_seq = HEAD, .exceptions = {.items = (void *)exceptions, .count = 2}},
     3,
     2,
     1,
     0},
    {"an accreditation ends whole",
     1,
     {{false}},
     {.has_accreditation = true, .accreditation = {7, 0}},
     0,
     5,
     0,
     1},
    {"and alone",
     2,
     {{false}, {.for_other = true}},
     {.has_accreditation = true, .accreditation = {8, 0}},
     5,
     1,
     1,
     0},
    {"another for the same keeps what it lets be issued",
     2,
     {{false}, {false}},
     {.has_accreditation = true, .accreditation = {8, 0}},
     5,
     0,
     1,
     0},
    {"what an earlier cut ended ends no more",
     1,
     {{false, true, false, 1}},
     {.has_cut = true, .cut_seq = 0},
     0,
     3,
     0,
     0},
    {"nor stays", 1, {{false, true, false, 1}}, {.has_cut = true, .cut_seq = HEAD}, 3, 0, 0, 0},
    {"what ended whole is over", 1, {{false, true, true, 0}}, {.has_cut = true, .cut_seq = HEAD}, 0, 0, 0, 0},
    {"an heir's log accredited nobody: all codes count",
     0,
     {{false}},
     {.has_cut = true, .cut_seq = 2},
     4,
     2,
     0,
     1},
};

static struct own_accreditations accreditations_of(const struct row *row, struct own_accreditation *items)
{
    for (size_t i = 0; i < row->said_count; i++) {
        items[i] = (struct own_accreditation){
            .place = {.seq = 7 + i},
            .record = accreditation_of(own.session.actor, row->said[i].for_other ? &other : &all_a),
            .withdrawn = row->said[i].withdrawn,
            .ended_whole = row->said[i].ended_whole,
            .cut_seq = row->said[i].cut_seq,
        };
    }
    return (struct own_accreditations){.count = row->said_count, .items = items};
}

static void what_stays_and_what_ends_is_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct own_accreditation items[SAID_MAX];
        const struct own_accreditations said = accreditations_of(&rows[i], items);
        struct own_withdrawal_reach reach;
        struct withdrawal record = rows[i].record;
        record.delegate = own.session.actor;
        assert_int_equal(own_withdrawal_read(&reach, &own.session, &said, &record), EXIT_YES);
        if (!reach.held || reach.certificates_staying != rows[i].staying ||
            reach.certificates_ending != rows[i].ending ||
            reach.accreditations_staying != rows[i].accreditations_staying ||
            reach.accreditations_ending != rows[i].accreditations_ending) {
            fail_msg("%s: %d stay, %d end; %d and %d", rows[i].sentence, (int)reach.certificates_staying,
                     (int)reach.certificates_ending, (int)reach.accreditations_staying,
                     (int)reach.accreditations_ending);
        }
    }
}

static void what_is_void_is_not_counted(void **state)
{
    const struct void_record void_record = {.has_range = true, .range = {1, 1}};
    const struct withdrawal record = {.delegate = own.session.actor, .has_cut = true, .cut_seq = HEAD};
    struct own_withdrawal_reach reach;
    (void)state;
    own_home_publish(&own, ENTRY_VOID, (const void *const[]){&void_record}, 1);
    assert_int_equal(own_withdrawal_read(&reach, &own.session, &(struct own_accreditations){0}, &record),
                     EXIT_YES);
    assert_int_equal(reach.certificates_staying, 3);
}

struct printing {
    FILE *file;
    int saved;
};

static struct printing begin_printing(void)
{
    struct printing printing = {.file = tmpfile(), .saved = dup(STDERR_FILENO)};
    assert_non_null(printing.file);
    fflush(stderr);
    dup2(fileno(printing.file), STDERR_FILENO);
    return printing;
}

static const char *end_printing(struct printing printing)
{
    static char text[4096];
    fflush(stderr);
    dup2(printing.saved, STDERR_FILENO);
    close(printing.saved);
    rewind(printing.file);
    text[fread(text, 1, sizeof text - 1, printing.file)] = '\0';
    fclose(printing.file);
    return text;
}

static const char *printed(const struct withdrawal *record, const struct own_withdrawal_reach *reach)
{
    struct printing printing = begin_printing();
    own_withdrawal_print(&own.session, record, reach);
    return end_printing(printing);
}

static const char *printed_again(const struct accreditation *again, const struct own_withdrawn *withdrawn)
{
    struct printing printing = begin_printing();
    own_withdrawal_print_again(&own.session, again, withdrawn);
    return end_printing(printing);
}

static void it_is_said_what_ends(void **state)
{
    struct withdrawal record = {.delegate = {.hash.bytes = {9}}, .has_cut = true, .cut_seq = 2};
    struct own_withdrawal_reach reach = {
        .held = true, .accredited = true, .certificates_staying = 3, .certificates_ending = 1};
    (void)state;
    assert_non_null(
        strstr(printed(&record, &reach), "  3 certificates stay good\n  1 certificate ends, where"));
    assert_non_null(strstr(printed(&record, &reach), "above block 2 of its log, but what is against"));
    assert_null(strstr(printed(&record, &reach), " accreditation"));
    reach.accreditations_ending = 1;
    record.closed = true;
    assert_non_null(strstr(printed(&record, &reach), "  1 accreditation ends"));
    assert_non_null(strstr(printed(&record, &reach), "not even against anybody"));
}

static void a_log_that_is_not_held_can_not_be_counted(void **state)
{
    const struct withdrawal record = {.delegate = {.hash.bytes = {9}}, .has_accreditation = true};
    struct own_withdrawal_reach reach;
    (void)state;
    assert_int_equal(own_withdrawal_read(&reach, &own.session, &(struct own_accreditations){0}, &record),
                     EXIT_YES);
    assert_false(reach.held);
    assert_non_null(strstr(printed(&record, &reach), "can't be counted"));
}

/* ---- accredited again ---- */

static void what_counts_again_is_said(void **state)
{
    struct accreditation again = accreditation_of(own.session.actor, &all_a);
    static const struct {
        const char *sentence;
        struct own_withdrawn withdrawn;
        const char *phrase, *not_said;
    } cases[] = {
        {"by a cut", {true, false, 5, false}, "nothing above block 5 of its log counts.", "under an"},
        {"whole", {true, true, 0, false}, "issued under an accreditation of yours counts.", "block"},
        {"closed", {true, false, 5, true}, "of its log counts, not even against anybody.", "under an"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = printed_again(&again, &cases[i].withdrawn);
        if (strstr(text, cases[i].phrase) == NULL || strstr(text, cases[i].not_said) != NULL ||
            strstr(text, "tradeproof void") == NULL || strstr(text, "from 2023-03-17 on,") == NULL) {
            fail_msg("%s: %s", cases[i].sentence, text);
        }
    }
    again.has_until = true;
    again.until = DAY + 1;
    assert_non_null(strstr(printed_again(&again, &cases[0].withdrawn), " on until 2023-03-18,"));
    assert_string_equal(printed_again(&again, &(struct own_withdrawn){.any = false}), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_stays_and_what_ends_is_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_void_is_not_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_counts_again_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_said_what_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_log_that_is_not_held_can_not_be_counted, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
