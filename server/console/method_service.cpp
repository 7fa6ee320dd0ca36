// SPDX-License-Identifier: Apache-2.0
#include "server/console/method_service.h"

#include <algorithm>
#include <cstdio>

#include "contract/bytes.h"
#include "server/account/text_fields.h"
#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

using account::Problems;
using check::MethodRule;

constexpr int kMinutesOfHour = 60;
constexpr account::Field kZone{"zone", "ゾーン", "zone"};
static_assert(check::kMethodRulesMax == 200);
constexpr char kTooManyJa[] = "規則は 200 件までです。使わなくなった規則を消してから、もう一度加えてください。";
constexpr char kTooManyEn[] =
    "There are 200 rules already, which is the limit. Remove what is not used any more and add it again.";

struct Word {
  v1::Method method;
  const char* word;
};
constexpr Word kWords[] = {{v1::PIN, "pin"}, {v1::SIGHT, "sight"}, {v1::NUMBER, "number"}};

void Wrong(Problems& problems, const char* field, const char* ja, const char* en) {
  problems.push_back({field, ja, en, false});
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// "HH:MM", to 24:00.
std::optional<int> Minute(const std::string& text) {
  if (text.size() != 5 || text[2] != ':' || !IsDigit(text[0]) || !IsDigit(text[1]) || !IsDigit(text[3]) ||
      !IsDigit(text[4]))
    return {};
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  const int of_day = hour * kMinutesOfHour + minute;
  if (minute >= kMinutesOfHour || of_day > check::kMinutesOfDay) return {};
  return of_day;
}

std::string ClockText(int minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / kMinutesOfHour, minute % kMinutesOfHour);
  return text;
}

void ReadTimes(const v1::MethodRule& message, MethodRule& rule, Problems& problems) {
  if (!message.from().empty()) {
    const std::optional<int> from = Minute(message.from());
    if (!from || *from == check::kMinutesOfDay)
      Wrong(problems, "from", "開始時刻は 00:00 から 23:59 の形で入力してください。",
            "The start is a time from 00:00 to 23:59.");
    rule.from_minute = from.value_or(0);
  }
  if (message.until().empty()) return;
  const std::optional<int> until = Minute(message.until());
  if (!until)
    Wrong(problems, "until", "終了時刻は 00:00 から 24:00 の形で入力してください。",
          "The end is a time from 00:00 to 24:00.");
  // The end of a window is exclusive: until 00:00 is until 24:00 of the day before.
  rule.until_minute = until.value_or(0) == 0 ? check::kMinutesOfDay : *until;
}

template <class Words>
void AddMethods(const std::vector<std::string>& words, Words* into) {
  for (const std::string& word : words) {
    for (const Word& known : kWords) {
      if (word == known.word) into->Add(known.method);
    }
  }
}

void Fill(const MethodRule& rule, v1::MethodRule& message) {
  message.set_number(rule.number);
  message.set_desk_id(rule.desk_id);
  message.set_zone(rule.zone);
  for (const int day : rule.weekdays) message.add_weekdays(static_cast<std::uint32_t>(day));
  message.set_from(ClockText(rule.from_minute));
  message.set_until(ClockText(rule.until_minute));
  AddMethods(rule.methods, message.mutable_methods());
  message.set_desk_name(rule.desk_name);
  message.set_made_by(rule.made_by);
  message.set_made_at(rule.made_at);
}

Result<void> Refusing(const Problems& problems, Refused& refused) {
  refused.problems = ProblemsOnWire(problems);
  if (account::Refuses(problems)) return Error{ErrorCode::kFieldInvalid, problems.front().field, {}};
  return {};
}

}  // namespace

