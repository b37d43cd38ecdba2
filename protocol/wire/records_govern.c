#include "protocol/wire/tables.h"

/* ---- rule_pack ---- */

enum { CODE_TAIL_SIZE_MAX = CODE_SIZE_MAX - 2 };

/* Whether text can stand behind the slash of a code. */
static bool text_is_code_tail(struct bytes text)
{
    char code[CODE_SIZE_MAX] = "a/";

    if (text.size > CODE_TAIL_SIZE_MAX) {
        return false;
    }
    memcpy(code + 2, text.data, text.size);
    return text_is_code(bytes_of(code, 2 + text.size));
}

static enum reason check_pack_code(const void *record)
{
    const struct pack_code *code = record;

    if (code->has_first_day && code->has_last_day && code->first_day > code->last_day) {
        return REASON_INCONSISTENT;
    }
    return REASON_NONE;
}

static const struct field pack_code_fields[] = {
    {REQUIRED(pack_code, code), TEXT(1, CODE_TAIL_SIZE_MAX, text_is_code_tail),
     MEANS("the part behind the slash; with the namespace at most 48 bytes")},
    {REQUIRED(pack_code, title), TEXT(1, NAME_SIZE_MAX, NULL), MEANS("what people call it")},
    {REQUIRED(pack_code, lifetime_months), UINT(0, LIFETIME_MONTHS_MAX),
     MEANS("how long it is good for; 0: for life")},
    {OPTIONAL(pack_code, first_day, has_first_day), DAY, MEANS("on which it is offered")},
    {OPTIONAL(pack_code, last_day, has_last_day), DAY, MEANS("on which it is offered; not before first_day")},
};

static const struct schema pack_code_schema = {
    SCHEMA(pack_code),
    .meaning = "A code that can be earned.",
    .check = check_pack_code,
};

static const struct field pack_rule_fields[] = {
    {REQUIRED(pack_rule, kind), ENUM(PACK_RULE_TITLE, PACK_RULE_CONDITION),
     MEANS("1 title, 2 prerequisite, 3 experience, 4 renewal, 5 recognition of shops, 6 condition")},
    {REQUIRED(pack_rule, name), TEXT(1, NAME_SIZE_MAX, NULL),
     MEANS(
         "a title's or recognition's name, else the code or pattern that it is for, without its namespace")},
    {REQUIRED(pack_rule, expression), BIN(1, RULE_EXPRESSION_SIZE_MAX),
     MEANS("an [expression](#expressions); an unknown operator makes this rule unknown, not the pack")},
};

static const struct schema pack_rule_schema = {
    SCHEMA(pack_rule),
    .meaning = "A named expression.",
};

static int order_pack_codes(const void *a, const void *b)
{
    const struct pack_code *left = a, *right = b;

    return bytes_compare(left->code, right->code);
}

static int order_pack_rules(const void *a, const void *b)
{
    const struct pack_rule *left = a, *right = b;

    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    return bytes_compare(left->name, right->name);
}

static enum reason check_rule_pack(const void *record)
{
    const struct rule_pack *pack = record;
    const struct pack_code *codes = pack->codes.items;

    for (size_t i = 0; i < pack->codes.count; i++) {
        if (pack->name_space.size + 1 + codes[i].code.size > CODE_SIZE_MAX) {
            return REASON_OUT_OF_RANGE;
        }
    }
    return REASON_NONE;
}

static const struct field rule_pack_fields[] = {
    {REQUIRED(rule_pack, name_space), TEXT(1, NAMESPACE_SIZE_MAX, text_is_namespace), MEANS("whose rules")},
    {REQUIRED(rule_pack, version), UINT(1, UINT32_MAX), MEANS("a later one for the same days wins")},
    {REQUIRED(rule_pack, in_force_from), DAY, MEANS("first day that it speaks about")},
    {REQUIRED(rule_pack, codes), LIST(pack_code, 0, PACK_CODES_MAX), SORTED(order_pack_codes),
     MEANS("sorted by code, none twice")},
    {REQUIRED(rule_pack, rules), LIST(pack_rule, 0, PACK_RULES_MAX), SORTED(order_pack_rules),
     MEANS("sorted by kind, then name, none twice")},
};

