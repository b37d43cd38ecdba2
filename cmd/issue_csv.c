#include "cmd/issue_csv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/issue_seen.h"
#include "cmd/words.h"
#include "protocol/base/text.h"
#include "protocol/rules/pack.h"

static const char *const column_names[ISSUE_COLUMN_COUNT] = {
    [COLUMN_TECHNICIAN] = "technician", [COLUMN_CODE] = "code",
    [COLUMN_EARNED_ON] = "earned_on",   [COLUMN_BASIS] = "basis",
    [COLUMN_VALID_FROM] = "valid_from", [COLUMN_LAST_DAY] = "last_day",
    [COLUMN_IN_NETWORK] = "in_network",
};

struct issue_file {
    const struct issue_context *context;
    struct csv_columns columns;
    bool ended;
    struct issue_people people;
    struct issue_seen seen;
    struct csv csv;
};

const char *issue_column_name(enum issue_column column)
{
    return column_names[column];
}

/* ---- refusing ---- */

static bool refuse(struct issue_refused *refused, enum issue_refusal refusal, enum issue_column column)
{
    refused->refusal = refusal;
    refused->column = column;
    return false;
}

static bool refuse_text(struct issue_refused *refused, enum issue_refusal refusal, enum issue_column column,
                        struct bytes text)
{
    csv_keep_text(refused->text, text);
    return refuse(refused, refusal, column);
}

/* ---- rules ---- */

static bool refuse_by_rules(struct issue_refused *refused, enum reason reason, struct bytes code,
                            uint32_t earned_on)
{
    refused->reason = reason;
    refused->earned_on = earned_on;
    return refuse_text(refused, ISSUE_RULES, COLUMN_CODE, code);
}

/* A later first day than the one on which it was earned delays the begin, and the end only as far as what
 * the rules ask was not there before. DAY_NONE: for life. */
static uint32_t last_day_of_lifetime(const struct attestation *out, const struct issue_context *context,
                                     const struct pack_code *rule)
{
    struct attestation for_life = *out;
    uint32_t last_day = pack_last_day(rule, out->valid_from);
    uint32_t told = DAY_NONE;
    for_life.has_last_day = false;
    if (last_day == DAY_NONE || out->valid_from <= out->earned_on ||
        !context->lasts_until(context->caller, &for_life, &told)) {
        return last_day;
    }
    return told < last_day ? told : last_day;
}

static void last_day_by_rule(struct attestation *out, const struct issue_context *context,
                             const struct pack_code *rule)
{
    uint32_t last_day = last_day_of_lifetime(out, context, rule);
    out->has_last_day = last_day != DAY_NONE;
    out->last_day = out->has_last_day ? last_day : 0;
}

/* What is documented as experience is the time of the validity. */
static bool check_period(const struct issue_terms *terms, const struct issue_context *context,
                         struct issue_refused *refused)
{
    if (terms->basis != BASIS_EXPERIENCE) {
        return true;
    }
    if (!terms->has_valid_from || !terms->has_last_day) {
        return refuse(refused, ISSUE_NO_PERIOD, terms->has_valid_from ? COLUMN_LAST_DAY : COLUMN_VALID_FROM);
    }
    return terms->last_day <= context->today || refuse(refused, ISSUE_PERIOD_AHEAD, COLUMN_LAST_DAY);
}

/* The last day of what is attested without one. What renews goes on from the end that is held, and not for a
 * whole new life of the code. */
static bool fill_last_day(struct attestation *out, struct issue_refused *refused,
                          const struct issue_context *context, const struct pack_code *rule)
{
    last_day_by_rule(out, context, rule);
    if (out->basis != BASIS_RENEWAL) {
        return true;
    }
    uint32_t last_day;
    if (context->renewed_until(context->caller, out, rule, &last_day)) {
        out->has_last_day = last_day != DAY_NONE;
        out->last_day = out->has_last_day ? last_day : 0;
        return true;
    }
    if (context->anyway) {
        return true;
    }
    enum reason reason = context->counts(context->caller, out, refused->rule);
    return reason != REASON_NONE ? refuse_by_rules(refused, reason, out->code, out->earned_on)
                                 : refuse(refused, ISSUE_NO_RENEWED_DAY, COLUMN_LAST_DAY);
}

/* What documents experience lasts as long as the work did. */
static bool check_lifetime(const struct attestation *out, struct issue_refused *refused,
                           const struct issue_context *context, const struct pack_code *rule)
{
    char day[DAY_TEXT_SIZE];
    if (rule == NULL || out->basis == BASIS_EXPERIENCE) {
        return true;
    }
    uint32_t last_day = last_day_of_lifetime(out, context, rule);
    if (last_day == DAY_NONE || (out->has_last_day && out->last_day <= last_day)) {
        return true;
    }
    day_to_text(day, last_day);
    return refuse_text(refused, ISSUE_BEYOND_LIFETIME, COLUMN_LAST_DAY, bytes_of_string(day));
}

