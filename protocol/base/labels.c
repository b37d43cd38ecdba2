#include "protocol/base/labels.h"

#include <assert.h>
#include <string.h>

#define LABEL_AS_TEXT(name, text, meaning) [name] = (text),
static const char *const label_texts[LABEL_COUNT] = {LABEL_LIST(LABEL_AS_TEXT)};
#undef LABEL_AS_TEXT

#define LABEL_AS_MEANING(name, text, meaning) [name] = (meaning),
static const char *const label_meanings[LABEL_COUNT] = {LABEL_LIST(LABEL_AS_MEANING)};
#undef LABEL_AS_MEANING

#define LABEL_FITS(name, text, meaning)                                                                      \
    static_assert(sizeof(text) - 1 <= HASH_TAG_SIZE, "a label fits its field");
LABEL_LIST(LABEL_FITS)
#undef LABEL_FITS

static bool is_tag(const char *tag)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t size = strspn(tag, alphabet);
    return size >= 1 && size <= HASH_TAG_SIZE && tag[size] == '\0';
}

bool network_init(struct network *network, const char *tag)
{
    if (!is_tag(tag)) {
        return false;
    }
    memset(network, 0, sizeof *network);
    memcpy(network->tag, tag, strlen(tag));
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        network->domains[i] = hash_domain_of(tag, label_texts[i]);
    }
    return true;
}

const char *label_text(enum label label)
{
    assert(label < LABEL_COUNT);
    return label_texts[label];
}

const char *label_meaning(enum label label)
{
    assert(label < LABEL_COUNT);
    return label_meanings[label];
}
