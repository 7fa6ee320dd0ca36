// SPDX-License-Identifier: Apache-2.0
// PullPages: results for receivers that ask for them, behind an HTTPS listener that has verified their certificate
// (facility CA):
//   GET  /v1/results[?desk=<desk id>]   the oldest waiting ones, at most kPulledMax; they stay until they are taken.
//                                       Accept: application/fhir+json gives FHIR Bundles, anything else JSON:
//                                       {"results":[{"row_id":…,"press_id":…,"desk":…,"result":{…}}],"more":false}
//   POST /v1/results/<row id>/taken     204: it is delivered (also when it was before); 404: no such result waits here
// Only certificates whose SHA-256 is listed; others get 403. The first reading of each result by each certificate and
// its taking are in the trail. One that cannot be opened (its key is damaged) is refused, so that it does not stand
// before the others for ever. A result lies only on the server that made the check: with several servers a receiver
// asks each of them. Thread: the listener's; blocks on the database up to kPullWithin. Ownership: all given outlives
// it.
#pragma once
#include <functional>
#include <set>
#include <string>

#include "contract/web/https_listener.h"
#include "server/handoff/handing.h"
#include "server/handoff/kept_book.h"
#include "server/handoff/row_keys.h"

namespace madoguchi::handoff {

inline constexpr std::size_t kPulledMax = kRowsPerRound;  // each made of at most audit::kKeptBytesMax
inline constexpr std::chrono::seconds kPullWithin{5};
inline constexpr std::size_t kPullClientsMax = 16;

class PullPages {
 public:
  using Write = std::function<std::string(const Handing& handing)>;
  struct Parts {
    KeptBook& book;
    const RowKeys& keys;
    std::set<std::string> clients;  // SHA-256 of their certificates, hex
    Write json, fhir;
    std::function<void(int code)> counted;  // 0: one was taken
  };
  explicit PullPages(Parts parts) : parts_(std::move(parts)) {}
  web::Response Answer(const web::Request& request) const;

 private:
  web::Response Results(const web::Request& request, const std::string& reader) const;
  web::Response Taken(const std::string& row_id, const std::string& reader) const;
  const Parts parts_;
};

}  // namespace madoguchi::handoff
