#include "cmd/shop_roster.h"

#include <stdio.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/shop_roster.h"

enum { TECHNICIANS_A_STEP = 64, QUIET_MS = 1000 };

/* A line on standard error once it takes long, and then at most one a second. */
struct progress {
    bool on_terminal;
    bool is_line_open;
    uint64_t next_ms;
};

static void progress_show(struct progress *progress, size_t done, size_t of)
{
    uint64_t now_ms = clock_monotonic_ms();
    if (now_ms < progress->next_ms) {
        return;
    }
    progress->next_ms = now_ms + QUIET_MS;
    progress->is_line_open = progress->on_terminal;
    fprintf(stderr, "%s%zu of %zu technicians%s", progress->on_terminal ? "\r" : "", done, of,
            progress->on_terminal ? " " : "\n");
}

static void progress_end(const struct progress *progress)
{
    if (progress->is_line_open) {
        fputs("\n", stderr);
    }
}

/* ---- gathering ---- */

static enum store_error add_all(struct shop_roster *gathering)
{
    struct progress progress = {.on_terminal = isatty(STDERR_FILENO) == 1,
                                .next_ms = clock_monotonic_ms() + QUIET_MS};
    enum store_error error = STORE_OK;
    bool is_complete = false;
    size_t count;
    (void)roster_members(gathering->roster, &count);
    while (error == STORE_OK && !is_complete) {
        error = shop_roster_add(gathering, TECHNICIANS_A_STEP, &is_complete);
        progress_show(&progress, gathering->next, count);
    }
    progress_end(&progress);
    return error;
}

static enum store_error decide(struct session *session, const struct dossier *dossier,
                               const struct question *question, const struct roster_change *change,
                               struct roster_verdict *out)
{
    struct shop_roster gathering;
    enum store_error error = shop_roster_begin(&gathering, session->store, dossier, session->trust, question,
                                               change, &session->arena);
    if (error == STORE_OK) {
        error = add_all(&gathering);
    }
    if (error == STORE_OK) {
        error = shop_roster_conclude(out, &gathering);
    }
    shop_roster_end(&gathering);
    return error;
}

int shop_roster_decide(struct session *session, const struct actor_id *shop, const struct question *question,
                       const struct roster_change *change, struct roster_verdict *out)
{
    const struct subject subject = subject_of_actor(shop);
    struct dossier *dossier = arena_take(&session->arena, sizeof(*dossier));
    enum store_error error = STORE_NO_MEMORY;
    if (dossier != NULL) {
        error =
            dossier_of_store(dossier, session->store, &subject, session->trust, question, &session->arena);
    }
    if (error == STORE_OK) {
        error = decide(session, dossier, question, change, out);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}
