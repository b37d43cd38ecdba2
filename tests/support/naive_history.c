#include "tests/support/naive_history.h"

enum { DAY_S = 24 * 3600, DAY_OF_1970 = 25567, FOLLOWED_LONG_S = DAY_S };

/* ---- the tree ---- */

bool told_descends(const struct history *history, int above, int below)
{
    while (above >= 0 && above != below) {
        above = history->blocks[above].parent;
    }
    return above == below;
}

int told_epoch(const struct history *history, int block)
{
    int epoch = 0;
    for (; block >= 0; block = history->blocks[block].parent) {
        epoch += history->blocks[block].kind == TOLD_ROTATE;
    }
    return epoch;
}

bool told_contradict(const struct history *history, int a, int b)
{
    const struct told *one = &history->blocks[a], *other = &history->blocks[b];
    bool rotations = one->kind == TOLD_ROTATE && other->kind == TOLD_ROTATE &&
                     told_epoch(history, a) == told_epoch(history, b);
    return a != b && one->author == other->author && one->parent >= 0 &&
           (one->parent == other->parent || rotations);
}

/* How a block stands for a node. */
enum stands {
    STANDS,          /* on every known branch, or below the rotation that closed its epoch */
    STANDS_IN_DOUBT, /* on some branch of an open epoch, or of an author with two rotations of one epoch */
    DROPPED,         /* beside the branch that the rotation of its epoch extends */
};

struct view {
    const struct history *history;
    const struct known *known;
    uint32_t day;
};

static bool is_by(const struct view *view, size_t i, int author)
{
    return view->known[i].held && view->history->blocks[i].author == author;
}

/* Also one that can't be placed yet. */
static bool is_rotation_out_of(const struct view *view, size_t i, int author, int epoch)
{
    return (view->known[i].held || view->known[i].noted) && view->history->blocks[i].author == author &&
           view->history->blocks[i].kind == TOLD_ROTATE && told_epoch(view->history, (int)i) == epoch + 1;
}

static size_t count_rotations(const struct view *view, int author, int epoch)
{
    size_t count = 0;
    for (size_t i = 0; i < view->history->count; i++) {
        count += is_rotation_out_of(view, i, author, epoch);
    }
    return count;
}

/* What one that can't be placed extends is not known; where it is the only one, its epoch is still open. */
static size_t count_rotations_above(const struct view *view, int author, int epoch, int block)
{
    size_t count = 0;
    for (size_t i = 0; i < view->history->count; i++) {
        count += view->known[i].held && is_rotation_out_of(view, i, author, epoch) &&
                 told_descends(view->history, (int)i, block);
    }
    return count;
}

static bool is_closed(const struct view *view, int author, int epoch)
{
    for (size_t i = 0; i < view->history->count; i++) {
        if (view->known[i].held && is_rotation_out_of(view, i, author, epoch)) {
            return true;
        }
    }
    return count_rotations(view, author, epoch) > 1;
}

static bool has_proven_sibling(const struct view *view, int block)
{
    const struct told *told = &view->history->blocks[block];
    for (size_t i = 0; i < view->history->count; i++) {
        if (view->known[i].proven && view->history->blocks[i].author == told->author &&
            view->history->blocks[i].parent == told->parent) {
            return true;
        }
    }
    return false;
}

/* Whether a fork proof contradicts a block of an epoch that is open, or what it descends from there. */
static bool is_contradicted(const struct view *view, int block)
{
    int epoch = told_epoch(view->history, block);
    for (int at = block; at >= 0 && told_epoch(view->history, at) == epoch;
         at = view->history->blocks[at].parent) {
        if (view->history->blocks[at].kind != TOLD_ROTATE && has_proven_sibling(view, at)) {
            return true;
        }
    }
    return false;
}

static enum stands stands_in_tree(const struct view *view, int block)
{
    const struct history *history = view->history;
    int author = history->blocks[block].author;
    int epoch = told_epoch(history, block);
    if (is_closed(view, author, epoch)) {
        size_t rotations = count_rotations(view, author, epoch);
        size_t below = count_rotations_above(view, author, epoch, block);
        return below == rotations ? STANDS : below > 0 || rotations > 1 ? STANDS_IN_DOUBT : DROPPED;
    }
    for (size_t i = 0; i < history->count; i++) {
        if (is_by(view, i, author) && told_epoch(history, (int)i) == epoch &&
            !told_descends(history, (int)i, block) && !told_descends(history, block, (int)i)) {
            return STANDS_IN_DOUBT;
        }
    }
    return is_contradicted(view, block) ? STANDS_IN_DOUBT : STANDS;
}

