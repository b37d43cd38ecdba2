#include "tests/sim/scenario.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_US = 1000000, END_S = 300, RECONNECT_S = 1, OFTEN_MS = 1500 };

/* ---- drawing ---- */

static uint64_t draw(struct scenario *scenario, uint64_t below)
{
    return world_draw(&scenario->random, below);
}

static bool one_in(struct scenario *scenario, uint64_t times)
{
    return draw(scenario, times) == 0;
}

static void add(struct scenario *scenario, uint64_t at_us, enum happening_kind kind, uint32_t a, uint32_t b)
{
    assert(scenario->happening_count < SCENARIO_HAPPENINGS_MAX);
    scenario->happenings[scenario->happening_count++] =
        (struct happening){.at_us = at_us, .kind = kind, .a = a, .b = b};
}

static void draw_author(struct scenario *scenario, size_t number)
{
    struct authors *authors = &scenario->authors;
    struct author *author = &authors->items[number];
    const size_t by = number == 0 || one_in(scenario, 4) ? number : draw(scenario, number);

    author->home = (uint32_t)draw(scenario, scenario->core_count);
    author->block_size = (uint32_t)(200 + draw(scenario, 2000));
    author->initial = (uint32_t)(1 + draw(scenario, one_in(scenario, 10) ? 250 : 12));
    if (one_in(scenario, 20)) {
        author->block_size = (uint32_t)(100 + draw(scenario, 300)) * 1024;
        author->initial = (uint32_t)(1 + draw(scenario, 8));
    }
    author->length = author->initial;
    author->accredited_by = (uint32_t)by;
    author->accredited_at = by == number ? 0 : (uint32_t)draw(scenario, authors->items[by].initial);
}

static void draw_authors(struct scenario *scenario)
{
    const size_t count = one_in(scenario, 40) ? 200 + draw(scenario, 300) : 8 + draw(scenario, 60);

    scenario->authors.seed = scenario->seed;
    scenario->authors.count = count;
    for (size_t i = 0; i < count; i++) {
        draw_author(scenario, i);
    }
}

static bool is_drawn(const struct scenario *scenario, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < scenario->happening_count; i++) {
        const struct happening *happening = &scenario->happenings[i];

        if ((happening->a == a && happening->b == b) || (happening->a == b && happening->b == a)) {
            return true;
        }
    }
    return a == b;
}

/* One of the two dials. Cores that hold nothing yet come a little later. */
static void draw_link(struct scenario *scenario, uint32_t a, uint32_t b)
{
    const bool turned = one_in(scenario, 2);
    const bool is_late = a >= scenario->core_count / 2 || b >= scenario->core_count / 2;

    if (!is_drawn(scenario, a, b)) {
        add(scenario, draw(scenario, (is_late ? 6 : 1) * (uint64_t)SECOND_US), HAPPENS_CONNECT,
            turned ? b : a, turned ? a : b);
    }
}

static void draw_links(struct scenario *scenario)
{
    const size_t count = scenario->core_count;

    for (size_t i = 0; i < count; i++) {
        draw_link(scenario, (uint32_t)i, (uint32_t)((i + 1) % count));
    }
    for (size_t i = 0; i < count / 2; i++) {
        draw_link(scenario, (uint32_t)draw(scenario, count), (uint32_t)draw(scenario, count));
    }
}

/* All connections of a core that are drawn by now are gone for a while. */
static void draw_gap(struct scenario *scenario, uint32_t core, uint64_t from_us, uint64_t until_us)
{
    const size_t count = scenario->happening_count;

    for (size_t i = 0; i < count; i++) {
        const struct happening link = scenario->happenings[i];

        if (link.kind == HAPPENS_CONNECT && link.at_us < from_us && (link.a == core || link.b == core)) {
            add(scenario, from_us, HAPPENS_BREAK, link.a, link.b);
            add(scenario, until_us, HAPPENS_CONNECT, link.a, link.b);
        }
    }
}

