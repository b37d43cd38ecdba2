#include "tests/sim/hostile.h"

#include <string.h>

enum {
    DRIP_MS = 1600,
    PORTION_MS = 700,
    CLAIM_AGAIN_MS = 7000,
    FLOOD_MS = 250,
    MADE_UP_HEADS_MAX = 1500, /* at a time */
    MADE_UP_HEADS_FEW = 120,
    INVENTED_HEADS = 60,
    REPLAYED_SIZE = 400 * 1024,
    UNKNOWN_SIZE = 20 * 1024,
    ASKS = 40,
    ASKS_OF_CHANGES = 8,
    PAGES = 4,
    PAGE_HEADS_MAX = 8,
    POINT_SIZE = 60,
    LONGER = 3,
    HEAD_SIZE = 100,
    WANT_SIZE = 200,
};

void hostile_init(struct hostile *hostile, uint32_t node, enum hostile_kind kind, struct world *world,
                  const struct authors *authors, uint64_t seed)
{
    *hostile = (struct hostile){.node = node,
                                .kind = kind,
                                .world = world,
                                .authors = authors,
                                .random = world_mix(seed),
                                .wake_us = UINT64_MAX};
    hostile->many = world_draw(&hostile->random, 16) == 0;
}

static void send_frame(struct hostile *hostile, uint32_t core, struct sim_frame frame)
{
    frame.from = hostile->node;
    frame.to = core;
    (void)world_send(hostile->world, &frame); /* its own queue is its own trouble */
}

static void send_heads(struct hostile *hostile, uint32_t core, struct head *heads, size_t count)
{
    send_frame(hostile, core,
               (struct sim_frame){
                   .kind = FRAME_HEADS, .size = count * HEAD_SIZE, .heads = heads, .head_count = count});
}

static void send_block(struct hostile *hostile, uint32_t core, size_t author, uint32_t length, size_t size)
{
    send_frame(hostile, core,
               (struct sim_frame){.kind = FRAME_BLOCK,
                                  .size = size,
                                  .head = authors_head(hostile->authors, author, length)});
}

/* ---- one function a kind: what it says to a core at its time ---- */

static void make_up_heads(struct hostile *hostile, uint32_t core)
{
    struct head heads[MADE_UP_HEADS_MAX];
    const size_t count = hostile->many ? (size_t)MADE_UP_HEADS_MAX : MADE_UP_HEADS_FEW;
    const size_t first = world_draw(&hostile->random, AUTHORS_NAMED_MAX - count);

    for (size_t i = 0; i < count; i++) {
        heads[i] = authors_false_head(hostile->authors, AUTHORS_MAX + first + i, 1, hostile->node);
    }
    send_heads(hostile, core, heads, count);
}

static void claim_all(struct hostile *hostile, uint32_t core, uint32_t longer)
{
    const struct authors *authors = hostile->authors;
    struct head heads[AUTHORS_MAX];

    for (size_t i = 0; i < authors->count; i++) {
        heads[i] = longer == 0
                       ? authors_head(authors, i, authors->items[i].length)
                       : authors_false_head(authors, i, authors->items[i].length + longer, hostile->node);
    }
    send_heads(hostile, core, heads, authors->count);
}

static void send_orphans(struct hostile *hostile, uint32_t core)
{
    for (size_t i = 0; i < hostile->authors->count; i++) {
        const struct author *author = &hostile->authors->items[i];

        send_block(hostile, core, i, author->length, author->block_size);
    }
}

static void drip(struct hostile *hostile, uint32_t core)
{
    for (size_t i = 0; i < hostile->authors->count; i++) {
        const struct author *author = &hostile->authors->items[i];
        uint32_t *next = &hostile->asked_from[core][i];

        if (*next > 0 && *next <= author->length) {
            send_block(hostile, core, i, (*next)++, author->block_size);
        }
    }
}

static void portion(struct hostile *hostile, uint32_t core)
{
    for (size_t i = 0; i < hostile->authors->count; i++) {
        const struct author *author = &hostile->authors->items[i];
        uint32_t *next = &hostile->asked_from[core][i];

        if (*next > 0 && *next <= author->length) {
            struct head head = authors_head(hostile->authors, i, author->length);

            send_block(hostile, core, i, *next, author->block_size);
            send_heads(hostile, core, &head, 1);
            *next = 0;
        }
    }
}

