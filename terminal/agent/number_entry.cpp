// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/number_entry.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "contract/insurance_number.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/key_choice.h"

namespace madoguchi::agent {
namespace {

using link::InquiryReason, link::NumberInquiry;

struct Asked {
  const char* name;
  const char* question;
  SecretBytes NumberInquiry::*field;
  std::string InsuranceNumbers::*reviewed;
};
constexpr std::array<Asked, 5> kFields = {
    {{"insurer_number", "保険者番号(8桁か6桁) / insurer number", &NumberInquiry::insurer_number,
      &InsuranceNumbers::insurer_number},
     {"symbol", "記号(なければ Enter) / symbol, if any", &NumberInquiry::symbol, &InsuranceNumbers::symbol},
     {"number", "番号 / number", &NumberInquiry::number, &InsuranceNumbers::number},
     {"branch", "枝番(2桁、分からなければ Enter) / branch, if known", &NumberInquiry::branch,
      &InsuranceNumbers::branch},
     {"birthdate", "生年月日(例 19600229) / birth date", &NumberInquiry::birthdate, &InsuranceNumbers::birthdate}}};

constexpr std::array<std::pair<const char*, InquiryReason>, 4> kReasons = {
    {{"card_not_brought", InquiryReason::kCardNotBrought},
     {"card_not_readable", InquiryReason::kCardNotReadable},
     {"before_the_visit", InquiryReason::kBeforeTheVisit},
     {"after_an_outage", InquiryReason::kAfterAnOutage}}};

Error Invalid(std::string what) {
  return {ErrorCode::kInquiryFieldInvalid, std::move(what), {}};
}

void WipeText(std::string& text) {
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

NumberReview Review(const NumberInquiry& inquiry) {
  InsuranceNumbers typed;
  for (const Asked& asked : kFields) typed.*asked.reviewed = std::string(AsText((inquiry.*asked.field).view()));
  NumberReview review = ReviewInsuranceNumbers(typed, DateInJapan(std::chrono::system_clock::now()));
  for (const Asked& asked : kFields) {
    WipeText(typed.*asked.reviewed);
    WipeText(review.to_send.*asked.reviewed);
  }
  return review;
}

void Say(std::string_view field, std::string_view word) {
  const NumberWord* text = FindNumberWord(word);
  const std::string at = field.empty() ? std::string() : std::string(field) + ": ";
  Progress("  ・" + at + (text == nullptr ? std::string(word) : std::string(text->ja) + " / " + std::string(text->en)));
}

std::string Named(const std::vector<FieldProblem>& problems) {
  std::string named;
  for (const FieldProblem& problem : problems)
    named += (named.empty() ? "" : ", ") + std::string(problem.field) + ": " + std::string(problem.word);
  return named;
}

Result<InquiryReason> AskReason(Entry& entry) {
  if (entry.typed()) {
    const std::optional<char> key = AskKey(
        "番号で照会する理由 / why by numbers\n"
        "  1 カードを持っていない / not brought   2 カードかリーダーが使えない / not readable\n"
        "  3 予約の事前確認 / before the visit   4 障害時の控えの確認 / after an outage",
        "1234");
    if (!key) return Invalid("reason: missing");
    return static_cast<InquiryReason>(*key - '0');
  }
  TRY_ASSIGN(const SecretBytes word, entry.Field("reason", "", link::kInquiryFieldBytesMax));
  std::string written(AsText(word.view()));
  std::replace(written.begin(), written.end(), '-', '_');
  for (const auto& [known, reason] : kReasons) {
    if (written == known) return reason;
  }
  return Invalid("reason: one of card-not-brought, card-not-readable, before-the-visit, after-an-outage");
}

Result<bool> AskConsent(Entry& entry) {
  if (entry.typed()) {
    return entry.Confirm("限度額情報の提供に患者さんが同意しましたか / did the patient consent to limit information?");
  }
  TRY_ASSIGN(const SecretBytes word, entry.Field("limit_consent", "", link::kInquiryFieldBytesMax));
  const std::string_view written = AsText(word.view());
  if (written.empty() || written == "no" || written == "0") return false;
  if (written == "yes" || written == "1") return true;
  return Invalid("limit-consent: yes or no");
}

Result<NumberInquiry> Blank() {
  std::array<std::optional<SecretBytes>, kFields.size()> empty;
  for (std::optional<SecretBytes>& one : empty) {
    TRY_ASSIGN(SecretBytes blank, SecretBytes::Make(1));
    one.emplace(std::move(blank));
  }
  return NumberInquiry{std::move(*empty[0]), std::move(*empty[1]), std::move(*empty[2]), std::move(*empty[3]),
                       std::move(*empty[4])};
}

// Whether what is there may be sent as it is. A person is shown what is unusual and decides; a program has decided.
bool Agreed(Entry& entry, const std::vector<std::string_view>& warnings) {
  if (!entry.typed() || warnings.empty()) return true;
  Progress("ご確認ください / please look again:");
  for (const std::string_view word : warnings) Say({}, word);
  return entry.Confirm("このまま照会しますか / ask with these numbers?");
}

}  // namespace

Result<NumberInquiry> AskNumbers(Entry& entry) {
  TRY_ASSIGN(NumberInquiry inquiry, Blank());
  std::vector<FieldProblem> problems;
  for (int round = 0; round < kNumbersTypedMax; ++round) {
    for (const Asked& asked : kFields) {
      const bool again = std::any_of(problems.begin(), problems.end(),
                                     [&asked](const FieldProblem& one) { return one.field == asked.name; });
      if (!problems.empty() && !again) continue;
      TRY_ASSIGN(inquiry.*asked.field, entry.Field(asked.name, asked.question, link::kInquiryFieldBytesMax));
    }
    NumberReview review = Review(inquiry);
    problems = std::move(review.problems);
    if (!problems.empty() && !entry.typed()) return Invalid(Named(problems));
    for (const FieldProblem& problem : problems) Say(problem.field, problem.word);
    if (!problems.empty() || !Agreed(entry, review.warnings)) continue;
    TRY_ASSIGN(inquiry.limit_consent, AskConsent(entry));
    TRY_ASSIGN(inquiry.reason, AskReason(entry));
    return inquiry;
  }
  return Invalid(problems.empty() ? "not agreed to" : Named(problems));
}

Result<void> AskMoreNumbers(Entry& entry, NumberInquiry& inquiry) {
  Progress("足すものだけ入力してください(そのままなら Enter) / type what can be added; Enter keeps a field:");
  std::vector<FieldProblem> problems;
  for (int round = 0; round < kNumbersTypedMax; ++round) {
    for (const Asked& asked : kFields) {
      if (asked.field != &NumberInquiry::symbol && asked.field != &NumberInquiry::branch) continue;
      TRY_ASSIGN(SecretBytes typed, entry.Field(asked.name, asked.question, link::kInquiryFieldBytesMax));
      if (!typed.empty()) inquiry.*asked.field = std::move(typed);
    }
    problems = Review(inquiry).problems;
    if (problems.empty()) return {};
    for (const FieldProblem& problem : problems) Say(problem.field, problem.word);
  }
  return Invalid(Named(problems));
}

Result<SecretBytes> DayOf(const SecretBytes& typed) {
  InsuranceNumbers alone;
  alone.birthdate = AsText(typed.view());
  std::string day = ReviewInsuranceNumbers(alone, DateInJapan(std::chrono::system_clock::now())).to_send.birthdate;
  WipeText(alone.birthdate);
  Result<SecretBytes> kept = SecretBytes::Make(link::kBirthdateBytes);
  if (kept && !kept->Append(AsBytes(day))) kept->Clear();
  WipeText(day);
  return kept;
}

}  // namespace madoguchi::agent
