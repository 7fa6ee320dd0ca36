// SPDX-License-Identifier: Apache-2.0
// Privacy as a property of the schema. Every text and byte field that can cross the wire is either below a field marked
// (madoguchi.v1.secret) or in the list of open fields here, with the reason beside it. A new field must choose.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "madoguchi/v1/account_service.pb.h"
#include "madoguchi/v1/application_service.pb.h"
#include "madoguchi/v1/approval_service.pb.h"
#include "madoguchi/v1/desk_account_service.pb.h"
#include "madoguchi/v1/desk_admin_service.pb.h"
#include "madoguchi/v1/desk_check_service.pb.h"
#include "madoguchi/v1/desk_service.pb.h"
#include "madoguchi/v1/enrolment_service.pb.h"
#include "madoguchi/v1/facility_service.pb.h"
#include "madoguchi/v1/method_service.pb.h"
#include "madoguchi/v1/options.pb.h"
#include "madoguchi/v1/session_service.pb.h"
#include "madoguchi/v1/staff_service.pb.h"
#include "madoguchi/v1/user_service.pb.h"

namespace madoguchi::v1 {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Names = std::set<std::string>;

// Card data, tokens and persons.
const Names kSecret = {
    "BeginActivationRequest.token",
    "IssuedSecrets.activation_code",
    "IssuedSecrets.password",
    "EligibilityAnswer.processing_message",  // free text of the national service about one patient
    "EligibilityAnswer.results",             // the person and the insurance, everything below
    "EligibilityAnswer.search_info",         // the numbers that were asked for
    "NumberInquiry.birthdate",
    "NumberInquiry.branch",
    "NumberInquiry.insurer_number",
    "NumberInquiry.number",
    "NumberInquiry.symbol",  // an insurance paper
    "Press.expected_birthdate",
    "Press.patient_number",  // the facility's own number of a patient
    "ProposeNameRequest.name",
    "ConfirmNameRequest.name",  // as it stands on a card
    "ShowAgainResponse.answer",
    "StepAnswer.data",  // certificates, signatures
};

// Neither secret nor about a patient.
const Names kOpen = {
    // Ids, public keys, names of desks; what the facility knows of itself.
    "BeginActivationRequest.certificate_request",
    "BeginActivationRequest.desk_name",
    "BeginActivationResponse.activation_id",
    "BeginActivationResponse.challenge",
    "BeginActivationResponse.desk_id",
    "FinishActivationRequest.activation_id",
    "FinishActivationRequest.signature",
    "FinishActivationResponse.account_id",
    "FinishActivationResponse.certificate_pem",
    "FinishActivationResponse.desk_id",
    "FinishActivationResponse.desk_listener",
    "FinishActivationResponse.desk_name",
    "FinishActivationResponse.institution_code",
    "Hello.institution_code",
    "Hello.reader",
    "IssuedSecrets.account_id",
    "IssuedSecrets.institution_code",
    "RenewLateRequest.certificate_pem",
    "RenewLateRequest.certificate_request",
    "RenewLateRequest.signature",
    "RenewLateResponse.certificate_pem",
    "CheckAnswer.press_id",
    "Press.press_id",
    "PressAccepted.press_id",
    "PolicyRefusal.press_id",  // random numbers
    "RunScript.press_id",
    "ScriptResult.press_id",
    "ScreenReport.press_id",
    "ScreenReport.report_id",
    "ScreenReportTaken.report_id",
    "EligibilityAnswer.confirmation_date",
    "EligibilityAnswer.confirmation_date_raw",  // the day of the check
    "EligibilityAnswer.executed_at",
    "EligibilityAnswer.executed_at_raw",
    "EligibilityAnswer.reference_classification",
    "EligibilityAnswer.reference_classification_code",  // code tables
    "EligibilityAnswer.segment_of_result",
    "EligibilityAnswer.segment_of_result_code",
    "EligibilityAnswer.processing_status",
    "EligibilityAnswer.processing_status_code",
    "EligibilityAnswer.processing_code",
    "EligibilityAnswer.validity",
    "EligibilityAnswer.validity_code",
    "EligibilityAnswer.prescription_issue",
    "EligibilityAnswer.prescription_issue_code",
    "EligibilityAnswer.unknown_elements",  // names of XML elements, no content
    "EligibilityAnswer.number_warnings",   // words of contract/insurance_number.h
    "CheckAnswer.handoff",                 // names of channels
    "Press.reader_model",
    "ConfirmRequest.press_id",
    "ShowAgainResponse.press_id",
    "ProposeNameRequest.press_id",
    "ConfirmNameRequest.press_id",
    "Welcome.desk_id",
    "Welcome.desk_name",
    "Hello.agent_version",
    "Hello.agent_instance",
    "Welcome.server_version",
    "PolicyRefusal.header",       // CLA INS P1 P2: never data of a command
    "SignedChallenge.challenge",  // single use, random
    "TransmitStep.header",
    "TransmitStep.literal",  // from the server to a card; a PIN goes through PinSlot
    "Welcome.institution_code",
    "Welcome.account_id",  // the facility's own
};

std::string NameOf(const FieldDescriptor& field) {
  return field.containing_type()->name() + '.' + field.name();
}

bool IsText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING || field.type() == FieldDescriptor::TYPE_BYTES;
}

