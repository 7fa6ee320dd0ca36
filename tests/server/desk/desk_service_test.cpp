// SPDX-License-Identifier: Apache-2.0
// Who is let in, what closes a stream, and which stream speaks for a desk.
#include "server/desk/desk_service.h"

#include "tests/server/desk/desk_service_fixture.h"

namespace madoguchi::desk {
namespace {

TEST_F(DeskServiceTest, WelcomesADeskByItsCertificateAndHandsItTheOpeningScript) {
  const Bytes id = crypto::NewUuid();
  MakeCertificate("b", id);
  TestDesk desk(Channel("b"));
  const v1::Welcome welcome = desk.Enter();
  EXPECT_EQ(welcome.desk_id(), UuidText(id));
  EXPECT_EQ(welcome.institution_code(), "1311234567");
  EXPECT_EQ(welcome.account_id(), "W0000001");
  EXPECT_FALSE(welcome.sight_allowed());
  EXPECT_EQ(*wire::FromMessage(welcome.opening_script()), card::OpeningScript());
}

TEST_F(DeskServiceTest, AsksTheDirectoryForTheCertificateAndTheCodeAndTellsItWhoCame) {
  TestDesk desk(Channel());
  v1::DeskMessage message;
  v1::Hello& hello = *message.mutable_hello();
  hello.set_protocol_min(limits::kProtocolVersion);
  hello.set_protocol_max(limits::kProtocolVersion);
  hello.set_agent_version("0.2.0");
  hello.set_agent_instance(std::string(kAgentInstanceBytes, 'a'));
  hello.set_reader("Reader 00 01");
  hello.set_institution_code("1331234567");
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Receive().welcome().institution_code(), "1331234567");
  const auto der = crypto::DerFromPem(*ReadSmallFile(folder_.File("a.pem")));
  const auto digest = crypto::Sha256(*der);
  EXPECT_EQ(desks_.asked().certificate_sha256, Bytes(digest.begin(), digest.end()));
  EXPECT_EQ(desks_.asked().institution_code, "1331234567");
  EXPECT_EQ(desks_.arrival().address, "127.0.0.1");
  EXPECT_EQ(desks_.arrival().terminal_version, "0.2.0");
  EXPECT_EQ(desks_.arrival().reader, "Reader 00 01");
}

TEST_F(DeskServiceTest, RefusesAHelloWithAControlCharacter) {
  TestDesk desk(Channel());
  v1::DeskMessage message;
  message.mutable_hello()->set_protocol_min(limits::kProtocolVersion);
  message.mutable_hello()->set_protocol_max(limits::kProtocolVersion);
  message.mutable_hello()->set_agent_instance(std::string(kAgentInstanceBytes, 'a'));
  message.mutable_hello()->set_reader(std::string("Reader\0one", 10));
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kMessageInvalid));
}

TEST_F(DeskServiceTest, EndsTheStreamOfADeskThatWasRevokedMeanwhileAndNoOther) {
  const Bytes id = crypto::NewUuid();
  MakeCertificate("b", id);
  TestDesk one(Channel("b")), other(Channel());
  one.Enter();
  other.Enter();
  desks_.Refuse(ErrorCode::kDeskNotActive);
  service_.Recheck(UuidText(id));
  EXPECT_EQ(one.Goodbye(), Number(ErrorCode::kDeskNotActive));
  other.Heartbeat();
  EXPECT_TRUE(other.Receive().has_heartbeat());
}

TEST_F(DeskServiceTest, LooksAtEveryStreamAgainWhenItCannotBeSaidWhichDeskWasChanged) {
  TestDesk desk(Channel());
  desk.Enter();
  desks_.Refuse(ErrorCode::kCertificateNotAccepted);
  service_.Recheck({});
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kCertificateNotAccepted));
}

TEST_F(DeskServiceTest, EndsAStreamWhoseAccountIsAnotherOneNow) {
  TestDesk desk(Channel());
  desk.Enter();
  desks_.MoveTo("W0000002");
  service_.Recheck({});
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kChangedMeanwhile));
}

TEST_F(DeskServiceTest, KeepsAStreamWhenTheDirectoryCannotBeAsked) {
  TestDesk desk(Channel());
  desk.Enter();
  desks_.Refuse(ErrorCode::kDatabaseUnreachable);
  service_.Recheck({});
  desks_.Refuse(ErrorCode::kDeskNotActive);
  service_.Recheck({});  // comes after the first: what ends the stream is this one
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kDeskNotActive));
}

TEST_F(DeskServiceTest, RefusesPressesWhileTheDatabaseIsSilentAndTakesThemAgainAfter) {
  TestDesk desk(Channel());
  desk.Enter();
  alive_ = false;
  desk.Press();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kDatabaseSilent));
  alive_ = true;
  desk.Press();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kNotAMyNumberCard));
}

TEST_F(DeskServiceTest, WelcomesADeskOnlyWhenItsPressesWouldBeTakenAgain) {
  alive_ = false;
  TestDesk early(Channel());
  early.Hello();
  EXPECT_EQ(early.Goodbye(), Number(ErrorCode::kDatabaseSilent));
  alive_ = true;
  TestDesk later(Channel());
  later.Enter();
}

