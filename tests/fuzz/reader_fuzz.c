#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "protocol/base/reader.h"
#include "tests/support/msgpack_alike.h"

/* An element that reader_skip takes reads alike with msgpack-c, and nothing follows an error. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader reader;
    reader_init(&reader, bytes_of(data, size));
    while (reader_left(&reader) > 0) {
        size_t left = reader_left(&reader);
        struct bytes element = reader_skip(&reader, MSGPACK_DEPTH_MAX);
        if (reader.error != REASON_NONE) {
            break;
        }
        if (element.size == 0 || element.size != left - reader_left(&reader) ||
            !msgpack_reads_alike(element)) {
            abort();
        }
    }
    enum reason first = reader.error;
    if (reader_left(&reader) > 0 || reader_end(&reader) != first) {
        abort();
    }
    return 0;
}
