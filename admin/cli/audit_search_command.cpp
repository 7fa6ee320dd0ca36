// SPDX-License-Identifier: Apache-2.0
// audit search: what the trail says to the person who asks, on the screen or as a file.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "admin/cli/client.h"
#include "admin/cli/desk_choice.h"
#include "admin/cli/groups.h"
#include "admin/cli/trail_entries.h"
#include "madoguchi/v1/trail_review_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::TrailReviewService::Stub;

constexpr std::chrono::seconds kSilent{2};  // between two lines of progress

struct SearchWish {
  v1::SearchTrailRequest request;
  PatientWish patient;
  std::string saved, save_as, export_to, format;
};

// What is given on the command line stands over what was saved.
Done UseSaved(Shell& shell, SearchWish& wish) {
  if (wish.saved.empty()) return {};
  v1::ListTrailSearchesResponse answer;
  if (Done failed = shell.client->Call(&Stub::ListSearches, v1::ListTrailSearchesRequest(), answer)) return failed;
  for (const v1::SavedTrailSearch& saved : answer.searches()) {
    if (saved.name() != wish.saved) continue;
    v1::SearchTrailRequest request = saved.search();
    request.MergeFrom(wish.request);
    wish.request = std::move(request);
    return {};
  }
  return Because(ErrorCode::kSavedSearchUnknown, "");
}

// A file that is not there yet, mode 0600; it goes away when not all of it came.
class ExportFile {
 public:
  ~ExportFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    if (!whole_) unlink(path_.c_str());
  }
  Done Open(const std::string& path) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return Because(ErrorCode::kConfigFileUnwritable, path + ": errno " + std::to_string(errno));
    path_ = path;
    return {};
  }
  Done Write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t written = write(descriptor_, content.data(), content.size());
      if (written <= 0) return Because(ErrorCode::kConfigFileUnwritable, path_ + ": errno " + std::to_string(errno));
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  Done Close() {
    whole_ = fsync(descriptor_) == 0;
    return whole_ ? Done() : Because(ErrorCode::kConfigFileUnwritable, path_ + ": errno " + std::to_string(errno));
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool whole_ = false;
};

Done ExportTo(Shell& shell, const SearchWish& wish) {
  ExportFile file;
  if (Done failed = file.Open(wish.export_to)) return failed;
  v1::ExportTrailSearchRequest request;
  *request.mutable_search() = wish.request;
  request.set_format(wish.format == "fhir"    ? v1::TRAIL_EXPORT_FHIR
                     : wish.format == "excel" ? v1::TRAIL_EXPORT_CSV_EXCEL
                                              : v1::TRAIL_EXPORT_CSV);
  if (Done failed = shell.client->Open()) return failed;
  grpc::ClientContext context;
  if (Done failed = shell.client->Prepare(context, kTransferWithin)) return failed;
  Stub stub(shell.client->channel());
  const std::unique_ptr<grpc::ClientReader<v1::ExportTrailSearchResponse>> reader = stub.Export(&context, request);
  v1::ExportTrailSearchResponse piece;
  std::uint64_t rows = 0;
  Done broken;
  auto next = std::chrono::steady_clock::now() + kSilent;
  while (!broken && reader->Read(&piece)) {
    rows += piece.rows();
    broken = file.Write(piece.content());
    if (std::chrono::steady_clock::now() < next) continue;
    Progress("書き出し中 / exporting: " + std::to_string(rows));
    next = std::chrono::steady_clock::now() + kSilent;
  }
  if (broken) context.TryCancel();
  Done refused = Client::FromStatus(reader->Finish());
  WipePatient(*request.mutable_search()->mutable_patient());
  if (broken) return broken;
  if (refused) return refused;
  if (Done failed = file.Close()) return failed;
  Shown shown = ShownNote("書き出した行 / rows written: " + std::to_string(rows));
  shown.numbers.emplace_back("rows", static_cast<std::int64_t>(rows));
  shown.texts.emplace_back("file", wish.export_to);
  Show(shell.settings, shown);
  return {};
}

