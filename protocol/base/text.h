#ifndef PROTOCOL_BASE_TEXT_H
#define PROTOCOL_BASE_TEXT_H

/* Text that is safe to store, compare and show (DESIGN section 4, encoding). */

#include "protocol/base/bytes.h"

enum { TEXT_SIZE_MAX = 4096 }; /* no longer text is clean */

/* Whether text is valid UTF-8 in normalisation form C without control characters (C0, C1, DEL), bidi controls
 * (U+061C, U+200E, U+200F, U+202A..E, U+2066..9), surrogates or non-characters. Normalisation by utf8proc;
 * plain ASCII takes a fast path. */
bool text_is_clean(struct bytes text);

/* Whether text is a namespace: a-z first, then a-z, 0-9 and '-', 1..NAMESPACE_SIZE_MAX characters. */
bool text_is_namespace(struct bytes text);

/* Whether text is a code "namespace/code", the part behind the slash of letters, digits and ".-", at most
 * CODE_SIZE_MAX in all. */
bool text_is_code(struct bytes text);

/* Whether text is a code pattern: a code whose part behind the slash may end in one '*' ("ase/A*", "ase/\*").
 */
bool text_is_code_pattern(struct bytes text);

/* Whether code lies under pattern. Requires: both valid, and both whole or both without their namespace. */
bool code_matches(struct bytes code, struct bytes pattern);

/* Whether any code lies under both patterns. Writes: the pattern of those that do, a view of a or b. */
bool code_patterns_meet(struct bytes a, struct bytes b, struct bytes *common);

/* The namespace of a code: the bytes before its slash. */
struct bytes code_namespace(struct bytes code);

/* text without those of the bytes in blanks that stand before and behind it. */
struct bytes text_trim(struct bytes text, const char *blanks);

/* Two capitals A-Z: a state or territory of the United States. */
bool text_is_state(struct bytes text);

#endif
