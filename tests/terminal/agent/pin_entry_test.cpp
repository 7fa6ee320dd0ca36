// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/pin_entry.h"

#include <gtest/gtest.h>

#include <string_view>

#include "tests/terminal/agent/pipe.h"

namespace madoguchi::agent {
namespace {

TEST(PinEntry, ReadsOnePinAfterTheOtherFromADescriptor) {
  const Pipe pipe("1234\n56789012");
  relay::DeskPin pin = relay::DeskPin::Make({}).value();
  for (const std::string_view expected : {"1234", "5678", "9012"}) {
    ASSERT_TRUE(ReadPin(pipe.descriptor(), {}, pin).ok());
    EXPECT_EQ(AsText(pin.bytes_for_leak_test()), expected);
  }
  EXPECT_EQ(ReadPin(pipe.descriptor(), {}, pin).error().code, ErrorCode::kPinFormatInvalid);
}

TEST(PinEntry, RefusesWhatIsNoPin) {
  for (const std::string_view content : {"", "12", "12a4", "12\n34"}) {
    const Pipe pipe(content);
    relay::DeskPin pin = relay::DeskPin::Make({}).value();
    EXPECT_EQ(ReadPin(pipe.descriptor(), {}, pin).error().code, ErrorCode::kPinFormatInvalid);
  }
}

TEST(PinEntry, RefusesAPinThatGoesOnButNotALineBreakBehindIt) {
  for (const std::string_view content : {"12345", "1234 "}) {
    const Pipe pipe(content);
    relay::DeskPin pin = relay::DeskPin::Make({}).value();
    ASSERT_TRUE(ReadPin(pipe.descriptor(), {}, pin).ok());
    EXPECT_EQ(RefuseMore(pipe.descriptor(), pin).error().code, ErrorCode::kPinFormatInvalid);
    EXPECT_EQ(pin.size(), 0U);
  }
  for (const std::string_view content : {"1234", "1234\n"}) {
    const Pipe pipe(content);
    relay::DeskPin pin = relay::DeskPin::Make({}).value();
    ASSERT_TRUE(ReadPin(pipe.descriptor(), {}, pin).ok());
    EXPECT_TRUE(RefuseMore(pipe.descriptor(), pin).ok());
    EXPECT_TRUE(pin.complete());
  }
}

TEST(PinEntry, TakesAnyBytesUnderAnotherRule) {
  const Pipe pipe("\n\r\x01\x02\x03\x04\x05\x06");
  const relay::PinRule rule{.length = 8, .digits_only = false};
  relay::DeskPin pin = relay::DeskPin::Make(rule).value();
  ASSERT_TRUE(ReadPin(pipe.descriptor(), rule, pin).ok());
  EXPECT_EQ(pin.bytes_for_leak_test()[0], '\n');
}

}  // namespace
}  // namespace madoguchi::agent