Done Search(Shell& shell, SearchWish& wish) {
  v1::SearchTrailRequest& request = wish.request;
  if (Done wrong = ReadSpan(request)) return wrong;
  if (!request.desk_id().empty()) {
    if (Done failed = FillDesk(shell, request.mutable_desk_id())) return failed;
  }
  request.set_institution_code(shell.settings.institution);
  if (Done failed = UseSaved(shell, wish)) return failed;
  if (!wish.save_as.empty()) {
    v1::SaveTrailSearchRequest save;
    save.set_name(wish.save_as);
    *save.mutable_search() = request;
    v1::SaveTrailSearchResponse saved;
    if (Done failed = shell.client->Call(&Stub::SaveSearch, save, saved)) return failed;
  }
  if (wish.patient.Wanted()) {
    if (Done failed = AskPatient(shell, wish.patient, *request.mutable_patient())) return failed;
  }
  v1::SearchTrailResponse answer;
  const bool to_file = !wish.export_to.empty();
  Done failed = to_file ? ExportTo(shell, wish) : shell.client->Call(&Stub::Search, request, answer);
  if (request.has_patient()) WipePatient(*request.mutable_patient());
  if (failed || to_file) return failed;
  ShowTrail(shell, answer.entries(), answer.next());
  return {};
}

}  // namespace

void AddAuditSearchCommand(CLI::App& audit, Shell& shell) {
  const auto wish = std::make_shared<SearchWish>();
  const std::shared_ptr<v1::SearchTrailRequest> request(wish, &wish->request);
  CLI::App& search = AddCommand(audit, shell, "search", "監査証跡を新しい順に探す / search the trail, newest first",
                                [wish](Shell& run) { return Search(run, *wish); });
  AddSpan(search, request);
  AddText(search, "--desk", request->mutable_desk_id(), "端末の名前か ID / name or id of the desk");
  AddText(search, "--account", request->mutable_account_id(), "端末機器アカウント / device account");
  AddText(search, "--operator", request->mutable_operator_code(), "受付担当のコード / code of the operator");
  AddText(search, "--actor", request->mutable_actor(),
          "操作者：利用者 ID、desk、server、national、root / user id, desk, server, national, root");
  AddText(search, "--event", request->mutable_event(),
          "出来事。check.outcome や check.* / event, or a family of events");
  AddText(search, "--outcome", request->mutable_outcome(), "結果 / outcome: answered, refused")
      .check(CLI::IsMember(std::vector<std::string>{"answered", "refused"}));
  AddNumber(
      search, "--code", [request](std::uint32_t code) { request->set_code(static_cast<std::int32_t>(code)); },
      "エラーコード / error code");
  AddText(search, "--press", request->mutable_press_id(), "照会操作の ID / id of the press");
  AddText(search, "--inquiry", request->mutable_inquiry_id(), "照会の番号 / id of the inquiry");
  AddFlag(
      search, "--not-reviewed", [request] { request->set_not_reviewed(true); },
      "まだ点検していないものだけ / only what is not reviewed yet");
  AddPatient(search, std::shared_ptr<PatientWish>(wish, &wish->patient));
  AddPage(search, request);
  AddText(search, "--saved", &wish->saved, "保存した検索を使う / use a saved search");
  AddText(search, "--save-as", &wish->save_as,
          "この検索を名前を付けて保存する（患者の番号は保存しない） / save this search, without numbers of a person");
  CLI::Option& file = AddText(search, "--export", &wish->export_to,
                              "見つかった行をすべてこのファイルへ書き出す / write all that is found to this file");
  AddText(search, "--format", &wish->format, "書き出しの形 / form of the file: csv, excel, fhir [csv]")
      .check(CLI::IsMember(std::vector<std::string>{"csv", "excel", "fhir"}))
      ->needs(&file);
}

}  // namespace madoguchi::cli
