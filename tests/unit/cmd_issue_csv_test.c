#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/issue_csv.h"
#include "protocol/rules/pack.h"

/* ---- what the caller knows ---- */

static const struct pack_code a5 = {.lifetime_months = 60};
static const struct pack_code mil1 = {.lifetime_months = 0};

static bool named(void *caller, struct bytes name, struct subject *out)
{
    (void)caller;
    *out = (struct subject){.kind = SUBJECT_ACTOR, .id.bytes = {9}};
    return bytes_equal_string(name, "Maria Lopez");
}

static enum reason rule(void *caller, struct bytes code, uint32_t earned_on, const struct pack_code **out)
{
    (void)caller;
    (void)earned_on;
    *out = NULL;
    if (bytes_equal_string(code, "ase/A5") || bytes_equal_string(code, "ase/A6")) {
        *out = &a5;
        return REASON_NONE;
    }
    if (bytes_equal_string(code, "ase/MIL1")) {
        *out = &mil1;
        return REASON_NONE;
    }
    if (bytes_equal_string(code, "rogue/X1")) {
        return REASON_NONE;
    }
    return bytes_equal(bytes_of(code.data, 4), bytes_of_string("ase/")) ? REASON_UNKNOWN_CODE
                                                                        : REASON_NOT_ACCREDITED;
}

/* ase/A6 is renewed by twelve months beyond the end that is held, ase/A5 as nobody tells, ase/MIL1 not at
 * all. Training does not count for ase/A6. */
static bool renewed_until(void *caller, const struct attestation *coming, const struct pack_code *rule_row,
                          uint32_t *last_day)
{
    (void)caller;
    (void)rule_row;
    return bytes_equal_string(coming->code, "ase/A6") &&
           day_from_text(last_day, bytes_of_string("2027-11-30"));
}

/* All that is asked was there when it was earned. */
static bool lasts_until(void *caller, const struct attestation *coming, uint32_t *last_day)
{
    (void)caller;
    *last_day = pack_last_day(&a5, coming->earned_on);
    return !coming->has_last_day && coming->valid_from > coming->earned_on;
}

static enum reason counts(void *caller, const struct attestation *coming, char *text)
{
    (void)caller;
    bool is_mil1 = bytes_equal_string(coming->code, "ase/MIL1");
    if (coming->basis == BASIS_RENEWAL && is_mil1) {
        strcpy(text, "version 3 of the rules has no renewal rule for it");
        return REASON_RENEWAL;
    }
    if (coming->basis == BASIS_TRAINING && bytes_equal_string(coming->code, "ase/A6")) {
        strcpy(text, "version 3 of the rules, prerequisite A6: basis exam");
        return REASON_PREREQUISITE;
    }
    return REASON_NONE;
}

/* The own log holds ase/A5 of 2020-01-01, which stands, and of 2020-01-02 with another last day; ase/MIL1 of
 * 2020-01-03 was revoked, and so was ase/A6, which would not count. */
static enum issue_refusal before(void *caller, const struct attestation *coming,
                                 struct issue_refused *refused)
{
    static const struct {
        const char *code, *day;
        enum issue_refusal answer;
        const char *text;
    } issued[] = {
        {"ase/A5", "2020-01-01", ISSUE_SAME, ""},
        {"ase/A5", "2020-01-02", ISSUE_OTHERWISE, "last_day 2022-01-02"},
        {"ase/MIL1", "2020-01-03", ISSUE_TAKEN_BACK, "revoked since"},
        {"ase/A6", "2020-01-04", ISSUE_TOO_MUCH_BEFORE, ""},
    };
    (void)caller;
    for (size_t i = 0; i < sizeof(issued) / sizeof(issued[0]); i++) {
        uint32_t day;
        assert_true(day_from_text(&day, bytes_of_string(issued[i].day)));
        if (bytes_equal_string(coming->code, issued[i].code) && coming->earned_on == day) {
            strcpy(refused->text, issued[i].text);
            strcpy(refused->entry, "ENTRY");
            return issued[i].answer;
        }
    }
    return ISSUE_ACCEPTED;
}

struct fixture {
    struct network network;
    struct issue_context context;
    char ids[4][ID_TEXT_MAX + 1]; /* what stand-ins stand for */
};