TEST_F(DeskServiceTest, ShowsItsRenewedCertificateToTheNextDeskAndKeepsTheStreamsThatAreOpen) {
  TestDesk open(Channel());
  open.Enter();
  const auto renewed = identity::RenewServerCertificate(*ca_, directory_,
                                                        std::chrono::system_clock::now() + std::chrono::hours(24 * 60));
  ASSERT_TRUE(renewed.ok());
  ASSERT_TRUE(*renewed);
  MakeCertificate("b", crypto::NewUuid());
  TestDesk next(Channel("b"));
  next.Enter();
  EXPECT_NE(next.Shown(), open.Shown());
  EXPECT_EQ(*crypto::DerFromPem(next.Shown()),
            *crypto::DerFromPem(*ReadSmallFile(identity::IdentityFiles(directory_).server)));
  open.Heartbeat();
  EXPECT_TRUE(open.Receive().has_heartbeat());
}

TEST_F(DeskServiceTest, LetsNoConsoleIn) {
  const auto console = ca_->IssueConsole(UuidText(crypto::NewUuid()));
  ASSERT_TRUE(WriteFileWhole(folder_.File("console.pem"), console->issued.certificate_pem, false).ok());
  ASSERT_TRUE(WriteFileWhole(folder_.File("console.key"), console->key_pem, true).ok());
  TestDesk desk(Channel("console"));
  desk.Hello();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kDeskUnknown));
}

TEST_F(DeskServiceTest, LetsNobodyInWithoutACertificate) {
  TestDesk desk(Channel(""));
  desk.Hello();
  EXPECT_EQ(desk.Receive().content_case(), v1::ServerMessage::CONTENT_NOT_SET);
}

TEST_F(DeskServiceTest, WantsAHelloFirst) {
  TestDesk desk(Channel());
  desk.Heartbeat();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kHelloExpected));
}

TEST_F(DeskServiceTest, WantsOneHelloOnly) {
  TestDesk desk(Channel());
  desk.Enter();
  desk.Hello();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kHelloExpected));
}

TEST_F(DeskServiceTest, RefusesAVersionItDoesNotSpeak) {
  TestDesk desk(Channel());
  desk.Hello(std::string(kAgentInstanceBytes, 'a'), limits::kProtocolVersion + 1);
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kProtocolVersionUnsupported));
}

TEST_F(DeskServiceTest, ClosesAStreamWhoseNumbersBreak) {
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message;
  message.set_sequence(3);
  message.mutable_heartbeat();
  desk.SendAsIs(message);
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kSequenceBroken));
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskProtocolBroken, Number(ErrorCode::kSequenceBroken)));
}

TEST_F(DeskServiceTest, TellsADeskThatIsNotActiveSo) {
  desks_.Refuse(ErrorCode::kDeskNotActive);
  TestDesk desk(Channel());
  desk.Hello();
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kDeskNotActive));
}

TEST_F(DeskServiceTest, AnswersEveryHeartbeat) {
  TestDesk desk(Channel());
  desk.Enter();
  for (int i = 0; i < 3; ++i) {
    desk.Heartbeat();
    EXPECT_TRUE(desk.Receive().has_heartbeat());
  }
}

TEST_F(DeskServiceTest, OneDeskCannotTakeThePlacesOfOthers) {
  const auto channel = Channel();
  std::vector<std::unique_ptr<TestDesk>> many;
  for (std::size_t i = 0; i < kStreamsPerDeskMax; ++i) many.push_back(std::make_unique<TestDesk>(channel));
  const std::string all = "madoguchi_desk_streams " + std::to_string(kStreamsPerDeskMax) + "\n";
  for (const Deadline deadline = Deadline::In(kWaitMax); metrics_.Text().find(all) == std::string::npos;)
    ASSERT_FALSE(deadline.passed());
  EXPECT_EQ(TestDesk(channel).Goodbye(), Number(ErrorCode::kServerBusy));
  MakeCertificate("b", crypto::NewUuid());
  TestDesk other(Channel("b"));
  EXPECT_EQ(other.Enter().desk_name(), "窓口1");
}

TEST_F(DeskServiceTest, LetsTheNewestStreamOfADeskWin) {
  TestDesk older(Channel());
  older.Enter();
  TestDesk newer(Channel());
  EXPECT_EQ(newer.Enter().desk_name(), "窓口1");
  EXPECT_EQ(older.Goodbye(), Number(ErrorCode::kStreamSuperseded));
}

TEST_F(DeskServiceTest, ClosesBothAgentsThatTakeTurnsAndRecordsIt) {
  std::vector<std::unique_ptr<TestDesk>> turns;
  for (int i = 0; i < 3; ++i) {
    turns.push_back(std::make_unique<TestDesk>(Channel()));
    turns.back()->Enter(std::string(kAgentInstanceBytes, i % 2 == 0 ? 'a' : 'b'));
  }
  TestDesk last(Channel());
  last.Hello(std::string(kAgentInstanceBytes, 'b'));
  EXPECT_EQ(last.Goodbye(), Number(ErrorCode::kStreamsAlternate));
  EXPECT_EQ(turns.back()->Goodbye(), Number(ErrorCode::kStreamsAlternate));
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskStreamsAlternate, Number(ErrorCode::kStreamsAlternate)));
}

}  // namespace
}  // namespace madoguchi::desk
