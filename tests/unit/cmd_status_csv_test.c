#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cmd/status_csv.h"
#include "cmd/words.h"

/* Rows of a file of certificates to state something about. '@' stands for an actor's id, '%' for the name of
 * an entry. */

static struct network network;
static char id_text[ID_TEXT_MAX + 1], entry_text[ENTRY_NAME_TEXT_MAX + 1];

static bool find_subject(void *caller, struct bytes text, struct subject *out)
{
    (void)caller;
    *out = (struct subject){.kind = SUBJECT_ACTOR, .id.bytes = {9}};
    return bytes_equal_string(text, "Maria Lopez") || subject_from_text(out, &network, text) == ID_OK;
}

static int set_up(void **state)
{
    const struct hash id = {.bytes = {1}};
    const struct entry_name name = {.author.hash = id, .seq = 4, .index = 2};
    (void)state;
    assert_true(network_init(&network, "test"));
    id_to_text(id_text, ID_ACTOR, &network, &id);
    entry_name_to_text(entry_text, &network, &name);
    return 0;
}

static bool read_text(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    const char **left = context;
    *size = strnlen(*left, capacity);
    memcpy(data, *left, *size);
    *left += *size;
    return true;
}

static void expand(char *out, size_t capacity, const char *text)
{
    FILE *stream = fmemopen(out, capacity, "w");
    assert_non_null(stream);
    for (; *text != '\0'; text++) {
        if (*text == '@' || *text == '%') {
            fputs(*text == '@' ? id_text : entry_text, stream);
        } else {
            fputc(*text, stream);
        }
    }
    assert_int_equal(fclose(stream), 0);
}

/* ---- headers ---- */

static const struct header_row {
    const char *sentence;
    const char *file;
    enum csv_header expected;
    size_t column;
} header_rows[] = {
    {"entries alone", "entry\n", CSV_HEADER_OK, 0},
    {"technicians and codes", "technician,code\n", CSV_HEADER_OK, 0},
    {"both, in any order, with all others", "from,code,reason,entry,Technician\n", CSV_HEADER_OK, 0},
    {"neither", "reason,from\n", CSV_HEADER_MISSING, STATUS_COLUMN_ENTRY},
    {"a technician without a code", "technician,reason\n", CSV_HEADER_MISSING, STATUS_COLUMN_CODE},
    {"a code without a technician, entries or not", "entry,code\n", CSV_HEADER_MISSING,
     STATUS_COLUMN_TECHNICIAN},
    {"a column of another name", "entry,day\n", CSV_HEADER_UNKNOWN, 0},
    {"a column twice", "entry,reason,reason\n", CSV_HEADER_TWICE, STATUS_COLUMN_REASON},
    {"an empty file", "", CSV_HEADER_EMPTY, 0},
    {"a header that cannot be read", "en\"try\n", CSV_HEADER_UNREADABLE, 0},
};

static void headers_are_checked(void **state)
{
    static struct status_file file;
    (void)state;
    for (size_t i = 0; i < sizeof header_rows / sizeof header_rows[0]; i++) {
        const struct header_row *row = &header_rows[i];
        const char *left = row->file;
        const struct status_context context = {.network = &network};
        struct csv_header_refused refused;
        status_file_init(&file, &(struct csv_source){.read = read_text, .context = &left}, &context);
        enum csv_header header = status_file_header(&file, &refused);
        if (header != row->expected || (row->column != 0 && refused.column != row->column)) {
            fail_msg("%s: %d about column %zu", row->sentence, (int)header, refused.column);
        }
    }
}

/* ---- rows ---- */

#define HEADER "entry,technician,code,reason,from\n"

