#ifndef CMD_EXPRESSION_WORDS_H
#define CMD_EXPRESSION_WORDS_H

/* What is wrong with an expression, in words and at its place: for --require, stored requirements and the
 * rules of packs. Texts come from anywhere; what can't be shown is shown as '?'. */

#include <stdio.h>

#include "protocol/rules/expression_text.h"

/* What was expected, to stand behind a colon: "expected a code, a title in quotes or \"(\"". */
const char *expression_fault_sentence(enum expression_fault fault);

enum { EXPRESSION_CARET_SIZE = 2048, EXPRESSION_PLACE_SIZE = 96 };

/* Write the line of text that offset is in, cut around it when it is long, and a caret below the place; both
 * lines indented and ended. offset may be the end of text. */
void expression_caret(char out[EXPRESSION_CARET_SIZE], struct bytes text, size_t offset);
void expression_print_caret(FILE *out, struct bytes text, size_t offset);

/* Write where it is, in one line: "at \"AND A6\" (character 12)", "at its end". */
void expression_place(char out[EXPRESSION_PLACE_SIZE], struct bytes text, size_t offset);

#endif
