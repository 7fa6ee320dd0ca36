// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/link.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "contract/crypto/random.h"
#include "contract/files.h"
#include "contract/log.h"
#include "madoguchi/v1/desk_service.grpc.pb.h"
#include "terminal/identity/channel.h"
#include "terminal/identity/desk_identity.h"
#include "terminal/identity/renewal.h"
#include "terminal/link/backoff.h"

namespace madoguchi::link {
namespace {

constexpr std::size_t kInstanceBytes = 16;
constexpr std::chrono::milliseconds kLookAgainAfter{100};

std::uint32_t Random32() {
  const Bytes random = crypto::RandomBytes(4);
  return static_cast<std::uint32_t>(random[0]) << 24 | static_cast<std::uint32_t>(random[1]) << 16 |
         static_cast<std::uint32_t>(random[2]) << 8 | random[3];
}

// What the reactor and the link's thread share. Guarded by `mutex`.
struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool touched = false;       // somebody spoke to the conversation: what is due may have changed
  bool new_identity = false;  // the certificate was renewed: the stream on the old one may end
  // Of the current stream:
  std::deque<v1::ServerMessage> incoming;
  bool writing = false;
  bool broken = false;  // no more will come
  std::optional<grpc::Status> ended;
};

// One stream. Only copies and wakes; one write in flight at a time (two abort the process). The hold keeps gRPC's half
// of the call alive until LetGo: the link's thread writes from outside of reactions, also at the moment the stream
// breaks.
class Stream final : public grpc::ClientBidiReactor<v1::DeskMessage, v1::ServerMessage> {
 public:
  Stream(v1::DeskService::Stub& stub, Shared& shared) : shared_(shared) {
    stub.async()->Connect(&context_, this);
    AddHold();
    StartRead(&reading_);
    StartCall();
  }
  // Precondition: no write in flight.
  void Write(v1::DeskMessage message) {
    writing_ = std::move(message);
    StartWrite(&writing_);
  }
  void Cancel() { context_.TryCancel(); }
  // Nothing is written from now on; OnDone follows. Once.
  void LetGo() { RemoveHold(); }

  void OnReadDone(bool ok) override {
    if (!ok) {
      const std::lock_guard lock(shared_.mutex);
      shared_.broken = true;
      shared_.changed.notify_all();
      return;
    }
    {
      const std::lock_guard lock(shared_.mutex);
      if (shared_.incoming.size() >= kIncomingMax) {
        context_.TryCancel();
      } else {
        shared_.incoming.push_back(std::move(reading_));
      }
      shared_.changed.notify_all();
    }
    reading_.Clear();
    StartRead(&reading_);
  }
  void OnWriteDone(bool) override {
    const std::lock_guard lock(shared_.mutex);
    shared_.writing = false;
    shared_.changed.notify_all();
  }
  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(shared_.mutex);
    shared_.ended = status;
    shared_.changed.notify_all();
  }

 private:
  Shared& shared_;
  grpc::ClientContext context_;
  v1::DeskMessage writing_;
  v1::ServerMessage reading_;
};

}  // namespace

class Link::Carrier {
 public:
  Carrier(LinkOptions options, Sink sink)
      : options_(std::move(options)),
        sink_(std::move(sink)),
        conversation_(MADOGUCHI_VERSION, crypto::RandomBytes(kInstanceBytes)) {
    conversation_.SetReader(options_.reader);
    conversation_.SetInstitutionCode(options_.institution_code);
    thread_ = std::thread([this] { Run(); });
  }

  ~Carrier() {
    {
      const std::lock_guard lock(shared_.mutex);
      shared_.stopping = true;
      shared_.changed.notify_all();
    }
    thread_.join();
  }

  template <class Act>
  auto With(Act act) {
    const std::lock_guard lock(shared_.mutex);
    shared_.touched = true;
    shared_.changed.notify_all();
    return act(conversation_);
  }
  bool AwaitReportsTaken(Deadline deadline, std::size_t left) {
    std::unique_lock lock(shared_.mutex);
    const auto few = [&] { return conversation_.reports_waiting() <= left; };
    shared_.changed.wait_until(lock, deadline.at(), [&] { return few() || !conversation_.may_return(); });
    return few();
  }
  void UseNewIdentity() {
    const std::lock_guard lock(shared_.mutex);
    shared_.new_identity = true;
    shared_.touched = true;
    shared_.changed.notify_all();
  }

