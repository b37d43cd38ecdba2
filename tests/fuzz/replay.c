/* Runs a fuzz target over every file of the folder given, in builds without libFuzzer. */

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/fuzz/target.h"

/* Give the target a copy of exactly the file's size, so that a sanitizer sees any read beyond it. */
static bool replay_open_file(FILE *file, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    bool is_read = data != NULL && fread(data, 1, size, file) == size;
    if (is_read) {
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    return is_read;
}

static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    if (file == NULL) {
        perror(path);
        return false;
    }
    bool is_read = fstat(fileno(file), &status) == 0 && replay_open_file(file, (size_t)status.st_size);
    if (!is_read) {
        perror(path);
    }
    fclose(file);
    return is_read;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    struct dirent **entries;
    int count = scandir(argv[1], &entries, is_visible, alphasort);
    if (count < 0) {
        perror(argv[1]);
        return 1;
    }
    int replayed = 0;
    for (int i = 0; i < count; i++) {
        char path[4096];
        int size = snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
        replayed += size > 0 && (size_t)size < sizeof path && replay_file(path);
        free(entries[i]);
    }
    free(entries);
    printf("%d of %d inputs replayed\n", replayed, count);
    return replayed == count && count > 0 ? 0 : 1;
}
