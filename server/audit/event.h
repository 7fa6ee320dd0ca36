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

inline constexpr char kCheckMethodRuleAdded[] = "check.method_rule_added";  // which ways of checking are allowed where
inline constexpr char kCheckMethodRuleRemoved[] = "check.method_rule_removed";
inline constexpr char kCheckZoneSet[] = "check.zone_set";  // a desk was put into a zone

// Results that leave later, or are seen again.
inline constexpr char kHandoffDelivered[] = "handoff.delivered";  // detail: channel, file name, SHA-256
inline constexpr char kHandoffRead[] =
    "handoff.read";  // by a receiver that has not yet said that it has it; actor: its certificate
inline constexpr char kHandoffRefused[] = "handoff.refused";      // not delivered, and not tried again by itself
inline constexpr char kHandoffDestroyed[] = "handoff.destroyed";  // expired, discarded, or another person
inline constexpr char kHandoffConfirmed[] =
    "handoff.confirmed";                                      // the birth date differed; the desk says it is the person
inline constexpr char kHandoffRetried[] = "handoff.retried";  // by an administrator
inline constexpr char kHandoffShownAgain[] = "handoff.shown_again";
inline constexpr char kHandoffRequestTaken[] = "handoff.request_taken";  // a receipt computer's file
inline constexpr char kHandoffRequestRefused[] = "handoff.request_refused";
inline constexpr char kHandoffNameProposed[] = "handoff.name_proposed";
inline constexpr char kHandoffNameConfirmed[] = "handoff.name_confirmed";
inline constexpr char kHandoffNameRefused[] = "handoff.name_refused";  // nothing to confirm, or by who proposed it
inline constexpr char kHandoffNameRemoved[] = "handoff.name_removed";

inline constexpr char kDeskPolicyRefusal[] = "desk.policy_refusal";        // the desk refused a command of a script
inline constexpr char kDeskStreamsAlternate[] = "desk.streams_alternate";  // two agents use one desk's identity
inline constexpr char kDeskScriptAnswersInvalid[] = "desk.script_answers_invalid";
inline constexpr char kDeskProtocolBroken[] = "desk.protocol_broken";  // any other message that breaks the protocol
inline constexpr char kDeskPressRefused[] =
    "desk.press_refused";  // busy, stopping or another press open: no check began

inline constexpr char kDeskPrepared[] = "desk.prepared";  // by the administrator: a name, accounts, an enrolment link
inline constexpr char kDeskRevoked[] = "desk.revoked";
inline constexpr char kDeskReplaced[] = "desk.replaced";  // another PC takes over: this one is revoked

inline constexpr char kIdentityEnrolled[] = "identity.enrolled";
inline constexpr char kIdentityTokenRefused[] = "identity.token_refused";
inline constexpr char kIdentityActivationRefused[] =
    "identity.activation_refused";  // a call of the ceremony; it may go on
inline constexpr char kIdentityActivationFailed[] =
    "identity.activation_failed";  // the ceremony ended without a certificate
inline constexpr char kIdentityActivationUndone[] =
    "identity.activation_undone";  // so did this one, undone on the national side too
inline constexpr char kIdentityCertificateRenewed[] = "identity.certificate_renewed";    // a desk's, by the desk itself
inline constexpr char kIdentityCertificateReplaced[] = "identity.certificate_replaced";  // ended: a newer one was used
inline constexpr char kIdentityRenewalRefused[] = "identity.renewal_refused";
inline constexpr char kIdentityLateRenewalAsked[] = "identity.late_renewal_asked";  // by a desk that was off for long
inline constexpr char kIdentityLateRenewalDecided[] = "identity.late_renewal_decided";
inline constexpr char kIdentityLateRenewalIssued[] = "identity.late_renewal_issued";
inline constexpr char kIdentityConsoleAdded[] = "identity.console_added";
inline constexpr char kIdentityReceiverAdded[] = "identity.receiver_added";  // a program may ask for results
inline constexpr char kIdentityServerRenewed[] = "identity.server_certificate_renewed";
inline constexpr char kIdentityRecoveryExported[] = "identity.recovery_copy_exported";

// A check or inquiry whose outcome was unknown: what the national side said of it later. detail: kind and state.
inline constexpr char kServiceCallReconciled[] = "eligibility.call_reconciled";

// Institutions, applications, issued accounts, mail.
inline constexpr char kInstitutionRegistered[] = "account.institution_registered";
inline constexpr char kInstitutionChanged[] = "account.institution_changed";
inline constexpr char kInstitutionStartSet[] = "account.institution_start_set";
inline constexpr char kInstitutionMovePlanned[] = "account.institution_move_planned";
inline constexpr char kInstitutionMoved[] = "account.institution_moved";
inline constexpr char kInstitutionRefused[] =
    "account.institution_refused";  // a registration, change, move or start date