static const char stand_ins[] = "@#&~";

static void setup(struct fixture *f)
{
    struct network main_network;
    struct hash id = {.bytes = {1}};
    assert_true(network_init(&f->network, "test"));
    assert_true(network_init(&main_network, "main"));
    f->context = (struct issue_context){.network = &f->network,
                                        .named = named,
                                        .rule = rule,
                                        .renewed_until = renewed_until,
                                        .lasts_until = lasts_until,
                                        .counts = counts,
                                        .before = before};
    assert_true(day_from_text(&f->context.today, bytes_of_string("2026-11-22")));
    id_to_text(f->ids[0], ID_ACTOR, &f->network, &id);
    id_to_text(f->ids[1], ID_NODE, &f->network, &id);
    id_to_text(f->ids[2], ID_CLAIM, &f->network, &id);
    id_to_text(f->ids[3], ID_ACTOR, &main_network, &id);
}

/* Write text with each stand-in replaced: '@' an actor's id, '#' a node's, '&' a claim's, '~' one of another
 * network. */
static void expand(char *out, size_t capacity, const struct fixture *f, const char *text)
{
    FILE *stream = fmemopen(out, capacity, "w");
    assert_non_null(stream);
    for (; *text != '\0'; text++) {
        const char *found = strchr(stand_ins, *text);
        if (found != NULL) {
            fputs(f->ids[found - stand_ins], stream);
        } else {
            fputc(*text, stream);
        }
    }
    assert_int_equal(fclose(stream), 0);
}

struct text_source {
    const char *left;
};

static bool read_text(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    struct text_source *source = context;
    *size = strnlen(source->left, capacity);
    memcpy(data, source->left, *size);
    source->left += *size;
    return true;
}

/* ---- headers ---- */

static const struct header_row {
    const char *sentence;
    const char *file;
    enum csv_header expected;
    const char *about; /* the column or text that it tells; NULL: nothing */
} header_rows[] = {
    {"the three required columns", "technician,code,earned_on\n", CSV_HEADER_OK, NULL},
    {"in any order, with all others", "last_day,earned_on,in_network,valid_from,code,basis,technician\n",
     CSV_HEADER_OK, NULL},
    {"in any case and with spaces around", " Technician ,CODE,Earned_On\n", CSV_HEADER_OK, NULL},
    {"a report of refused rows", "line,Reason,message,technician,code,earned_on\n", CSV_HEADER_OK, NULL},
    {"but not something like it", "line,message,technician,code,earned_on\n", CSV_HEADER_UNKNOWN, "line"},
    {"nor a report that is not whole", "line,reason\n", CSV_HEADER_UNKNOWN, "line"},
    {"an empty file", "", CSV_HEADER_EMPTY, NULL},
    {"a missing technician", "code,earned_on\n", CSV_HEADER_MISSING, "technician"},
    {"a missing code", "technician,earned_on\n", CSV_HEADER_MISSING, "code"},
    {"a missing day", "technician,code\n", CSV_HEADER_MISSING, "earned_on"},
    {"no header at all", "x,ase/A5,2024-06-30\n", CSV_HEADER_UNKNOWN, "x"},
    {"a mistyped column is not passed over", "technician,code,earned_on,lastday\n", CSV_HEADER_UNKNOWN,
     "lastday"},
    {"a column twice", "technician,code,code,earned_on\n", CSV_HEADER_TWICE, "code"},
    {"a header that cannot be read", "techn\"ician,code,earned_on\n", CSV_HEADER_UNREADABLE, NULL},
};

static void headers_are_checked(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (size_t i = 0; i < sizeof(header_rows) / sizeof(header_rows[0]); i++) {
        const struct header_row *row = &header_rows[i];
        struct text_source source = {row->file};
        struct csv_header_refused refused;
        struct issue_file *file =
            issue_file_create(&(struct csv_source){.read = read_text, .context = &source}, &f.context);
        enum csv_header header = issue_file_header(file, &refused);
        const char *about = header == CSV_HEADER_UNKNOWN
                                ? refused.text
                                : issue_column_name((enum issue_column)refused.column);
        if (header != row->expected || (row->about != NULL && strcmp(about, row->about) != 0)) {
            fail_msg("%s: %d about %s", row->sentence, (int)header, about);
        }
        issue_file_destroy(file);
    }
}

