#include "protocol/rules/expression.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/reader.h"
#include "protocol/base/text.h"
#include "protocol/base/writer.h"
#include "protocol/rules/expression_table.h"

enum expression_scope expression_scope_of(enum pack_rule_kind kind)
{
    switch (kind) {
    case PACK_RULE_PREREQUISITE:
    case PACK_RULE_RENEWAL:
        return SCOPE_ATTESTATION;
    case PACK_RULE_RECOGNITION:
        return SCOPE_SHOP;
    case PACK_RULE_TITLE:
    case PACK_RULE_EXPERIENCE:
    case PACK_RULE_CONDITION:
        break;
    }
    return SCOPE_SUBJECT;
}

/* ---- reading ---- */

/* How deep the arrays nest in an operator that this version does not know: each level of a tree takes an
 * array and perhaps a list. */
enum { UNKNOWN_DEPTH_MAX = 2 * EXPRESSION_DEPTH_MAX };

_Static_assert(sizeof(struct expression) * 2 * EXPRESSION_NODES_MAX +
                       sizeof(struct bytes) * (RULE_EXPRESSION_SIZE_MAX / 2) <=
                   EXPRESSION_ARENA_SIZE,
               "an expression fits in its arena");

struct decoder {
    struct reader reader;
    struct arena *arena;
    size_t node_count;
};

static void decode_node(struct decoder *decoder, struct expression *out, enum expression_scope scope,
                        uint32_t depth);

/* Take memory of the arena. Returns: NULL, with the reader failed, when it is full. */
static void *take(struct decoder *decoder, size_t count, size_t size)
{
    void *memory = arena_take(decoder->arena, count * size);
    if (memory == NULL) {
        reader_fail(&decoder->reader, REASON_TOO_LARGE);
    }
    return memory;
}

/* A size that no text may have is out of range here: too large is what the arena is. */
static struct bytes decode_text(struct reader *reader, size_t size_min, size_t size_max)
{
    struct bytes text = reader_text(reader, 0, SIZE_MAX);
    if (text.size < size_min || text.size > size_max) {
        reader_fail(reader, REASON_OUT_OF_RANGE);
    }
    return text;
}

static struct bytes decode_checked(struct reader *reader, size_t size_max, bool (*is)(struct bytes text))
{
    struct bytes text = decode_text(reader, 1, size_max);
    if (reader->error == REASON_NONE && !is(text)) {
        reader_fail(reader, REASON_BAD_TEXT);
    }
    return text;
}

static struct bytes decode_namespace(struct reader *reader)
{
    struct bytes text = decode_text(reader, 0, NAMESPACE_SIZE_MAX);
    if (reader->error == REASON_NONE && text.size > 0 && !text_is_namespace(text)) {
        reader_fail(reader, REASON_BAD_TEXT);
    }
    return text;
}

static uint32_t decode_bases(struct reader *reader)
{
    uint32_t bases = (uint32_t)reader_uint(reader, 1, expression_bases_all());
    if ((bases & ~expression_bases_all()) != 0) {
        reader_fail(reader, REASON_OUT_OF_RANGE);
    }
    return bases;
}

static bool is_any_text(struct bytes text)
{
    return text.size > 0;
}

static void decode_texts(struct decoder *decoder, struct list *out, uint32_t count_max, size_t size_max,
                         bool (*is)(struct bytes text))
{
    struct reader *reader = &decoder->reader;
    uint32_t count = reader_array(reader, 1, count_max);
    struct bytes *texts = take(decoder, count, sizeof *texts);
    for (uint32_t i = 0; i < count && reader->error == REASON_NONE; i++) {
        texts[i] = decode_checked(reader, size_max, is);
        if (reader->error == REASON_NONE && i > 0 && bytes_compare(texts[i - 1], texts[i]) >= 0) {
            reader_fail(reader, REASON_NOT_SORTED);
        }
    }
    *out = (struct list){texts, count};
}

static void decode_children(struct decoder *decoder, struct expression *out, uint32_t count,
                            enum expression_scope scope, uint32_t depth)
{
    struct expression *children;
    decoder->node_count += count;
    if (decoder->node_count > EXPRESSION_NODES_MAX) {
        reader_fail(&decoder->reader, REASON_TOO_MANY);
        return;
    }
    children = take(decoder, count, sizeof *children);
    for (uint32_t i = 0; i < count && decoder->reader.error == REASON_NONE; i++) {
        decode_node(decoder, &children[i], scope, depth + 1);
    }
    out->children = children;
    out->child_count = count;
}

