#include "tests/support/wire_page.h"

#include <assert.h>

#include "protocol/base/text.h"
#include "protocol/rules/expression_table.h"
#include "protocol/rules/expression_text.h"
#include "protocol/wire/frame.h"
#include "tests/support/schemas.h"
#include "tests/support/wire_page_examples.h"
#include "tests/support/wire_page_text.h"

/* ---- tables of names ---- */

static void write_labels(FILE *out)
{
    fputs(wire_page_hashing, out);
    fputs("| label | hashes |\n|---|---|\n", out);
    for (enum label label = 0; label < LABEL_COUNT; label++) {
        fprintf(out, "| `%s` | %s |\n", label_text(label), label_meaning(label));
    }
}

static void write_frames(FILE *out)
{
    static const struct {
        unsigned number;
        const char *payload;
    } rows[] = {
#define FRAME_ROW(name, number, schema) {number, #schema},
        FRAME_LIST(FRAME_ROW)
#undef FRAME_ROW
    };

    fputs(wire_page_envelope, out);
    fputs("| kind | payload |\n|---|---|\n", out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number > FRAME_BLOCK && (i == 0 || rows[i - 1].number < FRAME_BLOCK)) {
            fprintf(out, "| %u | a block |\n", (unsigned)FRAME_BLOCK);
        }
        fprintf(out, "| %u | [%s](#%s) |\n", rows[i].number, rows[i].payload, rows[i].payload);
    }
}

static const char *class_name(enum block_class block_class)
{
    switch (block_class) {
    case CLASS_KEYS:
        return "keys";
    case CLASS_GOVERN:
        return "govern";
    case CLASS_STATUS:
        return "status";
    case CLASS_CONTENT:
        break;
    }
    return "content";
}

static void write_entry_kinds(FILE *out)
{
    fputs(wire_page_blocks, out);
    fputs("| kind | class | payload |\n|---|---|---|\n", out);
    for (uint64_t kind = 1; entry_schema(kind); kind++) {
        fprintf(out, "| %u | %s | [%s](#%s) |\n", (unsigned)kind, class_name(entry_class(kind)),
                entry_schema(kind)->name, entry_schema(kind)->name);
    }
    fprintf(out, "| any other to %u | content | unknown: kept, without effect |\n", (unsigned)ENTRY_KIND_MAX);
}

static void write_reasons(FILE *out)
{
    static const struct {
        unsigned number;
        const char *word;
    } rows[] = {
#define REASON_ROW(name, number, word) {number, word},
        REASON_LIST(REASON_ROW)
#undef REASON_ROW
    };

    fputs("\n## Reasons\n\nWhy something is refused, or can't be said; no number is ever reused.\n\n", out);
    fputs("| number | word |\n|---|---|\n", out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fprintf(out, "| %u | %s |\n", rows[i].number, rows[i].word);
    }
}

/* ---- tables of records ---- */

static const char *grammar_of(bool (*is)(struct bytes text))
{
    static const struct {
        bool (*is)(struct bytes text);
        const char *name;
    } rows[] = {
        {text_is_namespace, "namespace, "},
        {text_is_code, "code, "},
        {text_is_code_pattern, "code pattern, "},
        {text_is_state, "state, "},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].is == is) {
            return rows[i].name;
        }
    }
    return "";
}

static void write_range(FILE *out, uint64_t min, uint64_t max, const char *unit)
{
    if (min == max) {
        fprintf(out, "%llu%s", (unsigned long long)min, unit);
    } else {
        fprintf(out, "%llu..%llu%s", (unsigned long long)min, (unsigned long long)max, unit);
    }
}

static void write_type(FILE *out, const struct field *field)
{
    switch (field->type) {
    case FIELD_TYPE_UINT:
    case FIELD_TYPE_ENUM:
        fputs("uint | ", out);
        write_range(out, field->min, field->max, "");
        break;
    case FIELD_TYPE_BOOL:
        fputs("bool | ", out);
        break;
    case FIELD_TYPE_DAY:
        fputs("day | ", out);
        write_range(out, field->min, field->max, "");
        break;
    case FIELD_TYPE_FIXED:
    case FIELD_TYPE_BIN:
        fputs("bin | ", out);
        write_range(out, field->min, field->max, " bytes");
        break;
    case FIELD_TYPE_TEXT:
        fprintf(out, "str | %s", grammar_of(field->text_is));
        write_range(out, field->min, field->max, " bytes");
        break;
    case FIELD_TYPE_RECORD:
        fprintf(out, "[%s](#%s) | ", field->nested->name, field->nested->name);
        break;
    case FIELD_TYPE_LIST:
        fputs("list | ", out);
        write_range(out, field->min, field->max, " ");
        if (field->nested) {
            fprintf(out, "of [%s](#%s)", field->nested->name, field->nested->name);
        } else {
            fprintf(out, "of str, %s", grammar_of(field->text_is));
            write_range(out, field->text_min, field->text_max, " bytes");
        }
        break;
    }
}

static void write_fields(FILE *out, const struct schema *schema)
{
    fputs("| field | type | range | meaning |\n|---|---|---|---|\n", out);
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field *field = &schema->fields[i];

        fprintf(out, "| %s | ", field->name);
        write_type(out, field);
        fprintf(out, "%s | %s |\n", field->present_offset == FIELD_REQUIRED ? "" : ", or nil",
                field->meaning);
    }
    if (schema->extensible) {
        fputs("| extensions | list | [extensions](#extensions) | empty today |\n", out);
    }
    if (schema->encoded_size_max > 0) {
        fprintf(out, "\nAt most %zu bytes in all.\n", schema->encoded_size_max);
    }
}

