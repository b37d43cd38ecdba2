#include "protocol/base/ids.h"

#include <assert.h>
#include <string.h>

/* Prefix of an id: network, "tp", kind letter. */
enum { PREFIX_SIZE_MAX = 4, SEQ_DIGITS_MAX = 10, INDEX_DIGITS_MAX = 5 };

static const char kind_letters[] = {
    [ID_ACTOR] = 'a', [ID_NODE] = 'n', [ID_TRANSPORT] = 'x', [ID_CLAIM] = 'k'};
enum { ID_KIND_COUNT = sizeof kind_letters };

/* What an id says before its "1". */
struct prefix {
    char network; /* 't' test, 'x' any other, '\0' main, which has no letter */
    enum id_kind kind;
};

static char network_letter(const struct network *network)
{
    if (strcmp(network->tag, "main") == 0) {
        return '\0';
    }
    return strcmp(network->tag, "test") == 0 ? 't' : 'x';
}

static void prefix_to_text(char text[PREFIX_SIZE_MAX + 1], struct prefix prefix)
{
    size_t size = 0;
    if (prefix.network != '\0') {
        text[size++] = prefix.network;
    }
    text[size++] = 't';
    text[size++] = 'p';
    text[size++] = kind_letters[prefix.kind];
    text[size] = '\0';
}

static char lower(uint8_t c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Whether text, in either case, begins with the letters and a "1". */
static bool begins_with(struct bytes text, const char *letters)
{
    size_t size = strlen(letters);
    if (text.size <= size || text.data[size] != '1') {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (lower(text.data[i]) != letters[i]) {
            return false;
        }
    }
    return true;
}

/* Find which prefix text begins with. Writes: *prefix, and its text in lower case. Returns: false when none.
 */
static bool prefix_from_text(struct prefix *prefix, char letters[PREFIX_SIZE_MAX + 1], struct bytes text)
{
    static const char networks[] = {'\0', 't', 'x'};
    for (size_t i = 0; i < sizeof networks; i++) {
        for (size_t kind = 0; kind < ID_KIND_COUNT; kind++) {
            *prefix = (struct prefix){.network = networks[i], .kind = (enum id_kind)kind};
            prefix_to_text(letters, *prefix);
            if (begins_with(text, letters)) {
                return true;
            }
        }
    }
    return false;
}

void id_to_text(char *text, enum id_kind kind, const struct network *network, const struct hash *id)
{
    char prefix[PREFIX_SIZE_MAX + 1];
    prefix_to_text(prefix, (struct prefix){.network = network_letter(network), .kind = kind});
    bech32m_encode(text, prefix, id->bytes, HASH_SIZE);
}

enum id_result id_from_text(struct hash *id, enum id_kind *found, enum id_kind wanted,
                            const struct network *network, struct bytes text)
{
    struct prefix prefix;
    char letters[PREFIX_SIZE_MAX + 1];
    if (!prefix_from_text(&prefix, letters, text)) {
        return ID_NOT_AN_ID;
    }
    char decoded_prefix[BECH32M_PREFIX_MAX + 1];
    uint8_t data[BECH32M_DATA_MAX];
    size_t size;
    if (bech32m_decode(decoded_prefix, data, &size, (const char *)text.data, text.size) != BECH32M_OK ||
        strcmp(decoded_prefix, letters) != 0 || size != HASH_SIZE) {
        return ID_MISTYPED;
    }
    if (prefix.network != network_letter(network)) {
        return ID_WRONG_NETWORK;
    }
    if (prefix.kind != wanted) {
        if (found != NULL) {
            *found = prefix.kind;
        }
        return ID_WRONG_KIND;
    }
    memcpy(id->bytes, data, HASH_SIZE);
    return ID_OK;
}

void subject_to_text(char *text, const struct network *network, const struct subject *subject)
{
    assert(subject->kind != SUBJECT_BLINDED);
    id_to_text(text, subject->kind == SUBJECT_CLAIM ? ID_CLAIM : ID_ACTOR, network, &subject->id);
}

enum id_result subject_from_text(struct subject *subject, const struct network *network, struct bytes text)
{
    enum id_kind found = ID_ACTOR;
    struct hash id;
    enum id_result result = id_from_text(&id, &found, ID_ACTOR, network, text);
    if (result == ID_OK) {
        *subject = (struct subject){.kind = SUBJECT_ACTOR, .id = id};
        return ID_OK;
    }
    if (result != ID_WRONG_KIND || found != ID_CLAIM) {
        return result;
    }
    result = id_from_text(&id, &found, ID_CLAIM, network, text);
    if (result == ID_OK) {
        *subject = (struct subject){.kind = SUBJECT_CLAIM, .id = id};
    }
    return result;
}

static char *number_to_text(char *text, uint64_t number)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *text++ = digits[--count];
    }
    return text;
}

