#ifndef TESTS_SUPPORT_WIRE_PAGE_TEXT_H
#define TESTS_SUPPORT_WIRE_PAGE_TEXT_H

/* What the wire page says between its tables. */

extern const char wire_page_opening[];
extern const char wire_page_envelope[];
extern const char wire_page_hashing[];
extern const char wire_page_signing[];
extern const char wire_page_blocks[];
extern const char wire_page_trees[];
extern const char wire_page_records[];
extern const char wire_page_expressions[];
extern const char wire_page_expression_examples[];

#endif