static bool is_listed(const struct schema *schema)
{
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        if (schemas[i] == schema) {
            return true;
        }
    }
    return false;
}

static void write_heading(FILE *out, const struct schema *schema)
{
    fprintf(out, "\n### %s\n\n%s\n\n", schema->name, schema->meaning);
    write_fields(out, schema);
}

static void write_records(FILE *out)
{
    fputs(wire_page_records, out);
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        write_heading(out, schemas[i]);
        wire_page_example(out, schemas[i]);
    }
}

static void write_parts(FILE *out)
{
    struct schema_set set = schemas_all();

    fputs("\n## Parts of records\n\nThese occur only inside others.\n", out);
    for (size_t i = 0; i < set.count; i++) {
        if (!is_listed(set.schemas[i])) {
            write_heading(out, set.schemas[i]);
        }
    }
}

/* ---- expressions ---- */

static void write_argument(FILE *out, const struct expression_operator *row,
                           enum expression_argument argument)
{
    switch (argument) {
    case ARGUMENT_COUNT:
        fprintf(out, "%s ", row->count_name);
        write_range(out, row->count_min, row->count_max, "");
        break;
    case ARGUMENT_DAYS:
        fprintf(out, "days 0..%d", GRACE_DAYS_MAX);
        break;
    case ARGUMENT_PATTERN:
        fputs("pattern", out);
        break;
    case ARGUMENT_CODE:
        fputs("code", out);
        break;
    case ARGUMENT_NAMESPACE:
        fputs("namespace or empty str", out);
        break;
    case ARGUMENT_NAME:
        fprintf(out, "str, 1..%d bytes", NAME_SIZE_MAX);
        break;
    case ARGUMENT_BASES:
        fputs("bases", out);
        break;
    case ARGUMENT_STATES:
        fprintf(out, "list, 1..%d of state", STATES_MAX);
        break;
    case ARGUMENT_AREAS:
        fprintf(out, "list, 1..%d of str, 1..%d bytes", AREAS_MAX, AREA_SIZE_MAX);
        break;
    case ARGUMENT_CHILD:
        fputs("child", out);
        break;
    case ARGUMENT_CHILDREN:
        fputs("children", out);
        break;
    }
}

static const char *scope_word(enum expression_op op)
{
    if (expression_op_in_scope(op, SCOPE_SUBJECT)) {
        return "any";
    }
    return expression_op_in_scope(op, SCOPE_SHOP) ? "shop" : "attestation";
}

static void write_operators(FILE *out)
{
    const struct expression_operator *row;

    for (uint64_t number = 1; (row = expression_operator_of(number)) != NULL; number++) {
        fprintf(out, "| %u | %s | %s | ", (unsigned)number, row->name,
                scope_word((enum expression_op)number));
        for (uint32_t i = 0; i < row->argument_count; i++) {
            fputs(i > 0 ? "; " : "", out);
            write_argument(out, row, row->arguments[i]);
        }
        fprintf(out, " | %s |\n", row->meaning);
    }
}

static void write_expression(FILE *out, enum expression_scope scope, const char *text)
{
    static uint8_t memory[EXPRESSION_ARENA_SIZE], encoded_memory[RULE_EXPRESSION_SIZE_MAX];
    struct expression expression;
    struct expression_error error;
    struct bytes encoded;
    struct arena arena;
    bool good = false;

    arena_init(&arena, memory, sizeof memory);
    good = expression_parse(&expression, &error, scope, bytes_of_string(text), bytes_of(NULL, 0), &arena) &&
           expression_encode(&expression, encoded_memory, sizeof encoded_memory, &encoded);
    assert(good);
    fprintf(out, "| `%s` | `", text);
    for (size_t i = 0; i < encoded.size; i++) {
        fprintf(out, "%02x", (unsigned)encoded.data[i]);
    }
    fputs("` |\n", out);
}

static void write_expressions(FILE *out)
{
    fputs(wire_page_expressions, out);
    write_operators(out);
    fputs(wire_page_expression_examples, out);
    fputs("| text | bytes |\n|---|---|\n", out);
    write_expression(out, SCOPE_SUBJECT, "ase/A5");
    write_expression(out, SCOPE_SUBJECT, "any 2 of (ase/A5, tested ase/A6, not ase/L*)");
    write_expression(out, SCOPE_SUBJECT, "for life (\"Master\" and x:\"Best\")");
    write_expression(out, SCOPE_SUBJECT, "experience 2 years in x/work and trained x/school");
    write_expression(out, SCOPE_SUBJECT, "in network x/member or in state (OH, TX)");
    write_expression(out, SCOPE_ATTESTATION, "basis (exam, renewal) and in time within 30 days");
    write_expression(out, SCOPE_ATTESTATION, "12 months apart from renewal and adds at most 12 months");
    write_expression(out, SCOPE_SHOP, "share 75 % (x/*) and technicians 1 (x/1)");
    write_expression(out, SCOPE_SHOP, "areas (brakes: x/1, engine: x/2)");
}

void wire_page_write(FILE *out)
{
    fputs(wire_page_opening, out);
    write_frames(out);
    write_labels(out);
    fputs(wire_page_signing, out);
    write_entry_kinds(out);
    wire_page_block_examples(out);
    fputs(wire_page_trees, out);
    write_records(out);
    write_parts(out);
    write_expressions(out);
    write_reasons(out);
}