const struct schema rule_pack_schema = {
    SCHEMA(rule_pack),
    EXTENSIBLE(rule_pack),
    .meaning = "The codes of a namespace and what is made of them.",
    .check = check_rule_pack,
};

/* ---- accreditation ---- */

static enum reason check_accreditation(const void *record)
{
    const struct accreditation *accreditation = record;

    if (accreditation->has_until && accreditation->from > accreditation->until) {
        return REASON_INCONSISTENT;
    }
    return REASON_NONE;
}

static const struct field accreditation_fields[] = {
    {REQUIRED(accreditation, delegate), FIXED(HASH_SIZE), MEANS("actor who may attest")},
    {REQUIRED(accreditation, patterns),
     LIST_OF_TEXTS(1, CODE_PATTERNS_MAX, 1, CODE_SIZE_MAX, text_is_code_pattern), SORTED(order_texts),
     MEANS("codes, or code patterns ending in *; sorted")},
    {REQUIRED(accreditation, states), LIST_OF_TEXTS(0, STATES_MAX, 2, 2, text_is_state), SORTED(order_texts),
     MEANS("in which it may; sorted; empty: in every one")},
    {REQUIRED(accreditation, from), DAY, MEANS("first day")},
    {OPTIONAL(accreditation, until, has_until), DAY, MEANS("last day, inclusive; not before from")},
    {REQUIRED(accreditation, depth), UINT(0, CHAIN_DEPTH_MAX),
     MEANS("how many further delegations may follow")},
};

const struct schema accreditation_schema = {
    SCHEMA(accreditation),
    EXTENSIBLE(accreditation),
    .meaning = "An actor may attest these codes.",
    .check = check_accreditation,
};

/* ---- withdrawal ---- */

static const struct field entry_position_fields[] = {
    {REQUIRED(entry_position, seq), SEQ, MEANS("which block")},
    {REQUIRED(entry_position, index), ENTRY_INDEX, MEANS("which entry of it")},
};

static const struct schema entry_position_schema = {
    SCHEMA(entry_position),
    .meaning = "An entry of a log that is known.",
};

static int order_entry_positions(const void *a, const void *b)
{
    const struct entry_position *left = a, *right = b;

    if (left->seq != right->seq) {
        return order_numbers(left->seq, right->seq);
    }
    return order_numbers(left->index, right->index);
}

static enum reason check_withdrawal(const void *record)
{
    const struct withdrawal *withdrawal = record;

    if (withdrawal->has_cut == withdrawal->has_accreditation) {
        return REASON_INCONSISTENT;
    }
    return withdrawal->has_cut || withdrawal->exceptions.count == 0 ? REASON_NONE : REASON_INCONSISTENT;
}

static const struct field withdrawal_fields[] = {
    {REQUIRED(withdrawal, delegate), FIXED(HASH_SIZE), MEANS("actor whose accreditation ends")},
    {OPTIONAL(withdrawal, cut_seq, has_cut), SEQ,
     MEANS("its log stays authorised up to and with this block")},
    {OPTIONAL(withdrawal, cut_head, has_cut), FIXED(HASH_SIZE),
     MEANS("header hash of that block: it and its ancestors stay authorised, nothing else does")},
    {OPTIONAL(withdrawal, accreditation, has_accreditation), RECORD(entry_position),
     MEANS("or the one accreditation of this log that ends whole; exactly one of the two")},
    {REQUIRED(withdrawal, exceptions), LIST(entry_position, 0, WITHDRAWAL_EXCEPTIONS_MAX),
     SORTED(order_entry_positions),
     MEANS("entries up to the cut that lose it too; sorted; none without a cut")},
    {REQUIRED(withdrawal, closed), BOOL,
     MEANS("nothing that the delegate says beyond the cut counts; else what is against somebody there is "
           "unknown")},
};

