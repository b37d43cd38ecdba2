#ifndef CMD_FRAME_FILE_H
#define CMD_FRAME_FILE_H

/* Files that people hand each other: one frame, one record. "-" is standard input or output. */

#include "cmd/session.h"
#include "protocol/wire/frame.h"
#include "protocol/wire/schema.h"

/* Read the record of kind in the file at path into *record; bytes and lists go to the session's arena.
 * Returns: EXIT_YES, or the exit code after it said why not. */
int frame_file_read(struct session *session, const char *path, enum frame_kind kind,
                    const struct schema *schema, void *record);

/* The same from bytes in memory, which stay borrowed. Returns: why they are not that. */
enum reason frame_decode_record(struct session *session, struct bytes bytes, enum frame_kind kind,
                                const struct schema *schema, void *record);

/* Encode a frame into the session's arena. Returns: EXIT_YES, or the exit code after it said why not. */
int frame_encode_record(struct session *session, enum frame_kind kind, const struct schema *schema,
                        const void *record, struct bytes *out);

/* Write bytes to the file at path, whole or not at all. Returns: EXIT_YES, or the exit code after it said why
 * not. */
int frame_file_write(const struct session *session, const char *path, struct bytes bytes);

#endif
