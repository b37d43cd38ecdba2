#ifndef PROTOCOL_BASE_REASON_H
#define PROTOCOL_BASE_REASON_H

/* Why something was refused or could not be said: one table, no number is ever reused. The word is what
 * --json and logs print; the sentence for people is made in cmd/. */

#include <stdint.h>

#define REASON_LIST(X)                                                                                       \
    X(REASON_NONE, 0, "none")                                                                                \
    /* bytes */                                                                                              \
    X(REASON_TRUNCATED, 1, "truncated")                                                                      \
    X(REASON_TRAILING, 2, "trailing-bytes")                                                                  \
    X(REASON_NOT_CANONICAL, 3, "not-canonical")                                                              \
    X(REASON_WRONG_TYPE, 4, "wrong-type")                                                                    \
    X(REASON_OUT_OF_RANGE, 5, "out-of-range")                                                                \
    X(REASON_TOO_LARGE, 6, "too-large")                                                                      \
    X(REASON_TOO_MANY, 7, "too-many")                                                                        \
    X(REASON_TOO_DEEP, 8, "too-deep")                                                                        \
    X(REASON_BAD_TEXT, 9, "bad-text")                                                                        \
    X(REASON_NOT_SORTED, 10, "not-sorted-or-duplicate")                                                      \
    X(REASON_INCONSISTENT, 11, "inconsistent-fields")                                                        \
    X(REASON_WRONG_NETWORK, 12, "wrong-network")                                                             \
    X(REASON_WRONG_VERSION, 13, "wrong-version")                                                             \
    X(REASON_WRONG_KIND, 14, "wrong-kind")                                                                   \
    /* blocks */                                                                                             \
    X(REASON_BAD_KEY, 20, "bad-key")                                                                         \
    X(REASON_BAD_SIGNATURE, 21, "bad-signature")                                                             \
    X(REASON_SIGNATURE_COUNT, 22, "signature-count")                                                         \
    X(REASON_SIGNER_ROLE, 23, "signer-role")                                                                 \
    X(REASON_NOT_PRECOMMITTED, 24, "keys-not-precommitted")                                                  \
    X(REASON_WRONG_EPOCH, 25, "wrong-epoch")                                                                 \
    X(REASON_WRONG_SEQ, 26, "wrong-seq")                                                                     \
    X(REASON_WRONG_PREVIOUS, 27, "does-not-extend-head")                                                     \
    X(REASON_WRONG_AUTHOR, 28, "wrong-author")                                                               \
    X(REASON_ENTRIES_ROOT, 29, "entries-root")                                                               \
    X(REASON_STATE_ROOT, 30, "state-root")                                                                   \
    X(REASON_ENTRY_CLASS, 31, "entry-kind-not-in-class")                                                     \
    X(REASON_NO_SUCH_ENTRY, 32, "no-such-entry")                                                             \
    X(REASON_NOT_CONTENT, 33, "target-not-content")                                                          \
    X(REASON_TOUCHES_TOO_MANY, 34, "touches-too-many-blocks")                                                \
    X(REASON_HISTORY_FULL, 35, "history-full")                                                               \
    X(REASON_VOID_RANGE, 36, "void-range")                                                                   \
    X(REASON_VOID_GOVERN, 37, "govern-void-needs-later-epoch")                                               \
    X(REASON_BAD_INCEPTION, 38, "bad-inception")                                                             \
    X(REASON_FROZEN, 39, "author-frozen")                                                                    \
    X(REASON_ORPHAN, 40, "previous-block-missing")                                                           \
    X(REASON_KNOWN, 41, "already-known")                                                                     \
    X(REASON_FORK, 42, "forks-the-log")                                                                      \
    X(REASON_NOT_ADMITTED, 43, "author-not-admitted")                                                        \
    X(REASON_QUOTA, 44, "quota-exceeded")                                                                    \
    X(REASON_BAD_SUCCESSION, 45, "bad-succession")                                                           \
    X(REASON_BAD_WITHDRAWAL, 46, "withdrawal-raises-cut")                                                    \
    X(REASON_BAD_ERASED_BODY, 47, "erased-where-it-may-not-be")                                              \
    X(REASON_STALE_CHECKPOINT, 48, "checkpoint-goes-back")                                                   \
    /* verdict: integrity */                                                                                 \
    X(REASON_PATH_MISMATCH, 60, "path-mismatch")                                                             \
    X(REASON_UNWITNESSED, 61, "unwitnessed")                                                                 \
    X(REASON_ERASED, 62, "erased")                                                                           \
    X(REASON_UPGRADE, 63, "upgrade-needed")                                                                  \
    X(REASON_UNKNOWN_ISSUER, 64, "unknown-issuer")                                                           \
    X(REASON_NOT_FOUND, 65, "not-found")                                                                     \
    /* verdict: authority */                                                                                 \
    X(REASON_UNTRUSTED, 70, "untrusted-issuer")                                                              \
    X(REASON_NAMESPACE_UNOWNED, 71, "namespace-not-in-trust-file")                                           \
    X(REASON_NOT_ACCREDITED, 72, "not-accredited-for-code")                                                  \
    X(REASON_ACCREDITATION_EXPIRED, 73, "accreditation-not-in-force")                                        \
    X(REASON_WITHDRAWN, 74, "accreditation-withdrawn")                                                       \
    X(REASON_CHAIN_TOO_DEEP, 75, "chain-too-deep")                                                           \
    X(REASON_UNKNOWN_CODE, 76, "code-not-in-rule-pack")                                                      \
    X(REASON_NO_RULE_PACK, 77, "no-rule-pack")                                                               \
    X(REASON_UNKNOWN_STATE, 78, "accredited-in-other-states")                                                \
    /* verdict: status */                                                                                    \
    X(REASON_REVOKED, 80, "revoked")                                                                         \
    X(REASON_SUSPENDED, 81, "suspended")                                                                     \
    X(REASON_EXPIRED, 82, "expired")                                                                         \
    X(REASON_NOT_YET_VALID, 83, "not-yet-valid")                                                             \
    X(REASON_VOIDED, 84, "voided")                                                                           \
    X(REASON_DISPUTED, 85, "disputed")                                                                       \
    X(REASON_REPLACED, 86, "replaced")                                                                       \
    X(REASON_UNDER_APPEAL, 87, "under-appeal")                                                               \
    X(REASON_REBOUND, 88, "now-held-by-another-actor")                                                       \
    X(REASON_CONDITION, 89, "condition-not-evaluated")                                                       \
    X(REASON_REWOUND, 90, "rewound")                                                                         \
    X(REASON_CODE_NOT_OFFERED, 91, "code-not-offered-then")                                                  \
    X(REASON_OUTSIDE_NETWORK, 92, "not-in-the-network")                                                      \
    X(REASON_OTHER_STATE, 93, "not-valid-in-this-state")                                                     \
    X(REASON_PREREQUISITE, 94, "prerequisite-not-met")                                                       \
    X(REASON_RENEWAL, 95, "renewal-not-under-the-rules")                                                     \
    X(REASON_RULE_UNKNOWN, 96, "rule-not-understood")                                                        \
    /* verdict: freshness */                                                                                 \
    X(REASON_STALE, 100, "stale")                                                                            \
    X(REASON_NO_CHECKPOINT, 101, "no-checkpoint")                                                            \
    X(REASON_CLOCK, 102, "clock-behind-evidence")                                                            \
    X(REASON_INCOMPLETE, 103, "log-incomplete")                                                              \
    /* presentation */                                                                                       \
    X(REASON_WRONG_NONCE, 110, "not-our-challenge")                                                          \
    X(REASON_REPLAYED, 111, "challenge-already-answered")                                                    \
    X(REASON_WRONG_AUDIENCE, 112, "meant-for-someone-else")                                                  \
    X(REASON_PRESENTATION_EXPIRED, 113, "presentation-expired")                                              \
    X(REASON_NOT_THE_HOLDER, 114, "certificate-of-someone-else")                                             \
    X(REASON_HOLDER_KEY, 115, "holder-key-not-current")                                                      \
    X(REASON_REQUIREMENT, 116, "requirement-not-met")                                                        \
    X(REASON_NO_CHALLENGE, 117, "no-challenge-given")                                                        \
    X(REASON_CLAIM, 118, "claim-not-in-the-certificate")                                                     \
    /* affiliation */                                                                                        \
    X(REASON_NO_CONSENT, 120, "no-consent")                                                                  \
    X(REASON_CONSENT_OTHER_SHOP, 121, "consent-for-another-shop")                                            \
    X(REASON_CONSENT_OTHER_TECHNICIAN, 122, "consent-of-another-technician")                                 \
    X(REASON_CONSENT_EXPIRED, 123, "consent-expired")                                                        \
    X(REASON_CONSENT_NOT_YET, 124, "consent-begins-later")                                                   \
    X(REASON_CONSENT_USED, 125, "consent-already-used")                                                      \
    X(REASON_LEFT, 126, "affiliation-has-ended")                                                             \
    X(REASON_TWO_ROSTERS, 127, "on-two-rosters")                                                             \
    X(REASON_CONSENT_KEY, 128, "consent-by-unknown-key")                                                     \
    /* verdict: cuts, ends, states */                                                                        \
    X(REASON_CUT_NOT_HELD, 150, "cut-not-held")                                                              \
    X(REASON_BEYOND_CUT, 151, "beyond-cut")                                                                  \
    X(REASON_SIGNED_AFTER_END, 152, "signed-after-the-end")                                                  \
    X(REASON_ACCREDITED_ELSEWHERE, 153, "not-accredited-in-this-state")                                      \
    X(REASON_STATE_NOT_ASKED, 154, "accredited-by-state-none-asked")                                         \
    X(REASON_STATES_UNBOUND, 155, "states-of-accreditation-not-evaluated")                                   \
    X(REASON_CHECKPOINT_AHEAD, 156, "checkpoint-ahead-of-time")                                              \
    /* erasing */                                                                                            \
    X(REASON_ERASES_TOO_MANY, 160, "erases-too-many-entries")                                                \
    X(REASON_AFFILIATION_ERASED, 161, "affiliation-erased")                                                  \
    /* branches */                                                                                           \
    X(REASON_SWITCHING, 170, "on-its-way-to-another-branch")                                                 \
    X(REASON_BRANCHES_FULL, 171, "too-many-branches")                                                        \
    X(REASON_EPOCH_CLOSED, 172, "epoch-is-closed")                                                           \
    X(REASON_DROPPED, 175, "on-a-dropped-branch")                                                            \
    /* limits */                                                                                             \
    X(REASON_LIMIT, 180, "limit-reached")                                                                    \
    /* issuing */                                                                                            \
    X(REASON_ONLY_EXPERIENCE, 930, "counts-as-experience-alone")                                             \
    /* voids */                                                                                              \
    X(REASON_VOIDS_TOO_MANY, 940, "voids-too-many-blocks")

#define REASON_AS_ENUM(name, number, word) name = number,
enum reason { REASON_LIST(REASON_AS_ENUM) };
#undef REASON_AS_ENUM

/* The word of a reason, never NULL. */
const char *reason_word(enum reason reason);

#endif