/* ---- rows ---- */

static void print_row(FILE *out, const struct issue_row *row)
{
    const struct attestation *attestation = &row->attestation;
    char earned[DAY_TEXT_SIZE];
    char from[DAY_TEXT_SIZE];
    char last[DAY_TEXT_SIZE] = "life";
    day_to_text(earned, attestation->earned_on);
    day_to_text(from, attestation->valid_from);
    if (attestation->has_last_day) {
        day_to_text(last, attestation->last_day);
    }
    fprintf(out, "%llu=%d:%d %.*s basis %d, %s, %s to %s;", (unsigned long long)row->line,
            (int)attestation->subject.kind, attestation->subject.id.bytes[0], (int)attestation->code.size,
            (const char *)attestation->code.data, (int)attestation->basis, earned, from, last);
    if (attestation->has_network) {
        fprintf(out, " in %.*s;", (int)attestation->network_code.size,
                (const char *)attestation->network_code.data);
    }
}

/* What a file's rows give, one behind the other. */
static void render(char *out, size_t capacity, const struct fixture *f, const char *text)
{
    struct text_source source = {text};
    struct issue_refused refused;
    struct issue_row row;
    struct issue_file *file =
        issue_file_create(&(struct csv_source){.read = read_text, .context = &source}, &f->context);
    FILE *stream = fmemopen(out, capacity, "w");
    assert_non_null(stream);
    assert_int_equal(issue_file_header(file, &(struct csv_header_refused){0}), CSV_HEADER_OK);
    for (;;) {
        enum issue_step step = issue_file_next(file, &row, &refused);
        if (step == ISSUE_END) {
            break;
        }
        if (step == ISSUE_ROW) {
            print_row(stream, &row);
            continue;
        }
        char words[512];
        issue_refusal_words(words, sizeof(words), &refused);
        fprintf(stream, "%llu!%s: %s;", (unsigned long long)refused.line, issue_refusal_word(&refused),
                words);
    }
    assert_int_equal(fclose(stream), 0);
    issue_file_destroy(file);
}

#define HEADER "technician,code,earned_on\n"
#define NETWORK_HEADER "technician,code,earned_on,in_network\n"
#define LONG_HEADER "technician,code,earned_on,basis,valid_from,last_day\n"