/* Two rotations of one epoch freeze the author: what follows either is in doubt. */
static bool is_after_a_freeze(const struct view *view, int block)
{
    int author = view->history->blocks[block].author;
    for (int epoch = told_epoch(view->history, block) - 1; epoch >= 0; epoch--) {
        if (count_rotations(view, author, epoch) > 1) {
            return true;
        }
    }
    return false;
}

/* What was heard last of a frozen author may name a block that is disputed since. */
static bool is_frozen(const struct view *view, int author)
{
    for (size_t i = 0; i < view->history->count; i++) {
        if (view->history->blocks[i].author == author &&
            count_rotations(view, author, told_epoch(view->history, (int)i)) > 1) {
            return true;
        }
    }
    return false;
}

static enum stands stands_alone(const struct view *view, int block)
{
    return is_after_a_freeze(view, block) ? STANDS_IN_DOUBT : stands_in_tree(view, block);
}

/* ---- what a statement counts for ---- */

enum counts {
    COUNTS_NOT,
    COUNTS_PERHAPS, /* the model asks for nothing */
    IS_DOUBT,       /* makes unknown what it speaks against; nothing for whom it is for */
    COUNTS,
};

/* ---- who may say so ---- */

/* Of what a delegate states in a block: COUNTS within every cut, COUNTS_NOT beyond a closed one, IS_DOUBT
 * beyond another. The owner is never cut. */
struct authority {
    enum counts accredited; /* COUNTS_NOT: never was; IS_DOUBT: perhaps */
    enum counts withdrawn;  /* beyond a cut: COUNTS for certain */
    bool closed;            /* the cut beyond which it lies for certain is closed */
    bool kept;              /* a cut that counts has it as an ancestor */
};

static struct authority authority_of(const struct view *view, int block);
static bool is_under_cut(const struct view *view, int block);
static enum counts counts_against(const struct view *view, int block);
static enum counts is_named(const struct view *view, int block);

static bool is_void_of(const struct view *view, size_t i, int block)
{
    const struct told *told = &view->history->blocks[i];
    return view->known[i].held && told->kind == TOLD_VOID && told->about == block;
}

/* What one void amounts to. Beyond a closed cut it says nothing, beyond another it leaves a doubt; what a cut
 * keeps counts though its author dropped it. */
static enum counts void_counts(const struct view *view, int voids)
{
    enum counts counts = counts_against(view, voids);
    struct authority authority = authority_of(view, voids);
    bool dropped = stands_alone(view, voids) == DROPPED;
    if (authority.withdrawn == COUNTS && authority.closed) {
        return COUNTS_NOT;
    }
    if (dropped && authority.accredited == COUNTS && authority.withdrawn == COUNTS_NOT && authority.kept &&
        is_named(view, voids) == COUNTS_NOT) {
        return COUNTS;
    }
    if (counts == COUNTS && authority.withdrawn != COUNTS_NOT) {
        return COUNTS_PERHAPS;
    }
    return dropped && is_under_cut(view, voids) ? COUNTS_PERHAPS : counts;
}

/* Whether a block is void, and whether that is certain. */
static enum counts is_void(const struct view *view, int block)
{
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < view->history->count; i++) {
        if (is_void_of(view, i, block)) {
            enum counts counts = void_counts(view, (int)i);
            strongest = counts > strongest ? counts : strongest;
        }
    }
    return strongest;
}

/* Whether of one void the model asks for nothing. */
static bool is_void_perhaps(const struct view *view, int block)
{
    for (size_t i = 0; i < view->history->count; i++) {
        if (is_void_of(view, i, block) && void_counts(view, (int)i) == COUNTS_PERHAPS) {
            return true;
        }
    }
    return false;
}