/* What stands already needs no rule's leave, nor --anyway's: it is not issued. */
static bool check_before(const struct attestation *out, struct issue_refused *refused,
                         const struct issue_context *context, bool *stands)
{
    enum issue_refusal answer =
        context->before != NULL ? context->before(context->caller, out, refused) : ISSUE_ACCEPTED;
    *stands = answer == ISSUE_SAME;
    return *stands || answer == ISSUE_ACCEPTED || refuse(refused, answer, COLUMN_CODE);
}

static bool check_counts(const struct attestation *out, struct issue_refused *refused,
                         const struct issue_context *context)
{
    enum reason reason = context->counts(context->caller, out, refused->rule);
    return reason == REASON_NONE || refuse_by_rules(refused, reason, out->code, out->earned_on);
}

static struct attestation attestation_of(const struct issue_terms *terms)
{
    return (struct attestation){
        .subject = terms->subject,
        .code = terms->code,
        .basis = terms->basis,
        .earned_on = terms->earned_on,
        .valid_from = terms->has_valid_from ? terms->valid_from : terms->earned_on,
        .has_last_day = terms->has_last_day,
        .last_day = terms->has_last_day ? terms->last_day : 0,
        .has_network = terms->network_code.size > 0,
        .network_code = terms->network_code,
    };
}

bool issue_attestation(struct attestation *out, struct issue_refused *refused,
                       const struct issue_context *context, const struct issue_terms *terms)
{
    const struct pack_code *rule = NULL;
    if (terms->earned_on > context->today) {
        return refuse(refused, ISSUE_IN_THE_FUTURE, COLUMN_EARNED_ON);
    }
    enum reason reason = context->rule(context->caller, terms->code, terms->earned_on, &rule);
    if (reason != REASON_NONE) {
        return refuse_by_rules(refused, reason, terms->code, terms->earned_on);
    }
    if (!check_period(terms, context, refused)) {
        return false;
    }
    if (rule == NULL && !terms->has_last_day) {
        return refuse(refused, ISSUE_NO_LAST_DAY, COLUMN_LAST_DAY);
    }
    *out = attestation_of(terms);
    if (!terms->has_last_day && !fill_last_day(out, refused, context, rule)) {
        return false;
    }
    if (out->has_last_day && out->last_day < out->valid_from) {
        return refuse(refused, ISSUE_ENDS_BEFORE_IT_BEGINS, COLUMN_LAST_DAY);
    }
    bool stands;
    if (!check_before(out, refused, context, &stands)) {
        return false;
    }
    return stands || context->anyway ||
           (check_lifetime(out, refused, context, rule) && check_counts(out, refused, context));
}

/* ---- fields ---- */

static struct bytes field_of(const struct issue_file *file, enum issue_column column)
{
    return csv_field_of(&file->columns, &file->csv, column);
}

static bool read_technician(struct issue_file *file, struct subject *out, struct issue_refused *refused)
{
    static const enum issue_refusal refusals[] = {
        [ID_OK] = ISSUE_ACCEPTED,
        [ID_MISTYPED] = ISSUE_ID_MISTYPED,
        [ID_WRONG_KIND] = ISSUE_ID_OF_NODE,
        [ID_WRONG_NETWORK] = ISSUE_ID_OF_OTHER_NETWORK,
        [ID_NOT_AN_ID] = ISSUE_TECHNICIAN_UNKNOWN,
    };
    struct bytes text = field_of(file, COLUMN_TECHNICIAN);
    enum id_result result = issue_person(&file->people, file->context->network, text, out);
    if (result == ID_OK ||
        (result == ID_NOT_AN_ID && file->context->named(file->context->caller, text, out))) {
        return true;
    }
    return refuse_text(refused, refusals[result], COLUMN_TECHNICIAN, text);
}

static bool read_day(const struct issue_file *file, enum issue_column column, uint32_t *out,
                     struct issue_refused *refused)
{
    struct bytes text = field_of(file, column);
    return day_from_text(out, text) || refuse_text(refused, ISSUE_BAD_DATE, column, text);
}

static bool read_optional_day(const struct issue_file *file, enum issue_column column, bool *has,
                              uint32_t *out, struct issue_refused *refused)
{
    *has = field_of(file, column).size > 0;
    return !*has || read_day(file, column, out, refused);
}

static bool read_basis(const struct issue_file *file, enum basis *out, struct issue_refused *refused)
{
    struct bytes text = field_of(file, COLUMN_BASIS);
    *out = BASIS_EXAM;
    return text.size == 0 || basis_of_word(out, text) ||
           refuse_text(refused, ISSUE_BAD_BASIS, COLUMN_BASIS, text);
}

