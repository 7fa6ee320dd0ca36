// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/file_reading.h"

#include <gtest/gtest.h>

#include "tests/terminal/relay/card_in_process.h"

namespace madoguchi::relay {
namespace {

constexpr ReadFileStep kCertificate = {0x000A, 4096, true};

Result<CardAnswer> Read(CardPort& port, const ReadFileStep& step, ExtendedApdu& extended) {
  CardExchange exchange(port);
  return ReadCurrentFile(exchange, step, extended);
}

void SelectCertificate(CardInProcess& port) {
  ASSERT_TRUE(port.Transmit(Hex("00A4040C0AD392F000260100000001")).ok());
  ASSERT_TRUE(port.Transmit(Hex("00A4020C02000A")).ok());
  port.commands.clear();
}

Bytes WithStatus(Bytes data, std::uint16_t status_word) {
  data.push_back(static_cast<std::uint8_t>(status_word >> 8));
  data.push_back(static_cast<std::uint8_t>(status_word));
  return data;
}

TEST(FileReading, ReadsACertificateInOneCommandWhereExtendedLeWorks) {
  CardInProcess port;
  SelectCertificate(port);
  ExtendedApdu extended = ExtendedApdu::kUnknown;
  const Result<CardAnswer> file = Read(port, kCertificate, extended);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data, port.card.options().auth_certificate) << "whole, and without the filler behind it";
  EXPECT_EQ(port.commands.size(), 1U);
  EXPECT_EQ(extended, ExtendedApdu::kWorks);
}

TEST(FileReading, ReadsInPiecesWhenTheCardRefusesExtendedLe) {
  CardInProcess port({.extended_apdu = false});
  SelectCertificate(port);
  ExtendedApdu extended = ExtendedApdu::kUnknown;
  const Result<CardAnswer> file = Read(port, kCertificate, extended);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data, port.card.options().auth_certificate);
  EXPECT_EQ(extended, ExtendedApdu::kImpossible);
}

TEST(FileReading, SendsNoExtendedCommandWhenItIsKnownToBeImpossible) {
  CardInProcess port;
  SelectCertificate(port);
  ExtendedApdu extended = ExtendedApdu::kImpossible;
  const Result<CardAnswer> file = Read(port, kCertificate, extended);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data, port.card.options().auth_certificate);
  for (const Bytes& command : port.commands) EXPECT_EQ(command.size(), 5U);
}

TEST(FileReading, LeavesWordForTheNextSessionWhenAnExtendedCommandBrokeThisOne) {
  CardInProcess port;
  SelectCertificate(port);
  port.short_only = true;
  ExtendedApdu extended = ExtendedApdu::kUnknown;
  EXPECT_EQ(Read(port, kCertificate, extended).error().code, ErrorCode::kCardRemoved);
  EXPECT_EQ(extended, ExtendedApdu::kImpossible);
}

TEST(FileReading, RepeatsWithTheLengthTheCardNames) {
  ScriptedPort port({Hex("6C05"), Hex("30030102039000")});
  ExtendedApdu extended = ExtendedApdu::kImpossible;
  const Result<CardAnswer> file = Read(port, {0x000A, 256, true}, extended);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(ToHex(port.commands[1]), "00b0000005");
  EXPECT_EQ(ToHex(file->data), "3003010203");
}

TEST(FileReading, TakesTheEndOfTheFileForItsEnd) {
  for (const std::uint16_t end : {std::uint16_t{0x6282}, std::uint16_t{0x6B00}}) {
    ScriptedPort port({WithStatus(Bytes(100, 'x'), end == 0x6282 ? end : std::uint16_t{0x9000}), WithStatus({}, end)});
    ExtendedApdu extended = ExtendedApdu::kUnknown;
    const Result<CardAnswer> file = Read(port, {0x0006, 160, false}, extended);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file->data.size(), 100U);
    EXPECT_EQ(file->status_word, 0x9000);
  }
}

TEST(FileReading, RefusesAFileThatEndsBeforeItsObject) {
  ScriptedPort port({WithStatus(Hex("3082040001020304"), 0x6282)});
  ExtendedApdu extended = ExtendedApdu::kImpossible;
  EXPECT_EQ(Read(port, kCertificate, extended).error().code, ErrorCode::kCardAnswerInvalid);
}

TEST(FileReading, RefusesAnObjectLongerThanTheScriptAllows) {
  ScriptedPort port({WithStatus(Hex("3082FFFF"), 0x9000)});
  ExtendedApdu extended = ExtendedApdu::kImpossible;
  EXPECT_EQ(Read(port, kCertificate, extended).error().code, ErrorCode::kCardAnswerInvalid);
}

TEST(FileReading, RefusesAFileThatIsNoObject) {
  ScriptedPort port({WithStatus(Bytes(256, 0xFF), 0x9000)});
  ExtendedApdu extended = ExtendedApdu::kImpossible;
  EXPECT_EQ(Read(port, kCertificate, extended).error().code, ErrorCode::kCardAnswerInvalid);
}

TEST(FileReading, EndsOnACardThatGivesOneByteAtATime) {
  std::vector<Bytes> answers(5000, WithStatus({0x01}, 0x9000));
  answers[0] = WithStatus(Hex("30820F00"), 0x9000);
  ScriptedPort port(std::move(answers));
  ExtendedApdu extended = ExtendedApdu::kImpossible;
  EXPECT_EQ(Read(port, kCertificate, extended).error().code, ErrorCode::kCardAnswerInvalid);
  EXPECT_LE(port.commands.size(), static_cast<std::size_t>(kReadsPerFileMax));
}

TEST(FileReading, GivesTheCardsOwnRefusal) {
  ScriptedPort port({Hex("6982")});
  ExtendedApdu extended = ExtendedApdu::kImpossible;
  const Result<CardAnswer> file = Read(port, kCertificate, extended);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->status_word, 0x6982);
}

TEST(FileReading, KnowsTheLengthFormsOfDer) {
  EXPECT_EQ(DerObjectBytes(Hex("3003")), 5U);
  EXPECT_EQ(DerObjectBytes(Hex("3081C8")), 203U);
  EXPECT_EQ(DerObjectBytes(Hex("308204C0")), 0x4C4U);
  for (const char* other : {"30", "3081", "308204", "3083000001", "3080", "0403", ""}) {
    EXPECT_FALSE(DerObjectBytes(Hex(other)).has_value()) << other;
  }
}

}  // namespace
}  // namespace madoguchi::relay
