// SPDX-License-Identifier: Apache-2.0
#include "server/desk/desk_service.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "contract/log.h"
#include "contract/peer_address.h"
#include "server/desk/peer.h"

namespace madoguchi::desk {
namespace {

// A stream that ends before it began, with a status instead of a conversation.
Stream* Refused(grpc::CallbackServerContext* context, ErrorCode code, grpc::StatusCode status) {
  log::Report("desk", "connection_refused", {code, context->peer(), {}});
  v1::ServerMessage goodbye;
  goodbye.mutable_goodbye()->set_code(static_cast<int>(code));
  const std::shared_ptr<Stream> stream = Stream::Make(context);
  stream->Begin({[](const v1::DeskMessage&) {}, [] {}, [] {}});
  stream->Close(goodbye, {status, std::string(Describe(code).name)});
  return stream.get();
}

}  // namespace

DeskService::DeskService(Seams seams)
    : paperwork_(kPaperworkWorkers, kPaperworkQueueMax),
      around_{seams.directory,
              seams.trail,
              seams.checks,
              seams.metrics,
              std::move(seams.run_check),
              seams.check_deadline,
              std::move(seams.server_version),
              std::move(seams.opening_script),
              [this](std::uint64_t number) { Forget(number); },
              paperwork_,
              std::move(seams.database_alive),
              std::move(seams.policy)} {}

DeskService::~DeskService() {
  // Its jobs use the surroundings, which are destroyed first.
  paperwork_.Stop();
}

grpc::ServerBidiReactor<v1::DeskMessage, v1::ServerMessage>* DeskService::Connect(
    grpc::CallbackServerContext* context) {
  const auto peer = context->auth_context();
  const std::optional<std::string> desk_id = peer ? PeerDeskId(*peer) : std::nullopt;
  if (!desk_id) return Refused(context, ErrorCode::kDeskUnknown, grpc::StatusCode::UNAUTHENTICATED);
  std::shared_ptr<Stream> stream;
  std::shared_ptr<Session> session;
  {
    const std::lock_guard lock(mutex_);
    if (MayConnect(*desk_id)) {
      stream = Stream::Make(context);
      session =
          std::make_shared<Session>(PeerOfStream{*desk_id, PeerCertificateSha256(*peer), PeerAddress(context->peer())},
                                    ++last_number_, stream, around_);
      sessions_[last_number_] = {*desk_id, session};
    }
  }
  if (!session) return Refused(context, ErrorCode::kServerBusy, grpc::StatusCode::RESOURCE_EXHAUSTED);
  session->Begin();
  return stream.get();
}

// One desk, also one whose certificate was stolen, cannot take the places of all others.
bool DeskService::MayConnect(const std::string& desk_id) const {
  const auto of_desk = std::count_if(sessions_.begin(), sessions_.end(),
                                     [&](const auto& entry) { return entry.second.desk_id == desk_id; });
  return sessions_.size() < kStreamsMax && static_cast<std::size_t>(of_desk) < kStreamsPerDeskMax;
}

bool DeskService::IsConnected(const std::string& desk_id) {
  return around_.registry.Has(desk_id);
}

void DeskService::RefusePresses() {
  around_.stopping = true;
}

bool DeskService::WaitForPresses(Deadline deadline) {
  return around_.open_presses.WaitForNone(deadline);
}

void DeskService::SayGoodbye() {
  for (const std::shared_ptr<Session>& session : Open()) session->Close(ErrorCode::kServerStopping);
}

void DeskService::Recheck(const std::string& desk_id) {
  for (const std::shared_ptr<Session>& session : Open()) {
    if (desk_id.empty() || session->desk_id() == desk_id) session->Recheck();
  }
}

std::vector<std::shared_ptr<Session>> DeskService::Open() {
  std::vector<std::shared_ptr<Session>> open;
  const std::lock_guard lock(mutex_);
  for (const auto& [number, listed] : sessions_) {
    if (std::shared_ptr<Session> session = listed.session.lock()) open.push_back(std::move(session));
  }
  return open;
}

void DeskService::Forget(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(number);
}

}  // namespace madoguchi::desk
