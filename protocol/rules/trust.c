#include "protocol/rules/trust.h"

#include <string.h>

#include "protocol/base/text.h"

/* Of one line, what is not read so far. */
struct words {
    struct bytes left;
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct words *words)
{
    while (words->left.size > 0 && is_blank(words->left.data[0])) {
        words->left = bytes_of(words->left.data + 1, words->left.size - 1);
    }
}

/* The next word; empty at the end of the line. */
static struct bytes next_word(struct words *words)
{
    skip_blanks(words);
    size_t size = 0;
    while (size < words->left.size && !is_blank(words->left.data[size])) {
        size++;
    }
    struct bytes word = bytes_of(words->left.data, size);
    words->left = bytes_of(words->left.data + size, words->left.size - size);
    return word;
}

/* All that is left, without the blanks around it. */
static struct bytes rest_of(struct words *words)
{
    skip_blanks(words);
    size_t size = words->left.size;
    while (size > 0 && is_blank(words->left.data[size - 1])) {
        size--;
    }
    return bytes_of(words->left.data, size);
}

static bool is_name(struct bytes name)
{
    return name.size <= NAME_SIZE_MAX && text_is_clean(name) &&
           (name.size == 0 || memchr(name.data, '#', name.size) == NULL);
}

static void copy_string(char *out, struct bytes text)
{
    if (text.size > 0) {
        memcpy(out, text.data, text.size);
    }
    out[text.size] = '\0';
}

static struct bytes owner_namespace(const struct trust_owner *owner)
{
    return bytes_of(owner->name_space, strnlen(owner->name_space, sizeof owner->name_space));
}

/* Whether text begins with the word that says how old what is known may be. */
static bool begins_fresh(struct bytes text)
{
    struct words words = {text};
    return bytes_equal_string(next_word(&words), "fresh");
}

/* Whether a printed name reads back as itself: blanks around it would not. */
static bool is_own_name(const char *name)
{
    struct bytes text = bytes_of(name, strnlen(name, NAME_SIZE_MAX + 1));
    struct words words = {text};
    return is_name(text) && bytes_equal(rest_of(&words), text) && !begins_fresh(text);
}

bool trust_read_fresh(uint32_t *days, struct bytes text)
{
    uint32_t read = 0;
    if (text.size < 2 || text.data[text.size - 1] != 'd' || text.data[0] == '0') {
        return false;
    }
    for (size_t i = 0; i + 1 < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || read > TRUST_FRESH_DAYS_MAX) {
            return false;
        }
        read = read * 10 + (uint32_t)(text.data[i] - '0');
    }
    *days = read;
    return read <= TRUST_FRESH_DAYS_MAX;
}

uint32_t trust_fresh_days(const struct trust *trust, const struct actor_id *actor)
{
    uint32_t least = 0;
    for (size_t i = 0; i < trust->owner_count; i++) {
        uint32_t days = trust->owners[i].fresh_days;
        if (days > 0 && (least == 0 || days < least) && actor_id_equal(&trust->owners[i].actor, actor)) {
            least = days;
        }
    }
    return least;
}

