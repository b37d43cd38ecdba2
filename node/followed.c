#include "node/followed.h"

#include <stdlib.h>

#include "protocol/base/sort.h"

static int order(const void *a, const void *b)
{
    const struct actor_id *left = a, *right = b;

    return hash_compare(&left->hash, &right->hash);
}

static void set_file(struct followed *out, size_t file, const struct watch_list *list)
{
    out->files[file].count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].subject.kind == SUBJECT_ACTOR) {
            out->files[file].actors[out->files[file].count++] = (struct actor_id){list->items[i].subject.id};
        }
    }
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

enum home_error followed_read(struct followed *out, const char **refused, const struct home *home)
{
    static const char *const files[FOLLOWED_FILES] = {FOLLOW_FILE, WATCH_FILE};
    struct watch_list *list = calloc(1, sizeof *list);
    char *text = malloc(WATCH_FILE_SIZE_MAX);
    enum home_error error = list != NULL && text != NULL ? HOME_OK : HOME_IO;

    *refused = NULL;
    for (size_t i = 0; error == HOME_OK && i < FOLLOWED_FILES; i++) {
        enum watch_file_result result = WATCH_FILE_OK;
        size_t size = 0, line = 0;

        error = watch_file_read(list, text, &size, &result, &line, home, files[i]);
        if (error == HOME_OK && result == WATCH_FILE_OK) {
            set_file(out, i, list);
        } else {
            *refused = files[i];
        }
    }
    free(list);
    free(text);
    put_together(out);
    return error;
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