static const struct row {
    const char *sentence;
    const char *file;
    const char *expected;
} rows[] = {
    {"an entry", HEADER "%,,,,\n", "2=4/2 requested 2026-11-22;"},
    {"an entry with its own reason and day", HEADER "%,,,scoring,2026-01-31\n", "2=4/2 scoring 2026-01-31;"},
    {"a technician's id and a code", HEADER ",@,ase/A5,,\n", "2=1 ase/A5 requested 2026-11-22;"},
    {"a contact's name, with spaces around", HEADER ", Maria Lopez , ase/A5 ,,\n",
     "2=9 ase/A5 requested 2026-11-22;"},
    {"nothing named", HEADER ",,,scoring,\n",
     "2!empty: the row names neither an entry nor a technician and a code;"},
    {"named in both ways", HEADER "%,@,ase/A5,,\n",
     "2!named-twice: the row names an entry, and a technician or a code besides;"},
    {"a code beside an entry", HEADER "%,,ase/A5,,\n",
     "2!named-twice: the row names an entry, and a technician or a code besides;"},
    {"a technician without a code", HEADER ",@,,,\n", "2!empty: code is empty;"},
    {"a code without a technician", HEADER ",,ase/A5,,\n", "2!empty: technician is empty;"},
    {"a mistyped entry", HEADER "12/0,,,,\n",
     "2!entry-name: entry is not the name of an entry, ACTOR/BLOCK/INDEX/PREFIX: copy it again whole: "
     "\"12/0\";"},
    {"an unknown technician", HEADER ",Maria Lopes,ase/A5,,\n",
     "2!technician-unknown: technician is neither an id nor a name in your contacts or your trust file: "
     "\"Maria Lopes\";"},
    {"something that is no code", HEADER ",@,A5,,\n",
     "2!bad-code: code is not a code such as ase/A5: \"A5\";"},
    {"an unknown reason", HEADER "%,,,luck,\n",
     "2!bad-reason: reason is none of unspecified, issued-in-error, misconduct, scoring, key-compromise, "
     "requested, other: \"luck\";"},
    {"a date in another form", HEADER "%,,,,31/12/2024\n",
     "2!bad-date: from is not a date such as 2029-06-30: \"31/12/2024\";"},
    {"what a terminal should not see is not repeated", HEADER "%,,,\"\x1b[2J\",\n",
     "2!bad-reason: reason is none of unspecified, issued-in-error, misconduct, scoring, key-compromise, "
     "requested, other;"},
    {"a field too few", HEADER "%,,,\n",
     "2!column-count: the row has more or fewer columns than the first one;"},
    {"a row that cannot be read, and the next one", HEADER "%,a\"b,,,\n%,,,,\n",
     "2!not-read: a quotation mark stands where none may; double it and quote the whole field;"
     "3=4/2 requested 2026-11-22;"},
};

static void print_row(FILE *out, const struct status_row *row, uint64_t line)
{
    char day[DAY_TEXT_SIZE];
    day_to_text(day, row->from);
    fprintf(out, "%llu=", (unsigned long long)line);
    if (row->is_entry) {
        fprintf(out, "%llu/%llu", (unsigned long long)row->name.seq, (unsigned long long)row->name.index);
    } else {
        fprintf(out, "%d %.*s", row->subject.id.bytes[0], (int)row->code.size, (const char *)row->code.data);
    }
    fprintf(out, " %s %s;", status_reason_word(row->reason), day);
}

static void render(char *out, size_t capacity, const char *text)
{
    static struct status_file file;
    struct status_row row;
    struct status_row_result result;
    struct status_context context = {
        .network = &network, .subject = find_subject, .reason = STATUS_REASON_REQUESTED};
    FILE *stream = fmemopen(out, capacity, "w");
    assert_non_null(stream);
    assert_true(day_from_text(&context.from, bytes_of_string("2026-11-22")));
    status_file_init(&file, &(struct csv_source){.read = read_text, .context = &text}, &context);
    assert_int_equal(status_file_header(&file, &(struct csv_header_refused){0}), CSV_HEADER_OK);
    while (status_file_next(&file, &row, &result)) {
        char words[512];
        if (result.refusal == STATUS_ROW_ACCEPTED) {
            print_row(stream, &row, result.line);
            continue;
        }
        status_refusal_words(words, sizeof words, &result);
        fprintf(stream, "%llu!%s: %s;", (unsigned long long)result.line, status_refusal_word(&result), words);
    }
    assert_int_equal(fclose(stream), 0);
}

static void rows_are_read_or_refused(void **state)
{
    char file[1024], given[1024];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expand(file, sizeof file, rows[i].file);
        render(given, sizeof given, file);
        if (strcmp(given, rows[i].expected) != 0) {
            fail_msg("%s: %s", rows[i].sentence, given);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_checked),
        cmocka_unit_test(rows_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