static void decode_argument(struct decoder *decoder, struct expression *out,
                            const struct expression_operator *row, enum expression_argument argument,
                            enum expression_scope scope, uint32_t depth)
{
    struct reader *reader = &decoder->reader;
    switch (argument) {
    case ARGUMENT_COUNT:
        out->count = reader_uint(reader, row->count_min, row->count_max);
        break;
    case ARGUMENT_DAYS:
        out->days = (uint32_t)reader_uint(reader, 0, GRACE_DAYS_MAX);
        break;
    case ARGUMENT_PATTERN:
        out->pattern = decode_checked(reader, CODE_SIZE_MAX, text_is_code_pattern);
        break;
    case ARGUMENT_CODE:
        out->pattern = decode_checked(reader, CODE_SIZE_MAX, text_is_code);
        break;
    case ARGUMENT_NAMESPACE:
        out->name_space = decode_namespace(reader);
        break;
    case ARGUMENT_NAME:
        out->name = decode_text(reader, 1, NAME_SIZE_MAX);
        break;
    case ARGUMENT_BASES:
        out->bases = decode_bases(reader);
        break;
    case ARGUMENT_STATES:
        decode_texts(decoder, &out->states, STATES_MAX, 2, text_is_state);
        break;
    case ARGUMENT_AREAS:
        decode_texts(decoder, &out->areas, AREAS_MAX, AREA_SIZE_MAX, is_any_text);
        break;
    case ARGUMENT_CHILD:
        decode_children(decoder, out, 1, scope, depth);
        break;
    case ARGUMENT_CHILDREN:
        decode_children(decoder, out, reader_array(reader, 1, EXPRESSION_CHILDREN_MAX), scope, depth);
        break;
    }
}

static void decode_known(struct decoder *decoder, struct expression *out, uint32_t argument_count,
                         enum expression_scope scope, uint32_t depth)
{
    const struct expression_operator *row = expression_operator_of(out->op);
    enum expression_scope within = expression_scope_within(out->op, scope);
    if (argument_count != row->argument_count) {
        reader_fail(&decoder->reader, REASON_OUT_OF_RANGE);
    }
    for (uint32_t i = 0; i < row->argument_count && decoder->reader.error == REASON_NONE; i++) {
        decode_argument(decoder, out, row, row->arguments[i], within, depth);
    }
    if (decoder->reader.error == REASON_NONE && !expression_is_consistent(out)) {
        reader_fail(&decoder->reader, REASON_OUT_OF_RANGE);
    }
}

/* Read one node; out is zeroed. depth: of this node, 1 for the root. */
static void decode_node(struct decoder *decoder, struct expression *out, enum expression_scope scope,
                        uint32_t depth)
{
    struct reader *reader = &decoder->reader;
    if (depth > EXPRESSION_DEPTH_MAX) {
        reader_fail(reader, REASON_TOO_DEEP);
        return;
    }
    uint32_t count = reader_array(reader, 1, UINT32_MAX);
    uint64_t number = reader_uint(reader, 1, EXPRESSION_OP_MAX);
    if (reader->error != REASON_NONE) {
        return;
    }
    if (expression_operator_of(number) != NULL && expression_op_in_scope((enum expression_op)number, scope)) {
        out->op = (enum expression_op)number;
        decode_known(decoder, out, count - 1, scope, depth);
        return;
    }
    out->op = EXPRESSION_UNKNOWN;
    for (uint32_t i = 1; i < count && reader->error == REASON_NONE; i++) {
        reader_skip(reader, UNKNOWN_DEPTH_MAX);
    }
}

enum reason expression_decode(struct expression *out, enum expression_scope scope, struct bytes encoded,
                              struct arena *arena)
{
    struct decoder decoder = {.arena = arena, .node_count = 1};
    *out = (struct expression){0};
    if (encoded.size > RULE_EXPRESSION_SIZE_MAX) {
        return REASON_OUT_OF_RANGE;
    }
    reader_init(&decoder.reader, encoded);
    decode_node(&decoder, out, scope, 1);
    enum reason reason = reader_end(&decoder.reader);
    if (reason != REASON_NONE) {
        *out = (struct expression){0};
    }
    return reason;
}

