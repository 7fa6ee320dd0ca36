// SPDX-License-Identifier: Apache-2.0
#include "server/account/application.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

constexpr std::array<std::pair<ApplicationKind, std::string_view>, 5> kKinds{
    {{ApplicationKind::kUse, "use"},
     {ApplicationKind::kAdditional, "additional"},
     {ApplicationKind::kChange, "change"},
     {ApplicationKind::kEndOfUse, "end_of_use"},
     {ApplicationKind::kStartOfOperation, "start_of_operation"}}};

constexpr Field kApplicant{"applicant", "申請者", "The applicant"};
constexpr Field kStaff{"staff_count", "職員数", "The staff count"};
constexpr Field kDevices{"devices", "申請台数", "The number of devices"};
constexpr Field kEffective{"effective_on", "日付", "The date"};

void CheckDevices(Problems& problems, std::uint32_t devices) {
  if (devices > kDevicesPerApplicationMax) {
    problems.push_back({"devices",
                        "1 回の申請は 20 台までです。21 台目からは追加申請（additional）で申し込んでください。",
                        "One application covers at most 20 devices: ask for the 21st and further ones with an "
                        "additional application (additional).",
                        false});
  } else {
    CheckNumber(problems, kDevices, devices, 1, kDevicesPerApplicationMax);
  }
}

bool IsFileName(std::string_view name) {
  const auto values = ScalarValues(name);
  return values && !values->empty() && values->size() <= kFileNameMax &&
         name.find_first_of("/\\") == std::string_view::npos;
}

void CheckAttachments(Problems& problems, const std::vector<AttachedFile>& attachments) {
  const auto refuse = [&](std::size_t at, const std::string& ja, const std::string& en) {
    const std::string number = std::to_string(at + 1);
    problems.push_back(
        {"attachments", "添付ファイル " + number + " 件目: " + ja, "Attachment " + number + ": " + en, false});
  };
  if (attachments.size() > kAttachmentsMax)
    return refuse(kAttachmentsMax, "添付は 3 件までです。", "at most three files are taken.");
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    const AttachedFile& file = attachments[i];
    Problems name;
    CheckText(name, {"attachments", "", ""}, file.file_name, kFileNameMax);
    if (!IsFileName(file.file_name) || !name.empty())
      refuse(i, "ファイル名は 100 文字までで、フォルダー名を含められません。",
             "a file name has at most 100 characters and no folder.");
    if (file.content.size() > kAttachmentBytesMax) refuse(i, "1 件 2 MiB までです。", "at most 2 MiB each.");
    if (!MediaTypeOf(file.content))
      refuse(i, "中身が PDF、PNG、JPEG のどれでもありません。", "its content is neither PDF nor PNG nor JPEG.");
  }
}

void CheckProof(Problems& problems, const ApplicationRequest& request) {
  if (!request.bank_last4.empty()) {
    CheckDigits(problems, {"bank_account_last4", "口座番号の下 4 桁", "The last digits of the bank account"},
                request.bank_last4, 4);
  } else if (request.attachments.empty()) {
    problems.push_back({"bank_account_last4", "施設の確認には、診療報酬の振込口座番号の下 4 桁か、添付書類が必要です。",
                        "The facility is verified by the last four digits of its bank account or by attached "
                        "documents: give one of them.",
                        false});
  }
}

bool NamesOnly(const Problems& problems, std::string_view field) {
  return std::all_of(problems.begin(), problems.end(), [&](const Problem& problem) { return problem.field == field; });
}

Error FieldsInvalid(const Problems& problems) {
  return {ErrorCode::kFieldInvalid, std::to_string(problems.size()) + " fields, first " + problems.front().field, {}};
}

}  // namespace

std::string_view Word(ApplicationKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].second;
}

std::optional<ApplicationKind> ApplicationKindFromWord(std::string_view word) {
  for (const auto& [kind, text] : kKinds) {
    if (text == word) return kind;
  }
  return std::nullopt;
}