static bool read_code(const struct issue_file *file, struct bytes *out, struct issue_refused *refused)
{
    *out = field_of(file, COLUMN_CODE);
    return text_is_code(*out) || refuse_text(refused, ISSUE_BAD_CODE, COLUMN_CODE, *out);
}

static bool read_network(const struct issue_file *file, struct bytes *out, struct issue_refused *refused)
{
    *out = field_of(file, COLUMN_IN_NETWORK);
    return out->size == 0 || text_is_code(*out) ||
           refuse_text(refused, ISSUE_BAD_CODE, COLUMN_IN_NETWORK, *out);
}

static bool has_required_fields(const struct issue_file *file, struct issue_refused *refused)
{
    for (int i = 0; i < ISSUE_REQUIRED_COLUMN_COUNT; i++) {
        if (field_of(file, (enum issue_column)i).size == 0) {
            return refuse(refused, ISSUE_FIELD_EMPTY, (enum issue_column)i);
        }
    }
    return true;
}

static bool read_terms(struct issue_file *file, struct issue_terms *out, struct issue_refused *refused)
{
    if (file->csv.field_count != file->columns.field_count) {
        return refuse(refused, ISSUE_COLUMN_COUNT_WRONG, COLUMN_TECHNICIAN);
    }
    return has_required_fields(file, refused) && read_technician(file, &out->subject, refused) &&
           read_code(file, &out->code, refused) &&
           read_day(file, COLUMN_EARNED_ON, &out->earned_on, refused) &&
           read_basis(file, &out->basis, refused) &&
           read_optional_day(file, COLUMN_VALID_FROM, &out->has_valid_from, &out->valid_from, refused) &&
           read_optional_day(file, COLUMN_LAST_DAY, &out->has_last_day, &out->last_day, refused) &&
           read_network(file, &out->network_code, refused);
}

/* ---- rows ---- */

static bool is_new(struct issue_file *file, const struct issue_terms *terms, struct issue_refused *refused)
{
    const struct attestation asked = attestation_of(terms);
    refused->first_line = issue_seen_line(&file->seen, &asked);
    return refused->first_line == 0 || refuse(refused, ISSUE_DUPLICATE, COLUMN_TECHNICIAN);
}

static bool remember(struct issue_file *file, const struct attestation *attestation,
                     struct issue_refused *refused)
{
    if (issue_seen_add(&file->seen, attestation, refused->line)) {
        return true;
    }
    file->ended = true;
    return refuse(refused, ISSUE_TOO_MANY_ROWS, COLUMN_TECHNICIAN);
}

enum issue_step issue_file_next(struct issue_file *file, struct issue_row *row, struct issue_refused *refused)
{
    struct issue_terms terms = {0};
    enum csv_result result = file->ended ? CSV_END : csv_next(&file->csv);
    *refused = (struct issue_refused){.line = file->csv.line};
    if (result == CSV_END) {
        return ISSUE_END;
    }
    if (result != CSV_ROW) {
        refused->csv = result;
        refused->refusal = ISSUE_NOT_READ;
        return ISSUE_REFUSED;
    }
    if (!read_terms(file, &terms, refused) || !is_new(file, &terms, refused) ||
        !issue_attestation(&row->attestation, refused, file->context, &terms) ||
        !remember(file, &row->attestation, refused)) {
        return ISSUE_REFUSED;
    }
    row->line = file->csv.line;
    return ISSUE_ROW;
}

/* ---- header ---- */

enum csv_header issue_file_header(struct issue_file *file, struct csv_header_refused *refused)
{
    return csv_columns_read(&file->columns, &file->csv, refused);
}

struct bytes issue_file_row(const struct issue_file *file)
{
    return csv_row(&file->csv, file->columns.own_first);
}

const struct csv_columns *issue_file_columns(const struct issue_file *file)
{
    return &file->columns;
}

/* ---- life ---- */

struct issue_file *issue_file_create(const struct csv_source *source, const struct issue_context *context)
{
    struct issue_file *file = calloc(1, sizeof(*file));
    if (file == NULL) {
        return NULL;
    }
    if (!issue_seen_init(&file->seen)) {
        free(file);
        return NULL;
    }
    file->context = context;
    file->columns = (struct csv_columns){
        .names = column_names,
        .count = ISSUE_COLUMN_COUNT,
        .required_count = ISSUE_REQUIRED_COLUMN_COUNT,
        .takes_reports = true,
    };
    csv_init(&file->csv, source);
    return file;
}

void issue_file_destroy(struct issue_file *file)
{
    if (file != NULL) {
        issue_seen_deinit(&file->seen);
        free(file);
    }
}
