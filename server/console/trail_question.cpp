// SPDX-License-Identifier: Apache-2.0
#include "server/console/trail_question.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "contract/trail_events.h"
#include "server/audit/event.h"
#include "server/audit/rights.h"
#include "server/audit/subject.h"
#include "server/console/wire_time.h"

namespace madoguchi::console {
namespace {

using account::Problems;
using audit::ReviewQuery;

constexpr int kEventNumbersEnd = 3000;  // of the registry: two digits of the module, two more
constexpr std::int64_t kMicrosecondsEnd = 253'402'300'800'000'000;  // the year 10000
constexpr unsigned kHoursOfDay = 24, kDaysOfWeek = 7, kBurstMax = 1000;

struct FieldText {
  const char *field, *ja, *en;
};
constexpr std::array kTexts{
    FieldText{"since", "検索に時間がかかりすぎました。期間を短くするか、条件を加えてください。",
              "The search took too long: ask about a shorter time or add a condition."},
    FieldText{"time", "日時は 2026-11-23T09:00:00+09:00 の形で入力してください。",
              "A time looks like 2026-11-23T09:00:00+09:00."},
    FieldText{"span", "始まりと終わりを、31 日以内の間で指定してください。",
              "Name a beginning and an end, at most 31 days apart."},
    FieldText{"day", "日は 2026-11-23 の形で入力してください。", "A day looks like 2026-11-23."},
    FieldText{"month", "月は 2026-11 の形で入力してください。", "A month looks like 2026-11."},
    FieldText{"desk_id", "端末の ID は UUID で入力してください。", "The desk's id is a UUID."},
    FieldText{"press_id", "照会操作の ID は UUID で入力してください。", "The id of a press is a UUID."},
    FieldText{"event",
              "そのような出来事の名前はありません。docs/trail-events.md の名前か check.* の形で指定してください。",
              "There is no such event. Use a word of docs/trail-events.md, or a family such as check.*."},
    FieldText{"outcome", "結果は answered か refused です。", "An outcome is answered or refused."},
    FieldText{"code", "エラーコードは 0 以上です。", "An error code is not negative."},
    FieldText{"page_size", "一度に 500 件まで表示できます。", "At most 500 rows at a time."},
    FieldText{"before", "続きの位置が正しくありません。前の結果の next を使ってください。",
              "Not a place to go on from: use `next` of the answer before."},
    FieldText{"patient", "患者番号か、保険者番号と番号を入力してください（保険は 10 件まで）。",
              "Give a patient number, or insurer number and number (at most 10 insurances)."},
    FieldText{"press_or_account", "照会操作かアカウントのどちらか一方を指定してください。",
              "Name either a press or an account."},
    FieldText{"hours", "時間外の境は 0 から 24 までで、始まりは終わりより前です。",
              "Hours are 0 to 24, the first before the last."},
    FieldText{"closed_days", "曜日は 0（日曜）から 6（土曜）です。",
              "A day of the week is 0 (Sunday) to 6 (Saturday)."},
    FieldText{"burst", "1 分あたりの回数は 1000 までです。", "At most 1000 checks a minute."},
    FieldText{"name", "名前は 1 から 60 文字で、保存できる検索は 50 件までです。",
              "A name has 1 to 60 characters; at most 50 searches are kept."},
    FieldText{"search", "この検索は保存できません。患者の番号は保存されません。",
              "This search cannot be kept: numbers of a person never are."},
    FieldText{"size", "前の点検より後に、点検できる行はまだありません。",
              "No row has its place behind the last review yet."},
    FieldText{"institution_code", "医療機関コードを指定してください。", "Name the institution code."},
    FieldText{"rows", "行が多すぎます。期間を短くするか、条件を加えてください。",
              "Too many rows: ask about a shorter time or add a condition."},
    FieldText{"format", "書き出しの形を指定してください。", "Name the format of the export."},
    FieldText{"text", "入力が長すぎます。", "The text is too long."}};

void Wrong(Problems& problems, const std::string& field, const char* text) {
  const auto found = std::find_if(kTexts.begin(), kTexts.end(),
                                  [&](const FieldText& one) { return one.field == std::string_view(text); });
  const FieldText& said = found == kTexts.end() ? kTexts.front() : *found;
  problems.push_back({field, said.ja, said.en, false});
}

// Reads the fields of one question one after the other.
class Reading {
 public:
  explicit Reading(TrailQuestion& question, const Caller& caller) : question_(question) {
    question_.query.institution_codes = caller.institution_codes;
  }
  void Institution(const std::string& code) {
    if (code.empty()) return;
    Used("institution");
    question_.query.institution_codes = {code};  // Guard saw that it may
  }
  void Time(const char* field, const std::string& text, std::string& into) {
    if (text.empty()) return;
    Used(field);
    if (!TimeOf(text)) Wrong(question_.problems, field, "time");
    into = text;
  }
  void Uuid(const char* field, const std::string& text, std::string& into) {
    if (text.empty()) return;
    Used(field);
    if (!UuidFromText(text)) Wrong(question_.problems, field, field);
    into = text;
  }
  void Text(const char* field, const std::string& text, std::string& into) {
    if (text.empty()) return;
    Used(field);
    if (text.size() > audit::kReviewTextBytesMax) Wrong(question_.problems, field, "text");
    into = text;
  }
  void Page(std::uint32_t size, std::size_t usual, const std::string& before) {
    if (size > audit::kReviewPageMax) Wrong(question_.problems, "page_size", "page_size");
    question_.query.rows = size == 0 ? usual : size;
    if (before.empty()) return;
    audit::ReviewPlace place;
    const char* const end = before.data() + before.size();
    auto [at, error] = std::from_chars(before.data(), end, place.recorded_us);
    if (error == std::errc() && at != end && *at == '-') {
      const auto [last, wrong] = std::from_chars(at + 1, end, place.sequence);
      if (wrong == std::errc() && last == end && place.sequence >= 0 && place.recorded_us >= 0 &&
          place.recorded_us < kMicrosecondsEnd) {
        question_.query.after = place;
        return;
      }
    }
    Wrong(question_.problems, "before", "before");
  }
  void Event(const std::string& word);
  void Patient(const v1::Patient& patient, const audit::KeyedHash& keys);
  void Used(const char* filter) { question_.filters += (question_.filters.empty() ? "" : ",") + std::string(filter); }

