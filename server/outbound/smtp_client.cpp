// SPDX-License-Identifier: Apache-2.0
#include "server/outbound/smtp_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "contract/files.h"
#include "contract/secret_bytes.h"
#include "server/outbound/curl_start.h"

namespace madoguchi::outbound {
namespace {

constexpr std::size_t kUrlBytesMax = 300;
constexpr long kServerSaidOk = 250;

struct Source {
  std::string_view rest;
};

// Signature given by libcurl (CURLOPT_READFUNCTION).
std::size_t Give(char* buffer, std::size_t size, std::size_t count, void* user) {
  auto& source = *static_cast<Source*>(user);
  const std::size_t length = std::min(size * count, source.rest.size());
  std::memcpy(buffer, source.rest.data(), length);
  source.rest.remove_prefix(length);
  return length;
}

// An address that cannot end its command: no control character, space or bracket.
bool IsPlainAddress(std::string_view address) {
  return !address.empty() && address.size() <= 254 && std::all_of(address.begin(), address.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '<' && c != '>';
  });
}

class Handle {
 public:
  Handle() : handle_(curl_easy_init()) {
    if (handle_ == nullptr) std::abort();  // out of memory
  }
  ~Handle() {
    curl_slist_free_all(recipients_);
    curl_easy_cleanup(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  // Every option used here exists in the libcurl we are built with; a failure is a broken installation or no memory.
  template <class T>
  void Set(CURLoption option, T value) {
    if (curl_easy_setopt(handle_, option, value) != CURLE_OK) std::abort();
  }
  void SetRecipient(const std::string& recipient) {
    recipients_ = curl_slist_append(nullptr, ("<" + recipient + ">").c_str());
    if (recipients_ == nullptr) std::abort();
    Set(CURLOPT_MAIL_RCPT, recipients_);
  }
  CURL* get() const { return handle_; }

 private:
  CURL* const handle_;
  curl_slist* recipients_ = nullptr;
};

void SetTransport(Handle& handle, const SmtpServer& server, std::chrono::milliseconds timeout) {
  handle.Set(CURLOPT_NOSIGNAL, 1L);
  handle.Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  handle.Set(CURLOPT_URL, server.url.c_str());
  handle.Set(CURLOPT_PROXY, "");  // also keeps the environment's proxies out
  handle.Set(CURLOPT_USE_SSL, long{CURLUSESSL_ALL});
  handle.Set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_3});
  handle.Set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle.Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!server.root_file.empty()) {
    handle.Set(CURLOPT_CAINFO, server.root_file.c_str());
    handle.Set(CURLOPT_CAPATH,
               static_cast<const char*>(nullptr));  // Debian's default would trust the system's roots as well
  }
  handle.Set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  handle.Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(timeout, kSmtpConnectTimeout).count()));
}

Error NotSent(std::string why) {
  return {ErrorCode::kMailNotSent, std::move(why), {}};
}

}  // namespace

SmtpClient::SmtpClient(SmtpServer server) : server_(std::move(server)) {
  StartCurlOnce();
}

Result<void> SmtpClient::Send(const std::string& from, const std::string& recipient, const std::string& message,
                              Deadline deadline) const {
  if (!IsPlainAddress(from) || !IsPlainAddress(recipient)) return NotSent("an address is none");
  if (message.size() > kSmtpMessageBytesMax) return NotSent("the message is too large");
  if (server_.url.size() > kUrlBytesMax || server_.url.find_first_of("\r\n") != std::string::npos)
    return NotSent("mail.url");
  const std::chrono::milliseconds timeout = deadline.remaining();
  if (timeout.count() == 0) return NotSent("no time left");

  Handle handle;
  SetTransport(handle, server_, timeout);
  handle.Set(CURLOPT_MAIL_FROM, ("<" + from + ">").c_str());
  handle.SetRecipient(recipient);
  std::string password;
  if (!server_.user.empty()) {
    TRY_ASSIGN(password, ReadSmallFile(server_.password_file));
    while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
    handle.Set(CURLOPT_USERNAME, server_.user.c_str());
    handle.Set(CURLOPT_PASSWORD, password.c_str());
    Wipe({reinterpret_cast<std::uint8_t*>(password.data()), password.size()});  // libcurl has its copy
  }
  Source source{message};
  handle.Set(CURLOPT_UPLOAD, 1L);
  handle.Set(CURLOPT_READFUNCTION, &Give);
  handle.Set(CURLOPT_READDATA, &source);
  handle.Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));

  const CURLcode code = curl_easy_perform(handle.get());
  long said = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &said);
  // The server's last word may be its answer to QUIT; an error after the message was taken would be reported by `code`.
  if (code == CURLE_OK) return {};
  return NotSent(std::string(curl_easy_strerror(code)) +
                 (said >= kServerSaidOk ? ", server said " + std::to_string(said) : std::string{}));
}

}  // namespace madoguchi::outbound