static void draw_break(struct scenario *scenario)
{
    const uint32_t core = (uint32_t)draw(scenario, scenario->core_count);
    const uint64_t from_us = (8 + draw(scenario, 8)) * SECOND_US,
                   until_us = from_us + (3 + draw(scenario, 17)) * SECOND_US;

    draw_gap(scenario, core, from_us, until_us);
}

/* While it is gone it dials nobody, and nobody reaches it. */
static void draw_restart(struct scenario *scenario)
{
    struct restart *restart = &scenario->restart;

    restart->happens = true;
    restart->puts_back = one_in(scenario, 2);
    restart->core = (uint32_t)draw(scenario, scenario->core_count);
    restart->ends_us = 7 * (uint64_t)SECOND_US + draw(scenario, 14 * (uint64_t)SECOND_US);
    restart->begins_us = restart->ends_us + SECOND_US + draw(scenario, 4 * (uint64_t)SECOND_US);
    restart->copied_us = draw(scenario, restart->ends_us);
    add(scenario, restart->copied_us, HAPPENS_COPY, restart->core, restart->core);
    add(scenario, restart->ends_us, HAPPENS_END, restart->core, restart->core);
    add(scenario, restart->begins_us, restart->puts_back ? HAPPENS_PUT_BACK : HAPPENS_BEGIN, restart->core,
        restart->core);
    draw_gap(scenario, restart->core, restart->ends_us, restart->begins_us + 1);
}

static void draw_news(struct scenario *scenario)
{
    scenario->news_count = 6 + draw(scenario, SCENARIO_NEWS_MAX - 5);
    for (size_t i = 0; i < scenario->news_count; i++) {
        add(scenario, (1 + draw(scenario, 20)) * SECOND_US, HAPPENS_PUBLISH,
            (uint32_t)draw(scenario, scenario->authors.count), (uint32_t)i);
    }
}

/* Most come before anybody honest does, and dial; some are dialled. */
static void draw_hostile(struct scenario *scenario, uint32_t node)
{
    const size_t links = 2 + draw(scenario, scenario->core_count - 2);

    for (size_t i = 0; i < links; i++) {
        const uint32_t core = (uint32_t)draw(scenario, scenario->core_count);
        const bool is_dialled = one_in(scenario, 6);
        const uint64_t at_us = one_in(scenario, 2) ? 0 : draw(scenario, 20 * (uint64_t)SECOND_US);

        if (!is_drawn(scenario, core, node)) {
            add(scenario, at_us, HAPPENS_CONNECT, is_dialled ? core : node, is_dialled ? node : core);
        }
    }
}

static void draw_hostile_ones(struct scenario *scenario)
{
    const bool is_mixed = one_in(scenario, 3);
    const enum hostile_kind kind = (enum hostile_kind)(scenario->seed % HOSTILE_KIND_COUNT);

    scenario->hostile_count = one_in(scenario, 12) ? (size_t)SCENARIO_HOSTILE_MAX : 2 + draw(scenario, 6);
    for (size_t i = 0; i < scenario->hostile_count; i++) {
        scenario->kinds[i] = is_mixed ? (enum hostile_kind)draw(scenario, HOSTILE_KIND_COUNT) : kind;
        draw_hostile(scenario, (uint32_t)(scenario->core_count + i));
    }
}

static int order_happenings(const void *a, const void *b)
{
    const struct happening *left = a, *right = b;

    if (left->at_us != right->at_us) {
        return left->at_us < right->at_us ? -1 : 1;
    }
    if (left->a != right->a) {
        return left->a < right->a ? -1 : 1;
    }
    return (left->b > right->b) - (left->b < right->b);
}

/* Small worlds are more common. */
static size_t draw_core_count(struct scenario *scenario)
{
    const size_t more = draw(scenario, SCENARIO_CORES_MAX - SCENARIO_CORES_MIN + 1);

    return SCENARIO_CORES_MIN + draw(scenario, more + 1);
}

