// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_answer.h"

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <utility>

#include "server/eligibility/xml_text.h"

namespace madoguchi::eligibility {
namespace {

template <class Owner>
struct Field {
  std::string_view element;
  std::optional<std::string> Owner::*member;
};

#define MADOGUCHI_TEXT_FIELD(x, element) Field<Owner>{element, &Owner::x},
#define MADOGUCHI_CODE_FIELD(x, element, table) Field<Owner>{element, &Owner::x##_code},
#define MADOGUCHI_RAW_FIELD(x, element) Field<Owner>{element, &Owner::x##_raw},
#define MADOGUCHI_FIELD_TABLE(OWNER, FIELDS)                                                                    \
  [] {                                                                                                          \
    using Owner = OWNER;                                                                                        \
    return std::to_array<Field<Owner>>({FIELDS(MADOGUCHI_TEXT_FIELD, MADOGUCHI_CODE_FIELD, MADOGUCHI_RAW_FIELD, \
                                               MADOGUCHI_RAW_FIELD, MADOGUCHI_RAW_FIELD)});                     \
  }()

constexpr auto kEnvelopeFields = MADOGUCHI_FIELD_TABLE(Envelope, MADOGUCHI_ENVELOPE_FIELDS);
constexpr auto kHeaderFields = MADOGUCHI_FIELD_TABLE(Answer, MADOGUCHI_HEADER_FIELDS);
constexpr auto kBodyFields = MADOGUCHI_FIELD_TABLE(Answer, MADOGUCHI_BODY_FIELDS);
constexpr auto kQualificationFields = MADOGUCHI_FIELD_TABLE(QualificationResult, MADOGUCHI_QUALIFICATION_FIELDS);
constexpr auto kElderlyFields = MADOGUCHI_FIELD_TABLE(ElderlyRecipientCertificate, MADOGUCHI_ELDERLY_RECIPIENT_FIELDS);
constexpr auto kLimitFields = MADOGUCHI_FIELD_TABLE(LimitCertificate, MADOGUCHI_LIMIT_CERTIFICATE_FIELDS);
constexpr auto kDiseaseFields = MADOGUCHI_FIELD_TABLE(SpecificDiseaseCertificate, MADOGUCHI_SPECIFIC_DISEASE_FIELDS);
constexpr auto kTicketFields = MADOGUCHI_FIELD_TABLE(MedicalTicket, MADOGUCHI_MEDICAL_TICKET_FIELDS);

// Known, but of no use here: the echo of an inquiry by insurance card, and the four viewing consents that never apply
// to this type of use.
constexpr std::array kUnusedElements = {std::string_view("QualificationConfirmSearchInfo"),
                                        std::string_view("SpecificHealthCheckupsInfoConsFlg"),
                                        std::string_view("SpecificHealthCheckupsInfoConsTime"),
                                        std::string_view("SpecificHealthCheckupsInfoAvailableTime"),
                                        std::string_view("PharmacistsInfoConsFlg"),
                                        std::string_view("PharmacistsInfoConsTime"),
                                        std::string_view("PharmacistsInfoAvailableTime"),
                                        std::string_view("DiagnosisInfoConsFlg"),
                                        std::string_view("DiagnosisInfoConsTime"),
                                        std::string_view("DiagnosisInfoAvailableTime"),
                                        std::string_view("OperationInfoConsFlg"),
                                        std::string_view("OperationInfoConsTime"),
                                        std::string_view("OperationInfoAvailableTime")};

Error Malformed(std::string detail) {
  return {ErrorCode::kNationalAnswerMalformed, std::move(detail), {}};
}

class DepthCheck : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node&) override { return depth() < kXmlDepthMax; }
};

class Reader {
 public:
  Result<ReceivedAnswer> Read(const pugi::xml_document& document) {
    const pugi::xml_node root = document.document_element();
    if (std::string_view(root.name()) != "XmlMsg" || OtherElementBeside(root))
      return Malformed("the root is not one XmlMsg");
    TRY_ASSIGN(const pugi::xml_node header, OnlyChild(root, "XmlMsg", "MessageHeader"));
    if (!header) return Malformed("XmlMsg/MessageHeader is missing");
    TRY_ASSIGN(const pugi::xml_node body, OnlyChild(root, "XmlMsg", "MessageBody"));
    for (const pugi::xml_node child : root.children()) {
      if (child != header && child != body) NoteUnknown(child);
    }
    TRY_VOID(ReadHeader(header, "XmlMsg/MessageHeader"));
    if (!received_.answer.segment_of_result_code) return Malformed("XmlMsg/MessageHeader/SegmentOfResult is missing");
    if (!body && received_.answer.segment_of_result_code == "1") return Malformed("XmlMsg/MessageBody is missing");
    TRY_VOID(ReadBody(body, "XmlMsg/MessageBody"));
    return std::move(received_);
  }