 private:
  void Run();
  // One connection from start to end; why it ended.
  Error Connect();
  // Refused because another program of this desk was given a newer certificate: with that one it may go on. The other
  // one hears of it in the same moment as this one, and still has to write it down.
  bool AwaitAnotherCertificate();
  bool HasAnotherCertificate() const;
  Error Carry(v1::DeskService::Stub& stub);
  void Welcomed();
  Result<void> Step(Stream& stream, std::unique_lock<std::mutex>& lock);
  bool stopping() const { return shared_.stopping; }

  LinkOptions options_;
  Sink sink_;
  bool renewed_ = false;     // the certificate of this connection waits for its first use
  std::string certificate_;  // of this connection, PEM
  Shared shared_;
  Conversation conversation_;
  Backoff backoff_;
  std::thread thread_;
};

// One round: what came, what is due, what goes out; then sleeps until there is more.
Result<void> Link::Carrier::Step(Stream& stream, std::unique_lock<std::mutex>& lock) {
  while (!shared_.incoming.empty()) {
    const v1::ServerMessage message = std::move(shared_.incoming.front());
    shared_.incoming.pop_front();
    TRY_ASSIGN(std::vector<Event> events, conversation_.Received(message, Deadline::Clock::now()));
    if (message.has_welcome()) backoff_.Reset();
    if (message.has_screen_report_taken()) shared_.changed.notify_all();
    lock.unlock();
    if (message.has_welcome()) Welcomed();
    for (Event& event : events) sink_(std::move(event));
    lock.lock();
  }
  if (shared_.new_identity && !conversation_.press_open())
    return Error{ErrorCode::kServerUnreachable, "connecting anew with the renewed certificate", {}};
  TRY_VOID(conversation_.Due(Deadline::Clock::now()));
  if (!shared_.writing && !shared_.broken) {
    if (std::optional<v1::DeskMessage> message = conversation_.TakeOutgoing()) {
      shared_.writing = true;
      stream.Write(std::move(*message));
    }
  }
  if (conversation_.outgoing() > limits::kOutQueueMessagesMax)
    return Error{ErrorCode::kServerUnreachable, "the server takes nothing", {}};
  shared_.touched = false;
  shared_.changed.wait_until(lock, conversation_.NextDue(), [this] {
    return stopping() || shared_.touched || shared_.broken || !shared_.incoming.empty() ||
           (!shared_.writing && conversation_.outgoing() > 0);
  });
  return {};
}

Error Link::Carrier::Carry(v1::DeskService::Stub& stub) {
  std::unique_lock lock(shared_.mutex);
  shared_.incoming.clear();
  shared_.writing = false;
  shared_.broken = false;
  shared_.ended.reset();
  conversation_.StreamOpened(Deadline::Clock::now());
  lock.unlock();
  Stream stream(stub, shared_);
  lock.lock();
  std::optional<Error> reason;
  while (!stopping() && !reason && !(shared_.broken && shared_.incoming.empty())) {
    Result<void> stepped = Step(stream, lock);
    if (!stepped) reason = std::move(stepped).error();
  }
  conversation_.StreamClosed();
  const bool broken = shared_.broken;
  lock.unlock();
  if (!broken) stream.Cancel();  // a broken stream has a status of its own that says why
  stream.LetGo();
  lock.lock();
  // The end always comes now; the reactor may not be destroyed before.
  shared_.changed.wait(lock, [this] { return shared_.ended.has_value(); });
  if (reason) return *reason;
  if (shared_.ended->ok()) return {ErrorCode::kServerUnreachable, "the server ended the stream", {}};
  return identity::FromStatus(*shared_.ended);
}

// The server has seen the certificate of this connection.
void Link::Carrier::Welcomed() {
  if (!renewed_) return;
  if (const Result<void> kept = identity::KeepRenewed(options_.directory); !kept)
    log::Report("link", "renewed_not_kept", kept.error());
  renewed_ = false;
}

bool Link::Carrier::HasAnotherCertificate() const {
  const Result<identity::IdentityFiles> files = identity::FindIdentity(options_.directory);
  const Result<std::string> now = files ? ReadSmallFile(files->certificate) : files.error();
  return now && *now != certificate_;
}

