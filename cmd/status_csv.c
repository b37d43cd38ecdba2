#include "cmd/status_csv.h"

#include <inttypes.h>
#include <stdio.h>

#include "cmd/words.h"
#include "protocol/base/text.h"

static const char *const column_names[STATUS_COLUMN_COUNT] = {
    [STATUS_COLUMN_ENTRY] = "entry", [STATUS_COLUMN_TECHNICIAN] = "technician",
    [STATUS_COLUMN_CODE] = "code",   [STATUS_COLUMN_REASON] = "reason",
    [STATUS_COLUMN_FROM] = "from",
};

void status_file_init(struct status_file *file, const struct csv_source *source,
                      const struct status_context *context)
{
    file->context = context;
    file->columns = (struct csv_columns){.names = column_names, .count = STATUS_COLUMN_COUNT};
    csv_init(&file->csv, source);
}

enum csv_header status_file_header(struct status_file *file, struct csv_header_refused *refused)
{
    enum csv_header header = csv_columns_read(&file->columns, &file->csv, refused);
    bool has_technician = csv_has_column(&file->columns, STATUS_COLUMN_TECHNICIAN);
    bool has_code = csv_has_column(&file->columns, STATUS_COLUMN_CODE);
    if (header != CSV_HEADER_OK || (has_technician && has_code)) {
        return header;
    }
    refused->column = has_technician ? STATUS_COLUMN_CODE
                      : has_code     ? STATUS_COLUMN_TECHNICIAN
                                     : STATUS_COLUMN_ENTRY;
    bool is_whole = csv_has_column(&file->columns, STATUS_COLUMN_ENTRY) && !has_technician && !has_code;
    return is_whole ? CSV_HEADER_OK : CSV_HEADER_MISSING;
}

/* ---- fields ---- */

static bool refuse(struct status_row_result *result, enum status_refusal refusal, enum status_column column,
                   struct bytes text)
{
    result->refusal = refusal;
    result->column = column;
    csv_keep_text(result->text, text);
    return false;
}

static struct bytes field_of(const struct status_file *file, enum status_column column)
{
    return csv_field_of(&file->columns, &file->csv, column);
}

static bool read_entry(const struct status_file *file, struct status_row *row,
                       struct status_row_result *result)
{
    struct bytes text = field_of(file, STATUS_COLUMN_ENTRY);
    row->is_entry = true;
    return entry_name_from_text(&row->name, file->context->network, text) == ID_OK ||
           refuse(result, STATUS_ROW_BAD_ENTRY, STATUS_COLUMN_ENTRY, text);
}

static bool read_technician(const struct status_file *file, struct status_row *row,
                            struct status_row_result *result)
{
    struct bytes text = field_of(file, STATUS_COLUMN_TECHNICIAN);
    row->code = field_of(file, STATUS_COLUMN_CODE);
    if (text.size == 0 || row->code.size == 0) {
        return refuse(result, STATUS_ROW_EMPTY,
                      text.size == 0 ? STATUS_COLUMN_TECHNICIAN : STATUS_COLUMN_CODE, bytes_of(NULL, 0));
    }
    if (!file->context->subject(file->context->caller, text, &row->subject)) {
        return refuse(result, STATUS_ROW_BAD_TECHNICIAN, STATUS_COLUMN_TECHNICIAN, text);
    }
    return text_is_code(row->code) || refuse(result, STATUS_ROW_BAD_CODE, STATUS_COLUMN_CODE, row->code);
}

static bool read_what(const struct status_file *file, struct status_row *row,
                      struct status_row_result *result)
{
    bool has_entry = field_of(file, STATUS_COLUMN_ENTRY).size > 0;
    bool has_other =
        field_of(file, STATUS_COLUMN_TECHNICIAN).size > 0 || field_of(file, STATUS_COLUMN_CODE).size > 0;
    if (has_entry && has_other) {
        return refuse(result, STATUS_ROW_NAMES_TWICE, STATUS_COLUMN_ENTRY, bytes_of(NULL, 0));
    }
    if (!has_entry && !has_other) {
        return refuse(result, STATUS_ROW_NAMES_NOTHING, STATUS_COLUMN_ENTRY, bytes_of(NULL, 0));
    }
    return has_entry ? read_entry(file, row, result) : read_technician(file, row, result);
}

static bool read_reason(const struct status_file *file, struct status_row *row,
                        struct status_row_result *result)
{
    struct bytes text = field_of(file, STATUS_COLUMN_REASON);
    row->reason = file->context->reason;
    return text.size == 0 || status_reason_of_word(&row->reason, text) ||
           refuse(result, STATUS_ROW_BAD_REASON, STATUS_COLUMN_REASON, text);
}

static bool read_from(const struct status_file *file, struct status_row *row,
                      struct status_row_result *result)
{
    struct bytes text = field_of(file, STATUS_COLUMN_FROM);
    row->from = file->context->from;
    return text.size == 0 || day_from_text(&row->from, text) ||
           refuse(result, STATUS_ROW_BAD_DATE, STATUS_COLUMN_FROM, text);
}

