#ifndef CMD_TEXT_FILE_H
#define CMD_TEXT_FILE_H

/* Small text files that people write. */

#include "cmd/session.h"

/* Read the file at path whole into the session's arena. One longer than size_max comes as size_max + 1 bytes,
 * so that whoever parses it says that it is too long. Returns: EXIT_YES, or EXIT_BAD_INPUT after it said why
 * not. */
int text_file_read(struct session *session, const char *path, size_t size_max, struct bytes *out);

#endif
