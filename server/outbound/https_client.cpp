// SPDX-License-Identifier: Apache-2.0
#include "server/outbound/https_client.h"

#include <curl/curl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "server/outbound/curl_start.h"

namespace madoguchi::outbound {
namespace {

struct Receiver {
  std::string body;
  std::size_t bytes_max;
  bool overflow = false;
};

// Signature given by libcurl (CURLOPT_WRITEFUNCTION). Returning less than it got ends the transfer.
std::size_t Receive(char* data, std::size_t, std::size_t length, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  if (length > receiver.bytes_max - receiver.body.size()) {
    receiver.overflow = true;
    return 0;
  }
  receiver.body.append(data, length);
  return length;
}

// In TLS 1.3 the server judges our certificate after our side is done with the handshake, so its refusal arrives as an
// alert in place of the answer (RFC 8446 §4.4.2.4). It is sent before any request is read. These alerts belong to a
// handshake only (§6.2).
bool IsHandshakeAlert(std::string_view text) {
  if (text.find(" alert ") == std::string_view::npos) return false;
  constexpr std::string_view kRefusals[] = {"certificate", "unknown ca", "access denied", "decrypt error",
                                            "handshake failure"};
  return std::any_of(std::begin(kRefusals), std::end(kRefusals),
                     [&](std::string_view refusal) { return text.find(refusal) != std::string_view::npos; });
}

// Signature given by libcurl (CURLOPT_PREREQFUNCTION): called before the request is sent, each time.
int CountSending(void* user, char*, char*, int, int) {
  ++*static_cast<int*>(user);
  return CURL_PREREQFUNC_OK;
}

// `sendings`, `request_begun`: when a kept connection turns out to be dead, libcurl by itself sends the request again
// over a new one. The first copy may have arrived, whatever becomes of the second.
Fate FateOf(CURLcode code, int sendings, bool request_begun, std::string_view text) {
  if (sendings <= 1 && IsHandshakeAlert(text)) return Fate::kTlsRefused;
  if (request_begun) return Fate::kUnanswered;
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return Fate::kTlsRefused;
    default:
      return Fate::kUnreachable;
  }
}

std::string PlainContentType(const char* received) {
  std::string_view text = received == nullptr ? "" : received;
  text = text.substr(0, std::min(text.find(';'), kContentTypeBytesMax));
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string plain(text);
  std::transform(plain.begin(), plain.end(), plain.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return plain;
}

class HeaderList {
 public:
  explicit HeaderList(const std::vector<std::string>& headers) {
    Add("Expect:");  // no waiting for "100 Continue"
    for (const std::string& header : headers) Add(header.c_str());
  }
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  curl_slist* get() const { return list_; }

 private:
  void Add(const char* header) {
    curl_slist* const longer = curl_slist_append(list_, header);
    if (longer == nullptr) std::abort();  // out of memory
    list_ = longer;
  }
  curl_slist* list_ = nullptr;
};

// What tells one state of the files from another, without reading them. A file that is missing has a state, too.
std::string StampOf(const HttpsFiles& files) {
  std::string stamp;
  for (const std::string* file : {&files.root, &files.certificate, &files.key}) {
    struct stat facts {};
    if (stat(file->c_str(), &facts) != 0) facts = {};
    for (const auto number :
         {static_cast<std::int64_t>(facts.st_ino), static_cast<std::int64_t>(facts.st_size),
          static_cast<std::int64_t>(facts.st_mtim.tv_sec), static_cast<std::int64_t>(facts.st_mtim.tv_nsec)}) {
      stamp += std::to_string(number) + '.';
    }
  }
  return stamp;
}

}  // namespace

// libcurl keeps the eight newest sessions of a share and finds them by host and port; they stay valid as long as the
// server's tickets say.
class HttpsClient::Sessions {
 public:
  Sessions() : share_(curl_share_init()) {
    if (share_ == nullptr) std::abort();  // out of memory
    Set(CURLSHOPT_USERDATA, this);
    Set(CURLSHOPT_LOCKFUNC, &Lock);
    Set(CURLSHOPT_UNLOCKFUNC, &Unlock);
    Set(CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  ~Sessions() { curl_share_cleanup(share_); }
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;
  CURLSH* get() const { return share_; }

 private:
  // Signatures given by libcurl (CURLSHOPT_LOCKFUNC).
  static void Lock(CURL*, curl_lock_data data, curl_lock_access, void* user) {
    static_cast<Sessions*>(user)->locks_.at(static_cast<std::size_t>(data)).lock();
  }
  static void Unlock(CURL*, curl_lock_data data, void* user) {
    static_cast<Sessions*>(user)->locks_.at(static_cast<std::size_t>(data)).unlock();
  }
  template <class T>
  void Set(CURLSHoption option, T value) {
    if (curl_share_setopt(share_, option, value) != CURLSHE_OK) std::abort();
  }
  CURLSH* const share_;
  std::array<std::mutex, CURL_LOCK_DATA_LAST> locks_;
};

// One libcurl handle with its own kept connection. Used by one thread at a time.
class HttpsClient::Connection {
 public:
  Connection(const HttpsFiles& files, std::shared_ptr<Sessions> sessions)
      : sessions_(std::move(sessions)), handle_(curl_easy_init()) {
    if (handle_ == nullptr) std::abort();  // out of memory
    Set(CURLOPT_SHARE, sessions_->get());
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_PROTOCOLS_STR, "https");
    Set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    Set(CURLOPT_PROXY, "");  // also keeps https_proxy of the environment out
    Set(CURLOPT_TCP_NODELAY, 1L);
    Set(CURLOPT_TCP_KEEPALIVE, 1L);
    Set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_3});
    Set(CURLOPT_SSL_VERIFYPEER, 1L);
    Set(CURLOPT_SSL_VERIFYHOST, 2L);
    Set(CURLOPT_CAINFO, files.root.c_str());
    Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // Debian's default would trust the system's roots as well
    if (!files.certificate.empty()) {
      Set(CURLOPT_SSLCERT, files.certificate.c_str());
      Set(CURLOPT_SSLKEY, files.key.c_str());
    }
    Set(CURLOPT_ERRORBUFFER, error_text_);
    Set(CURLOPT_MAXCONNECTS, 1L);
    Set(CURLOPT_WRITEFUNCTION, &Receive);
    Set(CURLOPT_PREREQFUNCTION, &CountSending);
    Set(CURLOPT_PREREQDATA, &sendings_);
    Set(CURLOPT_POST, 1L);
  }
  ~Connection() { curl_easy_cleanup(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  const std::shared_ptr<Sessions>& sessions() const { return sessions_; }

  HttpsOutcome Post(const HttpsRequest& request, std::chrono::milliseconds timeout) {
    const HeaderList headers(request.headers);
    Receiver receiver{.body = {}, .bytes_max = request.answer_bytes_max};
    error_text_[0] = '\0';
    sendings_ = 0;
    Set(CURLOPT_URL, request.url.c_str());
    Set(CURLOPT_HTTPHEADER, headers.get());
    Set(CURLOPT_POSTFIELDS, request.body.data());
    Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    Set(CURLOPT_WRITEDATA, &receiver);
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(timeout, kConnectTimeout).count()));

    const CURLcode code = curl_easy_perform(handle_);
    HttpsOutcome outcome;
    if (code == CURLE_OK) {
      outcome.fate = Fate::kAnswered;
      long status = 0;
      const char* content_type = nullptr;
      curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(handle_, CURLINFO_CONTENT_TYPE, &content_type);
      outcome.status = static_cast<int>(status);
      outcome.content_type = PlainContentType(content_type);
      outcome.body = std::move(receiver.body);
      for (const std::string& name : request.wanted_headers) outcome.headers.push_back(HeaderOf(name));
      curl_off_t retry_after = 0;
      curl_easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &retry_after);
      outcome.retry_after = std::chrono::seconds(std::max<curl_off_t>(retry_after, 0));
    } else if (receiver.overflow) {
      outcome.fate = Fate::kTooLarge;
      outcome.detail = "more than " + std::to_string(request.answer_bytes_max) + " bytes";
    } else {
      long request_bytes = 0;
      curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &request_bytes);
      outcome.fate = FateOf(code, sendings_, request_bytes > 0, error_text_);
      outcome.detail = error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(code);
    }
    // The headers and the body of the request end here; the handle must not point at them any longer.
    Set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    Set(CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
    return outcome;
  }

 private:
  // Every option above exists in the libcurl we are built with; a failure is a broken installation or no memory.
  template <class T>
  void Set(CURLoption option, T value) {
    if (curl_easy_setopt(handle_, option, value) != CURLE_OK) std::abort();
  }

  std::string HeaderOf(const std::string& name) const {
    curl_header* header = nullptr;
    if (curl_easy_header(handle_, name.c_str(), 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return {};
    return std::string(header->value).substr(0, kHeaderValueBytesMax);
  }

  const std::shared_ptr<Sessions> sessions_;  // outlives the handle
  CURL* const handle_;
  int sendings_ = 0;  // of this request
  char error_text_[CURL_ERROR_SIZE] = {};
};

HttpsClient::HttpsClient(HttpsFiles files) : files_(std::move(files)) {
  StartCurlOnce();
}

HttpsClient::~HttpsClient() = default;

HttpsOutcome HttpsClient::Post(const HttpsRequest& request, Deadline deadline) {
  const std::chrono::milliseconds timeout = deadline.remaining();
  // libcurl takes a timeout of 0 for "none".
  HttpsOutcome outcome;
  if (timeout.count() == 0) {
    outcome.detail = "no time left";
    return outcome;
  }
  std::unique_ptr<Connection> connection = Borrow();
  outcome = connection->Post(request, timeout);
  Return(std::move(connection));
  return outcome;
}

std::unique_ptr<HttpsClient::Connection> HttpsClient::Borrow() {
  std::string stamp = StampOf(files_);
  std::vector<std::unique_ptr<Connection>> given_up;  // closed after the lock is gone
  std::shared_ptr<Sessions> sessions;
  {
    const std::lock_guard lock(mutex_);
    if (!sessions_ || stamp != stamp_) {
      given_up.swap(idle_);
      stamp_ = std::move(stamp);
      sessions_ = std::make_shared<Sessions>();
    }
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    sessions = sessions_;
  }
  return std::make_unique<Connection>(files_, std::move(sessions));
}

void HttpsClient::Return(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleConnectionsMax && connection->sessions() == sessions_) idle_.push_back(std::move(connection));
}

}  // namespace madoguchi::outbound
