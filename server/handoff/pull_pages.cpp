// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/pull_pages.h"

#include "contract/log.h"
#include "contract/trace.h"
#include "server/audit/authentication.h"
#include "server/audit/origin.h"
#include "server/handoff/outbox.h"
#include "server/handoff/webhook.h"

namespace madoguchi::handoff {
namespace {

constexpr const char* kComponent = "handoff";
constexpr std::string_view kResults = "/v1/results";
constexpr std::string_view kTaken = "/taken";
constexpr std::size_t kReaderHexDigits = 16;  // of the certificate's SHA-256, in the trail

web::Response Problem(int status, const std::string& title) {
  return {status, "application/problem+json", R"({"title":")" + title + "\"}\n"};
}

web::Response FromError(const Error& error) {
  log::Report(kComponent, "pull_not_answered", error);
  return Problem(503, std::string(Describe(error.code).name));
}

}  // namespace

web::Response PullPages::Answer(const web::Request& request) const {
  const TraceScope trace(audit::NewTraceId());
  const audit::Acting acting({"receiver", audit::authentication::kCertificate, request.address});
  if (!parts_.clients.contains(request.client_sha256)) {
    log::Warning(kComponent, "pull_client_not_listed", {{"certificate_sha256", request.client_sha256}});
    return Problem(403, "this certificate is not in handoff.pull_clients");
  }
  const std::string reader = "certificate " + request.client_sha256.substr(0, kReaderHexDigits);
  if (request.path == kResults) {
    return request.method == "GET" ? Results(request, reader) : Problem(405, "GET only");
  }
  if (request.path.starts_with(std::string(kResults) + "/") && request.path.ends_with(kTaken)) {
    const std::size_t begin = kResults.size() + 1;
    if (request.path.size() < begin + kTaken.size()) return Problem(404, "no such page");
    const std::string row_id = request.path.substr(begin, request.path.size() - begin - kTaken.size());
    if (!UuidFromText(row_id)) return Problem(404, "no such result");
    return request.method == "POST" ? Taken(row_id, reader) : Problem(405, "POST only");
  }
  return Problem(404, "no such page");
}

web::Response PullPages::Results(const web::Request& request, const std::string& reader) const {
  std::string desk_id;
  if (!request.query.empty()) {
    if (!request.query.starts_with("desk=")) return Problem(400, "desk=<desk id> or nothing");
    desk_id = request.query.substr(5);
    if (!UuidFromText(desk_id)) return Problem(400, "desk: a desk id");
  }
  const bool fhir = request.accept.find(kFhirType) != std::string::npos;
  const Deadline deadline = Deadline::In(kPullWithin);
  const Result<std::vector<DueRow>> rows = parts_.book.ReadWaiting(kPull, desk_id, parts_.keys.All(), reader, deadline);
  if (!rows) return FromError(rows.error());
  std::string body = R"({"results":[)";
  bool first = true;
  for (const DueRow& row : *rows) {
    const Result<SecretBytes> plain = parts_.keys.Open(row.row_id, row.sealed);
    const Result<Handing> handing = plain ? Unpack(plain->view()) : Result<Handing>(plain.error());
    if (!handing) {
      log::Report(kComponent, "pull_row_not_opened", handing.error(), {{"row", row.number}});
      if (const auto refused = parts_.book.Refused(row, kPull, handing.error().code, deadline); !refused)
        log::Report(kComponent, "pull_row_not_refused", refused.error(), {{"row", row.number}});
      continue;
    }
    body += std::string(first ? "" : ",") + R"({"row_id":")" + row.row_id + R"(","press_id":")" +
            UuidText(row.press_id) + R"(","desk":")" + row.desk_id + R"(","result":)" +
            (fhir ? parts_.fhir(*handing) : parts_.json(*handing)) + "}";
    first = false;
  }
  body += std::string(R"(],"more":)") + (rows->size() == kPulledMax ? "true}\n" : "false}\n");
  return {200, kJsonType, std::move(body)};
}

web::Response PullPages::Taken(const std::string& row_id, const std::string& reader) const {
  const Result<bool> taken = parts_.book.Taken(kPull, row_id, reader, Deadline::In(kPullWithin));
  if (!taken) return FromError(taken.error());
  if (!*taken) return Problem(404, "no such result");
  parts_.keys.Destroy(row_id);
  parts_.counted(0);
  log::Info(kComponent, "taken", {{"channel", kPull}, {"row_id", row_id}});
  return {204, kJsonType, ""};
}

}  // namespace madoguchi::handoff