void entry_name_to_text(char *text, const struct network *network, const struct entry_name *name)
{
    static const char digits[] = "0123456789abcdef";
    assert(name->seq <= BLOCK_SEQ_MAX);
    assert(name->index < BLOCK_ENTRIES_MAX);
    id_to_text(text, ID_ACTOR, network, &name->author.hash);
    text += strlen(text);
    *text++ = '/';
    text = number_to_text(text, name->seq);
    *text++ = '/';
    text = number_to_text(text, name->index);
    *text++ = '/';
    for (size_t i = 0; i < ENTRY_PREFIX_SIZE; i++) {
        *text++ = digits[name->prefix[i] >> 4];
        *text++ = digits[name->prefix[i] & 15];
    }
    *text = '\0';
}

/* The part of *rest before its first slash, or all of it; *rest is what follows that slash. */
static struct bytes next_part(struct bytes *rest)
{
    const uint8_t *slash = rest->size > 0 ? memchr(rest->data, '/', rest->size) : NULL;
    struct bytes part = *rest;
    if (slash == NULL) {
        *rest = bytes_of(NULL, 0);
        return part;
    }
    part.size = (size_t)(slash - rest->data);
    *rest = bytes_of(slash + 1, rest->size - part.size - 1);
    return part;
}

/* Read decimal digits without leading zeros. */
static bool number_from_text(uint64_t *number, struct bytes text, size_t digits_max, uint64_t max)
{
    if (text.size < 1 || text.size > digits_max || (text.size > 1 && text.data[0] == '0')) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        *number = *number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return *number <= max;
}

static bool nibble_from_text(uint8_t *nibble, uint8_t digit)
{
    if (digit >= '0' && digit <= '9') {
        *nibble = (uint8_t)(digit - '0');
        return true;
    }
    *nibble = (uint8_t)(digit - 'a' + 10);
    return digit >= 'a' && digit <= 'f';
}

static bool entry_prefix_from_text(uint8_t prefix[ENTRY_PREFIX_SIZE], struct bytes text)
{
    if (text.size != (size_t)2 * ENTRY_PREFIX_SIZE) {
        return false;
    }
    for (size_t i = 0; i < ENTRY_PREFIX_SIZE; i++) {
        uint8_t high;
        uint8_t low;
        if (!nibble_from_text(&high, text.data[2 * i]) || !nibble_from_text(&low, text.data[2 * i + 1])) {
            return false;
        }
        prefix[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

enum id_result entry_name_from_text(struct entry_name *name, const struct network *network, struct bytes text)
{
    struct entry_name read;
    struct bytes rest = text;
    enum id_result author = id_from_text(&read.author.hash, NULL, ID_ACTOR, network, next_part(&rest));
    if (author != ID_OK) {
        return author;
    }
    if (!number_from_text(&read.seq, next_part(&rest), SEQ_DIGITS_MAX, BLOCK_SEQ_MAX) ||
        !number_from_text(&read.index, next_part(&rest), INDEX_DIGITS_MAX, BLOCK_ENTRIES_MAX - 1) ||
        !entry_prefix_from_text(read.prefix, rest)) {
        return ID_MISTYPED;
    }
    *name = read;
    return ID_OK;
}

bool subject_equal(const struct subject *a, const struct subject *b)
{
    return a->kind == b->kind && hash_equal(&a->id, &b->id);
}

struct subject subject_of_actor(const struct actor_id *actor)
{
    return (struct subject){.kind = SUBJECT_ACTOR, .id = actor->hash};
}

bool entry_name_equal(const struct entry_name *a, const struct entry_name *b)
{
    return actor_id_equal(&a->author, &b->author) && a->seq == b->seq && a->index == b->index &&
           memcmp(a->prefix, b->prefix, ENTRY_PREFIX_SIZE) == 0;
}
