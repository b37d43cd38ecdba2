#include "cmd/publish.h"

#include <stdio.h>

static int draft_one(struct publisher *publisher, enum entry_kind kind, const void *record,
                     struct published *out)
{
    struct draft draft;
    uint8_t salt[ENTRY_SALT_SIZE];
    enum block_class block_class = entry_class(kind);

    publisher_salt(salt);
    publisher_draft(publisher, &draft, block_class);
    if (!draft_add(&draft, kind, record, block_class == CLASS_CONTENT ? salt : NULL)) {
        return session_fail(&publisher->session->options, EXIT_BAD_INPUT, "too-large",
                            "That is more than one entry can hold.");
    }
    return publisher_publish(publisher, &draft, out);
}

int publish_one(struct session *session, enum entry_kind kind, const void *record, struct published *out)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    int code = keyring_open(&keyring, session);

    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, session, keyring);
    if (code == EXIT_YES) {
        code = draft_one(&publisher, kind, record, out);
        publisher_close(&publisher);
    }
    keyring_wipe(keyring);
    out->encoded = bytes_of(NULL, 0);
    return code;
}

json_t *json_of_published(const struct session *session, const struct published *published)
{
    json_t *object = json_object();

    json_object_set_new(object, "author", json_of_id(ID_ACTOR, &session->home.network, &session->actor.hash));
    json_object_set_new(object, "seq", json_of_number(published->seq));
    json_object_set_new(object, "block", json_of_hash(&published->hash));
    return object;
}

int publish_report(const struct session *session, const struct published *published, const char *sentence)
{
    if (!session->options.json) {
        printf("%s (block %llu)\n", sentence, (unsigned long long)published->seq);
        return EXIT_YES;
    }
    return json_output_take(json_of_published(session, published));
}