bool Link::Carrier::AwaitAnotherCertificate() {
  const Deadline deadline = Deadline::In(kNewCertificateWithin);
  for (;;) {
    if (HasAnotherCertificate()) return true;
    std::unique_lock lock(shared_.mutex);
    const bool stop =
        shared_.changed.wait_until(lock, deadline.Capped(kLookAgainAfter).at(), [this] { return stopping(); });
    if (stop || deadline.passed()) return false;
  }
}

Error Link::Carrier::Connect() {
  Result<identity::IdentityFiles> files = identity::FindIdentity(options_.directory);
  if (!files) return std::move(files).error();
  Result<std::string> certificate = ReadSmallFile(files->certificate);
  if (!certificate) return std::move(certificate).error();
  renewed_ = files->renewed;
  certificate_ = std::move(*certificate);
  Result<std::shared_ptr<grpc::Channel>> channel =
      identity::OpenChannel(options_.server, {files->root, files->certificate, files->key});
  if (!channel) return std::move(channel).error();
  return identity::AtConnecting(Carry(*v1::DeskService::NewStub(*channel)), options_.directory);
}

void Link::Carrier::Run() {
  std::unique_lock lock(shared_.mutex);
  while (!stopping()) {
    shared_.new_identity = false;  // before the files are read: what is written from here on counts for this connection
    lock.unlock();
    Error error = Connect();
    const bool replaced = error.code == ErrorCode::kCertificateNotAccepted && AwaitAnotherCertificate();
    lock.lock();
    if (stopping()) return;
    const bool will_retry = conversation_.may_return() || replaced;
    lock.unlock();
    log::Report("link", "disconnected", error, {{"retry", will_retry ? "yes" : "no"}});
    sink_(Disconnected{std::move(error), will_retry});
    const auto pause = backoff_.Next(Random32());
    lock.lock();
    const auto stop = [this] { return stopping(); };
    if (!will_retry) {
      shared_.changed.wait(lock, stop);
    } else {
      shared_.changed.wait_for(lock, pause, stop);
    }
  }
}

Link::Link(std::unique_ptr<Carrier> carrier) : carrier_(std::move(carrier)) {}
Link::~Link() = default;

Result<std::unique_ptr<Link>> Link::Open(LinkOptions options, Sink sink) {
  TRY_ASSIGN(const identity::IdentityFiles files, identity::FindIdentity(options.directory));
  TRY_VOID(identity::OpenChannel(options.server, {files.root, files.certificate, files.key}));
  return std::unique_ptr<Link>(new Link(std::make_unique<Carrier>(std::move(options), std::move(sink))));
}

void Link::SetCardPresent(bool present) {
  carrier_->With([present](Conversation& conversation) { conversation.SetCardPresent(present); });
}

Result<void> Link::Press(PressOrder order) {
  return carrier_->With(
      [&order](Conversation& conversation) { return conversation.Press(std::move(order), Deadline::Clock::now()); });
}

Result<void> Link::Proof(const ProofRequest& request, ScriptAnswers answers) {
  return carrier_->With([&](Conversation& conversation) {
    return conversation.Proof(request, std::move(answers), Deadline::Clock::now());
  });
}

void Link::Refuse(const PolicyRefusal& refusal) {
  carrier_->With([&refusal](Conversation& conversation) { conversation.Refuse(refusal); });
}

void Link::Report(const ScreenReport& report) {
  const bool kept = carrier_->With(
      [&report](Conversation& conversation) { return conversation.Report(report, Deadline::Clock::now()); });
  if (!kept) log::Warning("link", "screen_report_lost", {{"waiting", kReportsKeptMax}});
}

bool Link::AwaitReportsTaken(Deadline deadline, std::size_t left) {
  return carrier_->AwaitReportsTaken(deadline, left);
}

void Link::ForgetPress() {
  carrier_->With([](Conversation& conversation) { conversation.ForgetPress(); });
}

void Link::SetReader(std::string reader) {
  carrier_->With([&reader](Conversation& conversation) { conversation.SetReader(std::move(reader)); });
}

void Link::UseNewIdentity() {
  carrier_->UseNewIdentity();
}

std::string AgentVersion() {
  return MADOGUCHI_VERSION;
}

}  // namespace madoguchi::link