/* Whether a void that stands names the branch that a dropped block is on. */
static enum counts is_named(const struct view *view, int block)
{
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < view->history->count; i++) {
        const struct told *told = &view->history->blocks[i];
        if (!view->known[i].held || told->kind != TOLD_NAME ||
            told->author != view->history->blocks[block].author) {
            continue;
        }
        for (size_t j = 0; j < told->named_count; j++) {
            if (told_descends(view->history, block, told->named[j])) {
                enum counts counts = stands_alone(view, (int)i) == STANDS ? COUNTS : COUNTS_PERHAPS;
                strongest = counts > strongest ? counts : strongest;
            }
        }
    }
    return strongest;
}

static enum counts dropped_counts_against(const struct view *view, int block)
{
    const struct known *known = &view->known[block];
    enum counts named = is_named(view, block);
    if (named != COUNTS_NOT) {
        return named == COUNTS && !known->late ? IS_DOUBT : COUNTS_PERHAPS;
    }
    if (known->followed_s < FOLLOWED_LONG_S && !known->followed_twice) {
        return COUNTS_NOT;
    }
    return known->followed_least_s < FOLLOWED_LONG_S || known->followed_twice ? COUNTS_PERHAPS : IS_DOUBT;
}

/* What is against somebody. Voids are such. Where it is in doubt whether the block is void, both a no and an
 * unknown are good answers. */
static enum counts counts_against(const struct view *view, int block)
{
    switch (stands_alone(view, block)) {
    case STANDS:
        return is_void(view, block) == COUNTS ? IS_DOUBT : COUNTS;
    case STANDS_IN_DOUBT:
        return IS_DOUBT;
    case DROPPED:
        break;
    }
    return dropped_counts_against(view, block);
}

/* What is for somebody, its block being void so surely. */
static enum counts counts_for_if(const struct view *view, int block, enum counts voided)
{
    switch (stands_alone(view, block)) {
    case STANDS:
        return voided == COUNTS       ? COUNTS_NOT
               : voided == COUNTS_NOT ? COUNTS
                                      : voided; /* in doubt, or not asked of the model */
    case STANDS_IN_DOUBT:
        return IS_DOUBT;
    case DROPPED:
        break;
    }
    return COUNTS_NOT;
}

static enum counts counts_for(const struct view *view, int block)
{
    return counts_for_if(view, block, is_void(view, block));
}

/* ---- who may say so, weighed ---- */

/* What a cut names may leave a doubt though its author dropped it. */
static bool is_under_cut(const struct view *view, int block)
{
    for (size_t i = 0; i < view->history->count; i++) {
        const struct told *told = &view->history->blocks[i];
        if (view->known[i].held && told->kind == TOLD_WITHDRAW &&
            told->whom == view->history->blocks[block].author &&
            told_descends(view->history, told->about, block)) {
            return true;
        }
    }
    return false;
}

static void weigh_withdrawals(struct authority *out, const struct view *view, int accreditation, int block)
{
    const struct history *history = view->history;
    for (size_t i = 0; i < history->count; i++) {
        const struct told *told = &history->blocks[i];
        if (!view->known[i].held || told->kind != TOLD_WITHDRAW ||
            told->whom != history->blocks[block].author || (int)i == accreditation) {
            continue;
        }
        if (told_epoch(history, (int)i) < told_epoch(history, accreditation)) {
            continue; /* and what is said again in a later epoch ends it, whatever became of its branch */
        }
        enum counts counts = counts_against(view, (int)i);
        if (counts == COUNTS_NOT && is_under_cut(view, (int)i)) {
            counts = COUNTS_PERHAPS;
        }
        if (counts == COUNTS && !told_descends(history, (int)i, accreditation)) {
            continue; /* what is said again after it stands */
        }
        if (counts == COUNTS && !view->known[told->about].held) {
            counts = COUNTS_PERHAPS;
        }
        bool covers = view->known[told->about].held && told_descends(history, told->about, block);
        out->kept = out->kept || (covers && counts == COUNTS);
        if (!covers && counts > out->withdrawn) {
            out->withdrawn = counts;
        }
        out->closed = out->closed || (!covers && counts == COUNTS && told->closed);
    }
}