static void invent_heads(struct hostile *hostile, uint32_t core)
{
    struct head heads[INVENTED_HEADS];
    const size_t first = AUTHORS_MAX + AUTHORS_NAMED_MAX + world_draw(&hostile->random, UINT32_MAX);

    for (size_t i = 0; i < INVENTED_HEADS; i++) {
        heads[i] = authors_false_head(hostile->authors, first + i, 1, hostile->node);
    }
    send_heads(hostile, core, heads, INVENTED_HEADS);
}

static void replay(struct hostile *hostile, uint32_t core)
{
    send_block(hostile, core, 0, 1, REPLAYED_SIZE);
}

static void send_unknown(struct hostile *hostile, uint32_t core)
{
    for (size_t i = 0; i < 8; i++) {
        send_frame(hostile, core, (struct sim_frame){.kind = FRAME_OF_NOBODY, .size = UNKNOWN_SIZE});
    }
}

static void ask(struct hostile *hostile, uint32_t core)
{
    for (size_t i = 0; i < ASKS; i++) {
        const size_t author = world_draw(&hostile->random, hostile->authors->count);

        send_frame(hostile, core,
                   (struct sim_frame){.kind = FRAME_WANT,
                                      .size = WANT_SIZE,
                                      .head.author = authors_id(hostile->authors, author)});
    }
}

/* A store's state: of its own, of any or of the receiver's store; how far, with a digest that never fits. */
static struct head any_point(struct hostile *hostile, uint32_t core, uint64_t number)
{
    const uint64_t stores[] = {hostile->node + 1, hostile->node + 1, core + 1,
                               world_draw(&hostile->random, UINT64_MAX)};
    const uint64_t store = stores[world_draw(&hostile->random, 4)],
                   digest = world_draw(&hostile->random, UINT64_MAX);
    struct head point = {.seq = number};

    memcpy(point.author.hash.bytes, &store, sizeof store);
    memcpy(point.hash.bytes, &digest, sizeof digest);
    return point;
}

static uint64_t any_number(struct hostile *hostile)
{
    const uint64_t numbers[] = {0, 1, world_draw(&hostile->random, 300),
                                world_draw(&hostile->random, UINT64_MAX), UINT64_MAX};

    return numbers[world_draw(&hostile->random, 5)];
}

/* The next page of many, or one from anywhere to anywhere, with a few true heads or none. */
static void send_page(struct hostile *hostile, uint32_t core)
{
    const struct authors *authors = hostile->authors;
    const bool goes_on = world_draw(&hostile->random, 2) == 0;
    const uint64_t since = goes_on ? hostile->page_number : any_number(hostile);
    struct head heads[PAGE_HEADS_MAX];
    const size_t count = world_draw(&hostile->random, PAGE_HEADS_MAX + 1);
    struct sim_frame page = {
        .kind = FRAME_HEADS, .size = POINT_SIZE + count * HEAD_SIZE, .heads = heads, .head_count = count};

    hostile->page_number = goes_on ? since + 1 : any_number(hostile);
    page.head = any_point(hostile, core, hostile->page_number);
    page.head.bytes = since;
    page.head.epoch = 1; /* it is a page */
    page.head.gaps = goes_on || world_draw(&hostile->random, 2) == 0;
    for (size_t i = 0; i < count; i++) {
        const size_t author = world_draw(&hostile->random, authors->count);

        heads[i] = authors_head(authors, author, authors->items[author].length);
    }
    send_frame(hostile, core, page);
}

static void send_pages(struct hostile *hostile, uint32_t core)
{
    for (size_t i = 0; i < PAGES; i++) {
        send_page(hostile, core);
    }
}

static void ask_what_changed(struct hostile *hostile, uint32_t core)
{
    for (size_t i = 0; i < ASKS_OF_CHANGES; i++) {
        send_frame(hostile, core,
                   (struct sim_frame){.kind = FRAME_HEARD,
                                      .size = POINT_SIZE,
                                      .head = any_point(hostile, core, any_number(hostile))});
    }
}

/* ---- what all have in common ---- */

static void attack(struct hostile *hostile, uint32_t core)
{
    switch (hostile->kind) {
    case HOSTILE_MADE_UP_HEADS:
        make_up_heads(hostile, core);
        break;
    case HOSTILE_FALSE_CLAIMS:
        claim_all(hostile, core, 0);
        break;
    case HOSTILE_LONGER_CLAIMS:
        claim_all(hostile, core, LONGER);
        break;
    case HOSTILE_DRIP:
        drip(hostile, core);
        break;
    case HOSTILE_PORTIONS:
        portion(hostile, core);
        break;
    case HOSTILE_ORPHANS:
        send_orphans(hostile, core);
        break;
    case HOSTILE_INVENTED_HEADS:
        invent_heads(hostile, core);
        break;
    case HOSTILE_REPLAY:
        replay(hostile, core);
        break;
    case HOSTILE_UNKNOWN_FRAMES:
        send_unknown(hostile, core);
        break;
    case HOSTILE_NEVER_READS:
        ask(hostile, core);
        break;
    case HOSTILE_PAGES:
        send_pages(hostile, core);
        break;
    case HOSTILE_HEARD:
        ask_what_changed(hostile, core);
        break;
    case HOSTILE_KIND_COUNT:
        break;
    }
}