bool status_file_next(struct status_file *file, struct status_row *row, struct status_row_result *result)
{
    enum csv_result read = csv_next(&file->csv);
    *row = (struct status_row){.is_entry = false};
    *result = (struct status_row_result){.line = file->csv.line, .csv = read};
    if (read == CSV_END) {
        return false;
    }
    if (read != CSV_ROW) {
        refuse(result, STATUS_ROW_NOT_READ, STATUS_COLUMN_ENTRY, bytes_of(NULL, 0));
    } else if (file->csv.field_count != file->columns.field_count) {
        refuse(result, STATUS_ROW_COLUMN_COUNT, STATUS_COLUMN_ENTRY, bytes_of(NULL, 0));
    } else if (read_what(file, row, result) && read_reason(file, row, result)) {
        read_from(file, row, result);
    }
    return true;
}

/* ---- words ---- */

static const struct {
    const char *word;
    const char *sentence;
} refusals[] = {
    [STATUS_ROW_ACCEPTED] = {"accepted", "the row is fine"},
    [STATUS_ROW_NOT_READ] = {"not-read", "the row could not be read"},
    [STATUS_ROW_COLUMN_COUNT] = {"column-count", "the row has more or fewer columns than the first one"},
    [STATUS_ROW_NAMES_NOTHING] = {"empty", "names neither an entry nor a technician and a code"},
    [STATUS_ROW_NAMES_TWICE] = {"named-twice", "names an entry, and a technician or a code besides"},
    [STATUS_ROW_BAD_ENTRY] = {"entry-name",
                              "is not the name of an entry, ACTOR/BLOCK/INDEX/PREFIX: copy it again whole"},
    [STATUS_ROW_BAD_TECHNICIAN] = {"technician-unknown",
                                   "is neither an id nor a name in your contacts or your trust file"},
    [STATUS_ROW_BAD_CODE] = {"bad-code", "is not a code such as ase/A5"},
    [STATUS_ROW_BAD_REASON] = {"bad-reason", "is none of " STATUS_REASON_WORDS},
    [STATUS_ROW_BAD_DATE] = {"bad-date", "is not a date such as 2029-06-30"},
    [STATUS_ROW_EMPTY] = {"empty", "is empty"},
    [STATUS_ROW_TOO_MANY] = {"too-many-rows",
                             "the file names more than 65536 certificates; nothing from here on was read: "
                             "split it"},
    [STATUS_ROW_OF_ANOTHER] = {"entry-of-another",
                               "was written by somebody else, and only they can say this about it"},
    [STATUS_ROW_NO_SUCH_ENTRY] = {"no-such-entry", "is not in your log: copy it again whole"},
    [STATUS_ROW_NO_CERTIFICATE] = {"no-such-entry", "is not a certificate"},
    [STATUS_ROW_NOTHING_ISSUED] = {"not-found", "you have issued nothing like that to the technician"},
    [STATUS_ROW_DUPLICATE] = {"duplicate", "a certificate that is named"},
    [STATUS_ROW_STANDS_REVOKED] = {"stands-revoked",
                                   "it is not suspended but revoked; --revoked reinstates that too. It is "
                                   "revoked since"},
    [STATUS_ROW_BEFORE_THE_REVOCATION] = {"before-the-revocation",
                                          "it can be reinstated at the earliest from the day on which it was "
                                          "revoked,"},
};

const char *status_refusal_word(const struct status_row_result *result)
{
    return refusals[result->refusal].word;
}

void status_refusal_words(char *out, size_t capacity, const struct status_row_result *result)
{
    const char *sentence = refusals[result->refusal].sentence;
    bool shows_text = result->text[0] != '\0';
    switch (result->refusal) {
    case STATUS_ROW_NOT_READ:
        snprintf(out, capacity, "%s", csv_result_sentence(result->csv));
        return;
    case STATUS_ROW_DUPLICATE:
        snprintf(out, capacity, "%s on line %" PRIu64 " already", sentence, result->first_line);
        return;
    case STATUS_ROW_STANDS_REVOKED:
    case STATUS_ROW_BEFORE_THE_REVOCATION:
        snprintf(out, capacity, "%s %s", sentence, result->text);
        return;
    case STATUS_ROW_ACCEPTED:
    case STATUS_ROW_COLUMN_COUNT:
    case STATUS_ROW_TOO_MANY:
    case STATUS_ROW_NOTHING_ISSUED:
        snprintf(out, capacity, "%s", sentence);
        return;
    case STATUS_ROW_NAMES_NOTHING:
    case STATUS_ROW_NAMES_TWICE:
        snprintf(out, capacity, "the row %s", sentence);
        return;
    case STATUS_ROW_BAD_ENTRY:
    case STATUS_ROW_BAD_TECHNICIAN:
    case STATUS_ROW_BAD_CODE:
    case STATUS_ROW_BAD_REASON:
    case STATUS_ROW_BAD_DATE:
    case STATUS_ROW_EMPTY:
    case STATUS_ROW_OF_ANOTHER:
    case STATUS_ROW_NO_SUCH_ENTRY:
    case STATUS_ROW_NO_CERTIFICATE:
        break;
    }
    snprintf(out, capacity, "%s %s%s%s%s", column_names[result->column], sentence, shows_text ? ": \"" : "",
             result->text, shows_text ? "\"" : "");
}
