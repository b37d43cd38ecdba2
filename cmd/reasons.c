#include "cmd/reasons.h"

#include <stddef.h>

struct reason_text {
    const char *sentence;
    const char *advice;
};

#define ASK_AGAIN "Ask whoever sent the file to make it again"
#define FETCH_MORE "Connect this node to a peer that serves this issuer, then ask again"
#define OTHER_PROGRAM                                                                                        \
    "This points to a defect or to tampering in the program that wrote it: report it to its author"

static const struct reason_text texts[] = {
    [REASON_NONE] = {"nothing stands against it", ""},

    [REASON_TRUNCATED] = {"the file or record ends too early", ASK_AGAIN},
    [REASON_TRAILING] = {"there are bytes behind its end", ASK_AGAIN},
    [REASON_NOT_CANONICAL] = {"it is not written in the one form that is allowed", ASK_AGAIN},
    [REASON_WRONG_TYPE] = {"a field holds something else than it should", ASK_AGAIN},
    [REASON_OUT_OF_RANGE] = {"a value lies outside of what is allowed", ASK_AGAIN},
    [REASON_TOO_LARGE] = {"it is larger than the limit", "Split it into smaller ones"},
    [REASON_TOO_MANY] = {"it holds more items than the limit", "Split it into smaller ones"},
    [REASON_TOO_DEEP] = {"it is nested too deeply", ASK_AGAIN},
    [REASON_BAD_TEXT] = {"a text holds characters that are not allowed",
                         "Remove control characters and text-direction marks"},
    [REASON_NOT_SORTED] = {"a list is out of order or names something twice", ASK_AGAIN},
    [REASON_INCONSISTENT] = {"its fields contradict each other", ASK_AGAIN},
    [REASON_WRONG_NETWORK] = {"it was made for another network, for instance the test network",
                              "Check that both sides run on the same network"},
    [REASON_WRONG_VERSION] = {"it was written by a version that this program does not know",
                              "Update this program"},
    [REASON_WRONG_KIND] = {"it is another kind of file or record than the one expected",
                           "Check that you named the right file"},

    [REASON_BAD_KEY] = {"a key in it is not a valid one", OTHER_PROGRAM},
    [REASON_BAD_SIGNATURE] =
        {"its signature does not fit what it says: it was altered, or signed by someone else",
         "Do not rely on it; ask for a fresh one from the source itself"},
    [REASON_SIGNATURE_COUNT] = {"it carries too few or too many signatures",
                                "Have exactly as many of the keyholders sign as the keys ask for"},
    [REASON_SIGNER_ROLE] = {"it was signed by a key that may not sign this",
                            "Sign with a key of the right role"},
    [REASON_NOT_PRECOMMITTED] = {"the new keys are not the ones that were announced before",
                                 "Rotate with the next keys of the key file that made the last rotation"},
    [REASON_WRONG_EPOCH] = {"it belongs to an earlier or later generation of keys", FETCH_MORE},
    [REASON_WRONG_SEQ] = {"its number in the log is not the one that comes next", FETCH_MORE},
    [REASON_WRONG_PREVIOUS] = {"it does not follow the newest block of its log", FETCH_MORE},
    [REASON_WRONG_AUTHOR] = {"it names another author than the log it was offered for", OTHER_PROGRAM},
    [REASON_ENTRIES_ROOT] = {"its entries are not the ones that its header promises", OTHER_PROGRAM},
    [REASON_STATE_ROOT] = {"what it says about the state of its log is wrong", OTHER_PROGRAM},
    [REASON_ENTRY_CLASS] = {"it holds an entry that may not stand in this class of block", OTHER_PROGRAM},
    [REASON_NO_SUCH_ENTRY] = {"it speaks about an entry that does not exist",
                              "Check the entry's name against `tradeproof lookup`"},
    [REASON_NOT_CONTENT] = {"it speaks about an entry that cannot be revoked or erased",
                            "Only attestations, affiliations, shop profiles and statements can be"},
    [REASON_TOUCHES_TOO_MANY] = {"it speaks about too many earlier blocks at once",
                                 "Do it in several steps of at most 256 blocks each"},
    [REASON_VOIDS_TOO_MANY] = {"it declares more than 4096 earlier blocks void at once",
                               "Void them in several blocks of at most 4096 each, as tradeproof void does"},
    [REASON_HISTORY_FULL] = {"too much was said about this entry already",
                             "Issue the certificate anew instead of changing its status again"},
    [REASON_VOID_RANGE] = {"the blocks to be voided do not exist or may not be voided",
                           "Check the range against the log"},
    [REASON_VOID_GOVERN] = {"a governing entry can only be voided after a later key rotation",
                            "Rotate the keys first"},
    [REASON_BAD_INCEPTION] = {"the first record of this actor is not a valid one", ASK_AGAIN},
    [REASON_FROZEN] = {"two rotations of the same keys are known, so this actor's log is frozen",
                       "Ask the actor by other means; it has to start under a new id"},
    [REASON_ORPHAN] = {"the block before it is missing here", FETCH_MORE},
    [REASON_KNOWN] = {"it is here already", ""},
    [REASON_FORK] = {"it contradicts a block that the same keys signed before",
                     "Make sure that only one machine signs with these keys"},
    [REASON_NOT_ADMITTED] =
        {"nobody in the trust file vouches for its author, so it is not stored here",
         "Add an owner that accredits it with `tradeproof trust add`; a shop: `tradeproof follow`"},
    [REASON_QUOTA] = {"its author has used up its storage here",
                      "Wait a day: some of it is given anew each day"},
    [REASON_BAD_SUCCESSION] = {"the hand-over of the namespace is not signed by both sides",
                               "Have the successor sign the same terms"},
    [REASON_BAD_WITHDRAWAL] = {"a withdrawal cannot be softened: it tries to give back what was withdrawn",
                               "Accredit the delegate anew instead"},
    [REASON_BAD_ERASED_BODY] = {"something is missing from it that may never be erased", OTHER_PROGRAM},
    [REASON_STALE_CHECKPOINT] = {"a newer sign of life of the same author is here already", ""},

    [REASON_PATH_MISMATCH] = {"it is not what its issuer signed", "Do not rely on it; ask the issuer"},
    [REASON_UNWITNESSED] = {"the proof leads to a state of the issuer's log that this node has not seen",
                            FETCH_MORE},
    [REASON_ERASED] = {"the issuer has erased what this certificate said",
                       "Ask the holder or the issuer for the reason"},
    [REASON_UPGRADE] = {"the issuer uses something that this version does not understand",
                        "Update this program, then ask again"},
    [REASON_UNKNOWN_ISSUER] = {"nothing of this issuer's log is held here", FETCH_MORE},
    [REASON_NOT_FOUND] = {"no certificate for it is known here",
                          "Ask the holder to present it; it may not have reached this node"},

    [REASON_UNTRUSTED] = {"nobody in your trust file vouches for this issuer",
                          "If you trust the issuer, add it with `tradeproof trust add`"},
    [REASON_NAMESPACE_UNOWNED] = {"your trust file does not say who owns this group of codes",
                                  "Add the owner with `tradeproof trust add NAMESPACE ID`"},
    [REASON_NOT_ACCREDITED] = {"the owner of this code has not accredited the issuer for it",
                               "Ask the issuer who accredited it for this code"},
    [REASON_ACCREDITATION_EXPIRED] = {"the issuer's accreditation was not in force on the day it was earned",
                                      "Ask the owner of the code whether the certificate can be issued anew"},
    [REASON_WITHDRAWN] =
        {"the issuer's accreditation was withdrawn, and this is not among what it leaves standing",
         "Ask the owner of the code whether the certificate can be issued anew"},
    [REASON_CHAIN_TOO_DEEP] = {"the accreditation was passed on more often than its owner allows",
                               "Ask the owner of the code to accredit the issuer directly"},
    [REASON_UNKNOWN_CODE] = {"the owner's rules do not know this code", "Check the code's spelling"},
    [REASON_NO_RULE_PACK] = {"the owner's rules for that day are not known here", FETCH_MORE},
    [REASON_UNKNOWN_STATE] = {"the issuer is accredited in other states only",
                              "Ask for a certificate that holds in your state"},

    [REASON_REVOKED] = {"the issuer has revoked it", "Ask the holder or the issuer for the reason"},
    [REASON_SUSPENDED] = {"the issuer has suspended it", "Ask again once the issuer has decided"},
    [REASON_EXPIRED] = {"it has expired", "Ask the holder whether it was renewed"},
    [REASON_NOT_YET_VALID] = {"it is not valid yet on that day", "Ask again from its first valid day on"},
    [REASON_VOIDED] = {"the issuer has declared void what is written there",
                       "Ask the issuer to say again how this certificate stands"},
    [REASON_DISPUTED] = {"the issuer's keys signed two contradicting logs, so this part is disputed",
                         "Ask the issuer by other means; it has to settle this with a key rotation"},
    [REASON_REPLACED] = {"another certificate has taken its place",
                         "Look at the certificate that replaced it"},
    [REASON_UNDER_APPEAL] = {"an appeal about it is not decided yet", "Ask again once the appeal is decided"},
    [REASON_REBOUND] = {"someone else's id holds it now", "Ask the holder to present it with the present id"},
    [REASON_CONDITION] =
        {"it holds under a condition that could not be checked here, such as working in the brand's network",
         "Ask the holder where they work, and connect to a node that keeps that shop's log"},
    [REASON_REWOUND] = {"the issuer's log went back behind what was seen against it before",
                        "Ask the issuer to say again how this certificate stands"},
    [REASON_DROPPED] = {"it stands on a branch of the issuer's log that the issuer has dropped",
                        "Ask the issuer whether it was issued again"},
    [REASON_CODE_NOT_OFFERED] = {"this code was not offered on the day it was earned",
                                 "Ask the issuer whether the day is right"},
    [REASON_OUTSIDE_NETWORK] =
        {"the holder works in no shop that the brand counts to its network",
         "Ask the holder where they work now, and whether that shop is in the network"},
    [REASON_OTHER_STATE] = {"it does not hold in the state that you ask about, or you named none",
                            "Name the state with --state, or ask for one that holds there"},
    [REASON_PREREQUISITE] =
        {"the rules of that day do not let one like this count, or one so soon after another",
         "Ask the issuer how it was earned"},
    [REASON_RENEWAL] = {"the rules of that day do not let it be renewed like this",
                        "Ask the issuer how it was renewed"},
    [REASON_RULE_UNKNOWN] = {"its owner's rules say something that this version does not understand",
                             "Update this program, then ask again"},

    [REASON_STALE] = {"what is known of the issuer is too old", FETCH_MORE},
    [REASON_NO_CHECKPOINT] = {"the issuer has not yet said how far its log goes", FETCH_MORE},
    [REASON_CLOCK] = {"this machine's clock is behind the evidence", "Set the clock, then ask again"},
    [REASON_INCOMPLETE] = {"part of the issuer's log has not arrived here yet", FETCH_MORE},

    [REASON_WRONG_NONCE] = {"it does not answer the challenge that you gave",
                            "Check that challenge and answer belong together, or send a new challenge"},
    [REASON_REPLAYED] = {"this challenge was answered before, and an answer counts only once",
                         "Send a new challenge with `tradeproof challenge`"},
    [REASON_WRONG_AUDIENCE] = {"it was made for someone else", "Ask the holder to answer your own challenge"},
    [REASON_PRESENTATION_EXPIRED] = {"its time is over", "Send a new challenge with `tradeproof challenge`"},
    [REASON_NOT_THE_HOLDER] = {"it was issued to someone else than the one who presents it",
                               "Ask the holder for a certificate of their own"},
    [REASON_HOLDER_KEY] = {"it was signed with keys that the holder has replaced since",
                           "Ask the holder to answer with the present keys"},
    [REASON_REQUIREMENT] = {"a required certificate is missing or does not hold",
                            "Ask the holder for the certificates that are missing"},
    [REASON_NO_CHALLENGE] = {"it does not answer a challenge of yours, so the bearer is not proven",
                             "Send a challenge with `tradeproof challenge` and have the holder answer it"},
    [REASON_CLAIM] = {"it tells of the holder what the certificate does not say",
                      "Take nothing it says as true, and ask the holder for another answer"},

    [REASON_NO_CONSENT] = {"the technician's consent is missing",
                           "Have the technician make one: `tradeproof consent SHOP`"},
    [REASON_CONSENT_OTHER_SHOP] = {"the technician gave this consent to another shop",
                                   "Ask for one to your own shop: `tradeproof consent SHOP`"},
    [REASON_CONSENT_OTHER_TECHNICIAN] = {"someone else's keys signed it than the technician's whom it names",
                                         "Ask the technician for a consent of their own"},
    [REASON_CONSENT_EXPIRED] = {"the consent's time is over", "Ask the technician for a new consent"},
    [REASON_CONSENT_NOT_YET] = {"the consent begins on a later day",
                                "Use it from that day on, or ask for one that begins now"},
    [REASON_CONSENT_USED] = {"this consent was used before, and each counts once",
                             "Ask the technician for a new consent"},
    [REASON_LEFT] = {"one side has said that the technician left",
                     "To begin again, ask the technician for a new consent"},
    [REASON_CONSENT_KEY] = {"the consent is signed by a key that the technician is not known to have",
                            "Connect this node to a peer that serves the technician's log, then ask again"},
    [REASON_TWO_ROSTERS] = {"another shop has the technician on its roster too, so neither can count on them",
                            "Have the shop that they left say so: `tradeproof shop leave`"},

    [REASON_LIMIT] = {"there is more about it than this program looks at, and what it left out may count",
                      "Ask the holder to present the certificates that you need"},
    [REASON_ERASES_TOO_MANY] = {"it erases too many entries at once",
                                "Do it in several steps of at most 4096 entries each"},
    [REASON_CUT_NOT_HELD] = {"the block up to which its issuer, or who accredited it, may speak has not come "
                             "here",
                             FETCH_MORE},
    [REASON_BEYOND_CUT] =
        {"who says this had been withdrawn, or had handed its namespace on, before saying it",
         "Ask who accredited the issuer what holds"},
    [REASON_SIGNED_AFTER_END] = {"it was signed long after its issuer's accreditation had ended",
                                 "Ask who accredited the issuer to record what came in time"},
    [REASON_ACCREDITED_ELSEWHERE] = {"its issuer was accredited for other states than the one asked about",
                                     "Ask for a certificate by an issuer of that state"},
    [REASON_STATE_NOT_ASKED] = {"its issuer was accredited for some states only, and none was asked about",
                                "Ask again with --state"},
    [REASON_STATES_UNBOUND] =
        {"its issuer was accredited for some states only, which nothing in the rules of "
         "this code asks about",
         "Ask who accredited the issuer to do so without states"},
    [REASON_CHECKPOINT_AHEAD] = {"it is dated ahead of time, and waits",
                                 "If it is this machine's clock that is behind, set it"},
    [REASON_AFFILIATION_ERASED] = {"what was said about who worked at that shop has been erased",
                                   "Ask the shop to state again who works there"},
    [REASON_SWITCHING] = {"this node is on its way to another branch of the log", "Try again in a minute"},
    [REASON_BRANCHES_FULL] = {"more branches of the log are known than are kept",
                              "Ask its author to rotate the keys, which closes all branches but one"},
    [REASON_ONLY_EXPERIENCE] = {"the rules count it as work experience alone: --basis experience",
                                "Ask the issuer to record the time worked, with its first and last day"},
    [REASON_EPOCH_CLOSED] = {"the keys that signed it were rotated away, and the rotation does not follow it",
                             "Ask its author whether the block should count"},
};