void scenario_draw(struct scenario *scenario, uint64_t seed)
{
    memset(scenario, 0, sizeof *scenario);
    scenario->seed = seed;
    scenario->random = world_mix(seed);
    scenario->core_count = draw_core_count(scenario);
    scenario->lossy = one_in(scenario, 4);
    scenario->heads_interval_ms = one_in(scenario, 2) ? (uint64_t)OFTEN_MS : (uint64_t)SYNC_HEADS_INTERVAL_MS;
    draw_authors(scenario);
    draw_links(scenario);
    if (one_in(scenario, 2)) {
        draw_break(scenario);
    }
    if (one_in(scenario, 2)) {
        draw_restart(scenario);
    }
    draw_hostile_ones(scenario);
    draw_news(scenario);
    qsort(scenario->happenings, scenario->happening_count, sizeof *scenario->happenings, order_happenings);
}

/* ---- running ---- */

/* Of the run that goes on; what is left of an earlier one is never read. */
struct run {
    const struct scenario *scenario;
    struct outcome *outcome;
    struct world world;
    struct authors authors;
    struct invariants invariants;
    struct core cores[SCENARIO_CORES_MAX];
    struct hostile hostile[SCENARIO_HOSTILE_MAX];
    size_t next; /* of the scenario's happenings */
    size_t again_count;
    struct happening again[SCENARIO_HAPPENINGS_MAX]; /* connections of hostile nodes that come back */
    uint64_t changes[SCENARIO_CORES_MAX];            /* of each core, when its news were noted */
    struct holdings copy;
    bool is_gone, is_back; /* the core that begins again */
    size_t news_count;
    struct {
        size_t author;
        uint32_t length;
        uint64_t at_us;
        size_t held_by;
    } news[SCENARIO_NEWS_MAX];
};

static bool is_core(const struct run *run, uint32_t node)
{
    return node < run->scenario->core_count;
}

static struct hostile *hostile_of(struct run *run, uint32_t node)
{
    return &run->hostile[node - run->scenario->core_count];
}

static void tell_up(struct run *run, uint32_t node, uint32_t other, bool dialled)
{
    if (is_core(run, node)) {
        core_on_up(&run->cores[node], other, dialled);
    } else {
        hostile_on_up(hostile_of(run, node), other);
    }
}

static void tell_down(struct run *run, uint32_t node, uint32_t other)
{
    if (is_core(run, node)) {
        core_on_down(&run->cores[node], other);
    } else {
        hostile_on_down(hostile_of(run, node), other);
    }
}

static bool is_gone(const struct run *run, uint32_t node)
{
    return run->is_gone && run->scenario->restart.core == node;
}

static void happens_again(struct run *run, enum happening_kind kind, uint32_t a, uint32_t b)
{
    if (run->again_count < SCENARIO_HAPPENINGS_MAX) {
        run->again[run->again_count++] = (struct happening){
            .at_us = run->world.now_us + (uint64_t)RECONNECT_S * SECOND_US, .kind = kind, .a = a, .b = b};
    }
}

static void connect_two(struct run *run, uint32_t a, uint32_t b)
{
    if (run->world.links[a][b].up) {
        return;
    }
    if (is_gone(run, a) || is_gone(run, b)) {
        happens_again(run, HAPPENS_CONNECT, a, b);
        return;
    }
    world_connect(&run->world, a, b);
    tell_up(run, a, b, true);
    tell_up(run, b, a, false);
}

static void disconnect_two(struct run *run, uint32_t a, uint32_t b)
{
    if (!run->world.links[a][b].up) {
        return;
    }
    world_disconnect(&run->world, a, b);
    tell_down(run, a, b);
    tell_down(run, b, a);
}

/* Connections whose queue was full are gone; hostile ones come back. */
static void drop_full(struct run *run, uint32_t node)
{
    struct core *core = &run->cores[node];

    while (core->full > 0) {
        size_t at = 0;

        while (!core->peers.entries[at].kicked) {
            at++;
        }
        const uint32_t other = core->peers.entries[at].number;

        disconnect_two(run, node, other);
        if (!is_core(run, other)) {
            happens_again(run, HAPPENS_CONNECT, other, node);
        }
    }
}