MethodRule ReadRule(const v1::MethodRule& message, Problems& problems) {
  MethodRule rule;
  rule.desk_id = message.desk_id();
  rule.zone = message.zone();
  account::CheckOptionalText(problems, kZone, rule.zone, check::kZoneCharactersMax);
  if (!rule.desk_id.empty() && !rule.zone.empty())
    Wrong(problems, "zone", "窓口とゾーンは、どちらか一方だけを指定してください。", "Name a desk or a zone, not both.");
  for (const std::uint32_t day : message.weekdays()) {
    if (day < 1 || day > 7) {
      Wrong(problems, "weekdays", "曜日は 1（月）から 7（日）で入力してください。",
            "A day is 1 (Monday) to 7 (Sunday).");
      break;
    }
    rule.weekdays.push_back(static_cast<int>(day));
  }
  std::sort(rule.weekdays.begin(), rule.weekdays.end());
  rule.weekdays.erase(std::unique(rule.weekdays.begin(), rule.weekdays.end()), rule.weekdays.end());
  ReadTimes(message, rule, problems);
  for (const Word& known : kWords) {
    if (std::count(message.methods().begin(), message.methods().end(), known.method) > 0)
      rule.methods.emplace_back(known.word);
  }
  const auto is_known = [](int method) {
    return std::any_of(std::begin(kWords), std::end(kWords),
                       [method](const Word& known) { return known.method == method; });
  };
  if (!std::all_of(message.methods().begin(), message.methods().end(), is_known))
    Wrong(problems, "methods", "確認の方法に、知らない値があります。", "One of the methods is not known.");
  return rule;
}

grpc::Status MethodService::List(grpc::ServerContext* context, const v1::ListMethodRulesRequest* request,
                                 v1::ListMethodRulesResponse* response) {
  return guard_.Serve(*context, "MethodService/List", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const auto rules, book_.List(caller.institution_codes, deadline));
                        for (const MethodRule& rule : rules) Fill(rule, *response->add_rules());
                        TRY_ASSIGN(const auto desks, book_.Now(caller.institution_codes, deadline));
                        for (const check::DeskMethods& facts : desks) {
                          v1::DeskMethods& desk = *response->add_desks();
                          desk.set_desk_id(facts.desk_id);
                          desk.set_desk_name(facts.desk_name);
                          desk.set_zone(facts.zone);
                          AddMethods(facts.methods, desk.mutable_methods());
                        }
                        return {};
                      });
}

grpc::Status MethodService::Add(grpc::ServerContext* context, const v1::AddMethodRuleRequest* request,
                                v1::AddMethodRuleResponse* response) {
  return guard_.Serve(
      *context, "MethodService/Add", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        Problems problems;
        const MethodRule rule = ReadRule(request->rule(), problems);
        TRY_VOID(Refusing(problems, refused));
        const Result<std::int64_t> number = book_.Add(rule, {caller.user_id, caller.institution_codes}, deadline);
        if (number) {
          response->set_number(*number);
          return {};
        }
        if (number.error().code == ErrorCode::kFieldInvalid) {
          Wrong(problems, "rule", kTooManyJa, kTooManyEn);
          refused.problems = ProblemsOnWire(problems);
        }
        return number.error();
      });
}

grpc::Status MethodService::Remove(grpc::ServerContext* context, const v1::RemoveMethodRuleRequest* request,
                                   v1::RemoveMethodRuleResponse* /*response*/) {
  return guard_.Serve(*context, "MethodService/Remove", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) {
                        return book_.Remove(request->number(), {caller.user_id, caller.institution_codes}, deadline);
                      });
}

grpc::Status MethodService::SetZone(grpc::ServerContext* context, const v1::SetZoneRequest* request,
                                    v1::SetZoneResponse* /*response*/) {
  return guard_.Serve(
      *context, "MethodService/SetZone", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        Problems problems;
        account::CheckOptionalText(problems, kZone, request->zone(), check::kZoneCharactersMax);
        TRY_VOID(Refusing(problems, refused));
        return book_.SetZone(request->desk_id(), request->zone(), {caller.user_id, caller.institution_codes}, deadline);
      });
}

}  // namespace madoguchi::console