 private:
  static bool OtherElementBeside(const pugi::xml_node& root) {
    const auto siblings = root.parent().children();
    return std::count_if(siblings.begin(), siblings.end(),
                         [](const pugi::xml_node& node) { return node.type() == pugi::node_element; }) != 1;
  }

  // No node when there is none; an error when there are several.
  static Result<pugi::xml_node> OnlyChild(const pugi::xml_node& parent, const std::string& path, const char* name) {
    const pugi::xml_node child = parent.child(name);
    if (child && child.next_sibling(name)) return Malformed(path + "/" + name + " twice");
    return child;
  }

  void NoteUnknown(const pugi::xml_node& node) {
    if (node.type() != pugi::node_element) return;
    std::string_view name = node.name();
    if (name.size() > kUnknownElementBytesMax) {
      std::size_t cut = kUnknownElementBytesMax;
      while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80) --cut;  // not inside a UTF-8 sequence
      name = name.substr(0, cut);
    }
    auto& names = received_.answer.unknown_elements;
    if (names.size() == kUnknownElementsMax || std::find(names.begin(), names.end(), name) != names.end()) return;
    names.emplace_back(name);
  }

  static Result<std::string> ReadText(const pugi::xml_node& node, const std::string& path) {
    std::string text;
    for (const pugi::xml_node part : node.children()) {
      if (part.type() != pugi::node_pcdata && part.type() != pugi::node_cdata)
        return Malformed(path + " holds more than text");
      text += part.value();
      if (text.size() > kTextBytesMax)
        return Malformed(path + " is longer than " + std::to_string(kTextBytesMax) + " bytes");
    }
    return text;
  }

  // True: `node` was one of these fields and is now in `owner`.
  template <class Fields, class Owner>
  static Result<bool> TakeField(const pugi::xml_node& node, const std::string& path, const Fields& fields,
                                Owner& owner) {
    const std::string_view name = node.name();
    for (const auto& field : fields) {
      if (field.element != name) continue;
      const std::string field_path = path + "/" + std::string(name);
      auto& member = owner.*field.member;
      if (member) return Malformed(field_path + " twice");
      TRY_ASSIGN(member, ReadText(node, field_path));
      return true;
    }
    return false;
  }

  // A block that holds nothing but fields.
  template <class Fields, class Owner>
  Result<void> ReadFlat(const pugi::xml_node& node, const std::string& path, const Fields& fields, Owner& owner) {
    for (const pugi::xml_node child : node.children()) {
      TRY_ASSIGN(const bool taken, TakeField(child, path, fields, owner));
      if (!taken) NoteUnknown(child);
    }
    return {};
  }

  // A list whose entries all have the name `entry`; `read(node, path)` reads one.
  template <class ReadEntry>
  Result<void> ReadList(const pugi::xml_node& list, const std::string& path, std::string_view entry,
                        std::size_t entries_max, ReadEntry read) {
    std::size_t count = 0;
    for (const pugi::xml_node child : list.children()) {
      if (entry != child.name()) {
        NoteUnknown(child);
        continue;
      }
      const std::string entry_path = path + "/" + std::string(entry);
      if (++count > entries_max) return Malformed(entry_path + " more than " + std::to_string(entries_max) + " times");
      TRY_VOID(read(child, entry_path + "[" + std::to_string(count) + "]"));
    }
    return {};
  }

  Result<void> ReadHeader(const pugi::xml_node& header, const std::string& path) {
    for (const pugi::xml_node child : header.children()) {
      TRY_ASSIGN(bool taken, TakeField(child, path, kEnvelopeFields, received_.envelope));
      if (!taken) {
        TRY_ASSIGN(taken, TakeField(child, path, kHeaderFields, received_.answer));
      }
      if (!taken) NoteUnknown(child);
    }
    return {};
  }

  Result<void> ReadBody(const pugi::xml_node& body, const std::string& path) {
    TRY_ASSIGN(const pugi::xml_node list, OnlyChild(body, path, "ResultList"));
    for (const pugi::xml_node child : body.children()) {
      TRY_ASSIGN(const bool taken, TakeField(child, path, kBodyFields, received_.answer));
      if (!taken && child != list) TRY_VOID(SkipUnused(child, path));
    }
    return ReadList(list, path + "/ResultList", "ResultOfQualificationConfirmation", kResultsMax,
                    [&](const pugi::xml_node& node, const std::string& entry_path) {
                      return ReadResult(node, entry_path, received_.answer.results.emplace_back());
                    });
  }

  Result<void> ReadResult(const pugi::xml_node& node, const std::string& path, QualificationResult& result) {
    TRY_ASSIGN(const pugi::xml_node elderly, OnlyChild(node, path, "ElderlyRecipientCertificateInfo"));
    TRY_ASSIGN(const pugi::xml_node limit, OnlyChild(node, path, "LimitApplicationCertificateRelatedInfo"));
    TRY_ASSIGN(const pugi::xml_node diseases, OnlyChild(node, path, "SpecificDiseasesCertificateList"));
    TRY_ASSIGN(const pugi::xml_node tickets, OnlyChild(node, path, "PublicExpenseResultList"));
    for (const pugi::xml_node child : node.children()) {
      if (child == elderly || child == limit || child == diseases || child == tickets) continue;
      TRY_ASSIGN(const bool taken, TakeField(child, path, kQualificationFields, result));
      if (!taken) TRY_VOID(SkipUnused(child, path));
    }
    if (elderly) {
      TRY_VOID(ReadFlat(elderly, path + "/" + elderly.name(), kElderlyFields,
                        result.elderly_recipient_certificate.emplace()));
    }
    if (limit) TRY_VOID(ReadFlat(limit, path + "/" + limit.name(), kLimitFields, result.limit_certificate.emplace()));
    TRY_VOID(ReadList(diseases, path + "/SpecificDiseasesCertificateList", "SpecificDiseasesCertificateInfo",
                      kSpecificDiseasesMax, [&](const pugi::xml_node& entry, const std::string& entry_path) {
                        return ReadFlat(entry, entry_path, kDiseaseFields,
                                        result.specific_diseases_certificates.emplace_back());
                      }));
    return ReadList(tickets, path + "/PublicExpenseResultList", "MedicalTicketInfo", kMedicalTicketsMax,
                    [&](const pugi::xml_node& entry, const std::string& entry_path) {
                      return ReadFlat(entry, entry_path, kTicketFields, result.medical_tickets.emplace_back());
                    });
  }

  Result<void> SkipUnused(const pugi::xml_node& node, const std::string& path) {
    const auto unused = std::find(kUnusedElements.begin(), kUnusedElements.end(), std::string_view(node.name()));
    if (unused == kUnusedElements.end()) {
      NoteUnknown(node);
    } else if (node.next_sibling(node.name())) {
      return Malformed(path + "/" + std::string(*unused) + " twice");
    }
    return {};
  }

  ReceivedAnswer received_;
};

