// SPDX-License-Identifier: Apache-2.0
// The driver as pcscd uses it, with a card at the other end of its wire: the two sides of the wire are tested against
// each other.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

extern "C" {
#include <ifdhandler.h>
}

#include "tests/simulators/card/reader_link.h"

namespace madoguchi::simulators {
namespace {

constexpr DWORD kLun = 0;
constexpr int kWaitMilliseconds = 20'000;  // for an event that is to come
constexpr int kPortFirst = 21'000, kPorts = 9'000;

template <class Function>
Function* Symbol(void* library, const char* name) {
  auto* symbol = reinterpret_cast<Function*>(dlsym(library, name));
  EXPECT_NE(symbol, nullptr) << name;
  return symbol;
}

struct Driver {
  void* library = dlopen(MADOGUCHI_LOOPBACK_READER, RTLD_NOW);
  decltype(&IFDHCreateChannelByName) create =
      Symbol<decltype(IFDHCreateChannelByName)>(library, "IFDHCreateChannelByName");
  decltype(&IFDHCloseChannel) close_channel = Symbol<decltype(IFDHCloseChannel)>(library, "IFDHCloseChannel");
  decltype(&IFDHGetCapabilities) capabilities = Symbol<decltype(IFDHGetCapabilities)>(library, "IFDHGetCapabilities");
  decltype(&IFDHPowerICC) power = Symbol<decltype(IFDHPowerICC)>(library, "IFDHPowerICC");
  decltype(&IFDHTransmitToICC) transmit = Symbol<decltype(IFDHTransmitToICC)>(library, "IFDHTransmitToICC");
  decltype(&IFDHICCPresence) presence = Symbol<decltype(IFDHICCPresence)>(library, "IFDHICCPresence");
};

Driver& Loaded() {
  static Driver driver;
  return driver;
}

// A card on the reader, in a thread of its own; taken away when it goes out of scope.
class InsertedCard {
 public:
  InsertedCard(std::uint16_t port, CardOptions options = {}, std::uint64_t pull_at_apdu = 0, std::string log = "")
      : card_(MakeTestCard(std::move(options))), link_(port, stop_, std::move(log), "") {
    end_ = std::async(std::launch::async, [this, pull_at_apdu] { return link_.Serve(card_, pull_at_apdu).value(); });
  }
  ~InsertedCard() {
    Remove();
    close(stop_);
  }
  LinkEnd Remove() {
    if (!end_.valid()) return LinkEnd::kStopped;
    eventfd_write(stop_, 1);
    return end_.get();
  }
  LinkEnd End() { return end_.get(); }

 private:
  const int stop_ = eventfd(0, EFD_CLOEXEC);
  JpkiCard card_;
  ReaderLink link_;
  std::future<LinkEnd> end_;
};

class LoopbackReader : public testing::Test {
 protected:
  ~LoopbackReader() override { Loaded().close_channel(kLun); }

  void Open(const std::string& suffix = "") {
    for (int i = 0; i < 50; ++i) {
      port_ = static_cast<std::uint16_t>(kPortFirst + (getpid() + i * 97) % kPorts);
      std::string device = "loop:" + std::to_string(port_) + suffix;
      if (Loaded().create(kLun, device.data()) == IFD_SUCCESS) return;
    }
    FAIL() << "no free port";
  }

  // Waits as pcscd's event thread does, until the reader reports `wanted`.
  bool Becomes(RESPONSECODE wanted) {
    RESPONSECODE (*wait)(DWORD, int) = nullptr;
    DWORD length = sizeof wait;
    Loaded().capabilities(kLun, TAG_IFD_POLLING_THREAD_WITH_TIMEOUT, &length, reinterpret_cast<PUCHAR>(&wait));
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kWaitMilliseconds);
    while (std::chrono::steady_clock::now() < until) {
      if (Loaded().presence(kLun) == wanted) return true;
      wait(kLun, kWaitMilliseconds);
    }
    return false;
  }

  RESPONSECODE PowerUp() {
    std::array<UCHAR, MAX_ATR_SIZE> atr{};
    DWORD length = atr.size();
    const RESPONSECODE done = Loaded().power(kLun, IFD_POWER_UP, atr.data(), &length);
    atr_.assign(atr.begin(), atr.begin() + static_cast<std::ptrdiff_t>(length));
    return done;
  }

  // "" when the driver reports an error.
  std::string Transmit(std::string_view hex) {
    Bytes command = FromHex(hex).value();
    Bytes answer(MAX_BUFFER_SIZE_EXTENDED);
    DWORD length = answer.size();
    SCARD_IO_HEADER received{};
    if (Loaded().transmit(kLun, {SCARD_PROTOCOL_T1, 0}, command.data(), command.size(), answer.data(), &length,
                          &received) != IFD_SUCCESS) {
      return "";
    }
    return ToHex(ByteView(answer).first(length));
  }

