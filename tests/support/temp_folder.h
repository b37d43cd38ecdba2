#ifndef TESTS_SUPPORT_TEMP_FOLDER_H
#define TESTS_SUPPORT_TEMP_FOLDER_H

/* A folder of one test. */

#include <stddef.h>

/* Make an empty folder. Returns: 0 and its path in *path, which temp_folder_remove frees. */
int temp_folder_make(char **path);
/* Remove it with all that lies in it. */
void temp_folder_remove(char *path);
/* How many files and folders lie directly in it. */
size_t temp_folder_count(const char *path);

#endif