static const struct reason_text unassigned = {"a reason that this version does not know",
                                              "Update this program"};

static const struct reason_text *text_of(enum reason reason)
{
    size_t number = (size_t)reason;
    if (number >= sizeof(texts) / sizeof(texts[0]) || texts[number].sentence == NULL) {
        return &unassigned;
    }
    return &texts[number];
}

const char *reason_sentence(enum reason reason)
{
    return text_of(reason)->sentence;
}

struct other_sentence {
    enum reason reason;
    const char *sentence;
};

/* Whose words the reasons' own sentences would lay at the issuer's door. */
static const struct other_sentence of_authority[] = {
    {REASON_VOIDED, "who let the issuer certify this has declared that void"},
    {REASON_DISPUTED, "the keys of who let the issuer certify this signed two contradicting logs"},
    {REASON_REWOUND, "the log of who let the issuer certify this went back behind what was seen before"},
    {REASON_ERASED,
     "by the rules it hangs on another one of this code, which was erased and may be given back"},
    {REASON_NONE, NULL},
};

static const struct other_sentence to_issuer[] = {
    {REASON_VOIDED, "who let you issue it has declared that void: ask to be accredited again"},
    {REASON_DISPUTED,
     "the keys of who let you issue it signed two contradicting logs: ask them to settle it"},
    {REASON_REWOUND, "the log of who let you issue it went back behind what was seen before: ask them"},
    {REASON_NOT_ACCREDITED, "the owner of this code has not accredited you for it"},
    {REASON_ACCREDITATION_EXPIRED, "your accreditation was not in force on the day it was earned"},
    {REASON_WITHDRAWN, "your accreditation was withdrawn"},
    {REASON_UNKNOWN_STATE, "you are accredited in other states only"},
    {REASON_NONE, NULL},
};

static const char *sentence_among(const struct other_sentence *sentences, enum reason reason)
{
    while (sentences->sentence != NULL && sentences->reason != reason) {
        sentences++;
    }
    return sentences->sentence != NULL ? sentences->sentence : reason_sentence(reason);
}

const char *reason_sentence_of_authority(enum reason reason)
{
    return sentence_among(of_authority, reason);
}

const char *reason_sentence_to_issuer(enum reason reason)
{
    return sentence_among(to_issuer, reason);
}

const char *reason_advice(enum reason reason)
{
    return text_of(reason)->advice;
}
