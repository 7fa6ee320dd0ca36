// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/labels.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace madoguchi::cli {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

constexpr std::array<std::string_view, 1> kPrefixes = {"role_"};
constexpr std::array<std::string_view, 1> kSuffixes = {"_holder"};
constexpr std::string_view kUnspecified = "unspecified";

struct Label {
  std::string_view owner;  // name of the enum, or "Message.field"
  std::string_view word, meaning;
};

constexpr std::array kLabels = {
    Label{"InstitutionType", "medical", "医科"},
    Label{"InstitutionType", "dental", "歯科"},
    Label{"InstitutionType", "dispensing", "調剤"},
    Label{"InstitutionType", "home_nursing", "訪問看護"},
    Label{"InstitutionType", "workplace", "職域"},
    Label{"EligibilityCategory", "paper_claims", "紙レセプト請求の医療機関・薬局"},
    Label{"EligibilityCategory", "therapist", "施術所"},
    Label{"EligibilityCategory", "health_examination", "健診実施機関"},
    Label{"EligibilityCategory", "workplace_clinic", "職域診療所"},
    Label{"EligibilityCategory", "temporary", "期限のある経過措置"},
    Label{"ApplicationKind", "use", "利用開始申請"},
    Label{"ApplicationKind", "additional", "追加申請"},
    Label{"ApplicationKind", "change", "変更申請"},
    Label{"ApplicationKind", "end_of_use", "利用終了申請"},
    Label{"ApplicationKind", "start_of_operation", "運用開始日登録"},
    Label{"ApplicationState", "draft", "下書き"},
    Label{"ApplicationState", "submitted", "申請中"},
    Label{"ApplicationState", "accepted", "受付完了"},
    Label{"ApplicationState", "rejected", "却下"},
    Label{"ApplicationState", "withdrawn", "取下げ"},
    Label{"ApplicationState", "recorded", "記録のみ"},
    Label{"AccountState", "issued", "未登録"},
    Label{"AccountState", "active", "利用可"},
    Label{"AccountState", "suspended", "利用停止"},
    Label{"AccountState", "ended", "利用終了"},
    Label{"AccountHolder", "desk", "窓口端末"},
    Label{"AccountHolder", "phone", "スマートフォン"},
    Label{"AccountHolder", "spare", "予備"},
    Label{"Method", "sight", "目視"},
    Label{"Method", "pin", "暗証番号"},
    Label{"Method", "number", "番号照会"},
    Label{"Role", "administrator", "管理者"},
    Label{"Role", "auditor", "監査担当"},
    Label{"Role", "viewer", "閲覧者"},
    Label{"Desk.status", "active", "使用中"},
    Label{"Desk.status", "revoked", "失効"},
    Label{"Desk.activation", "prepared", "登録待ち"},
    Label{"Desk.activation", "begun", "登録中"},
    Label{"Desk.activation", "active", "登録済み"},
    Label{"Desk.activation", "expired", "期限切れ"},
    Label{"ServiceCall.kind", "challenge", "チャレンジ"},
    Label{"ServiceCall.kind", "sight", "目視の許可"},
    Label{"ServiceCall.kind", "check", "資格確認"},
    Label{"ServiceCall.kind", "inquiry", "番号照会"},
    Label{"ServiceCall.kind", "application", "申請"},
    Label{"ServiceCall.kind", "account", "端末機器アカウント"},
    Label{"ServiceCall.kind", "outcome", "結果の照合"},
    Label{"ServiceCall.outcome", "answered", "応答あり"},
    Label{"ServiceCall.outcome", "refused", "拒否"},
    Label{"ServiceCall.outcome", "failed", "失敗"},
    Label{"ServiceCall.outcome", "unknown", "結果不明"},
    Label{"ServiceCall.outcome", "reconciled", "照合済み"},
    Label{"ServiceCall.reconciled_as", "answered", "応答していた"},
    Label{"ServiceCall.reconciled_as", "not_seen", "届いていなかった"},
    Label{"HandoffRow.channel", "oqs_folder", "連携フォルダー"},
    Label{"HandoffRow.channel", "webhook", "Webhook"},
    Label{"HandoffRow.channel", "pull", "取得 API"},
    Label{"HandoffRow.channel", "show_again", "再表示"},
    Label{"HandoffRow.state", "held", "本人の確認待ち"},
    Label{"HandoffRow.state", "waiting", "待機中"},
    Label{"HandoffRow.state", "refused", "停止"},
    Label{"HandoffRow.state", "delivered", "届いた"},
    Label{"HandoffRow.state", "destroyed", "消去"},
    Label{"Approval.state", "open", "承認待ち"},
    Label{"Approval.state", "approved", "承認済み"},
    Label{"Approval.state", "refused", "却下"},
    Label{"Approval.state", "used", "使用済み"},
    Label{"Approval.state", "expired", "期限切れ"},
};

}  // namespace

std::string Word(const EnumValueDescriptor& value) {
  std::string word = value.name();
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  for (const std::string_view prefix : kPrefixes) {
    if (word.starts_with(prefix)) word.erase(0, prefix.size());
  }
  for (const std::string_view suffix : kSuffixes) {
    if (word.ends_with(suffix)) word.erase(word.size() - suffix.size());
  }
  return word;
}

std::vector<std::string> Words(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    std::string word = Word(*type.value(i));
    if (!word.ends_with(kUnspecified)) words.push_back(std::move(word));
  }
  return words;
}

std::optional<int> NumberOf(const EnumDescriptor& type, std::string_view word) {
  std::string wanted(word);
  std::replace(wanted.begin(), wanted.end(), '-', '_');
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string own = Word(*type.value(i));
    if (own == wanted && !own.ends_with(kUnspecified)) return type.value(i)->number();
  }
  return {};
}

std::string_view Meaning(const FieldDescriptor& field, std::string_view word) {
  const std::string owner =
      field.enum_type() != nullptr ? field.enum_type()->name() : field.containing_type()->name() + "." + field.name();
  for (const Label& label : kLabels) {
    if (label.owner == owner && label.word == word) return label.meaning;
  }
  return {};
}

}  // namespace madoguchi::cli