static struct authority authority_of(const struct view *view, int block)
{
    const struct history *history = view->history;
    struct authority best = {.accredited = COUNTS_NOT};
    if (history->blocks[block].author == 0) {
        return (struct authority){.accredited = COUNTS};
    }
    for (size_t i = 0; i < history->count; i++) {
        const struct told *told = &history->blocks[i];
        if (!view->known[i].held || told->kind != TOLD_ACCREDIT ||
            told->whom != history->blocks[block].author) {
            continue;
        }
        struct authority one = {.accredited = counts_for(view, (int)i)};
        weigh_withdrawals(&one, view, (int)i, block);
        bool better = one.accredited > best.accredited ||
                      (one.accredited == best.accredited && one.withdrawn < best.withdrawn);
        best = better ? one : best;
    }
    return best;
}

/* ---- one certificate ---- */

/* A block that a cut keeps counts though its author dropped it. */
static enum counts kept_or(const struct view *view, const struct authority *authority, int block,
                           enum counts counts)
{
    if (!authority->kept || counts == COUNTS) {
        return counts;
    }
    if (is_void(view, block) == COUNTS) {
        return counts;
    }
    bool plain = stands_alone(view, block) == DROPPED && is_named(view, block) == COUNTS_NOT &&
                 is_void(view, block) == COUNTS_NOT;
    return plain ? COUNTS : COUNTS_PERHAPS;
}

static bool is_about(const struct view *view, size_t i, enum told_kind kind, int certificate)
{
    const struct told *told = &view->history->blocks[i];
    return view->known[i].held && told->kind == kind && told->about == certificate;
}

/* The same, of what speaks for the day that is asked about. */
static bool is_about_on(const struct view *view, size_t i, enum told_kind kind, int certificate)
{
    return is_about(view, i, kind, certificate) && view->history->blocks[i].from_day <= view->day;
}

static bool takes(enum told_kind kind)
{
    return kind == TOLD_REVOKE || kind == TOLD_SUSPEND;
}

/* What was revoked may be reinstated on the same branch; of a branch that is gone nothing ends but later. */
static bool may_end(const struct view *view, int reinstatement, int said)
{
    const struct history *history = view->history;
    return told_epoch(history, reinstatement) > told_epoch(history, said) ||
           (takes(history->blocks[said].kind) && told_descends(history, reinstatement, said));
}

/* Whether a reinstatement that counts came after a revocation, or a void. */
static enum counts is_reinstated(const struct view *view, int said, int certificate)
{
    const struct history *history = view->history;
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < history->count; i++) {
        if (!is_about_on(view, i, TOLD_REINSTATE, certificate)) {
            continue;
        }
        struct authority authority = authority_of(view, (int)i);
        enum counts counts = kept_or(view, &authority, (int)i, counts_for(view, (int)i));
        if (!may_end(view, (int)i, said)) {
            continue;
        }
        if (authority.withdrawn == COUNTS) {
            counts = COUNTS_NOT;
        } else if (authority.withdrawn != COUNTS_NOT && counts == COUNTS) {
            counts = COUNTS_PERHAPS;
        }
        strongest = counts > strongest ? counts : strongest;
    }
    return strongest;
}

/* Whether a revocation was stated only after the day, by its author's clock: until then it stood, whatever
 * reinstates it since. */
static bool is_stated_later(const struct view *view, int said)
{
    const struct told *told = &view->history->blocks[said];
    return told->kind == TOLD_REVOKE && told->signed_s / DAY_S + DAY_OF_1970 > view->day;
}

/* What the revocations and suspensions of a certificate amount to. */
static enum counts is_revoked(const struct view *view, int certificate)
{
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < view->history->count; i++) {
        if (!is_about_on(view, i, TOLD_REVOKE, certificate) &&
            !is_about_on(view, i, TOLD_SUSPEND, certificate)) {
            continue;
        }
        struct authority authority = authority_of(view, (int)i);
        enum counts counts = kept_or(view, &authority, (int)i, counts_against(view, (int)i));
        if (authority.withdrawn == COUNTS && counts != COUNTS_NOT) {
            counts = authority.closed ? COUNTS_NOT : IS_DOUBT;
        } else if (authority.withdrawn != COUNTS_NOT && counts != COUNTS_NOT) {
            counts = COUNTS_PERHAPS;
        }
        enum counts reinstated = counts == COUNTS && is_stated_later(view, (int)i)
                                     ? COUNTS_NOT
                                     : is_reinstated(view, (int)i, certificate);
        if (reinstated == COUNTS) {
            counts = COUNTS_NOT;
        } else if (reinstated == IS_DOUBT && counts == COUNTS) {
            counts = IS_DOUBT;
        } else if (reinstated != COUNTS_NOT && counts == IS_DOUBT) {
            counts = COUNTS_PERHAPS;
        }
        strongest = counts > strongest ? counts : strongest;
    }
    return strongest;
}