// An opaque code may go to the log only if it looks like one.
std::string PrintableCode(const std::optional<std::string>& code) {
  constexpr std::size_t kCodeBytesMax = 32;
  const bool plain =
      code && !code->empty() && code->size() <= kCodeBytesMax && std::all_of(code->begin(), code->end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
      });
  return plain ? *code : "(none)";
}

}  // namespace

Result<ReceivedAnswer> ReadXmlAnswer(std::string_view received) {
  TRY_ASSIGN(const XmlText text, ReadXmlText(received));
  pugi::xml_document document;
  // No comments and no processing instructions; an insurer number may be all spaces, so text of only white space stays.
  const unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata_single;
  const pugi::xml_parse_result parsed =
      document.load_buffer(text.utf8.data(), text.utf8.size(), options, pugi::encoding_utf8);
  if (!parsed) return Malformed(std::string(parsed.description()) + " at byte " + std::to_string(parsed.offset));
  DepthCheck depth;
  if (!document.traverse(depth)) return Malformed("deeper than " + std::to_string(kXmlDepthMax) + " levels");
  TRY_ASSIGN(ReceivedAnswer answer, Reader().Read(document));
  const auto& identifier = answer.envelope.character_code;
  if (identifier && identifier != (text.declared == XmlEncoding::kUtf8 ? "0" : "1")) {  // OQSCD005
    return Error{
        ErrorCode::kNationalAnswerEncoding, "CharacterCodeIdentifier and the XML declaration do not agree", {}};
  }
  return answer;
}

Result<Answer> AcceptAnswer(ReceivedAnswer received, std::string_view file_identifier,
                            std::string_view institution_code) {
  const auto other = [](const char* element) {
    return Error{ErrorCode::kNationalAnswerOfOtherCheck, std::string(element) + " is not ours", {}};
  };
  if (received.envelope.file_identifier != file_identifier) return other("ArbitraryFileIdentifier");
  if (received.envelope.institution_code != institution_code) return other("MedicalInstitutionCode");
  const auto& segment = received.answer.segment_of_result_code;
  if (segment != "1") {
    return Error{
        ErrorCode::kNationalProcessingFailed,
        "SegmentOfResult " + PrintableCode(segment) + ", ErrorCode " + PrintableCode(received.envelope.error_code),
        {}};
  }
  return std::move(received.answer);
}

}  // namespace madoguchi::eligibility