static const struct row {
    const char *sentence;
    const char *file;
    const char *expected;
} rows[] = {
    {"an actor's id", HEADER "@,ase/A5,2024-06-30\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"a claim's id", HEADER "&,ase/A5,2024-06-30\n",
     "2=2:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"a contact's name, quoted", HEADER "\"Maria Lopez\",ase/A5,2024-06-30\n",
     "2=1:9 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"a contact's name", HEADER " Maria Lopez , ase/A5 , 2024-02-29 \n",
     "2=1:9 ase/A5 basis 1, 2024-02-29, 2024-02-29 to 2029-02-28;"},
    {"a code for life", HEADER "@,ase/MIL1,2024-06-30\n",
     "2=1:1 ase/MIL1 basis 1, 2024-06-30, 2024-06-30 to life;"},
    {"everything given", LONG_HEADER "@,ase/A5,2024-06-30,recertification,2024-07-01,2025-06-30\n",
     "2=1:1 ase/A5 basis 2, 2024-06-30, 2024-07-01 to 2025-06-30;"},
    {"everything left empty", LONG_HEADER "@,ase/A5,2024-06-30,,,\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"the lifetime counts from the day earned, not from a later first day",
     LONG_HEADER "@,ase/A5,2024-06-30,,2024-07-15,\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-07-15 to 2029-06-30;"},
    {"from an earlier one it does", LONG_HEADER "@,ase/A5,2024-06-30,,2024-06-15,\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-15 to 2029-06-15;"},
    {"beyond it nothing is left to begin", LONG_HEADER "@,ase/A5,2024-06-30,,2029-07-01,\n",
     "2!ends-before-it-begins: last_day lies before the first valid day;"},
    {"today is not the future", HEADER "@,ase/A5,2026-11-22\n",
     "2=1:1 ase/A5 basis 1, 2026-11-22, 2026-11-22 to 2031-11-22;"},
    {"tomorrow is", HEADER "@,ase/A5,2026-11-23\n", "2!in-the-future: earned_on is after today;"},
    {"a date in another form", HEADER "@,ase/A5,31/12/2024\n",
     "2!bad-date: earned_on is not a date such as 2029-06-30: \"31/12/2024\";"},
    {"a day that does not exist", HEADER "@,ase/A5,2023-02-29\n",
     "2!bad-date: earned_on is not a date such as 2029-06-30: \"2023-02-29\";"},
    {"a bad date in an optional column", LONG_HEADER "@,ase/A5,2024-06-30,,,soon\n",
     "2!bad-date: last_day is not a date such as 2029-06-30: \"soon\";"},
    {"an unknown basis", LONG_HEADER "@,ase/A5,2024-06-30,luck,,\n",
     "2!bad-basis: basis is none of exam, recertification, renewal, training, experience, identity, "
     "membership, "
     "recognition, licence: \"luck\";"},
    {"a last day before the first", LONG_HEADER "@,ase/A5,2024-06-30,,,2024-06-29\n",
     "2!ends-before-it-begins: last_day lies before the first valid day;"},
    {"a last day on the first", LONG_HEADER "@,ase/A5,2024-06-30,,,2024-06-30\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2024-06-30;"},
    {"experience of a time that has passed, under a code for life",
     LONG_HEADER "@,ase/MIL1,2026-11-22,experience,2024-11-23,2026-11-22\n",
     "2=1:1 ase/MIL1 basis 5, 2026-11-22, 2024-11-23 to 2026-11-22;"},
    {"experience without its last day", LONG_HEADER "@,ase/MIL1,2024-06-30,experience,2024-01-01,\n",
     "2!no-period: last_day is needed: experience is the time from a first day to a last one;"},
    {"experience without its first day", LONG_HEADER "@,ase/MIL1,2024-06-30,experience,,2024-06-30\n",
     "2!no-period: valid_from is needed: experience is the time from a first day to a last one;"},
    {"experience of tomorrow", LONG_HEADER "@,ase/MIL1,2024-06-30,experience,2024-01-01,2026-11-23\n",
     "2!period-ahead: last_day is after today, and only time that has passed is experience;"},
    {"while in a network", NETWORK_HEADER "@,ase/A5,2024-06-30,ford/network-shop\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30; in ford/network-shop;"},
    {"a network left empty", NETWORK_HEADER "@,ase/A5,2024-06-30,\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"a network that is no code", NETWORK_HEADER "@,ase/A5,2024-06-30,Ford\n",
     "2!bad-code: in_network is not a code such as ase/A5: \"Ford\";"},
    {"a code that the rules don't know", HEADER "@,ase/A55,2024-06-30\n",
     "2!code-not-in-rule-pack: ase/A55: the owner's rules do not know this code;"},
    {"a code that this issuer may not issue", HEADER "@,epa/609,2024-06-30\n",
     "2!not-accredited-for-code: epa/609: the owner of this code has not accredited you for it;"},
    {"no rules and no last day", HEADER "@,rogue/X1,2024-06-30\n",
     "2!no-last-day: last_day is needed, because no rules are held here that tell how long it is good for;"},
    {"no rules, but a last day", LONG_HEADER "@,rogue/X1,2024-06-30,,,2025-06-30\n",
     "2=1:1 rogue/X1 basis 1, 2024-06-30, 2024-06-30 to 2025-06-30;"},
    {"something that is no code", HEADER "@,A5,2024-06-30\n",
     "2!bad-code: code is not a code such as ase/A5: \"A5\";"},
    {"an unknown technician", HEADER "Maria Lopes,ase/A5,2024-06-30\n",
     "2!technician-unknown: technician is neither an id nor a name in your contacts or your trust file: "
     "\"Maria Lopes\";"},
    {"a mistyped id", HEADER "ttpa1qqqqqqqq,ase/A5,2024-06-30\n",
     "2!id-mistyped: technician is a mistyped id: copy it again whole: \"ttpa1qqqqqqqq\";"},
    {"what a terminal should not see is not repeated", HEADER "\"\x1b[2J\",ase/A5,2024-06-30\n",
     "2!technician-unknown: technician is neither an id nor a name in your contacts or your trust file;"},
    {"a long text is cut at a character's start",
     HEADER
     "1234567890123456789012345678901234567890123456789012345678901\xc3\xbc\xc3\xbc,ase/A5,2024-06-30\n",
     "2!technician-unknown: technician is neither an id nor a name in your contacts or your trust file: "
     "\"1234567890123456789012345678901234567890123456789012345678901\xc3\xbc\";"},
    {"an empty field", HEADER "@,,2024-06-30\n", "2!empty: code is empty;"},
    {"a field of spaces", HEADER " ,ase/A5,2024-06-30\n", "2!empty: technician is empty;"},
    {"too few fields", HEADER "@,ase/A5\n",
     "2!column-count: the row has more or fewer columns than the first one;"},
    {"too many fields", HEADER "@,ase/A5,2024-06-30,\n",
     "2!column-count: the row has more or fewer columns than the first one;"},
    {"a row that cannot be read", HEADER "@,ase/A\"5,2024-06-30\n",
     "2!not-read: a quotation mark stands where none may; double it and quote the whole field;"},
    {"the same row again names the first one's line",
     HEADER "@,ase/A5,2024-06-30\n\n@,ase/A6,2024-06-30\n@,ase/A5,2024-07-01\n@,ase/A5,2024-06-30\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"
     "4=1:1 ase/A6 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"
     "5=1:1 ase/A5 basis 1, 2024-07-01, 2024-07-01 to 2029-07-01;"
     "6!duplicate: the same technician, code and day stand on line 2 already;"},
    {"two times worked are two rows",
     LONG_HEADER "@,ase/MIL1,2024-06-30,experience,2020-01-01,2020-12-31\n"
                 "@,ase/MIL1,2024-06-30,experience,2022-01-01,2022-12-31\n"
                 "@,ase/MIL1,2024-06-30,experience,2020-01-01,2020-12-31\n",
     "2=1:1 ase/MIL1 basis 5, 2024-06-30, 2020-01-01 to 2020-12-31;"
     "3=1:1 ase/MIL1 basis 5, 2024-06-30, 2022-01-01 to 2022-12-31;"
     "4!duplicate: the same technician, code and day stand on line 2 already;"},
    {"what stands already is no refusal, also where it lasts longer than the rules let it now",
     LONG_HEADER "@,ase/A5,2020-01-01,,,\n@,ase/A5,2020-01-01,training,,2099-01-01\n"
                 "&,ase/A5,2020-01-01,,,2099-01-01\n",
     "2=1:1 ase/A5 basis 1, 2020-01-01, 2020-01-01 to 2025-01-01;"
     "3!duplicate: the same technician, code and day stand on line 2 already;"
     "4=2:1 ase/A5 basis 1, 2020-01-01, 2020-01-01 to 2099-01-01;"},
    {"what stands otherwise is refused with where it stands", HEADER "@,ase/A5,2020-01-02\n",
     "2!issued-otherwise: issued before with last_day 2022-01-02, and that stands (ENTRY);"},
    {"what was revoked too", HEADER "@,ase/MIL1,2020-01-03\n",
     "2!taken-back: issued before and revoked since (ENTRY);"},
    {"and what can't be looked through", HEADER "@,ase/A6,2020-01-04\n",
     "2!too-many: more was issued to them before than can be looked through;"},
    {"of these a corrected row is no duplicate",
     LONG_HEADER "@,ase/A5,2020-01-02,,,\n@,ase/A5,2020-01-02,,,\n",
     "2!issued-otherwise: issued before with last_day 2022-01-02, and that stands (ENTRY);"
     "3!issued-otherwise: issued before with last_day 2022-01-02, and that stands (ENTRY);"},
    {"a mended report of refused rows is read past its own columns",
     "line,reason,message," HEADER "7,bad-date,\"is not, a date\",@,ase/A5,2024-06-30\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"also with another basis", LONG_HEADER "@,ase/A5,2024-06-30,,,\n@,ase/A5,2024-06-30,training,,\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"
     "3!duplicate: the same technician, code and day stand on line 2 already;"},
    {"an actor and a claim with the same bytes are two people",
     HEADER "@,ase/A5,2024-06-30\n&,ase/A5,2024-06-30\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"
     "3=2:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"a last day on the last one of the lifetime", LONG_HEADER "@,ase/A5,2024-06-30,,,2029-06-30\n",
     "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"one on the day after", LONG_HEADER "@,ase/A5,2024-06-30,,,2029-07-01\n",
     "2!beyond-lifetime: last_day is later than the rules of the day it was earned let it last, which is "
     "until "
     "2029-06-30;"},
    {"the lifetime counts from the day earned, there too",
     LONG_HEADER "@,ase/A5,2024-06-30,,2024-07-15,2029-07-15\n",
     "2!beyond-lifetime: last_day is later than the rules of the day it was earned let it last, which is "
     "until "
     "2029-06-30;"},
    {"of a recertification too", LONG_HEADER "@,ase/A5,2024-06-30,recertification,,2099-01-01\n",
     "2!beyond-lifetime: last_day is later than the rules of the day it was earned let it last, which is "
     "until "
     "2029-06-30;"},
    {"a code for life may end on any day", LONG_HEADER "@,ase/MIL1,2024-06-30,,,2099-01-01\n",
     "2=1:1 ase/MIL1 basis 1, 2024-06-30, 2024-06-30 to 2099-01-01;"},
    {"experience lasts as long as the work did",
     LONG_HEADER "@,ase/A5,2024-06-30,experience,2010-01-01,2024-06-30\n",
     "2=1:1 ase/A5 basis 5, 2024-06-30, 2010-01-01 to 2024-06-30;"},
    {"a renewal goes on from the end that is held", LONG_HEADER "@,ase/A6,2024-06-30,renewal,,\n",
     "2=1:1 ase/A6 basis 3, 2024-06-30, 2024-06-30 to 2027-11-30;"},
    {"or ends on the day given", LONG_HEADER "@,ase/A6,2024-06-30,renewal,,2026-01-01\n",
     "2=1:1 ase/A6 basis 3, 2024-06-30, 2024-06-30 to 2026-01-01;"},
    {"one of which the rules don't say what it adds", LONG_HEADER "@,ase/A5,2024-06-30,renewal,,\n",
     "2!no-renewed-day: last_day is needed (--until for a single one), because the rules don't tell how much "
     "a "
     "renewal adds;"},
    {"one that the rules don't know never counts", LONG_HEADER "@,ase/MIL1,2024-06-30,renewal,,\n",
     "2!renewal-not-under-the-rules: ase/MIL1: the rules of that day do not let it be renewed like this "
     "(version 3 of the rules has no renewal rule for it);"},
    {"with a last day neither", LONG_HEADER "@,ase/MIL1,2024-06-30,renewal,,2026-01-01\n",
     "2!renewal-not-under-the-rules: ase/MIL1: the rules of that day do not let it be renewed like this "
     "(version 3 of the rules has no renewal rule for it);"},
    {"training where the rules ask for an exam, and the next row goes on",
     LONG_HEADER "@,ase/A6,2024-06-30,training,,\n@,ase/A6,2024-06-30,exam,,\n",
     "2!prerequisite-not-met: ase/A6: the rules of that day do not let one like this count, or one so soon "
     "after another (version 3 of the rules, prerequisite A6: basis exam);"
     "3=1:1 ase/A6 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
    {"a refused row does not make the corrected one a duplicate",
     HEADER "@,ase/A55,2024-06-30\n@,ase/A5,2024-06-30\n",
     "2!code-not-in-rule-pack: ase/A55: the owner's rules do not know this code;"
     "3=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2029-06-30;"},
};

static void rows_are_judged_one_by_one(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[1024];
        char rendered[2048];
        expand(text, sizeof(text), &f, rows[i].file);
        render(rendered, sizeof(rendered), &f, text);
        if (strcmp(rendered, rows[i].expected) != 0) {
            fail_msg("%s: %s", rows[i].sentence, rendered);
        }
    }
}

