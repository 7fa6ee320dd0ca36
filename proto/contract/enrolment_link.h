// SPDX-License-Identifier: Apache-2.0
// How a desk learns which server to trust before it sends anything (design §7), in two forms:
//   enrolment link    madoguchi-enrol:?s=HOST:PORT&r=ROOT&t=TOKEN   in a QR code or a file; holds the one-time token:
//   secret connection code   HOST:PORT 7K3M-…                              接続コード, typed by a person; holds no
//   secret
// ROOT is SHA-256 of the facility root's certificate (DER), 64 lower-case hex digits; TOKEN is 32 random bytes
// likewise. HOST:PORT is the enrolment listener: a DNS name, an IPv4 address or an IPv6 address in brackets; names are
// kept in lower case. The connection code holds the first 130 bits of ROOT as 26 characters of Crockford's base32 and
// two check characters (CRC-10 over server and characters: one wrong character, or two neighbours exchanged, is always
// found), in seven groups of four. Thread: any. Errors: ENROLMENT_LINK_INVALID, whose detail names the part and never
// holds any of it.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi {

inline constexpr std::string_view kEnrolmentLinkScheme = "madoguchi-enrol:";
inline constexpr std::size_t kEnrolmentLinkBytesMax = 512;
inline constexpr std::size_t kServerNameBytesMax = 253;  // RFC 1035 §2.3.4
inline constexpr std::size_t kRootDigestBytes = 32;
inline constexpr std::size_t kEnrolmentTokenBytes = 32;
inline constexpr std::size_t kConnectionCodeBytesMax = 512;
inline constexpr std::size_t kRootCharacters = 26;

struct EnrolmentLink {
  std::string server;  // host:port
  Bytes root_sha256;   // 32 bytes
  std::string token;   // 64 lower-case hex digits; secret
};

Result<EnrolmentLink> ParseEnrolmentLink(std::string_view text);  // white space around it is ignored
// Precondition of the result being parsable: the same rules. ENROLMENT_LINK_INVALID otherwise.
Result<std::string> FormatEnrolmentLink(const EnrolmentLink& link);

struct ConnectionCode {
  std::string server;  // host:port
  std::string root;    // 26 characters, canonical
  // Whether the root certificate with this SHA-256 (32 bytes) is the one meant.
  bool Names(ByteView root_sha256) const;
};

Result<std::string> FormatConnectionCode(const std::string& server, ByteView root_sha256);
// Tolerant of full-width characters, spaces, dashes, lower case, O for 0, I and L for 1.
Result<ConnectionCode> ParseConnectionCode(std::string_view typed);

// host:port as both forms hold it, in lower case; or nothing.
Result<std::string> ParseServerName(std::string_view text);

}  // namespace madoguchi
