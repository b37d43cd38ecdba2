#include "cmd/requirement_titles.h"

#include <stdio.h>
#include <stdlib.h>

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

void title_choice_words(char *out, size_t capacity, const struct title_names *names, struct bytes title)
{
    struct bytes choices[CHOICES_MAX];
    size_t count = title_names_find(names, title, choices, CHOICES_MAX);
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && i < CHOICES_MAX && size < capacity; i++) {
        int written = snprintf(out + size, capacity - size, "%s%.*s:\"%.*s\"", i > 0 ? " or " : "",
                               (int)choices[i].size, (const char *)choices[i].data, (int)title.size,
                               (const char *)title.data);
        size += (size_t)written;
    }
}
