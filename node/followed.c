#include "node/followed.h"

#include <stdlib.h>

#include "protocol/base/sort.h"

static int order(const void *a, const void *b)
{
    const struct actor_id *left = a, *right = b;

    return hash_compare(&left->hash, &right->hash);
}

static void set_file(struct followed_file *out, const struct watch_list *list)
{
    out->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].subject.kind == SUBJECT_ACTOR) {
            out->actors[out->count++] = (struct actor_id){list->items[i].subject.id};
        }
    }
}

static void read_file(struct followed_file *out, const struct home *home)
{
    struct watch_list *list = calloc(1, sizeof *list);
    char *text = malloc(WATCH_FILE_SIZE_MAX);
    enum watch_file_result result = WATCH_FILE_OK;
    size_t size = 0, line = 0;

    out->error = list != NULL && text != NULL
                     ? watch_file_read(list, text, &size, &result, &line, home, out->name)
                     : HOME_IO;
    out->refused = out->error == HOME_OK && result != WATCH_FILE_OK;
    if (out->error == HOME_OK && !out->refused) {
        set_file(out, list);
    }
    free(list);
    free(text);
}

static void put_together(struct followed *out)
{
    size_t kept = 0;

    out->count = 0;
    for (size_t i = 0; i < FOLLOWED_FILES; i++) {
        for (size_t j = 0; j < out->files[i].count; j++) {
            out->actors[out->count++] = out->files[i].actors[j];
        }
    }
    sort_items(out->actors, out->count, sizeof *out->actors, order);
    for (size_t i = 0; i < out->count; i++) {
        if (i == 0 || !actor_id_equal(&out->actors[i], &out->actors[kept - 1])) {
            out->actors[kept++] = out->actors[i];
        }
    }
    out->count = kept;
}

void followed_read(struct followed *out, const struct home *home)
{
    static const char *const names[FOLLOWED_FILES] = {FOLLOW_FILE, WATCH_FILE};

    for (size_t i = 0; i < FOLLOWED_FILES; i++) {
        out->files[i].name = names[i];
        read_file(&out->files[i], home);
    }
    put_together(out);
}

bool followed_has(const struct followed *followed, const struct actor_id *actor)
{
    size_t low = 0, high = followed != NULL ? followed->count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int compared = hash_compare(&followed->actors[middle].hash, &actor->hash);

        if (compared == 0) {
            return true;
        }
        if (compared < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}