static void publish(struct run *run, uint32_t author, uint32_t news)
{
    struct author *of = &run->authors.items[author];

    if (is_gone(run, of->home)) {
        happens_again(run, HAPPENS_PUBLISH, author, news);
        return;
    }
    of->length++;
    run->news[news].author = author;
    run->news[news].length = of->length;
    run->news[news].at_us = run->world.now_us;
    run->news_count++;
    core_publish(&run->cores[of->home], author);
}

/* ---- a core that begins again ---- */

static void end_core(struct run *run, uint32_t node)
{
    for (uint32_t other = 0; other < WORLD_NODES_MAX; other++) {
        if (run->world.links[node][other].up) {
            disconnect_two(run, node, other);
            if (!is_core(run, other)) {
                happens_again(run, HAPPENS_CONNECT, other, node);
            }
        }
    }
    run->is_gone = true;
}

static void begin_core(struct run *run, uint32_t node)
{
    core_begin_again(&run->cores[node], world_mix(run->scenario->seed + 2));
    run->is_gone = false;
    run->is_back = true;
}

/* What it does not hold any more is to come once more. */
static void put_back(struct run *run, uint32_t node)
{
    core_put_back(&run->cores[node], &run->copy, 0);
    for (size_t i = 0; i < run->scenario->news_count; i++) {
        uint64_t *held_us = &run->outcome->news_us[node][i];

        if (*held_us != UINT64_MAX &&
            run->cores[node].held.lengths[run->news[i].author] < run->news[i].length) {
            *held_us = UINT64_MAX;
            run->news[i].held_by--;
        }
    }
    begin_core(run, node);
}

static void happen(struct run *run, const struct happening *happening)
{
    run->world.now_us = happening->at_us;
    switch (happening->kind) {
    case HAPPENS_CONNECT:
        connect_two(run, happening->a, happening->b);
        break;
    case HAPPENS_BREAK:
        disconnect_two(run, happening->a, happening->b);
        break;
    case HAPPENS_PUBLISH:
        publish(run, happening->a, happening->b);
        break;
    case HAPPENS_COPY:
        holdings_copy(&run->copy, &run->cores[happening->a].held);
        break;
    case HAPPENS_END:
        end_core(run, happening->a);
        break;
    case HAPPENS_BEGIN:
        begin_core(run, happening->a);
        break;
    case HAPPENS_PUT_BACK:
        put_back(run, happening->a);
        break;
    }
}

/* ---- time ---- */

static const struct happening *next_happening(struct run *run, bool hostile)
{
    const struct scenario *scenario = run->scenario;

    while (!hostile && run->next < scenario->happening_count &&
           scenario->happenings[run->next].kind == HAPPENS_CONNECT &&
           (!is_core(run, scenario->happenings[run->next].a) ||
            !is_core(run, scenario->happenings[run->next].b))) {
        run->next++;
    }
    return run->next == scenario->happening_count ? NULL : &scenario->happenings[run->next];
}

/* The node whose timer is due first. */
static uint32_t next_node(const struct run *run, uint64_t *at_us)
{
    const size_t cores = run->scenario->core_count;
    uint32_t next = 0;

    *at_us = UINT64_MAX;
    for (size_t i = 0; i < cores + run->scenario->hostile_count; i++) {
        uint64_t wake_us = i < cores ? core_wake_us(&run->cores[i]) : run->hostile[i - cores].wake_us;

        wake_us = is_gone(run, (uint32_t)i) ? UINT64_MAX : wake_us;

        if (wake_us < *at_us) {
            *at_us = wake_us;
            next = (uint32_t)i;
        }
    }
    return next;
}

static void wake(struct run *run, uint32_t node)
{
    if (is_core(run, node)) {
        core_on_time(&run->cores[node]);
    } else {
        hostile_on_time(hostile_of(run, node));
    }
}

