// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer of the national service and as a request file of a receipt computer: they are refused with a
// code of the catalogue, or what was read can be written and read again without a difference. The shipped persons are
// the first inputs. By hand: cmake --preset fuzz && ninja -C build/fuzz xml_answer_fuzz &&
// build/fuzz/bin/xml_answer_fuzz -max_total_time=600 build/fuzz/corpus tests/simulators/people
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/eligibility/xml_inquiry.h"
#include "server/eligibility/xml_writer.h"

namespace {

using namespace madoguchi;               // NOLINT(google-build-using-namespace)
using namespace madoguchi::eligibility;  // NOLINT(google-build-using-namespace)

void Require(bool holds) {
  if (!holds) std::abort();
}

void ReadAsAnswer(std::string_view bytes) {
  Result<ReceivedAnswer> read = ReadXmlAnswer(bytes);
  if (!read) return Require(Describe(read.error().code).module == "eligibility");
  read->answer.unknown_elements.clear();  // only their names were kept
  const Result<std::string> utf8 = WriteXmlAnswer(read->envelope, read->answer, XmlEncoding::kUtf8);
  Require(utf8.ok());
  const Result<ReceivedAnswer> again = ReadXmlAnswer(*utf8);
  Require(again.ok() && again->answer == read->answer);
  const Result<std::string> cp932 = WriteXmlAnswer(read->envelope, read->answer, XmlEncoding::kShiftJis);
  Require(cp932.ok() ? ReadXmlAnswer(*cp932).ok() : cp932.error().code == ErrorCode::kHandoffCharacterNotWritable);
}

void ReadAsInquiry(std::string_view bytes) {
  const Result<ReceivedInquiry> read = ReadXmlInquiry(bytes);
  if (!read) return Require(read.error().code == ErrorCode::kHandoffRequestInvalid);
  const Result<std::string> written = WriteXmlInquiry(read->message, XmlEncoding::kUtf8);
  Require(written.ok());
  const Result<ReceivedInquiry> again = ReadXmlInquiry(*written);
  Require(again.ok() && again->message == read->message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadAsAnswer(bytes);
  ReadAsInquiry(bytes);
  return 0;
}
