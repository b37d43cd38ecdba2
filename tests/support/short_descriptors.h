#ifndef TESTS_SHORT_DESCRIPTORS_H
#define TESTS_SHORT_DESCRIPTORS_H

#include <stdbool.h>

/* From now on this process can open no further file; or as many as before. */
void let_descriptors_be_short(bool is_short);

#endif
