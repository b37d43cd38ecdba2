#include "cmd/code_guess.h"

#include <stdio.h>

#include "protocol/base/text.h"

enum { DISTANCE_MAX = 2 }; /* letters by which a guess may differ */

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters to add, drop or change (Levenshtein), upper and lower case being the same. */
static size_t distance(struct bytes a, struct bytes b)
{
    size_t row[CODE_SIZE_MAX + 1];
    for (size_t j = 0; j <= b.size; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            size_t changed = diagonal + (lower(a.data[i - 1]) == lower(b.data[j - 1]) ? 0 : 1);
            diagonal = row[j];
            row[j] = smaller(changed, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.size];
}

void code_guess_from(struct code_guess *guess, const struct rule_pack *pack)
{
    size_t before = pack->name_space.size + 1;
    struct bytes local = bytes_of(guess->code.data + before, guess->code.size - before);
    const struct pack_code *codes = pack->codes.items;
    for (size_t i = 0; i < pack->codes.count; i++) {
        size_t apart = distance(local, codes[i].code);
        if (apart <= DISTANCE_MAX && (guess->found == NULL || apart < guess->apart)) {
            guess->found = &codes[i];
            guess->apart = apart;
        }
    }
}

bool code_guess_print(char *out, const struct code_guess *guess)
{
    struct bytes name_space = code_namespace(guess->code);
    if (guess->found == NULL) {
        return false;
    }
    snprintf(out, CODE_SIZE_MAX + 1, "%.*s/%.*s", (int)name_space.size, (const char *)name_space.data,
             (int)guess->found->code.size, (const char *)guess->found->code.data);
    return true;
}