static void who_knows_better_issues_it_anyway(void **state)
{
    (void)state;
    static const char file[] = LONG_HEADER "@,ase/A5,2024-06-30,,,2099-01-01\n"
                                           "@,ase/MIL1,2024-06-30,renewal,,\n"
                                           "@,ase/A6,2024-06-30,training,,\n"
                                           "@,ase/A5,2024-07-30,renewal,,\n"
                                           "@,ase/A6,2024-07-30,renewal,,\n";
    struct fixture f;
    char text[1024];
    char rendered[2048];
    setup(&f);
    f.context.anyway = true;
    expand(text, sizeof(text), &f, file);
    render(rendered, sizeof(rendered), &f, text);
    assert_string_equal(rendered, "2=1:1 ase/A5 basis 1, 2024-06-30, 2024-06-30 to 2099-01-01;"
                                  "3=1:1 ase/MIL1 basis 3, 2024-06-30, 2024-06-30 to life;"
                                  "4=1:1 ase/A6 basis 4, 2024-06-30, 2024-06-30 to 2029-06-30;"
                                  "5=1:1 ase/A5 basis 3, 2024-07-30, 2024-07-30 to 2029-07-30;"
                                  "6=1:1 ase/A6 basis 3, 2024-07-30, 2024-07-30 to 2027-11-30;");
}

