#include "cmd/issue_batch.h"

#include <assert.h>
#include <string.h>

static void begin_draft(struct issue_batch *batch)
{
    publisher_draft(batch->publisher, &batch->draft, CLASS_CONTENT);
    randombytes_buf(batch->salts, sizeof(batch->salts));
}

void issue_batch_init(struct issue_batch *batch, struct publisher *publisher)
{
    memset(batch, 0, sizeof(*batch));
    batch->publisher = publisher;
    if (publisher != NULL) {
        begin_draft(batch);
    }
}

static bool add(struct issue_batch *batch, const struct attestation *attestation, uint64_t line)
{
    if (batch->draft.entry_count == 0) {
        batch->publisher->session->options.durable.rest_line = line;
    }
    return batch->draft.entry_count < BLOCK_ENTRIES_MAX &&
           draft_add(&batch->draft, ENTRY_ATTESTATION, attestation, batch->salts[batch->draft.entry_count]);
}

int issue_batch_add(struct issue_batch *batch, const struct attestation *attestation, uint64_t line)
{
    if (batch->publisher == NULL) {
        batch->issued++;
        return EXIT_YES;
    }
    if (add(batch, attestation, line)) {
        return EXIT_YES;
    }
    int code = issue_batch_flush(batch);
    if (code != EXIT_YES) {
        return code;
    }
    bool fits = add(batch, attestation, line);
    assert(fits); /* an attestation is smaller than an empty block */
    return EXIT_YES;
}

uint64_t issue_batch_index(const struct issue_batch *batch)
{
    return batch->publisher == NULL ? 0 : batch->draft.entry_count - 1;
}

int issue_batch_flush(struct issue_batch *batch)
{
    if (batch->publisher == NULL || batch->draft.entry_count == 0) {
        return EXIT_YES;
    }
    struct session_durable *durable = &batch->publisher->session->options.durable;
    int code = publisher_publish(batch->publisher, &batch->draft, &batch->last);
    if (code != EXIT_YES) {
        return code;
    }
    if (batch->block_count == 0) {
        batch->first_seq = batch->last.seq;
    }
    batch->block_count++;
    batch->issued += batch->draft.entry_count;
    durable->issued = batch->issued;
    durable->rest_line = 0;
    code = batch->published != NULL ? batch->published(batch->caller, &batch->last) : EXIT_YES;
    begin_draft(batch);
    return code;
}
