#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

/* What each fuzz target defines: libFuzzer calls it with its inputs, replay.c with those of a folder. */

#include <stddef.h>
#include <stdint.h>

/* Aborts when the code under test misbehaves. Returns: 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