struct Found {
  Names secret, open;
  std::set<const Descriptor*> seen;
};

// Stops at a secret field: everything below it is covered by the mark.
void Walk(const Descriptor& message, Found& found) {
  if (!found.seen.insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.options().GetExtension(secret)) {
      found.secret.insert(NameOf(field));
    } else if (IsText(field)) {
      found.open.insert(NameOf(field));
    } else if (field.message_type() != nullptr) {
      Walk(*field.message_type(), found);
    }
  }
}

Found EverythingOnTheWire() {
  Found found;
  const auto walk_service = [&found](const google::protobuf::ServiceDescriptor& service) {
    for (int i = 0; i < service.method_count(); ++i) {
      Walk(*service.method(i)->input_type(), found);
      Walk(*service.method(i)->output_type(), found);
    }
  };
  const google::protobuf::FileDescriptor* const files[] = {DeskMessage::descriptor()->file(),
                                                           BeginActivationRequest::descriptor()->file(),
                                                           ConfirmRequest::descriptor()->file()};
  for (const auto* file : files)
    for (int i = 0; i < file->service_count(); ++i) walk_service(*file->service(i));
  return found;
}

TEST(SecretOption, MarksEveryFieldThatHoldsCardDataTokensOrPersons) {
  EXPECT_THAT(EverythingOnTheWire().secret, testing::ContainerEq(kSecret));
}

TEST(SecretOption, IsMissingOnlyWhereAFieldIsKnownToBeHarmless) {
  EXPECT_THAT(EverythingOnTheWire().open, testing::ContainerEq(kOpen));
}

// Of the services for administrators and for a desk's own account: whatever is called like a secret is marked.
TEST(SecretOption, MarksEveryTextFieldThatIsNamedLikeASecret) {
  const Names harmless = {
      "institution_code",
      "institution_codes",
      "to_code",
      "staff_code",
      "operator_code",  // the facility's own numbers
      "code",           // RegisterInstitutionRequest: seven public digits
  };
  const google::protobuf::FileDescriptor* const files[] = {
      ListAccountsRequest::descriptor()->file(),  ApplyRequest::descriptor()->file(),
      ApproveRequest::descriptor()->file(),       DeskLogInRequest::descriptor()->file(),
      PrepareDesksRequest::descriptor()->file(),  RegisterInstitutionRequest::descriptor()->file(),
      ConsoleLogInRequest::descriptor()->file(),  AddStaffRequest::descriptor()->file(),
      CreateUserRequest::descriptor()->file(),    BeginActivationRequest::descriptor()->file(),
      AddMethodRuleRequest::descriptor()->file(),
  };
  int marked = 0;
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      for (int j = 0; j < file->message_type(i)->field_count(); ++j) {
        const FieldDescriptor& field = *file->message_type(i)->field(j);
        if (!IsText(field)) continue;
        const bool is_marked = field.options().GetExtension(secret);
        marked += is_marked ? 1 : 0;
        bool like_a_secret = false;
        for (const char* word :
             {"password", "pin", "code", "token", "link", "content", "sheet", "last4", "uri", "secret"}) {
          like_a_secret = like_a_secret || field.name().find(word) != std::string::npos;
        }
        const bool is_named_harmless = harmless.contains(field.name());
        EXPECT_TRUE(is_marked || !like_a_secret || is_named_harmless) << NameOf(field);
      }
    }
  }
  EXPECT_GE(marked, 30);
}

TEST(Schema, HasThePersonOnlyBelowAMarkedField) {
  const Found found = EverythingOnTheWire();
  EXPECT_FALSE(found.seen.contains(QualificationResult::descriptor()));
  EXPECT_FALSE(found.seen.contains(MedicalTicket::descriptor()));
}

TEST(Schema, HasNoPlaceForAPin) {
  EXPECT_EQ(PinSlot::descriptor()->field_count(), 0);
  const Found found = EverythingOnTheWire();
  for (const Descriptor* message : found.seen) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      const std::string name = '_' + field.name() + '_';
      if (name.find("_pin_") != std::string::npos) {
        EXPECT_EQ(field.message_type(), PinSlot::descriptor()) << NameOf(field);
      }
    }
  }
}

}  // namespace
}  // namespace madoguchi::v1