inline constexpr char kApplicationSubmitted[] = "account.application_submitted";
inline constexpr char kApplicationReceived[] = "account.application_received";  // the national side gave its receipt
inline constexpr char kApplicationRecorded[] = "account.application_recorded";  // made in the real portal
inline constexpr char kApplicationAccepted[] = "account.application_accepted";
inline constexpr char kApplicationRejected[] = "account.application_rejected";
inline constexpr char kApplicationWithdrawn[] = "account.application_withdrawn";
inline constexpr char kApplicationRefused[] = "account.application_refused";  // by us: nothing was submitted
inline constexpr char kAccountIssued[] = "account.issued";  // password and code are sealed here; detail: from whom
inline constexpr char kAccountSheetsImported[] = "account.sheets_imported";  // beside one account.issued each
inline constexpr char kAccountImportRefused[] = "account.import_refused";    // nothing was written
inline constexpr char kAccountSheetPrinted[] = "account.sheet_printed";      // its secrets were given to the actor
inline constexpr char kAccountSheetPrintRefused[] = "account.sheet_print_refused";
inline constexpr char kAccountSheetDestroyed[] = "account.sheet_destroyed";  // sealed for long enough, never used
inline constexpr char kMailSent[] = "account.mail_sent";
inline constexpr char kMailGivenUp[] = "account.mail_given_up";

// account: what became of a device account, who logged in where, who operates a desk.
inline constexpr char kAccountActivated[] = "account.activated";
inline constexpr char kAccountSuspended[] = "account.suspended";
inline constexpr char kAccountResumed[] = "account.resumed";
inline constexpr char kAccountReleased[] = "account.released";
inline constexpr char kAccountEnded[] = "account.ended";
inline constexpr char kAccountChangeRefused[] = "account.change_refused";
inline constexpr char kAccountNoteSet[] = "account.note_set";
inline constexpr char kAccountNationalReleased[] =
    "account.national_released";  // the national side confirmed a release
inline constexpr char kAccountLoggedIn[] = "account.logged_in";
inline constexpr char kAccountLogInRefused[] = "account.log_in_refused";
inline constexpr char kAccountLoggedOut[] = "account.logged_out";
inline constexpr char kAccountLocked[] = "account.locked";  // log-in from one source; the source is in the detail
inline constexpr char kAccountLockEnded[] = "account.lock_ended";
inline constexpr char kAccountUnlocked[] = "account.unlocked";  // early, by people
inline constexpr char kAccountPasswordChanged[] = "account.password_changed";
inline constexpr char kAccountDeregistered[] = "account.deregistered";  // from the desk itself
inline constexpr char kAccountOperatorSignedIn[] = "account.operator_signed_in";
inline constexpr char kAccountOperatorSignedOut[] = "account.operator_signed_out";
inline constexpr char kAccountOperatorPinChanged[] = "account.operator_pin_changed";
inline constexpr char kAccountStaffAdded[] = "account.staff_added";
inline constexpr char kAccountStaffRemoved[] = "account.staff_removed";
inline constexpr char kAccountStaffPinReset[] = "account.staff_pin_reset";

// The console: who comes in, who is refused, acts of two people.
inline constexpr char kConsoleRefused[] = "console.refused";  // before the act: detail names the method only
inline constexpr char kConsoleLoggedIn[] = "console.logged_in";
inline constexpr char kConsoleLogInRefused[] = "console.log_in_refused";
inline constexpr char kConsoleLocked[] = "console.locked";  // five wrong attempts in a row
inline constexpr char kConsoleLoggedOut[] = "console.logged_out";
inline constexpr char kConsolePasswordChanged[] = "console.password_changed";
inline constexpr char kConsoleTotpConfirmed[] = "console.totp_confirmed";
inline constexpr char kConsoleRecoveryCodeUsed[] = "console.recovery_code_used";
inline constexpr char kConsoleResetAsked[] = "console.reset_asked";
inline constexpr char kConsolePasswordReset[] = "console.password_reset";
inline constexpr char kConsoleUserCreated[] = "console.user_created";
inline constexpr char kConsoleUserRoleSet[] = "console.user_role_set";
inline constexpr char kConsoleUserCredentialsReset[] = "console.user_credentials_reset";
inline constexpr char kConsoleUserDisabled[] = "console.user_disabled";
inline constexpr char kConsoleUserEnabled[] = "console.user_enabled";
inline constexpr char kConsoleApprovalProposed[] = "console.approval_proposed";
inline constexpr char kConsoleApprovalApproved[] = "console.approval_approved";
inline constexpr char kConsoleApprovalRefused[] = "console.approval_refused";  // by the second person
inline constexpr char kConsoleApprovalUsed[] = "console.approval_used";
inline constexpr char kConsoleBreakGlassMade[] = "console.break_glass_made";
inline constexpr char kConsoleBreakGlassUsed[] = "console.break_glass_used";
inline constexpr char kConsoleBreakGlassWrong[] = "console.break_glass_wrong";
inline constexpr char kConsoleBreakGlassReviewed[] = "console.break_glass_reviewed";
inline constexpr char kConsoleBreakGlassOverdue[] = "console.break_glass_overdue";

inline constexpr char kAppStarted[] = "app.started";
inline constexpr char kAppStopped[] = "app.stopped";

}  // namespace action
}  // namespace madoguchi::audit