/* Index of the first owner whose namespace is not below name_space. */
static size_t owner_position(const struct trust *trust, struct bytes name_space)
{
    size_t low = 0;
    size_t high = trust->owner_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bytes_compare(owner_namespace(&trust->owners[middle]), name_space) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_owner_of(const struct trust *trust, size_t position, struct bytes name_space)
{
    return position < trust->owner_count &&
           bytes_equal(owner_namespace(&trust->owners[position]), name_space);
}

const struct trust_owner *trust_owner_of(const struct trust *trust, struct bytes name_space)
{
    size_t position = owner_position(trust, name_space);
    return is_owner_of(trust, position, name_space) ? &trust->owners[position] : NULL;
}

enum trust_result trust_add_owner(struct trust *trust, const struct trust_owner *owner)
{
    struct bytes name_space = owner_namespace(owner);
    if (!text_is_namespace(name_space)) {
        return TRUST_BAD_NAMESPACE;
    }
    if (!is_own_name(owner->name)) {
        return TRUST_BAD_TEXT;
    }
    size_t position = owner_position(trust, name_space);
    if (is_owner_of(trust, position, name_space)) {
        if (!actor_id_equal(&trust->owners[position].actor, &owner->actor)) {
            return TRUST_NAMESPACE_TWICE;
        }
        trust->owners[position] = *owner;
        return TRUST_OK;
    }
    if (trust->owner_count == TRUST_OWNERS_MAX) {
        return TRUST_TOO_MANY;
    }
    memmove(&trust->owners[position + 1], &trust->owners[position],
            (trust->owner_count - position) * sizeof trust->owners[0]);
    trust->owners[position] = *owner;
    trust->owner_count++;
    return TRUST_OK;
}

bool trust_remove_owner(struct trust *trust, struct bytes name_space)
{
    size_t position = owner_position(trust, name_space);
    if (!is_owner_of(trust, position, name_space)) {
        return false;
    }
    trust->owner_count--;
    memmove(&trust->owners[position], &trust->owners[position + 1],
            (trust->owner_count - position) * sizeof trust->owners[0]);
    memset(&trust->owners[trust->owner_count], 0, sizeof trust->owners[0]);
    return true;
}

/* ---- read ---- */

struct parse {
    struct trust *trust;
    const struct network *network;
    enum id_result id;
};

static enum trust_result parse_actor(struct parse *parse, struct actor_id *actor, struct bytes word)
{
    if (word.size == 0) {
        return TRUST_BAD_LINE;
    }
    parse->id = id_from_text(&actor->hash, NULL, ID_ACTOR, parse->network, word);
    return parse->id == ID_OK ? TRUST_OK : TRUST_BAD_ID;
}

static enum trust_result parse_owner(struct parse *parse, struct words *words)
{
    struct trust_owner owner = {0};
    struct bytes name_space = next_word(words);
    if (name_space.size == 0) {
        return TRUST_BAD_LINE;
    }
    if (!text_is_namespace(name_space)) {
        return TRUST_BAD_NAMESPACE;
    }
    enum trust_result result = parse_actor(parse, &owner.actor, next_word(words));
    if (result != TRUST_OK) {
        return result;
    }
    if (begins_fresh(words->left)) {
        next_word(words);
        if (!trust_read_fresh(&owner.fresh_days, next_word(words))) {
            return TRUST_BAD_LINE;
        }
    }
    struct bytes name = rest_of(words);
    if (!is_name(name)) {
        return TRUST_BAD_TEXT;
    }
    if (trust_owner_of(parse->trust, name_space) != NULL) {
        return TRUST_NAMESPACE_TWICE;
    }
    copy_string(owner.name_space, name_space);
    copy_string(owner.name, name);
    return trust_add_owner(parse->trust, &owner);
}

static enum trust_result refuse_witnesses(struct parse *parse, struct words *words)
{
    (void)parse;
    (void)words;
    return TRUST_NO_WITNESSES;
}

static const struct {
    const char *word;
    enum trust_result (*parse)(struct parse *parse, struct words *words);
} line_kinds[] = {
    {"owner", parse_owner},
    {"witness", refuse_witnesses},
    {"quorum", refuse_witnesses},
};

static enum trust_result parse_line(struct parse *parse, struct bytes line)
{
    const uint8_t *comment = line.size > 0 ? memchr(line.data, '#', line.size) : NULL;
    struct words words = {line};
    if (comment != NULL) {
        words.left.size = (size_t)(comment - line.data);
    }
    struct bytes kind = next_word(&words);
    if (kind.size == 0) {
        return TRUST_OK;
    }
    for (size_t i = 0; i < sizeof line_kinds / sizeof line_kinds[0]; i++) {
        if (bytes_equal_string(kind, line_kinds[i].word)) {
            return line_kinds[i].parse(parse, &words);
        }
    }
    return TRUST_BAD_LINE;
}

/* Some editors begin a file with one. */
static struct bytes without_byte_order_mark(struct bytes text)
{
    static const uint8_t mark[3] = {0xef, 0xbb, 0xbf};
    if (text.size < sizeof mark || memcmp(text.data, mark, sizeof mark) != 0) {
        return text;
    }
    return bytes_of(text.data + sizeof mark, text.size - sizeof mark);
}

/* Take the next line off text, without its end ("\n" or "\r\n"). */
static struct bytes next_line(struct bytes *text)
{
    const uint8_t *end = memchr(text->data, '\n', text->size);
    size_t size = end != NULL ? (size_t)(end - text->data) : text->size;
    size_t taken = end != NULL ? size + 1 : size;
    struct bytes line = bytes_of(text->data, size);
    if (size > 0 && line.data[size - 1] == '\r') {
        line.size--;
    }
    *text = bytes_of(text->data + taken, text->size - taken);
    return line;
}

enum trust_result trust_parse(struct trust *trust, size_t *line, enum id_result *id,
                              const struct network *network, struct bytes text)
{
    struct trust read = {0};
    struct parse parse = {.trust = &read, .network = network, .id = ID_OK};
    *line = 0;
    *id = ID_OK;
    if (text.size > TRUST_FILE_SIZE_MAX) {
        return TRUST_TOO_LARGE;
    }
    struct bytes left = without_byte_order_mark(text);
    while (left.size > 0) {
        struct bytes next = next_line(&left);
        enum trust_result result = parse_line(&parse, next);
        ++*line;
        if (result != TRUST_OK) {
            *id = parse.id;
            return result;
        }
    }
    *trust = read;
    return TRUST_OK;
}

/* ---- write ---- */

struct output {
    char *text;
    size_t capacity;
    size_t size;
    bool overflow;
};

static void put(struct output *output, const char *text)
{
    size_t size = strlen(text);
    if (output->overflow || size >= output->capacity - output->size) {
        output->overflow = true;
        return;
    }
    memcpy(output->text + output->size, text, size + 1);
    output->size += size;
}

static void put_number(struct output *output, uint32_t number)
{
    char digits[11];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    put(output, digits + at);
}

/* "id fresh 90d name" and the end of the line. */
static void put_actor(struct output *output, const struct network *network, const struct actor_id *actor,
                      uint32_t fresh_days, const char *name)
{
    char id[ID_TEXT_MAX + 1];
    id_to_text(id, ID_ACTOR, network, &actor->hash);
    put(output, id);
    if (fresh_days > 0) {
        put(output, " fresh ");
        put_number(output, fresh_days);
        put(output, "d");
    }
    if (name[0] != '\0') {
        put(output, " ");
        put(output, name);
    }
    put(output, "\n");
}

bool trust_print(char *out, size_t capacity, const struct network *network, const struct trust *trust)
{
    struct output output = {.text = out, .capacity = capacity};
    if (capacity == 0) {
        return false;
    }
    out[0] = '\0';
    for (size_t i = 0; i < trust->owner_count; i++) {
        put(&output, "owner ");
        put(&output, trust->owners[i].name_space);
        put(&output, " ");
        const struct trust_owner *owner = &trust->owners[i];
        put_actor(&output, network, &owner->actor, owner->fresh_days, owner->name);
    }
    return !output.overflow;
}