  std::uint16_t port_ = 0;
  Bytes atr_;
};

constexpr char kSelectJpki[] = "00A4040C0AD392F000260100000001";

TEST_F(LoopbackReader, SeesACardComeAnswerAndGo) {
  Open();
  EXPECT_EQ(Loaded().presence(kLun), IFD_ICC_NOT_PRESENT);
  {
    InsertedCard card(port_);
    ASSERT_TRUE(Becomes(IFD_ICC_PRESENT));
    EXPECT_EQ(PowerUp(), IFD_SUCCESS);
    EXPECT_EQ(atr_, Bytes(std::begin(kAtr), std::end(kAtr)));
    EXPECT_EQ(Transmit(kSelectJpki), "9000");
    EXPECT_EQ(Transmit("00B08A00000000").substr(0, 4), "3082") << "extended Le";
    EXPECT_EQ(card.Remove(), LinkEnd::kStopped);
  }
  EXPECT_TRUE(Becomes(IFD_ICC_NOT_PRESENT));
  EXPECT_EQ(Transmit(kSelectJpki), "");
}

TEST_F(LoopbackReader, ReportsAbsentBetweenTwoCardsThatSwapAtOnce) {
  Open();
  InsertedCard first(port_, {}, 2);
  ASSERT_TRUE(Becomes(IFD_ICC_PRESENT));
  EXPECT_EQ(PowerUp(), IFD_SUCCESS);
  EXPECT_EQ(Transmit(kSelectJpki), "9000");
  InsertedCard second(port_);  // waits in the queue: its connection is there before the first one's end is noticed
  EXPECT_EQ(Transmit(kSelectJpki), "") << "pulled: no answer";
  EXPECT_EQ(first.End(), LinkEnd::kPulled);
  EXPECT_EQ(Transmit(kSelectJpki), "") << "never the second card before absent was reported";
  EXPECT_EQ(Loaded().presence(kLun), IFD_ICC_NOT_PRESENT);
  ASSERT_TRUE(Becomes(IFD_ICC_PRESENT));
  EXPECT_EQ(PowerUp(), IFD_SUCCESS);
  EXPECT_EQ(Transmit(kSelectJpki), "9000");
}

TEST_F(LoopbackReader, CountsApdusFromPowerUpWhenACardIsToBePulled) {
  Open();
  InsertedCard card(port_, {}, 2);
  ASSERT_TRUE(Becomes(IFD_ICC_PRESENT));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(PowerUp(), IFD_SUCCESS);
    EXPECT_EQ(Transmit(kSelectJpki), "9000");
  }
  EXPECT_EQ(Transmit(kSelectJpki), "");
}

TEST_F(LoopbackReader, CanBeOneWithoutExtendedApdus) {
  Open(":short");
  InsertedCard card(port_);
  ASSERT_TRUE(Becomes(IFD_ICC_PRESENT));
  EXPECT_EQ(PowerUp(), IFD_SUCCESS);
  EXPECT_EQ(Transmit(kSelectJpki), "9000");
  EXPECT_EQ(Transmit("00B08A00000000"), "");
  EXPECT_EQ(Transmit("00B08A0000").size(), 2u * 258);
}

TEST_F(LoopbackReader, LeavesNoDataInTheLogOfTheCard) {
  Open();
  const std::string path = testing::TempDir() + "apdu-log-" + std::to_string(getpid());
  {
    InsertedCard card(port_, {}, 0, path);
    ASSERT_TRUE(Becomes(IFD_ICC_PRESENT));
    EXPECT_EQ(PowerUp(), IFD_SUCCESS);
    EXPECT_EQ(Transmit(kSelectJpki), "9000");
    EXPECT_EQ(Transmit("002000980431323334"), "9000");
    EXPECT_EQ(Transmit("00B08600A0").size(), 2u * 162);
  }
  std::ifstream file(path);
  const std::string log((std::istreambuf_iterator<char>(file)), {});
  std::filesystem::remove(path);
  EXPECT_THAT(log, testing::MatchesRegex(
                       "1 00a4040c 10 0 9000 [0-9]+\n2 00200098 4 0 9000 [0-9]+\n3 00b08600 0 160 9000 [0-9]+\n"));
}

TEST_F(LoopbackReader, EndsAWaitWhenAskedAndDoesNotSpinAfterwards) {
  Open();
  RESPONSECODE (*wait)(DWORD, int) = nullptr;
  RESPONSECODE (*stop)(DWORD) = nullptr;
  DWORD length = sizeof wait;
  ASSERT_EQ(Loaded().capabilities(kLun, TAG_IFD_POLLING_THREAD_WITH_TIMEOUT, &length, reinterpret_cast<PUCHAR>(&wait)),
            IFD_SUCCESS);
  ASSERT_EQ(Loaded().capabilities(kLun, TAG_IFD_STOP_POLLING_THREAD, &length, reinterpret_cast<PUCHAR>(&stop)),
            IFD_SUCCESS);
  stop(kLun);
  EXPECT_EQ(wait(kLun, kWaitMilliseconds), IFD_SUCCESS);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(wait(kLun, 50), IFD_SUCCESS);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(45)) << "the stop was for one wait";
}

TEST(LoopbackReaderName, MustBeALoopbackPort) {
  for (const char* name : {"", "loop:", "loop:0", "loop:70000", "loop:x", "/dev/null:35963", "loop:21000:long"}) {
    std::string device = name;
    EXPECT_NE(Loaded().create(kLun, device.data()), IFD_SUCCESS) << name;
  }
}

}  // namespace
}  // namespace madoguchi::simulators
