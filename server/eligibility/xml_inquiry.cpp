// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_inquiry.h"

#include <utility>

#include "contract/full_width.h"
#include "contract/insurance_number.h"
#include "server/eligibility/field_tables.h"
#include "server/eligibility/xml_output.h"
#include "server/eligibility/xml_tree.h"

namespace madoguchi::eligibility {
namespace {

constexpr auto kInquiryHeaderFields = MADOGUCHI_FIELD_TABLE(InquiryMessage, MADOGUCHI_INQUIRY_HEADER_FIELDS);
constexpr char kSearchElement[] = "QualificationConfirmSearchInfo";

std::optional<std::string> Unless(bool absent, const std::string& text) {
  return absent ? std::nullopt : std::optional(text);
}

// Without padding, in half width.
std::string Comparable(const std::string& text) {
  std::string folded = FoldFullWidth(text);
  folded.erase(folded.find_last_not_of(' ') + 1);
  return folded.erase(0, folded.find_first_not_of(' '));
}

template <class Fields, class Owner>
Result<void> ReadFields(const pugi::xml_node& node, const std::string& path, const Fields& fields, Owner& owner) {
  for (const pugi::xml_node child : node.children()) {
    TRY_ASSIGN([[maybe_unused]] const bool taken, TakeField(child, path, fields, owner));
  }
  return {};
}

Result<InquiryMessage> Read(const pugi::xml_node& root) {
  const std::string header_path = "XmlMsg/MessageHeader", body_path = "XmlMsg/MessageBody";
  TRY_ASSIGN(const pugi::xml_node header, OnlyChild(root, "XmlMsg", "MessageHeader"));
  TRY_ASSIGN(const pugi::xml_node body, OnlyChild(root, "XmlMsg", "MessageBody"));
  TRY_ASSIGN(const pugi::xml_node search, OnlyChild(body, body_path, kSearchElement));
  if (!search) return MalformedXml(body_path + "/" + kSearchElement + " is missing");
  InquiryMessage message;
  TRY_VOID(ReadFields(header, header_path, kInquiryHeaderFields, message));
  if (!message.institution_code) return MalformedXml(header_path + "/MedicalInstitutionCode is missing");
  TRY_VOID(ReadFields(search, body_path + "/" + kSearchElement, kSearchFields, message.numbers));
  return message;
}

Result<ReceivedInquiry> ReadWhole(std::string_view received) {
  TRY_ASSIGN(const XmlText text, ReadXmlText(received));
  pugi::xml_document document;
  TRY_ASSIGN(const pugi::xml_node root, ParseXmlMsg(text, document));
  TRY_ASSIGN(InquiryMessage message, Read(root));
  return ReceivedInquiry{std::move(message), text.declared};
}

}  // namespace

Result<std::string> WriteXmlInquiry(const InquiryMessage& message, XmlEncoding encoding) {
  XmlOutput out(encoding);
  out.Open("XmlMsg");
  out.Open("MessageHeader");
  out.Leaves(kInquiryHeaderFields, message);
  out.Close();
  out.Open("MessageBody");
  out.Open(kSearchElement);
  out.Leaves(kSearchFields, message.numbers);
  out.Close();
  out.Close();
  out.Close();
  return std::move(out).Take();
}

Result<std::string> WriteXmlInquiry(const Inquiry& inquiry, std::string_view today) {
  InquiryMessage message;
  message.confirmation_date_raw = inquiry.confirmation_date.empty() ? today : inquiry.confirmation_date;
  message.institution_code = inquiry.caller.institution_code;
  message.file_identifier = ToHex(inquiry.press_id);
  message.numbers.insurer_number = inquiry.insurer_number;
  message.numbers.symbol = Unless(inquiry.symbol.empty(), inquiry.symbol);
  message.numbers.number = inquiry.number;
  message.numbers.branch = Unless(inquiry.branch.empty(), inquiry.branch);
  message.numbers.birthdate_raw = inquiry.birthdate;
  message.numbers.limit_consent_code = inquiry.limit_consent ? "1" : "0";  // OQSCD001
  Result<std::string> written = WriteXmlInquiry(message, XmlEncoding::kUtf8);
  if (!written) return Error{ErrorCode::kInquiryFieldInvalid, written.error().detail, {}};
  return written;
}

Result<ReceivedInquiry> ReadXmlInquiry(std::string_view received) {
  Result<ReceivedInquiry> inquiry = ReadWhole(received);
  if (!inquiry) return Error{ErrorCode::kHandoffRequestInvalid, inquiry.error().detail, {}};
  return inquiry;
}

Result<void> CheckEcho(const Answer& answer, const Inquiry& asked) {
  if (!answer.search_info) return {};
  const SearchInfo& echo = *answer.search_info;
  const auto differs = [](const std::optional<std::string>& told, const std::string& sent) {
    return told && Comparable(*told) != Comparable(sent);
  };
  const std::pair<const char*, bool> compared[] = {
      {"InsurerNumber", echo.insurer_number && PaddedInsurerNumber(Comparable(*echo.insurer_number)) !=
                                                   PaddedInsurerNumber(asked.insurer_number)},
      {"InsuredCardSymbol", differs(echo.symbol, asked.symbol)},
      {"InsuredIdentificationNumber", differs(echo.number, asked.number)},
      {"InsuredBranchNumber", differs(echo.branch, asked.branch)},
      {"Birthdate", differs(echo.birthdate_raw, asked.birthdate)}};
  for (const auto& [element, other] : compared) {
    if (!other) continue;
    return Error{
        ErrorCode::kNationalAnswerOfOtherCheck, std::string(kSearchElement) + "/" + element + " is not ours", {}};
  }
  return {};
}

}  // namespace madoguchi::eligibility