static void deliver(struct run *run)
{
    const struct sim_frame *frame = world_take(&run->world);

    if (frame == NULL) {
        return;
    }
    if (is_core(run, frame->to)) {
        core_on_frame(&run->cores[frame->to], frame);
    } else {
        hostile_on_frame(hostile_of(run, frame->to), frame);
    }
}

static void drop_all_full(struct run *run)
{
    for (uint32_t i = 0; i < run->scenario->core_count; i++) {
        drop_full(run, i);
    }
}

/* One thing that happens: what is due first; of what is due at once in this order. */
static void advance(struct run *run, bool hostile)
{
    const struct happening *happening = next_happening(run, hostile);
    const uint64_t happens_us = happening == NULL ? UINT64_MAX : happening->at_us;
    const uint64_t again_us = run->again_count == 0 ? UINT64_MAX : run->again[0].at_us;
    const uint64_t arrives_us = world_next_us(&run->world);
    uint64_t wakes_us = 0;
    const uint32_t node = next_node(run, &wakes_us);

    if (happens_us <= again_us && happens_us <= arrives_us && happens_us <= wakes_us) {
        run->next++;
        happen(run, happening);
    } else if (again_us <= arrives_us && again_us <= wakes_us) {
        const struct happening again = run->again[0];

        memmove(run->again, run->again + 1, --run->again_count * sizeof *run->again);
        happen(run, &again);
    } else if (arrives_us <= wakes_us) {
        deliver(run);
    } else {
        run->world.now_us = wakes_us > run->world.now_us ? wakes_us : run->world.now_us;
        wake(run, node);
    }
    drop_all_full(run);
}

/* ---- what is measured ---- */

static void note_news_of(struct run *run, uint32_t core)
{
    for (size_t i = 0; i < run->scenario->news_count; i++) {
        uint64_t *held_us = &run->outcome->news_us[core][i];

        if (*held_us == UINT64_MAX && run->news[i].length > 0 &&
            run->cores[core].held.lengths[run->news[i].author] >= run->news[i].length) {
            *held_us = run->world.now_us - run->news[i].at_us;
            run->news[i].held_by++;
        }
    }
}

/* Of whom something changed. */
static void note_news(struct run *run)
{
    for (uint32_t core = 0; core < run->scenario->core_count; core++) {
        if (run->cores[core].held.change != run->changes[core]) {
            run->changes[core] = run->cores[core].held.change;
            note_news_of(run, core);
        }
    }
}

static bool is_over(const struct run *run)
{
    if (run->news_count < run->scenario->news_count || (run->scenario->restart.happens && !run->is_back)) {
        return false;
    }
    for (size_t core = 0; core < run->scenario->core_count; core++) {
        if (run->cores[core].behind > 0) {
            return false;
        }
    }
    for (size_t i = 0; i < run->news_count; i++) {
        if (run->news[i].held_by < run->scenario->core_count) {
            return false;
        }
    }
    return true;
}

static void begin(struct run *run, uint8_t *memory)
{
    const struct scenario *scenario = run->scenario;
    uint64_t seed = world_mix(scenario->seed + 1);

    world_init(&run->world);
    run->authors = scenario->authors;
    invariants_init(&run->invariants, &run->world, run->cores, scenario->core_count);
    holdings_init(&run->copy, 1);
    run->is_gone = run->is_back = false;
    for (uint32_t i = 0; i < scenario->core_count; i++) {
        core_init(&run->cores[i], i, &run->world, &run->authors, &run->invariants, memory + i * sync_size(),
                  scenario->heads_interval_ms, world_draw(&seed, UINT64_MAX));
        for (size_t author = 0; author < run->authors.count; author++) {
            if (i < scenario->core_count / 2 || run->authors.items[author].home == i) {
                core_hold(&run->cores[i], author, run->authors.items[author].initial);
            }
        }
    }
    for (uint32_t i = 0; i < scenario->hostile_count; i++) {
        hostile_init(&run->hostile[i], (uint32_t)scenario->core_count + i, scenario->kinds[i], &run->world,
                     &run->authors, world_draw(&seed, UINT64_MAX));
    }
}