std::optional<std::string> MediaTypeOf(ByteView content) {
  constexpr std::array<std::uint8_t, 8> png{0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
  constexpr std::array<std::uint8_t, 5> pdf{'%', 'P', 'D', 'F', '-'};
  constexpr std::array<std::uint8_t, 3> jpeg{0xFF, 0xD8, 0xFF};
  const auto begins_with = [&](const auto& mark) {
    return content.size() > mark.size() && std::equal(mark.begin(), mark.end(), content.begin());
  };
  if (begins_with(pdf)) return "application/pdf";
  if (begins_with(png)) return "image/png";
  if (begins_with(jpeg)) return "image/jpeg";
  return std::nullopt;
}

Result<void> CheckApplicationFields(const ApplicationRequest& request, Problems& problems) {
  if (!UuidFromText(request.request_id))
    problems.push_back({"request_id", "申請の識別子が正しくありません。", "The request id must be a UUID.", false});
  CheckText(problems, kApplicant, request.applicant, kApplicantMax);
  if (AsksForDevices(request.kind)) {
    CheckProof(problems, request);
    CheckNumber(problems, kStaff, request.staff_count, 1, kStaffMax);
    if (request.terms_version != kTermsVersion)
      problems.push_back({"terms_version", "利用規約（" + std::string(kTermsVersion) + " 版）に同意してください。",
                          "Agree to the terms of use, version " + std::string(kTermsVersion) + ".", false});
    CheckDevices(problems, request.devices);
  } else {
    CheckDate(problems, kEffective, request.effective_on);
    if (request.staff_count != 0) CheckNumber(problems, kStaff, request.staff_count, 1, kStaffMax);
  }
  const std::size_t before = problems.size();
  CheckAttachments(problems, request.attachments);
  if (problems.empty()) return {};
  if (request.devices > kDevicesPerApplicationMax && AsksForDevices(request.kind) && NamesOnly(problems, "devices"))
    return Error{ErrorCode::kApplicationTooManyDevices, std::to_string(request.devices), {}};
  if (before == 0) return Error{ErrorCode::kAttachmentRefused, std::to_string(problems.size()) + " problems", {}};
  return FieldsInvalid(problems);
}

Result<void> CheckRecordedFields(const RecordedApplication& recorded, const std::string& today, Problems& problems) {
  CheckText(problems, kApplicant, recorded.applicant, kApplicantMax);
  if (AsksForDevices(recorded.kind)) {
    CheckNumber(problems, kStaff, recorded.staff_count, 1, kStaffMax);
    CheckDevices(problems, recorded.devices);
  }
  CheckDate(problems, {"made_on", "申請日", "The date of the application"}, recorded.made_on);
  if (IsDate(recorded.made_on) && recorded.made_on > today)
    problems.push_back({"made_on", "申請日が今日より後です。", "The date of the application is in the future.", false});
  if (!recorded.answered_on.empty()) {
    CheckDate(problems, {"answered_on", "回答日", "The date of the answer"}, recorded.answered_on);
    if (IsDate(recorded.answered_on) && (recorded.answered_on > today || recorded.answered_on < recorded.made_on))
      problems.push_back({"answered_on", "回答日は、申請日から今日までの日付です。",
                          "The date of the answer lies between the application and today.", false});
  } else if (recorded.accepted || !recorded.reason.empty()) {
    problems.push_back(
        {"answered_on", "回答があったときは、回答日も入力してください。", "An answer needs its date.", false});
  }
  CheckOptionalText(problems, {"reason", "理由", "The reason"}, recorded.reason, kApplicationReasonMax);
  CheckOptionalText(problems, {"receipt", "受付番号", "The receipt number"}, recorded.receipt, kReceiptMax);
  if (problems.empty()) return {};
  if (recorded.devices > kDevicesPerApplicationMax && NamesOnly(problems, "devices"))
    return Error{ErrorCode::kApplicationTooManyDevices, std::to_string(recorded.devices), {}};
  return FieldsInvalid(problems);
}

Result<void> CheckApplicationPossible(ApplicationKind kind, const ApplicationFacts& facts, Problems& problems) {
  const auto refuse = [&](const char* field, const std::string& ja, const std::string& en) {
    problems.push_back({field, ja, en, false});
  };
  const bool ends_use = kind == ApplicationKind::kEndOfUse;
  if (facts.category.empty() && !ends_use)
    refuse("category", "限定型を利用できる根拠（区分）が登録されていません。先に登録してください。",
           "The category that allows the limited type is not recorded: record it first.");
  if (!facts.category_ends_on.empty() && facts.category_ends_on < facts.today && !ends_use)
    refuse("category_ends_on", "限定型を利用できる根拠の期限が過ぎています。",
           "The category that allows the limited type has ended.");
  if (!facts.ends_on.empty() && facts.ends_on < facts.today)
    refuse("institution_code", "この医療機関・施術所は利用を終了しています。", "This facility has ended its use.");
  if (kind == ApplicationKind::kUse && facts.use_made)
    refuse("kind", "利用開始申請はすでにあります。台数を増やすときは追加申請（additional）をしてください。",
           "There is an application for use already: for more devices make an additional one (additional).");
  if (kind == ApplicationKind::kUse && facts.use_drafted != 0) {
    const std::string number = std::to_string(facts.use_drafted);
    refuse("kind",
           "利用開始申請の下書き（番号 " + number +
               "）があります。送るときは、その ID を --request-id に付けて同じ内容で申請し直してください。"
               "送らないときは application withdraw で取り下げてください。",
           "There is a draft of an application for use (number " + number +
               "). To submit it, apply again with its ID as --request-id; else withdraw it (application withdraw).");
  }
  if (kind == ApplicationKind::kAdditional && !facts.use_made && facts.use_drafted == 0 && facts.accounts == 0)
    refuse("kind", "先に利用開始申請（use）をしてください。", "Make an application for use (use) first.");
  if (problems.empty()) return {};
  return Error{ErrorCode::kApplicationNotPossible, "first: " + problems.front().field, {}};
}

}  // namespace madoguchi::account
