// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/eligibility/field_tables.h"
#include "server/eligibility/xml_tree.h"

namespace madoguchi::eligibility {
namespace {

// Known, but of no use here: the four viewing consents that never apply to this type of use.
constexpr std::array kUnusedElements = {std::string_view("SpecificHealthCheckupsInfoConsFlg"),
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

class Reader {
 public:
  // root: the one XmlMsg.
  Result<ReceivedAnswer> Read(const pugi::xml_node& root) {
    TRY_ASSIGN(const pugi::xml_node header, OnlyChild(root, "XmlMsg", "MessageHeader"));
    if (!header) return MalformedXml("XmlMsg/MessageHeader is missing");
    TRY_ASSIGN(const pugi::xml_node body, OnlyChild(root, "XmlMsg", "MessageBody"));
    for (const pugi::xml_node child : root.children()) {
      if (child != header && child != body) NoteUnknown(child);
    }
    TRY_VOID(ReadHeader(header, "XmlMsg/MessageHeader"));
    if (!received_.answer.segment_of_result_code)
      return MalformedXml("XmlMsg/MessageHeader/SegmentOfResult is missing");
    if (!body && received_.answer.segment_of_result_code == "1") return MalformedXml("XmlMsg/MessageBody is missing");
    TRY_VOID(ReadBody(body, "XmlMsg/MessageBody"));
    return std::move(received_);
  }

 private:
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
      if (++count > entries_max)
        return MalformedXml(entry_path + " more than " + std::to_string(entries_max) + " times");
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
    TRY_ASSIGN(const pugi::xml_node search, OnlyChild(body, path, "QualificationConfirmSearchInfo"));
    for (const pugi::xml_node child : body.children()) {
      if (child == list || child == search) continue;
      TRY_ASSIGN(const bool taken, TakeField(child, path, kBodyFields, received_.answer));
      if (!taken) TRY_VOID(SkipUnused(child, path));
    }
    if (search) {
      TRY_VOID(ReadFlat(search, path + "/" + search.name(), kSearchFields, received_.answer.search_info.emplace()));
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
      return MalformedXml(path + "/" + std::string(*unused) + " twice");
    }
    return {};
  }

  ReceivedAnswer received_;
};

}  // namespace

Result<ReceivedAnswer> ReadXmlAnswer(std::string_view received) {
  TRY_ASSIGN(const XmlText text, ReadXmlText(received));
  pugi::xml_document document;
  TRY_ASSIGN(const pugi::xml_node root, ParseXmlMsg(text, document));
  TRY_ASSIGN(ReceivedAnswer answer, Reader().Read(root));
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
    return Error{ErrorCode::kNationalProcessingFailed,
                 "SegmentOfResult " + PlainCode(segment) + ", ErrorCode " + PlainCode(received.envelope.error_code),
                 {}};
  }
  return std::move(received.answer);
}

}  // namespace madoguchi::eligibility
