// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/activate_command.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/enrolment_link.h"
#include "contract/files.h"
#include "contract/sheet/sheet_reader.h"
#include "terminal/agent/entry.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/passcode_commands.h"
#include "terminal/agent/refusal_output.h"
#include "terminal/identity/activation.h"

namespace madoguchi::agent {
namespace {

constexpr std::chrono::seconds kFileReadWithin{30};

void WipeText(std::string& text) {
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

Result<SecretBytes> ToSecret(std::string& text) {
  TRY_ASSIGN(SecretBytes secret, SecretBytes::Make(std::max<std::size_t>(text.size(), 1)));
  const bool whole = secret.Append(AsBytes(text));
  WipeText(text);
  if (!whole) return Error{ErrorCode::kInternalError, "a secret does not fit", {}};
  return secret;
}

Result<SecretBytes> ReadToEnd(int descriptor, std::size_t bytes_max) {
  TRY_ASSIGN(SecretBytes content, SecretBytes::Make(bytes_max + 1));
  for (;;) {
    const std::span<std::uint8_t> space = content.free_space();
    const ssize_t got = read(descriptor, space.data(), space.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || (got > 0 && content.size() + static_cast<std::size_t>(got) > bytes_max))
      return Error{ErrorCode::kEnrolmentLinkInvalid, "--link-fd: too long", {}};
    if (got == 0) return content;
    content.Grow(static_cast<std::size_t>(got));
  }
}

Result<EnrolmentLink> ReadLink(const Options& options) {
  if (options.link_fd >= 0) {
    TRY_ASSIGN(const SecretBytes text, ReadToEnd(options.link_fd, kEnrolmentLinkBytesMax));
    return ParseEnrolmentLink(AsText(text.view()));
  }
  TRY_ASSIGN(std::string content, ReadSmallFile(options.qr_file, sheet::kSheetFileBytesMax));
  Result<EnrolmentLink> link = sheet::ReadEnrolmentLink(AsBytes(content), Deadline::In(kFileReadWithin));
  WipeText(content);
  return link;
}

Result<identity::PinnedRoot> Pin(const std::string& server, const identity::IsPinned& is_pinned) {
  return identity::PinnedRoot::Fetch(server, is_pinned, Deadline::In(identity::kRootFetchedWithin));
}

// The root this desk was activated with; no other one counts for what is added.
Result<identity::PinnedRoot> PresentRoot(const std::string& server, const Options& options) {
  return identity::PinnedRoot::FromFile(server, identity::IdentityFiles(options.directory).root);
}

Result<identity::PinnedRoot> PinByLink(const Options& options, const EnrolmentLink& link) {
  const identity::IsPinned named = [&link](ByteView digest) {
    return std::equal(digest.begin(), digest.end(), link.root_sha256.begin(), link.root_sha256.end());
  };
  if (!options.add_account) return Pin(link.server, named);
  TRY_ASSIGN(identity::PinnedRoot root, PresentRoot(link.server, options));
  TRY_ASSIGN(const Bytes der, crypto::DerFromPem(root.pem()));
  if (!named(crypto::Sha256(der)))
    return Error{ErrorCode::kServerNotTrusted, "the link names another root than this desk has", {}};
  return root;
}

Result<identity::ActivationOrder> OrderByLink(const Options& options) {
  TRY_ASSIGN(EnrolmentLink link, ReadLink(options));
  TRY_ASSIGN(SecretBytes token, ToSecret(link.token));
  TRY_ASSIGN(identity::PinnedRoot root, PinByLink(options, link));
  return identity::ActivationOrder{std::move(root), options.directory, std::move(token), "", options.add_account};
}

Result<identity::PinnedRoot> PinBySheet(const Options& options, Entry& entry) {
  if (options.add_account) {
    TRY_ASSIGN(const identity::Connection connection, identity::ReadConnection(options.directory));
    return PresentRoot(connection.enrolment_server, options);
  }
  if (!options.root_file.empty()) return identity::PinnedRoot::FromFile(options.server, options.root_file);
  std::string typed = options.connection_code;
  if (typed.empty()) {
    if (!entry.typed()) return Error{ErrorCode::kFacilityRootMissing, "neither --root nor --connection-code", {}};
    TRY_ASSIGN(typed,
               entry.Text("connection_code", "接続コード (例 madoguchi.example.jp:8443 7K3M-…) / connection code", "",
                          kTypedTextBytesMax));
  }
  TRY_ASSIGN(const ConnectionCode code, ParseConnectionCode(typed));
  return Pin(code.server, [&code](ByteView digest) { return code.Names(digest); });
}

Result<identity::SheetFields> FieldsOfFile(const Options& options) {
  TRY_ASSIGN(std::string content, ReadSmallFile(options.sheet_file, sheet::kSheetFileBytesMax));
  Result<std::vector<sheet::SettingsSheet>> sheets = sheet::ReadSheets(AsBytes(content), Deadline::In(kFileReadWithin));
  WipeText(content);
  if (!sheets) return std::move(sheets).error();
  const auto chosen = std::find_if(sheets->begin(), sheets->end(), [&options](const sheet::SettingsSheet& one) {
    return options.account_id.empty() || one.account_id == options.account_id;
  });
  if (chosen == sheets->end() || (options.account_id.empty() && sheets->size() > 1))
    return Error{ErrorCode::kFieldInvalid, "--id", {}};
  TRY_ASSIGN(SecretBytes password, ToSecret(chosen->password));
  TRY_ASSIGN(SecretBytes code, ToSecret(chosen->activation_code));
  return identity::SheetFields{chosen->institution_code, chosen->account_id, std::move(password), std::move(code)};
}

Result<identity::SheetFields> FieldsTyped(const Options& options, Entry& entry) {
  TRY_ASSIGN(std::string institution_code,
             entry.Text("institution_code", "機関コード (例 0110000001) / institution code", options.institution_code,
                        identity::kInstitutionCodeBytesMax));
  TRY_ASSIGN(std::string account_id,
             entry.Text("account_id", "ID (例 W0000001) / ID", options.account_id, identity::kAccountIdBytesMax));
  TRY_ASSIGN(SecretBytes password, entry.Secret("password", "パスワード / password", identity::kPasswordBytesMax));
  TRY_ASSIGN(SecretBytes activation_code,
             entry.Secret("activation_code", "アクティベーションコード (例 123456789012) / activation code",
                          identity::kActivationCodeBytesMax));
  return identity::SheetFields{std::move(institution_code), std::move(account_id), std::move(password),
                               std::move(activation_code)};
}

Result<identity::ActivationOrder> OrderBySheet(const Options& options, Entry& entry) {
  TRY_ASSIGN(identity::PinnedRoot root, PinBySheet(options, entry));
  TRY_ASSIGN(identity::SheetFields fields,
             options.sheet_file.empty() ? FieldsTyped(options, entry) : FieldsOfFile(options));
  std::string name = options.desk_name;
  if (name.empty() && entry.typed() && !options.add_account) {
    TRY_ASSIGN(name, entry.Text("desk_name", "この端末の名前 (例 1番窓口) / name of this desk", fields.account_id,
                                identity::kDeskNameBytesMax));
  }
  if (name.empty()) name = fields.account_id;
  return identity::ActivationOrder{std::move(root), options.directory, std::move(fields), std::move(name),
                                   options.add_account};
}

void Show(const identity::Connection& connection, const Options& options) {
  if (options.json) {
    PrintLine(nlohmann::ordered_json{{"ok", true},
                                     {"desk_id", connection.desk_id},
                                     {"desk_name", connection.desk_name},
                                     {"account_id", connection.account_id},
                                     {"institution_code", connection.institution_code},
                                     {"server", connection.server},
                                     {"directory", options.directory}}
                  .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    PrintLine((options.add_account ? "アカウントを追加しました / account added: " : "登録完了 / activated: ") +
              connection.desk_name + " — " + connection.account_id + " (" + connection.institution_code + ")\n" +
              options.directory);
    if (options.add_account)
      PrintLine("資格確認では --institution で選びます / choose it in a check with --institution " +
                connection.institution_code);
  }
}

Result<void> RightPlace(const Options& options) {
  if (!options.add_account) return identity::RequireNoIdentity(options.directory);
  TRY_VOID(identity::FindIdentity(options.directory));
  return {};
}

}  // namespace

int ActivateCommand(const Options& options) {
  if (const Result<void> right = RightPlace(options); !right) return ShowError(right.error(), options.json);
  const bool by_link = options.link_fd >= 0 || !options.qr_file.empty();
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  Result<identity::ActivationOrder> order = by_link ? OrderByLink(options) : OrderBySheet(options, *entry);
  if (!order) return ShowError(order.error(), options.json);
  identity::CallRefusal refusal;
  const Result<identity::Connection> connection = identity::Activate(*order, refusal);
  if (!connection) return ShowRefusal(connection.error(), refusal, options.json);
  Show(*connection, options);
  // S11: the passcode comes next. Whoever does not want one now can set it later.
  const bool ask = !by_link && !options.add_account && entry->typed() && !options.json;
  if (ask && entry->Confirm("4桁のパスコードを設定しますか / set a passcode of four digits?"))
    return SetPasscodeCommand(options);
  return kExitDone;
}

}  // namespace madoguchi::agent
