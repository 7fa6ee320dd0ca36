// SPDX-License-Identifier: Apache-2.0
#include "tests/server/eligibility/xml_writer.h"

#include <iconv.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace madoguchi::eligibility::test {
namespace {

using Elements = std::vector<std::string>;

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&#x3E;";
    } else if (c == '\r') {
      escaped += "&#xD;";  // a line end as it stands would be read as \n
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Element(const std::string& name, const std::string& inner) {
  return "<" + name + ">" + inner + "</" + name + ">";
}

std::string Joined(Elements elements, std::mt19937* shuffle) {
  if (shuffle != nullptr) std::shuffle(elements.begin(), elements.end(), *shuffle);
  std::string joined;
  for (const std::string& element : elements) joined += "\n" + element;
  return joined + "\n";
}

#define WRITE_TEXT(x, element) \
  if (from.x) elements.push_back(Element(element, Escaped(*from.x)));
#define WRITE_CODE(x, element, table) WRITE_TEXT(x##_code, element)
#define WRITE_RAW(x, element) WRITE_TEXT(x##_raw, element)
#define WRITE_ALL(FIELDS) FIELDS(WRITE_TEXT, WRITE_CODE, WRITE_RAW, WRITE_RAW, WRITE_RAW)

#define FILL_TEXT(x, element) to.x = any.Text();
#define FILL_CODE(x, element, table) FILL_TEXT(x##_code, element)
#define FILL_RAW(x, element) FILL_TEXT(x##_raw, element)
#define FILL_ALL(FIELDS) FIELDS(FILL_TEXT, FILL_CODE, FILL_RAW, FILL_RAW, FILL_RAW)

std::string Flat(const ElderlyRecipientCertificate& from, std::mt19937* shuffle) {
  Elements elements;
  WRITE_ALL(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
  return Joined(elements, shuffle);
}

std::string Flat(const LimitCertificate& from, std::mt19937* shuffle) {
  Elements elements;
  WRITE_ALL(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
  return Joined(elements, shuffle);
}

std::string Flat(const SpecificDiseaseCertificate& from, std::mt19937* shuffle) {
  Elements elements;
  WRITE_ALL(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
  return Joined(elements, shuffle);
}

std::string Flat(const MedicalTicket& from, std::mt19937* shuffle) {
  Elements elements;
  WRITE_ALL(MADOGUCHI_MEDICAL_TICKET_FIELDS)
  return Joined(elements, shuffle);
}

std::string Flat(const SearchInfo& from, std::mt19937* shuffle) {
  Elements elements;
  WRITE_ALL(MADOGUCHI_SEARCH_INFO_FIELDS)
  return Joined(elements, shuffle);
}

std::string Result(const QualificationResult& from, std::mt19937* shuffle) {
  Elements elements;
  WRITE_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  if (from.elderly_recipient_certificate) {
    elements.push_back(Element("ElderlyRecipientCertificateInfo", Flat(*from.elderly_recipient_certificate, shuffle)));
  }
  if (from.limit_certificate) {
    elements.push_back(Element("LimitApplicationCertificateRelatedInfo", Flat(*from.limit_certificate, shuffle)));
  }
  std::string list;
  for (const auto& disease : from.specific_diseases_certificates) {
    list += Element("SpecificDiseasesCertificateInfo", Flat(disease, shuffle));
  }
  if (!list.empty()) elements.push_back(Element("SpecificDiseasesCertificateList", list));
  list.clear();
  for (const auto& ticket : from.medical_tickets) list += Element("MedicalTicketInfo", Flat(ticket, shuffle));
  if (!list.empty()) elements.push_back(Element("PublicExpenseResultList", list));
  return Joined(elements, shuffle);
}

struct Any {
  std::mt19937& chance;
  bool any_unicode;

  std::size_t UpTo(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(chance); }

  // Absent, empty, padded, only spaces, awkward in XML, or longer than usual; the characters from kFirstOfUnicode on do
  // not exist in CP932.
  std::optional<std::string> Text() {
    static constexpr const char* kParts[] = {
        " ",  "1",  "0",  "窓口",  "花子", "　", "ﾏﾄﾞｸﾞﾁ", "●",  "①",    "髙", "&",  "<", ">",      "\"",         "'",
        "]]", "Ａ", "\\", "&amp;", "\n",   "\t", "\r",     "～", "    ", "%",  "𠮷", "é", "\u00A5", "\U000E0041", "한"};
    constexpr std::size_t kFirstOfUnicode = 25;
    if (UpTo(3) == 0) return std::nullopt;
    std::string text;
    const std::size_t kinds = any_unicode ? std::size(kParts) : kFirstOfUnicode;
    for (std::size_t parts = UpTo(8); parts > 0; --parts) text += kParts[UpTo(kinds - 1)];
    return text;
  }
};

}  // namespace

Envelope OurEnvelope(bool shift_jis) {
  Envelope envelope;
  envelope.institution_code = kInstitution;
  envelope.file_identifier = kPressHex;
  envelope.character_code = shift_jis ? "1" : "0";
  return envelope;
}

std::string WriteXml(const Envelope& envelope, const Answer& answer, std::mt19937* shuffle, bool shift_jis) {
  Elements header, body;
  {
    Elements& elements = header;
    {
      const Envelope& from = envelope;
      WRITE_ALL(MADOGUCHI_ENVELOPE_FIELDS)
    }
    const Answer& from = answer;
    WRITE_ALL(MADOGUCHI_HEADER_FIELDS)
  }
  {
    Elements& elements = body;
    const Answer& from = answer;
    WRITE_ALL(MADOGUCHI_BODY_FIELDS)
  }
  if (answer.search_info) {
    body.push_back(Element("QualificationConfirmSearchInfo", Flat(*answer.search_info, shuffle)));
  }
  std::string list;
  for (const QualificationResult& result : answer.results) {
    list += Element("ResultOfQualificationConfirmation", Result(result, shuffle));
  }
  if (!list.empty()) body.push_back(Element("ResultList", list));
  for (const std::string& name : answer.unknown_elements) body.push_back(Element(name, "<Inner>text</Inner>"));
  const Elements parts = {Element("MessageHeader", Joined(header, shuffle)),
                          Element("MessageBody", Joined(body, shuffle))};
  return std::string("<?xml version=\"1.0\" encoding=\"") + (shift_jis ? "Shift_JIS" : "UTF-8") +
         "\" standalone=\"no\"?>\n" + Element("XmlMsg", Joined(parts, shuffle));
}

Answer AnyAnswer(std::mt19937& chance, bool any_unicode) {
  Any any{chance, any_unicode};
  Answer answer;
  {
    Answer& to = answer;
    FILL_ALL(MADOGUCHI_HEADER_FIELDS)
    FILL_ALL(MADOGUCHI_BODY_FIELDS)
  }
  answer.segment_of_result_code = "1";
  if (any.UpTo(2) == 0) {
    auto& search = answer.search_info.emplace();
    [&](SearchInfo& to) { FILL_ALL(MADOGUCHI_SEARCH_INFO_FIELDS) }(search);
  }
  for (std::size_t results = any.UpTo(3); results > 0; --results) {
    QualificationResult& to = answer.results.emplace_back();
    FILL_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
    if (any.UpTo(1) == 0) {
      auto& elderly = to.elderly_recipient_certificate.emplace();
      [&](ElderlyRecipientCertificate& to) { FILL_ALL(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS) }(elderly);
    }
    if (any.UpTo(1) == 0) {
      auto& limit = to.limit_certificate.emplace();
      [&](LimitCertificate& to) { FILL_ALL(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS) }(limit);
    }
    for (std::size_t left = any.UpTo(kSpecificDiseasesMax); left > 0; --left) {
      [&](SpecificDiseaseCertificate& to) {
        FILL_ALL(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
      }(to.specific_diseases_certificates.emplace_back());
    }
    for (std::size_t left = any.UpTo(4); left > 0; --left) {
      [&](MedicalTicket& to) { FILL_ALL(MADOGUCHI_MEDICAL_TICKET_FIELDS) }(to.medical_tickets.emplace_back());
    }
  }
  for (std::size_t left = any.UpTo(2); left > 0; --left)
    answer.unknown_elements.push_back("Later" + std::to_string(left));
  return answer;
}

std::string ToCp932(std::string_view utf8) {
  const iconv_t converter = iconv_open("CP932", "UTF-8");
  std::string in(utf8), out(utf8.size(), '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size(), to_left = out.size();
  if (iconv(converter, &from, &from_left, &to, &to_left) == static_cast<std::size_t>(-1)) std::abort();
  iconv_close(converter);
  out.resize(out.size() - to_left);
  return out;
}

}  // namespace madoguchi::eligibility::test
