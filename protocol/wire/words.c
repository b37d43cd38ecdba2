#include "protocol/wire/words.h"

#include <assert.h>

static const char *const basis_words[] = {
    [BASIS_EXAM] = "exam",
    [BASIS_RECERTIFICATION] = "recertification",
    [BASIS_RENEWAL] = "renewal",
    [BASIS_TRAINING] = "training",
    [BASIS_EXPERIENCE] = "experience",
    [BASIS_IDENTITY] = "identity",
    [BASIS_MEMBERSHIP] = "membership",
    [BASIS_RECOGNITION] = "recognition",
    [BASIS_LICENCE] = "licence",
};

const char *basis_word(enum basis basis)
{
    assert(basis >= BASIS_EXAM);
    assert(basis <= BASIS_LICENCE);
    return basis_words[basis];
}

bool basis_of_word(enum basis *basis, struct bytes word)
{
    for (enum basis each = BASIS_EXAM; each <= BASIS_LICENCE; each++) {
        if (bytes_equal_string(word, basis_words[each])) {
            *basis = each;
            return true;
        }
    }
    return false;
}
