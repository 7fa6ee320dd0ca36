// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/secrets.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace madoguchi::cli {
namespace {

// A descriptor from which `text` can be read to its end.
class Given {
 public:
  explicit Given(std::string text) {
    if (pipe(ends_.data()) != 0) std::abort();
    writer_ = std::thread([this, text = std::move(text)] {
      std::size_t done = 0;
      while (done < text.size()) {
        const ssize_t put = write(ends_[1], text.data() + done, text.size() - done);
        if (put <= 0) break;
        done += static_cast<std::size_t>(put);
      }
      close(ends_[1]);
    });
  }
  ~Given() {
    writer_.join();
    close(ends_[0]);
  }
  int descriptor() const { return ends_[0]; }

 private:
  std::array<int, 2> ends_{};
  std::thread writer_;
};

TEST(Secrets, AreReadFromADescriptorByName) {
  const Given given("code=123456\r\npassword=abc=def ghi\nnew_password=窓口のパスワード\n");
  Secrets secrets(given.descriptor());
  std::string password, code, fresh;
  EXPECT_FALSE(secrets.Get("password", "", Typing::kSilent, password));
  EXPECT_FALSE(secrets.Get("code", "", Typing::kSilent, code));
  EXPECT_FALSE(secrets.Get("new_password", "", Typing::kTwice, fresh));
  EXPECT_EQ(password, "abc=def ghi");
  EXPECT_EQ(code, "123456");
  EXPECT_EQ(fresh, "窓口のパスワード");
}

TEST(Secrets, MissingOnesAreAUsageErrorThatNamesTheLine) {
  const Given given("code=123456\n");
  Secrets secrets(given.descriptor());
  std::string into;
  const Done failed = secrets.Get("password", "", Typing::kSilent, into);
  ASSERT_TRUE(failed);
  EXPECT_EQ(ExitStatus(*failed), kExitUsage);
  EXPECT_NE(failed->usage.find("password="), std::string::npos);
  EXPECT_FALSE(secrets.GetOptional("break_glass", "", into));
  EXPECT_EQ(into, "");
}

TEST(Secrets, HaveALimitEachAndInAll) {
  std::string into;
  for (const std::string& text :
       {"password=" + std::string(kSecretBytesMax + 1, 'x'), std::string(kSecretsBytesMax + 1, '\n'),
        std::string("no equals sign\npassword=x\n"), std::string("password=\xFF\n")}) {
    const Given given(text);
    Secrets secrets(given.descriptor());
    const Done failed = secrets.Get("password", "", Typing::kSilent, into);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->usage.find("xxx"), std::string::npos);  // never what was given
    EXPECT_EQ(ExitStatus(*failed), kExitUsage);
  }
  const Given longest("password=" + std::string(kSecretBytesMax, 'x'));
  Secrets secrets(longest.descriptor());
  EXPECT_FALSE(secrets.Get("password", "", Typing::kSilent, into));
}

TEST(Secrets, AreWipedInTheCopyOfTheRequest) {
  std::string text(64, 's');
  const char* const memory = text.data();
  const std::size_t length = text.size();
  WipeText(text);
  EXPECT_TRUE(text.empty());
  // The string keeps its memory: what stands there now is what the wiping left.
  EXPECT_EQ(text.data(), memory);
  for (std::size_t i = 0; i < length; ++i) EXPECT_EQ(static_cast<const volatile char*>(memory)[i], '\0') << i;
}

}  // namespace
}  // namespace madoguchi::cli