/* ---- writing ---- */

static void encode_node(struct writer *writer, const struct expression *expression);

static void encode_texts(struct writer *writer, const struct list *list)
{
    const struct bytes *texts = list->items;
    writer_array(writer, (uint32_t)list->count);
    for (size_t i = 0; i < list->count; i++) {
        writer_text(writer, texts[i]);
    }
}

static void encode_children(struct writer *writer, const struct expression *expression)
{
    for (size_t i = 0; i < expression->child_count; i++) {
        encode_node(writer, &expression->children[i]);
    }
}

static void encode_argument(struct writer *writer, const struct expression *expression,
                            enum expression_argument argument)
{
    switch (argument) {
    case ARGUMENT_COUNT:
        writer_uint(writer, expression->count);
        break;
    case ARGUMENT_DAYS:
        writer_uint(writer, expression->days);
        break;
    case ARGUMENT_PATTERN:
    case ARGUMENT_CODE:
        writer_text(writer, expression->pattern);
        break;
    case ARGUMENT_NAMESPACE:
        writer_text(writer, expression->name_space);
        break;
    case ARGUMENT_NAME:
        writer_text(writer, expression->name);
        break;
    case ARGUMENT_BASES:
        writer_uint(writer, expression->bases);
        break;
    case ARGUMENT_STATES:
        encode_texts(writer, &expression->states);
        break;
    case ARGUMENT_AREAS:
        encode_texts(writer, &expression->areas);
        break;
    case ARGUMENT_CHILD:
        encode_children(writer, expression);
        break;
    case ARGUMENT_CHILDREN:
        writer_array(writer, (uint32_t)expression->child_count);
        encode_children(writer, expression);
        break;
    }
}

static void encode_node(struct writer *writer, const struct expression *expression)
{
    const struct expression_operator *row = expression_operator_of(expression->op);
    assert(row != NULL);
    assert(expression_is_consistent(expression));
    writer_array(writer, 1 + row->argument_count);
    writer_uint(writer, expression->op);
    for (uint32_t i = 0; i < row->argument_count; i++) {
        encode_argument(writer, expression, row->arguments[i]);
    }
}

bool expression_encode(const struct expression *expression, uint8_t *out, size_t capacity,
                       struct bytes *encoded)
{
    struct writer writer;
    writer_init(&writer, out, capacity);
    encode_node(&writer, expression);
    return writer_end(&writer, encoded);
}

/* ---- trees ---- */

static bool texts_equal(const struct list *a, const struct list *b)
{
    const struct bytes *left = a->items;
    const struct bytes *right = b->items;
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!bytes_equal(left[i], right[i])) {
            return false;
        }
    }
    return true;
}

/* What an operator does not take is zero in both. */
static bool nodes_equal(const struct expression *a, const struct expression *b)
{
    return a->op == b->op && a->count == b->count && a->days == b->days && a->bases == b->bases &&
           bytes_equal(a->pattern, b->pattern) && bytes_equal(a->name_space, b->name_space) &&
           bytes_equal(a->name, b->name) && texts_equal(&a->states, &b->states) &&
           texts_equal(&a->areas, &b->areas) && a->child_count == b->child_count;
}

bool expression_equal(const struct expression *a, const struct expression *b)
{
    if (!nodes_equal(a, b)) {
        return false;
    }
    for (size_t i = 0; i < a->child_count; i++) {
        if (!expression_equal(&a->children[i], &b->children[i])) {
            return false;
        }
    }
    return true;
}

bool expression_each(const struct expression *expression,
                     bool (*visit)(void *context, const struct expression *node), void *context)
{
    if (!visit(context, expression)) {
        return false;
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        if (!expression_each(&expression->children[i], visit, context)) {
            return false;
        }
    }
    return true;
}

enum { ARRAY_OF_TWO = 0x92 };

bool expression_may_hold(struct bytes encoded, enum expression_op op)
{
    const uint8_t *end = encoded.data + encoded.size;
    const uint8_t *at = encoded.data;
    bool may = false;
    while (!may && at < end && (at = memchr(at, (int)op, (size_t)(end - at))) != NULL) {
        may = at > encoded.data && at[-1] == ARRAY_OF_TWO;
        at++;
    }
    return may;
}