/* Their messages hold the id, so the word alone is compared. */
static void ids_of_others_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file, *expected;
    } files[] = {
        {HEADER "#,ase/A5,2024-06-30\n", "2!id-wrong-kind: "},
        {HEADER "~,ase/A5,2024-06-30\n", "2!id-wrong-network: "},
    };
    struct fixture f;
    setup(&f);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char text[1024];
        char rendered[2048];
        expand(text, sizeof(text), &f, files[i].file);
        render(rendered, sizeof(rendered), &f, text);
        assert_memory_equal(rendered, files[i].expected, strlen(files[i].expected));
    }
}

/* ---- long files ---- */

enum { LONG_ROWS = 50000 };

/* LONG_ROWS rows of as many ids, then all of them once more. */
struct long_source {
    const struct fixture *f;
    size_t row;
};

static bool read_long(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    struct long_source *source = context;
    char row[256];
    char id_text[ID_TEXT_MAX + 1];
    size_t number = source->row % LONG_ROWS;
    struct hash id = {.bytes = {(uint8_t)number, (uint8_t)(number >> 8)}};
    *size = 0;
    if (source->row == 2 * LONG_ROWS) {
        return true;
    }
    id_to_text(id_text, ID_ACTOR, &source->f->network, &id);
    int length =
        snprintf(row, sizeof(row), "%s%s,ase/A5,2024-06-30\n", source->row == 0 ? HEADER : "", id_text);
    assert_true(length > 0 && (size_t)length <= capacity);
    memcpy(data, row, (size_t)length);
    *size = (size_t)length;
    source->row++;
    return true;
}