/* What a link is like hangs on the seed and its ends alone. */
static void set_links(struct run *run)
{
    const size_t nodes = run->scenario->core_count + run->scenario->hostile_count;

    for (uint32_t a = 0; a < nodes; a++) {
        for (uint32_t b = 0; b < a; b++) {
            uint64_t seed = world_mix(run->scenario->seed ^ world_mix((uint64_t)a << 32 | b));
            const uint64_t latency_us = 1000 + world_draw(&seed, 120000),
                           bytes_per_s = (2 + world_draw(&seed, 20)) * 1000000;

            world_set_link(&run->world, a, b, seed, latency_us, bytes_per_s,
                           run->scenario->lossy && is_core(run, a));
        }
    }
}

static void end(struct run *run)
{
    struct outcome *outcome = run->outcome;

    outcome->broken = run->invariants.broken;
    outcome->at_core = run->invariants.at_core;
    outcome->at_us = run->invariants.at_us;
    if (outcome->broken == NULL && !is_over(run)) {
        outcome->broken = "finally all hold all";
        outcome->at_us = run->world.now_us;
    }
    outcome->digest = run->world.digest;
    outcome->end_us = run->world.now_us;
    outcome->steps = run->invariants.steps;
    outcome->looks = run->invariants.looks;
    outcome->frames = run->world.frames;
    for (size_t i = 0; i < run->scenario->core_count; i++) {
        outcome->whole_us[i] = run->cores[i].whole_us;
        core_deinit(&run->cores[i]);
    }
    holdings_deinit(&run->copy);
    world_deinit(&run->world);
}

void scenario_run(const struct scenario *scenario, bool hostile, uint8_t *memory, struct outcome *outcome)
{
    static struct run run;

    memset(outcome, 0, sizeof *outcome);
    memset(outcome->news_us, 0xff, sizeof outcome->news_us);
    run.scenario = scenario;
    run.outcome = outcome;
    run.next = run.again_count = run.news_count = 0;
    memset(run.news, 0, sizeof run.news);
    memset(run.changes, 0, sizeof run.changes);
    begin(&run, memory);
    set_links(&run);
    while (run.invariants.broken == NULL && !is_over(&run) &&
           run.world.now_us < (uint64_t)END_S * SECOND_US) {
        advance(&run, hostile);
        note_news(&run);
    }
    end(&run);
}

/* ---- comparing ---- */

/* How much later than in the quiet run something may be. Of two hostile nodes at a time one may hold a want
 * by starting to answer, until that pauses for a second (and a quarter for jitter, and one between two
 * checks); and once it takes a whole stall until who was asked says nothing at all. What an honest peer's
 * link lost comes when it is asked next what changed. */
static uint64_t latest_us(const struct scenario *scenario, uint64_t quiet_us)
{
    const uint64_t more_us = 50000, hold_us = 1500 * (uint64_t)WORLD_US_A_MS,
                   stall_us = 2750 * (uint64_t)WORLD_US_A_MS,
                   heads_us = (uint64_t)SYNC_HEADS_INTERVAL_MS * 5 / 4 * WORLD_US_A_MS;

    return quiet_us + quiet_us / 2 + more_us + stall_us + hold_us * (scenario->hostile_count + 1) / 2 +
           (scenario->lossy ? heads_us : 0);
}

struct outcome *scenario_compare(const struct scenario *scenario, const struct outcome *quiet,
                                 struct outcome *attacked)
{
    for (uint32_t core = 0; core < scenario->core_count; core++) {
        bool in_time = attacked->whole_us[core] <= latest_us(scenario, quiet->whole_us[core]);

        for (size_t i = 0; i < scenario->news_count; i++) {
            in_time &= attacked->news_us[core][i] <= latest_us(scenario, quiet->news_us[core][i]);
        }
        if (!in_time && attacked->broken == NULL) {
            attacked->broken = "what an honest peer has comes in time";
            attacked->at_core = core;
            attacked->at_us = attacked->whole_us[core];
        }
    }
    return attacked;
}