static uint64_t pause_us(enum hostile_kind kind)
{
    switch (kind) {
    case HOSTILE_MADE_UP_HEADS:
    case HOSTILE_FALSE_CLAIMS:
    case HOSTILE_LONGER_CLAIMS:
    case HOSTILE_ORPHANS:
        return (uint64_t)CLAIM_AGAIN_MS * WORLD_US_A_MS;
    case HOSTILE_DRIP:
        return (uint64_t)DRIP_MS * WORLD_US_A_MS;
    case HOSTILE_PORTIONS:
        return (uint64_t)PORTION_MS * WORLD_US_A_MS;
    case HOSTILE_INVENTED_HEADS:
    case HOSTILE_REPLAY:
    case HOSTILE_UNKNOWN_FRAMES:
    case HOSTILE_NEVER_READS:
    case HOSTILE_PAGES:
    case HOSTILE_HEARD:
    case HOSTILE_KIND_COUNT:
        break;
    }
    return (uint64_t)FLOOD_MS * WORLD_US_A_MS;
}

static bool answers(const struct hostile *hostile)
{
    return hostile->kind == HOSTILE_DRIP || hostile->kind == HOSTILE_PORTIONS;
}

void hostile_on_up(struct hostile *hostile, uint32_t core)
{
    hostile->linked[core] = true;
    memset(hostile->asked_from[core], 0, sizeof hostile->asked_from[core]);
    if (hostile->kind == HOSTILE_NEVER_READS) {
        hostile->world->links[core][hostile->node].unread = true;
    }
    if (answers(hostile)) {
        claim_all(hostile, core, 0);
    }
    attack(hostile, core);
    if (hostile->wake_us == UINT64_MAX) {
        hostile->wake_us = hostile->world->now_us + pause_us(hostile->kind);
    }
}

void hostile_on_down(struct hostile *hostile, uint32_t core)
{
    hostile->linked[core] = false;
}

void hostile_on_frame(struct hostile *hostile, const struct sim_frame *frame)
{
    const size_t author = authors_number(hostile->authors, &frame->head.author);
    uint32_t from = 1;

    if (hostile->kind == HOSTILE_PAGES && frame->kind == FRAME_HEARD) {
        hostile->page_number = frame->head.seq; /* what it tells next follows what was told */
        send_page(hostile, frame->from);
        return;
    }
    if (!answers(hostile) || frame->kind != FRAME_WANT || author >= hostile->authors->count) {
        return;
    }
    for (size_t i = 0; i < frame->head_count; i++) {
        if (authors_is_true(hostile->authors, &frame->heads[i]) && frame->heads[i].seq + 2 > from) {
            from = (uint32_t)frame->heads[i].seq + 2;
        }
    }
    hostile->asked_from[frame->from][author] = from;
}

void hostile_on_time(struct hostile *hostile)
{
    for (uint32_t core = 0; core < WORLD_NODES_MAX; core++) {
        if (hostile->linked[core]) {
            attack(hostile, core);
        }
    }
    hostile->wake_us = hostile->world->now_us + pause_us(hostile->kind);
}

const char *hostile_name(enum hostile_kind kind)
{
    static const char *const names[HOSTILE_KIND_COUNT] = {
        [HOSTILE_MADE_UP_HEADS] = "made-up heads",
        [HOSTILE_FALSE_CLAIMS] = "false claims",
        [HOSTILE_LONGER_CLAIMS] = "longer claims",
        [HOSTILE_DRIP] = "drip",
        [HOSTILE_PORTIONS] = "portions",
        [HOSTILE_ORPHANS] = "orphans",
        [HOSTILE_INVENTED_HEADS] = "invented heads",
        [HOSTILE_REPLAY] = "replayed blocks",
        [HOSTILE_UNKNOWN_FRAMES] = "unknown frames",
        [HOSTILE_NEVER_READS] = "asks, never reads",
        [HOSTILE_PAGES] = "false pages",
        [HOSTILE_HEARD] = "asks what changed",
    };

    return names[kind];
}
