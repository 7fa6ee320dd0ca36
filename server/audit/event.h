// SPDX-License-Identifier: Apache-2.0
// The words in audit_event.action. They are stable: exports and searches rely on them, so a word is never changed or
// given another meaning. "<module>.<what happened>". Text goes with them only as `detail` (≤ kDetailBytesMax, no
// personal data).
#pragma once
#include <cstddef>

namespace madoguchi::audit {

inline constexpr std::size_t kDetailBytesMax = 512;  // Event::detail; longer text is cut

namespace action {

inline constexpr char kCheckIntent[] = "check.intent";    // before a check has any effect
inline constexpr char kCheckOutcome[] = "check.outcome";  // what the desk is told
inline constexpr char kCheckRefused[] =
    "check.refused";  // by the rules of the intent: account, desk or press; no check began
// The row before it (same press) was committed after its check had given up waiting: nothing followed from it. `code`
// is what the desk was told instead.
inline constexpr char kCheckTooLate[] = "check.too_late";

inline constexpr char kDeskPolicyRefusal[] = "desk.policy_refusal";        // the desk refused a command of a script
inline constexpr char kDeskStreamsAlternate[] = "desk.streams_alternate";  // two agents use one desk's identity
inline constexpr char kDeskScriptAnswersInvalid[] = "desk.script_answers_invalid";
inline constexpr char kDeskProtocolBroken[] = "desk.protocol_broken";  // any other message that breaks the protocol
inline constexpr char kDeskPressRefused[] =
    "desk.press_refused";  // busy, stopping or another press open: no check began

inline constexpr char kIdentityEnrolled[] = "identity.enrolled";
inline constexpr char kIdentityTokenRefused[] = "identity.token_refused";

inline constexpr char kAppStarted[] = "app.started";
inline constexpr char kAppStopped[] = "app.stopped";

}  // namespace action
}  // namespace madoguchi::audit
