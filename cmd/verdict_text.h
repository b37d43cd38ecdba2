#ifndef CMD_VERDICT_TEXT_H
#define CMD_VERDICT_TEXT_H

/* A verdict in words for people. Every state is a word of its own, never a colour alone; "could not be
 * determined" is never shown as fine or as revoked. verdict_json.h says the same to programs. */

#include <stdio.h>

#include "cmd/verdict_page.h"
#include "cmd/verdict_words.h"

/* Print the page, its last line "VERDICT: …". */
void verdict_text_print(FILE *out, const struct verdict_page *page);

/* ---- its sections ---- */

/* Each certificate that is listed, with what is known about it. */
void verdict_text_credentials(FILE *out, const struct verdict_page *page);
/* What was said about one, oldest first, on one line without an end: a reinstatement hides nothing. */
void verdict_text_history(FILE *out, const struct verdict_page *page, size_t index);
/* Titles held, within reach, and those of which nothing could be said. */
void verdict_text_titles(FILE *out, const struct verdict_page *page);
/* What is required, part by part. */
void verdict_text_requirement(FILE *out, const struct verdict_page *page);
/* Why it is not met, part by part, on one line without an end: "A2, A3 are missing; …". */
void verdict_text_lacking(FILE *out, const struct verdict *verdict);
/* Of what is unknown in it, who may have said more than is known, each on a line. */
void verdict_text_silent(FILE *out, const struct verdict_page *page);
/* Which rules were used. */
void verdict_text_rules(FILE *out, const struct verdict_page *page);

#endif