 private:
  TrailQuestion& question_;
};

void Reading::Event(const std::string& word) {
  if (word.empty()) return;
  Used("event");
  std::vector<std::string>& actions = question_.query.actions;
  if (!word.ends_with(".*")) {
    if (audit::FindTrailEvent(word) != nullptr) actions.push_back(word);
  } else {
    const std::string family = word.substr(0, word.size() - 1);
    for (int number = 0; number < kEventNumbersEnd; ++number) {
      const audit::TrailEvent* event = audit::FindTrailEvent(number);
      if (event != nullptr && event->word.starts_with(family)) actions.emplace_back(event->word);
    }
  }
  if (actions.empty()) Wrong(question_.problems, "event", "event");
}

void Reading::Patient(const v1::Patient& patient, const audit::KeyedHash& keys) {
  ReviewQuery& query = question_.query;
  std::vector<audit::Insurance> insurances;
  bool whole =
      patient.insurances_size() <= kInsurancesMax && patient.patient_number().size() <= audit::kReviewTextBytesMax;
  for (const v1::Insurance& insurance : patient.insurances()) {
    whole = whole && !insurance.insurer_number().empty() && !insurance.number().empty() &&
            insurance.ByteSizeLong() <= audit::kReviewTextBytesMax;
    insurances.push_back({insurance.insurer_number(), insurance.symbol(), insurance.number(), insurance.branch()});
  }
  if (!whole || (patient.patient_number().empty() && insurances.empty())) {
    Wrong(question_.problems, "patient", "patient");
    return;
  }
  query.of_patient = true;
  if (!patient.patient_number().empty()) {
    Used("patient_number");
    query.patient_hashes = keys.AllOf(AsBytes(audit::PatientSubject(patient.patient_number())));
  }
  if (!insurances.empty()) {
    Used("insurance");
    query.insurance_hashes = audit::InsuranceHashesOfAllEpochs(keys, insurances);
  }
}

}  // namespace

void AddProblem(Problems& problems, const std::string& field) {
  Wrong(problems, field, field.c_str());
}

std::string PlaceText(const audit::ReviewPlace& place) {
  return std::to_string(place.recorded_us) + "-" + std::to_string(place.sequence);
}

TrailQuestion ReadSearch(const v1::SearchTrailRequest& request, const Caller& caller, const audit::KeyedHash& keys) {
  TrailQuestion question;
  ReviewQuery& query = question.query;
  Reading reading(question, caller);
  reading.Institution(request.institution_code());
  reading.Time("since", request.since(), query.since);
  reading.Time("until", request.until(), query.until);
  reading.Uuid("desk_id", request.desk_id(), query.desk_id);
  reading.Text("account_id", request.account_id(), query.account_id);
  reading.Text("operator_code", request.operator_code(), query.operator_code);
  reading.Text("actor", request.actor(), query.actor);
  reading.Event(request.event());
  reading.Uuid("press_id", request.press_id(), query.press_id);
  reading.Text("inquiry_id", request.inquiry_id(), query.inquiry_id);
  if (!request.outcome().empty()) {
    reading.Used("outcome");
    const bool answered = request.outcome() == "answered";
    if (!answered && request.outcome() != "refused") Wrong(question.problems, "outcome", "outcome");
    query.outcome = answered ? ReviewQuery::Outcome::kAnswered : ReviewQuery::Outcome::kRefused;
  }
  if (request.code() != 0) reading.Used("code");
  if (request.code() < 0) Wrong(question.problems, "code", "code");
  query.code = request.code();
  query.not_reviewed = request.not_reviewed();
  if (query.not_reviewed) reading.Used("not_reviewed");
  if (request.has_patient()) reading.Patient(request.patient(), keys);
  reading.Page(request.page_size(), audit::kReviewPageUsual, request.before());
  return question;
}

TrailQuestion ReadTimeline(const v1::ReadTimelineRequest& request, const Caller& caller) {
  TrailQuestion question;
  Reading reading(question, caller);
  reading.Uuid("press_id", request.press_id(), question.query.press_id);
  reading.Text("account_id", request.account_id(), question.query.account_id);
  reading.Time("since", request.since(), question.query.since);
  reading.Time("until", request.until(), question.query.until);
  if (request.press_id().empty() == request.account_id().empty())
    Wrong(question.problems, "press_id", "press_or_account");
  if (!request.account_id().empty() && request.since().empty())
    question.query.since = TimeText(std::chrono::system_clock::now() - kAccountSpanUsual);
  question.query.oldest_first = true;
  question.query.rows = audit::kTimelineRowsMax;
  return question;
}

TrailQuestion ReadSubject(const v1::ReadSubjectRequest& request, const Caller& caller, const audit::KeyedHash& keys) {
  TrailQuestion question;
  Reading reading(question, caller);
  reading.Institution(request.institution_code());
  reading.Time("since", request.since(), question.query.since);
  reading.Time("until", request.until(), question.query.until);
  reading.Patient(request.patient(), keys);
  reading.Page(request.page_size(), audit::kReviewPageMax, request.before());
  return question;
}

TrailQuestion ReadWithoutSubject(const v1::CountWithoutSubjectRequest& request, const Caller& caller) {
  TrailQuestion question;
  Reading reading(question, caller);
  reading.Institution(request.institution_code());
  reading.Time("since", request.since(), question.query.since);
  reading.Time("until", request.until(), question.query.until);
  reading.Uuid("desk_id", request.desk_id(), question.query.desk_id);
  const auto since = TimeOf(request.since()), until = TimeOf(request.until());
  if (!since || !until || *until <= *since || *until - *since > kSpanMax) Wrong(question.problems, "until", "span");
  return question;
}

TrailQuestion ReadRights(const v1::ReadRightsRequest& request, const Caller& caller) {
  TrailQuestion question;
  const Reading reading(question, caller);
  const auto day = DayOf(request.day());
  if (!day) Wrong(question.problems, "day", "day");
  question.filters = "day=" + (day ? request.day() : std::string());
  question.query.until = TimeText(day.value_or(std::chrono::sys_seconds{}) + std::chrono::days(1));
  question.query.actions = audit::Rights::Words();
  question.query.oldest_first = true;
  question.query.rows = audit::kTimelineRowsMax;
  return question;
}

ReportQuestion ReadReport(const v1::MakeTrailReportRequest& request, const Caller& caller) {
  ReportQuestion question;
  audit::ReportWish& wish = question.wish;
  wish.month = request.month();
  if (!DayOf(request.month() + "-01")) Wrong(question.problems, "month", "month");
  if (request.open_from() != 0 || request.open_until() != 0) {
    wish.open_from = request.open_from();
    wish.open_until = request.open_until();
    if (wish.open_until > kHoursOfDay || wish.open_from >= wish.open_until)
      Wrong(question.problems, "open_until", "hours");
  }
  if (request.closed_days_size() > 0 || request.no_closed_days())
    wish.closed_days.assign(request.closed_days().begin(), request.closed_days().end());
  if (wish.closed_days.size() > kDaysOfWeek ||
      std::any_of(wish.closed_days.begin(), wish.closed_days.end(), [](unsigned day) { return day >= kDaysOfWeek; }))
    Wrong(question.problems, "closed_days", "closed_days");
  if (request.burst() != 0) wish.burst = request.burst();
  if (wish.burst > kBurstMax) Wrong(question.problems, "burst", "burst");
  wish.institution_codes = request.institution_code().empty() ? caller.institution_codes
                                                              : std::vector<std::string>{request.institution_code()};
  return question;
}

}  // namespace madoguchi::console
