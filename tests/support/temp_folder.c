#include "tests/support/temp_folder.h"

#include <assert.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int temp_folder_make(char **path)
{
    *path = strdup("/tmp/tradeproof-test-XXXXXX");
    return *path != NULL && mkdtemp(*path) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void temp_folder_remove(char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}

size_t temp_folder_count(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry = NULL;
    size_t count = 0;

    assert(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(folder);
    return count;
}