const struct schema withdrawal_schema = {
    SCHEMA(withdrawal),
    EXTENSIBLE(withdrawal),
    .meaning = "Ends an accreditation. A later one may only lower the cut or add exceptions.",
    .check = check_withdrawal,
};

/* ---- rhythm ---- */

static const struct field rhythm_fields[] = {
    {REQUIRED(rhythm, days), UINT(1, RHYTHM_DAYS_MAX), MEANS("days within which this log speaks again")},
};

const struct schema rhythm_schema = {
    SCHEMA(rhythm),
    EXTENSIBLE(rhythm),
    .meaning = "How often this author speaks, and so how old what is known of it may be.",
};

/* ---- succession ---- */

static const struct field succession_fields[] = {
    {REQUIRED(succession, name_space), TEXT(1, NAMESPACE_SIZE_MAX, text_is_namespace),
     MEANS("what is handed over")},
    {REQUIRED(succession, successor), FIXED(HASH_SIZE), MEANS("actor who gets it")},
    {REQUIRED(succession, cut_seq), SEQ, MEANS("this log is read up to and with this block")},
    {REQUIRED(succession, cut_head), FIXED(HASH_SIZE), MEANS("header hash of that block")},
    {REQUIRED(succession, signatures), LIST(indexed_signature, 0, SIGNATURES_MAX), SORTED(order_signatures),
     MEANS("by the govern keys of the successor's inception, over tp.succession of this record with no "
           "signatures")},
};

const struct schema succession_schema = {
    SCHEMA(succession),
    EXTENSIBLE(succession),
    .meaning = "Hands a namespace to another actor, signed by both.",
};

/* ---- void ---- */

static enum reason check_seq_range(const void *record)
{
    const struct seq_range *range = record;

    return range->first <= range->last ? REASON_NONE : REASON_INCONSISTENT;
}

static const struct field seq_range_fields[] = {
    {REQUIRED(seq_range, first), SEQ, MEANS("first block")},
    {REQUIRED(seq_range, last), SEQ, MEANS("last block, inclusive; not below first")},
};

static const struct schema seq_range_schema = {
    SCHEMA(seq_range),
    .meaning = "Blocks of this log.",
    .check = check_seq_range,
};

static const struct field dropped_branch_fields[] = {
    {REQUIRED(dropped_branch, epoch), EPOCH, MEANS("epoch that it was written in")},
    {REQUIRED(dropped_branch, fork_parent), FIXED(HASH_SIZE),
     MEANS("header hash of the last block both branches have")},
    {REQUIRED(dropped_branch, first), FIXED(HASH_SIZE),
     MEANS("header hash of its first block; all that descends from it is meant")},
};

static const struct schema dropped_branch_schema = {
    SCHEMA(dropped_branch),
    .meaning = "A branch that a rotation left behind.",
};

static enum reason check_void_record(const void *record)
{
    const struct void_record *void_record = record;

    return void_record->has_range != void_record->has_branch ? REASON_NONE : REASON_INCONSISTENT;
}

static const struct field void_record_fields[] = {
    {OPTIONAL(void_record, range, has_range), RECORD(seq_range), MEANS("own earlier blocks")},
    {OPTIONAL(void_record, branch, has_branch), RECORD(dropped_branch),
     MEANS("or a branch; exactly one of the two")},
    {REQUIRED(void_record, reason), UINT(STATUS_REASON_UNSPECIFIED, STATUS_REASON_OTHER),
     MEANS("as in a status")},
};

const struct schema void_record_schema = {
    SCHEMA(void_record),
    EXTENSIBLE(void_record),
    .meaning = "Own earlier blocks, or a dropped branch, are void: a thief wrote them. The ranges of one "
               "block, united, name at most 4096 blocks.",
    .check = check_void_record,
};
