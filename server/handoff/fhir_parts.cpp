// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/fhir_parts.h"

#include <algorithm>

#include "contract/crypto/digest.h"
#include "contract/full_width.h"
#include "server/eligibility/meanings.h"

namespace madoguchi::handoff::fhir {
namespace {

constexpr std::size_t kInsurerDigits = 8;
constexpr std::size_t kYenDigitsMax = 9;

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsAsciiSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// A FHIR code: no white space at the ends and no two side by side. The ideographic space counts as white space here:
// readers differ.
bool IsCode(std::string_view text) {
  if (text.empty() || IsAsciiSpace(text.front()) || IsAsciiSpace(text.back())) return false;
  if (text.find("　") != std::string_view::npos) return false;
  return std::adjacent_find(text.begin(), text.end(),
                            [](char a, char b) { return IsAsciiSpace(a) && IsAsciiSpace(b); }) == text.end();
}

Json AsReceived(const std::string& raw) {
  return {{"extension", Json::array({Extension(std::string(kLocal) + "as-received", "valueString", raw)})}};
}

void PutConverted(Json& object, const char* name, const std::optional<std::string>& raw,
                  std::optional<std::string> (*convert)(std::string_view)) {
  if (!raw || !IsText(*raw)) return;
  if (auto converted = convert(*raw)) {
    object[name] = *std::move(converted);
  } else {
    object["_" + std::string(name)] = AsReceived(*raw);
  }
}

// value[x] of one field; nothing when FHIR has no way to hold it.
std::optional<Json> ReceivedField(const Field& field) {
  if (!IsText(field.received)) return std::nullopt;
  const std::string url(field.name);
  if (field.kind == FieldKind::kCode) return Extension(url, "valueCoding", Coding(*field.table, field.received));
  if (field.kind == FieldKind::kDate) {
    if (const auto iso = eligibility::IsoDate(field.received)) return Extension(url, "valueDate", *iso);
  } else if (field.kind == FieldKind::kTime) {
    if (const auto iso = eligibility::IsoTime(field.received)) return Extension(url, "valueDateTime", *iso);
  }
  return Extension(url, "valueString", field.received);
}

}  // namespace

std::string ResourceId(ByteView press_id, std::string_view name) {
  Bytes input(press_id.begin(), press_id.end());
  input.insert(input.end(), name.begin(), name.end());
  const crypto::Sha256Digest digest = crypto::Sha256(input);
  Bytes uuid(digest.begin(), digest.begin() + 16);
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x80);  // version 8
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);  // RFC 9562's variant
  return UuidText(uuid);
}

Json Reference(const std::string& id) {
  return {{"reference", "urn:uuid:" + id}};
}

bool IsText(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Scalar scalar = ScalarAt(text, at);
    if (scalar.bytes == 0) return true;
    if (scalar.value != 0x3000 && (scalar.value > 0x20 || !IsAsciiSpace(text[at]))) return true;
    at += scalar.bytes;
  }
  return false;
}

void PutText(Json& object, const char* name, const std::optional<std::string>& text) {
  if (text && IsText(*text)) object[name] = *text;
}

void PutDate(Json& object, const char* name, const std::optional<std::string>& raw) {
  PutConverted(object, name, raw, eligibility::IsoDate);
}

void PutTime(Json& object, const char* name, const std::optional<std::string>& raw) {
  PutConverted(object, name, raw, eligibility::IsoTime);
}

std::optional<Json> PeriodOf(const std::optional<std::string>& start, const std::optional<std::string>& end) {
  Json period = Json::object();
  PutDate(period, "start", start);
  PutDate(period, "end", end);
  if (period.empty()) return std::nullopt;
  if (period.contains("start") && period.contains("end") && period["start"] > period["end"])
    return Json{{"_start", AsReceived(*start)}, {"_end", AsReceived(*end)}};
  return period;
}

Json Coding(const std::string& system, const std::string& code, std::string_view display) {
  Json coding = {{"system", system}};
  if (IsCode(code)) {
    coding["code"] = code;
  } else {
    coding["_code"] = AsReceived(code);
  }
  if (!display.empty()) coding["display"] = display;
  return coding;
}

Json Coding(const eligibility::CodeTable& table, const std::string& received) {
  return Coding(std::string(kLocal) + "CodeSystem:" + std::string(table.name), received,
                eligibility::MeaningOf(table, received).value_or(std::string_view{}));
}

Json Concept(Json coding) {
  return {{"coding", Json::array({std::move(coding)})}};
}

Json Extension(const std::string& url, const char* value_name, Json value) {
  return {{"url", url}, {value_name, std::move(value)}};
}

Json Absent() {
  constexpr char kUrl[] = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
  return {{"extension", Json::array({Extension(kUrl, "valueCode", "unknown")})}};
}

Json Received(const char* name, const std::vector<Field>& fields) {
  Json extension = {{"url", std::string(kLocal) + name}, {"extension", Json::array()}};
  for (const Field& field : fields) {
    if (auto received = ReceivedField(field)) extension["extension"].push_back(*std::move(received));
  }
  return extension;
}

std::optional<int> Percent(const std::optional<std::string>& raw) {
  if (!raw || raw->size() != 3 || !IsDigits(*raw) || *raw > "100") return std::nullopt;
  return std::stoi(*raw);
}

std::optional<int> Yen(const std::optional<std::string>& text) {
  if (!text || text->size() > kYenDigitsMax || !IsDigits(*text)) return std::nullopt;
  return std::stoi(*text);
}

std::string FullWidth(std::string_view text) {
  std::string wide;
  for (std::size_t at = 0; at < text.size();) {
    const Scalar scalar = ScalarAt(text, at);
    const std::size_t bytes = std::max<std::size_t>(scalar.bytes, 1);
    if (scalar.value > 0x20 && scalar.value < 0x7F) {  // U+FF01 … U+FF5E
      const auto low = static_cast<unsigned>(scalar.value - 0x20);
      wide += {static_cast<char>(0xEF), static_cast<char>(0xBC + (low >> 6)), static_cast<char>(0x80 + (low & 0x3F))};
    } else if (scalar.value != 0x3000 && !IsAsciiSpace(text[at])) {
      wide += text.substr(at, bytes);
    }
    at += bytes;
  }
  return wide;
}

std::string InsurerNumber8(const std::optional<std::string>& received) {
  if (!received || !IsText(*received)) return {};
  std::string number = *received;
  while (IsAsciiSpace(number.back())) number.pop_back();
  number.erase(number.begin(), std::find_if_not(number.begin(), number.end(), IsAsciiSpace));
  if (IsDigits(number) && number.size() < kInsurerDigits) number.insert(0, kInsurerDigits - number.size(), '0');
  return number;
}

std::optional<std::string> Branch2(const std::optional<std::string>& received) {
  if (!received) return std::nullopt;
  std::string branch = FoldFullWidth(*received);
  std::erase_if(branch, IsAsciiSpace);
  if (!IsDigits(branch) || branch.size() > 2) return std::nullopt;
  return branch.size() == 1 ? "0" + branch : branch;
}

}  // namespace madoguchi::handoff::fhir