static void duplicates_are_found_however_far_apart(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    struct long_source source = {.f = &f};
    struct issue_refused refused;
    struct issue_row row;
    struct issue_file *file =
        issue_file_create(&(struct csv_source){.read = read_long, .context = &source}, &f.context);
    assert_int_equal(issue_file_header(file, &(struct csv_header_refused){0}), CSV_HEADER_OK);
    for (uint64_t i = 0; i < LONG_ROWS; i++) {
        assert_int_equal(issue_file_next(file, &row, &refused), ISSUE_ROW);
        assert_int_equal(row.line, i + 2);
    }
    for (uint64_t i = 0; i < LONG_ROWS; i++) {
        assert_int_equal(issue_file_next(file, &row, &refused), ISSUE_REFUSED);
        assert_int_equal(refused.refusal, ISSUE_DUPLICATE);
        assert_int_equal(refused.first_line, i + 2);
    }
    assert_int_equal(issue_file_next(file, &row, &refused), ISSUE_END);
    issue_file_destroy(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_checked),
        cmocka_unit_test(rows_are_judged_one_by_one),
        cmocka_unit_test(who_knows_better_issues_it_anyway),
        cmocka_unit_test(ids_of_others_are_refused),
        cmocka_unit_test(duplicates_are_found_however_far_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