/* Whether the certificate's block is void. What a void on a dropped branch leaves in doubt ends where its
 * author says later that the certificate holds. */
static enum counts is_void_still(const struct view *view, int certificate)
{
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < view->history->count; i++) {
        if (!is_void_of(view, i, certificate)) {
            continue;
        }
        enum counts counts = void_counts(view, (int)i);
        if (stands_alone(view, (int)i) == DROPPED && counts != COUNTS_NOT && counts != COUNTS) {
            enum counts ended = is_reinstated(view, (int)i, certificate);
            counts = ended == COUNTS ? COUNTS_NOT : ended != COUNTS_NOT ? COUNTS_PERHAPS : counts;
        }
        strongest = counts > strongest ? counts : strongest;
    }
    return strongest;
}

/* An `erase` is against whose certificate it covers, and covers those alone that its branch has. */
static enum counts is_erased(const struct view *view, int certificate)
{
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < view->history->count; i++) {
        if (is_about(view, i, TOLD_ERASE, certificate) && told_descends(view->history, (int)i, certificate)) {
            enum counts counts = counts_for(view, (int)i);
            strongest = counts > strongest ? counts : strongest;
        }
    }
    return strongest;
}

/* Content that came without its bytes, and that no erase explains. What a void block lacks has no effect. */
static enum counts has_gap(const struct view *view, int author)
{
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < view->history->count; i++) {
        if (!is_by(view, i, author) || !view->known[i].blank) {
            continue;
        }
        bool certain = stands_alone(view, (int)i) == STANDS && is_erased(view, (int)i) == COUNTS_NOT &&
                       is_void(view, (int)i) == COUNTS_NOT;
        enum counts gap = certain ? COUNTS : COUNTS_PERHAPS;
        strongest = gap > strongest ? gap : strongest;
    }
    return strongest;
}

/* Whether somebody who might speak said what is not here: nobody can say then that a test was never passed.
 */
static enum counts is_lacking(const struct view *view)
{
    enum counts strongest = COUNTS_NOT;
    for (size_t i = 0; i < view->history->count; i++) {
        if (!view->known[i].held || !view->known[i].blank) {
            continue;
        }
        struct authority authority = authority_of(view, (int)i);
        bool certain = authority.accredited == COUNTS && authority.withdrawn == COUNTS_NOT &&
                       has_gap(view, view->history->blocks[i].author) == COUNTS;
        enum counts lacking = certain ? COUNTS : COUNTS_PERHAPS;
        strongest = lacking > strongest ? lacking : strongest;
    }
    return strongest;
}

/* Whether a header was proven whose block may say anything, and isn't here. */
static bool is_missed(const struct view *view, int author)
{
    for (size_t i = 0; i < view->history->count; i++) {
        const struct told *told = &view->history->blocks[i];
        if (view->known[i].proven && !view->known[i].held && told->author == author &&
            told->kind != TOLD_ATTEST && told->kind != TOLD_ROTATE) {
            return true;
        }
    }
    return false;
}

static bool is_heard(const struct view *view, int author)
{
    for (size_t i = 0; i < view->history->count; i++) {
        if (is_by(view, i, author)) {
            return true;
        }
    }
    return false;
}

static bool is_named_in_withdrawal(const struct view *view, int delegate)
{
    for (size_t i = 0; i < view->history->count; i++) {
        const struct told *told = &view->history->blocks[i];
        if (view->known[i].held && told->kind == TOLD_WITHDRAW && told->whom == delegate) {
            return true;
        }
    }
    return false;
}

