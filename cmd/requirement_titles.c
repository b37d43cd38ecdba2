#include "cmd/requirement_titles.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/code_guess.h"
#include "protocol/base/text.h"

enum { CHOICES_MAX = 6 };

int requirement_titles_open(struct requirement_titles *titles, struct session *session)
{
    struct store_txn *txn;
    uint8_t *memory = malloc(DOSSIER_ARENA_SIZE);
    *titles = (struct requirement_titles){0};
    if (memory == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    arena_init(&titles->arena, memory, DOSSIER_ARENA_SIZE);
    titles->names = (struct title_names){.dossier = &titles->dossier, .trust = session->trust};
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_dossier_around(txn, &session->home.network, session->trust, NULL, NULL, 0, NULL,
                                     DOSSIER_REACH_ALL, &titles->dossier, &titles->arena);
        store_end(txn);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

void requirement_titles_close(struct requirement_titles *titles)
{
    free(titles->arena.memory);
    titles->arena.memory = NULL;
}

static void print_choices(char out[REQUIREMENT_HINT_SIZE], const struct title_names *names,
                          struct bytes title)
{
    struct bytes choices[CHOICES_MAX];
    size_t count = title_names_find(names, title, choices, CHOICES_MAX);
    size_t size = 0;
    for (size_t i = 0; i < count && i < CHOICES_MAX && size < REQUIREMENT_HINT_SIZE; i++) {
        size += (size_t)snprintf(out + size, REQUIREMENT_HINT_SIZE - size, "%s%.*s:\"%.*s\"",
                                 i > 0 ? " or " : ", ", (int)choices[i].size, (const char *)choices[i].data,
                                 (int)title.size, (const char *)title.data);
    }
    if (size < REQUIREMENT_HINT_SIZE) {
        snprintf(out + size, REQUIREMENT_HINT_SIZE - size, ".");
    }
}

static void print_guess(char out[REQUIREMENT_HINT_SIZE], const struct title_names *names, struct bytes code)
{
    struct code_guess guess = {.code = code};
    char meant[CODE_SIZE_MAX + 1];
    for (size_t i = 0; i < names->dossier->pack_count; i++) {
        const struct rule_pack *pack = &names->dossier->packs[i].pack;
        if (bytes_equal(pack->name_space, code_namespace(code))) {
            code_guess_from(&guess, pack);
        }
    }
    if (code_guess_print(meant, &guess)) {
        snprintf(out, REQUIREMENT_HINT_SIZE, "; did you mean %s?", meant);
    }
}

void requirement_hint(char out[REQUIREMENT_HINT_SIZE], const struct title_names *names,
                      enum expression_fault fault, struct bytes name)
{
    snprintf(out, REQUIREMENT_HINT_SIZE, ".");
    if (fault == EXPRESSION_TITLE_AMBIGUOUS) {
        print_choices(out, names, name);
    } else if (fault == EXPRESSION_CODE_UNKNOWN) {
        print_guess(out, names, name);
    }
}