/* Whether somebody who surely may speak was never heard of: who knows what it said. */
static bool is_unheard(const struct view *view)
{
    for (size_t i = 0; i < view->history->count; i++) {
        const struct told *told = &view->history->blocks[i];
        if (view->known[i].held && told->kind == TOLD_ACCREDIT && !is_heard(view, told->whom) &&
            !is_named_in_withdrawal(view, told->whom) && authority_of(view, (int)i).accredited == COUNTS &&
            counts_for(view, (int)i) == COUNTS) {
            return true;
        }
    }
    return false;
}

/* Whether a certificate that would count was erased and its bytes are here: a void of the `erase` would give
 * it back, so nobody can say that its test was never passed. */
static bool may_come_back(const struct known *known, const struct authority *authority, enum counts stands,
                          enum counts revoked, enum counts erased)
{
    return known->held && !known->blank && stands == COUNTS && revoked == COUNTS_NOT && erased == COUNTS &&
           authority->accredited == COUNTS && authority->withdrawn == COUNTS_NOT;
}

static bool has_ended(const struct view *view, int certificate)
{
    uint32_t last_day = view->history->blocks[certificate].last_day;
    return last_day != 0 && last_day < view->day;
}

static const char *why_not_valid(enum counts stands, enum counts revoked, enum counts erased,
                                 const struct authority *authority, bool gap, bool ended)
{
    if (ended) {
        return "its last day is over";
    }
    if (stands != COUNTS && stands != COUNTS_PERHAPS) {
        return "the certificate does not stand on every known branch";
    }
    if (revoked == COUNTS || revoked == IS_DOUBT) {
        return "a revocation of it is known";
    }
    if (erased == COUNTS || erased == IS_DOUBT) {
        return "it was erased on some branch";
    }
    if (authority->accredited != COUNTS) {
        return "its issuer is not accredited for certain";
    }
    if (authority->withdrawn == COUNTS || authority->withdrawn == IS_DOUBT) {
        return "its issuer's accreditation was withdrawn";
    }
    return gap ? "the issuer's log has gaps" : NULL;
}

struct allowed naive_history_allows(const struct history *history, const struct known *known, int certificate,
                                    uint32_t day)
{
    const struct view view = {history, known, day};
    int author = history->blocks[certificate].author;
    struct authority authority = authority_of(&view, certificate);
    enum counts alone = counts_for_if(&view, certificate, is_void_still(&view, certificate));
    enum counts stands = kept_or(&view, &authority, certificate, alone);
    enum counts revoked = is_revoked(&view, certificate);
    enum counts erased = is_erased(&view, certificate);
    enum counts own_gap = has_gap(&view, author), owner_gap = has_gap(&view, 0);
    enum counts gap = own_gap > owner_gap ? own_gap : owner_gap;
    bool ended = has_ended(&view, certificate);
    bool perhaps = is_frozen(&view, author) || is_frozen(&view, 0) || is_missed(&view, author) ||
                   is_missed(&view, 0) || gap != COUNTS_NOT || revoked == COUNTS_PERHAPS ||
                   erased != COUNTS_NOT || authority.withdrawn != COUNTS_NOT || stands == COUNTS_PERHAPS;
    bool certain_no = stands == COUNTS_NOT || revoked == COUNTS || authority.accredited == COUNTS_NOT ||
                      authority.withdrawn == COUNTS || ended;
    bool void_perhaps = is_void_perhaps(&view, certificate);
    struct allowed allowed = {
        .because = why_not_valid(stands, revoked, erased, &authority, gap == COUNTS, ended),
        .invalid = certain_no || void_perhaps || stands == COUNTS_PERHAPS || revoked == COUNTS_PERHAPS ||
                   authority.withdrawn == COUNTS_PERHAPS,
    };
    allowed.valid = known[certificate].held && allowed.because == NULL;
    allowed.valid_due = allowed.valid && !perhaps;
    bool none = void_perhaps || !known[certificate].held || certain_no || gap != COUNTS_NOT ||
                erased != COUNTS_NOT || stands == COUNTS_PERHAPS || revoked == COUNTS_PERHAPS ||
                authority.withdrawn == COUNTS_PERHAPS;
    bool comes_back = !ended && may_come_back(&known[certificate], &authority, stands, revoked, erased);
    allowed.not_tested = none && is_lacking(&view) != COUNTS && !is_unheard(&view) && !comes_back;
    return allowed;
}
