// SPDX-License-Identifier: Apache-2.0
// The request folder with real files and a real trail; what the national side says is set by each test.
#include "server/handoff/requests.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "contract/crypto/digest.h"
#include "server/audit/event.h"
#include "server/handoff/oqs_file.h"
#include "server/store/store.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/handoff/test_handing.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::handoff {
namespace {

namespace fs = std::filesystem;
using store::Soon;

constexpr char kRequest[] = "OQSsiquc01req_202611220001.xml", kResponse[] = "OQSsiquc01res_202611220001.xml";
constexpr char kXml[] =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="no"?><XmlMsg><MessageHeader>)"
    "<QualificationConfirmationDate>20261122</QualificationConfirmationDate>"
    "<MedicalInstitutionCode>1311234567</MedicalInstitutionCode><ArbitraryFileIdentifier>seat-7</"
    "ArbitraryFileIdentifier></MessageHeader>"
    "<MessageBody><QualificationConfirmSearchInfo><InsurerNumber>  123456</InsurerNumber>"
    "<InsuredIdentificationNumber>12345</InsuredIdentificationNumber><Birthdate>19600229</Birthdate>"
    "<LimitApplicationCertificateRelatedConsFlg>0</LimitApplicationCertificateRelatedConsFlg>"
    "</QualificationConfirmSearchInfo></MessageBody></XmlMsg>";

class RequestsTest : public store::StoreTest {
 protected:
  RequestsTest() {
    fs::create_directory(req_);
    fs::create_directory(res_);
    auto opened = store::Store::Open({.server_url = server_url(), .owner = "server-one"});
    EXPECT_TRUE(opened.ok());
    store_ = std::move(*opened);
  }
  Requests::Parts Parts(const std::string& mark) {
    return {Folder(req_),
            Folder(res_),
            mark,
            desk_one_,
            store_->trail(),
            [this](const Bytes& press_id, const eligibility::InquiryMessage& inquiry,
                   Deadline) -> Result<eligibility::Answer> {
              const std::lock_guard lock(mutex_);
              asked_.push_back(press_id);
              numbers_ = inquiry.numbers;
              if (refusal_) return Error{*refusal_, "", {}};
              return test::TestHanding().answer;
            },
            WriteRequestAnswer,
            WriteRequestRefusal,
            [this](int code) {
              const std::lock_guard lock(mutex_);
              counted_.push_back(code);
            }};
  }
  void Put(const std::string& name, const std::string& content) {
    ASSERT_TRUE(Folder(req_).Put(name, content, "test").ok());
  }
  // Rounds until the request folder is empty.
  void Serve(Requests& requests) {
    const Deadline limit = Deadline::In(store::kTestWaitMax);
    do {
      ASSERT_TRUE(requests.Round().ok());
    } while (!fs::is_empty(req_) && !limit.passed());
    EXPECT_TRUE(fs::is_empty(req_));
  }
  std::string Response(const std::string& name = kResponse) {
    return Folder(res_).Read(name).ok() ? *Folder(res_).Read(name) : "";
  }
  static bool Holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
  TestFolder folder_;
  const std::string req_ = folder_.File("req"), res_ = folder_.File("res");
  std::unique_ptr<store::Store> store_;
  std::mutex mutex_;
  std::vector<Bytes> asked_;
  eligibility::SearchInfo numbers_;
  std::optional<ErrorCode> refusal_;
  std::vector<int> counted_;
};

TEST_F(RequestsTest, AnswersARequestUnderItsNameWithItsIdentifierAndInTheTrail) {
  Requests requests(Parts("aaaaaaaa"));
  Put(kRequest, kXml);
  Serve(requests);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(numbers_.number, "12345");
  EXPECT_TRUE(Holds(Response(), "<ArbitraryFileIdentifier>seat-7</ArbitraryFileIdentifier>"));
  EXPECT_TRUE(Holds(Response(), test::kName));
  EXPECT_EQ(Sql("SELECT press_id FROM audit_event WHERE action = 'handoff.request_taken'"), UuidText(asked_.at(0)));
  // Its name is the receipt computer's own and may say who the patient is: it is left out.
  EXPECT_EQ(
      Sql("SELECT concat_ws('|', role, authentication, destination, file_name, file_sha256) FROM audit_event WHERE "
          "action = 'handoff.delivered'"),
      "receipt_computer|file_system|responses|" + ToHex(crypto::Sha256(AsBytes(Response()))));
}

TEST_F(RequestsTest, WaitsUntilTwoReadsAreTheSame) {
  Requests requests(Parts("aaaaaaaa"));
  Put(kRequest, kXml);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(*requests.Round(), kReadsApart);
  ASSERT_TRUE(requests.Round().ok());  // the same bytes, but too soon: unless this machine was slow
  EXPECT_TRUE(asked_.empty() || std::chrono::steady_clock::now() - began >= kReadsApart);
  fs::remove(req_ + "/" + kRequest);
  Put(kRequest, std::string(kXml) + "\n");  // somebody is still writing
  ASSERT_TRUE(requests.Round().ok());
  Serve(requests);
  ASSERT_FALSE(asked_.empty());
  EXPECT_EQ(asked_.back(), PressOfRequest(kRequest, std::string(kXml) + "\n"));
}

TEST_F(RequestsTest, AnswersARefusalAsAFileToo) {
  Requests requests(Parts("aaaaaaaa"));
  refusal_ = ErrorCode::kNationalUnreachable;
  Put(kRequest, kXml);
  Serve(requests);
  EXPECT_TRUE(Holds(Response(), "<SegmentOfResult>9</SegmentOfResult>"));
  EXPECT_TRUE(Holds(Response(), std::to_string(static_cast<int>(ErrorCode::kNationalUnreachable))));
  EXPECT_TRUE(Holds(Response(), "seat-7"));
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.request_refused' AND code = " +
                  std::to_string(static_cast<int>(ErrorCode::kNationalUnreachable))),
            1);
}

TEST_F(RequestsTest, AsksNothingForAFileItCannotRead) {
  Requests requests(Parts("aaaaaaaa"));
  const std::string bomb = R"(<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><XmlMsg>&a;</XmlMsg>)";
  for (const std::string& content : {std::string("no xml"), bomb, std::string(), std::string(kRequestBytesMax + 1, ' '),
                                     std::string(5'000'000, ' ')}) {
    Put(kRequest, content);
    Serve(requests);
    EXPECT_TRUE(Holds(Response(), "2010")) << content.substr(0, 100);
    fs::remove(res_ + "/" + kResponse);
  }
  EXPECT_TRUE(asked_.empty());
}

TEST_F(RequestsTest, LetsOneOfTwoServersAskEachRequest) {
  Requests one(Parts("aaaaaaaa")), two(Parts("bbbbbbbb"));
  constexpr int kFiles = 20;
  for (int i = 0; i < kFiles; ++i) Put("OQSsiquc01req_" + std::to_string(i) + ".xml", kXml);
  std::thread other([&] { Serve(two); });
  Serve(one);
  other.join();
  EXPECT_EQ(asked_.size(), static_cast<std::size_t>(kFiles));
  for (int i = 0; i < kFiles; ++i)
    EXPECT_TRUE(Holds(Response("OQSsiquc01res_" + std::to_string(i) + ".xml"), test::kName));
}

TEST_F(RequestsTest, KeepAnAnswerThatCannotBeWrittenAndDoNotAskAgain) {
  Requests requests(Parts("aaaaaaaa"));
  fs::remove(res_);
  Put(kRequest, kXml);
  const Deadline limit = Deadline::In(store::kTestWaitMax);
  while (asked_.empty() && !limit.passed()) ASSERT_TRUE(requests.Round().ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(requests.Round().ok());
  EXPECT_FALSE(fs::is_empty(req_));  // the claim is there as long as the answer is not
  fs::create_directory(res_);
  Serve(requests);
  EXPECT_EQ(asked_.size(), 1U);
  EXPECT_TRUE(Holds(Response(), test::kName));
}

TEST_F(RequestsTest, TakeUpAfterARestartUnderTheSamePress) {
  Put(ClaimName({"aaaaaaaa", kRequest}), kXml);               // as a killed server leaves it
  Put(ClaimName({"bbbbbbbb", "OQSsiquc01req_9.xml"}), kXml);  // another server's, at work
  Requests requests(Parts("aaaaaaaa"));
  ASSERT_TRUE(requests.Round().ok());
  EXPECT_EQ(asked_, std::vector<Bytes>{PressOfRequest(kRequest, kXml)});
  EXPECT_TRUE(Holds(Response(), test::kName));
  EXPECT_TRUE(Folder(req_).Has(ClaimName({"bbbbbbbb", "OQSsiquc01req_9.xml"})));
}

TEST_F(RequestsTest, DoNotAskAgainWhatWasAnsweredBeforeTheRestart) {
  Put(ClaimName({"aaaaaaaa", kRequest}), kXml);
  ASSERT_TRUE(Folder(res_).Put(kResponse, "the answer", "test").ok());
  Requests requests(Parts("aaaaaaaa"));
  Serve(requests);
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(Response(), "the answer");
}

TEST_F(RequestsTest, DoNotOverwriteTheAnswerOfANameThatIsUsedAgain) {
  ASSERT_TRUE(Folder(res_).Put(kResponse, "of this morning", "test").ok());
  Requests requests(Parts("aaaaaaaa"));
  Put(kRequest, kXml);
  Serve(requests);
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(Response(), "of this morning");
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.request_refused' AND code = 2004"), 1);
}

TEST_F(RequestsTest, AreTakenOverFromAServerThatIsGoneHoweverItsClockStood) {
  const std::string theirs = ClaimName({"bbbbbbbb", kRequest});
  Put(theirs, kXml);
  fs::last_write_time(req_ + "/" + theirs, fs::file_time_type::clock::now() - std::chrono::hours(24));
  Requests patient(Parts("aaaaaaaa"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(patient.Round().ok());
  EXPECT_TRUE(asked_.empty());
  Requests::Parts parts = Parts("aaaaaaaa");
  parts.foreign_claim_taken_over = std::chrono::milliseconds(1);
  Requests requests(std::move(parts));
  Serve(requests);
  EXPECT_EQ(asked_, std::vector<Bytes>{PressOfRequest(kRequest, kXml)});
  EXPECT_TRUE(Holds(Response(), test::kName));
}

TEST_F(RequestsTest, DoNotFillUpWithAnswersWhoseClaimsAreGone) {
  fs::remove(res_);
  Requests requests(Parts("aaaaaaaa"));
  for (std::size_t i = 0; i <= kAnswersKeptMax; ++i) {
    Put(ClaimName({"aaaaaaaa", "OQSsiquc01req_" + std::to_string(i) + ".xml"}), kXml);
    ASSERT_TRUE(requests.Round().ok());
  }
  EXPECT_EQ(asked_.size(), kAnswersKeptMax);
  for (const auto& entry : fs::directory_iterator(req_)) fs::remove(entry.path());  // by an administrator
  Put(ClaimName({"aaaaaaaa", kRequest}), kXml);
  ASSERT_TRUE(requests.Round().ok());
  EXPECT_EQ(asked_.back(), PressOfRequest(kRequest, kXml));
}

TEST_F(RequestsTest, EndARoundBehindTheRequestThatTookLongAndGoOnBehindIt) {
  for (const char* name : {"OQSsiquc01req_1.xml", "OQSsiquc01req_2.xml", "OQSsiquc01req_3.xml"})
    Put(ClaimName({"aaaaaaaa", name}), kXml);
  fs::remove(res_);  // the first would be tried again and again
  Requests::Parts parts = Parts("aaaaaaaa");
  parts.round_max = std::chrono::milliseconds(0);
  Requests requests(std::move(parts));
  for (std::size_t served = 1; served <= 3; ++served) {
    EXPECT_EQ(*requests.Round(), std::chrono::milliseconds(0));
    EXPECT_EQ(asked_.size(), served);
  }
}

TEST_F(RequestsTest, AreNeitherRefusedNorLostWhenTheyCannotBeReadJustNow) {
  const std::string claim = ClaimName({"aaaaaaaa", kRequest});
  fs::create_symlink(folder_.File("elsewhere"), req_ + "/" + claim);  // no regular file: reading it fails
  Requests requests(Parts("aaaaaaaa"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(requests.Round().ok());
  EXPECT_TRUE(fs::is_empty(res_));
  EXPECT_EQ(counted_, std::vector<int>{2012});  // said once
  fs::remove(req_ + "/" + claim);
  Put(claim, kXml);
  Serve(requests);
  EXPECT_TRUE(Holds(Response(), test::kName));
}

TEST_F(RequestsTest, SayThatTheirFolderIsAway) {
  Requests requests(Parts("aaaaaaaa"));
  fs::remove(req_);
  EXPECT_EQ(requests.Round().error().code, ErrorCode::kHandoffFolderMissing);
}

TEST_F(RequestsTest, LeaveEverythingElseInTheFolderAlone) {
  Requests requests(Parts("aaaaaaaa"));
  Put("OQSmuquc01req_1.xml", "x");
  fs::create_directory(req_ + "/OQSsiquc01req_folder.xml");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(requests.Round().ok());
  EXPECT_TRUE(asked_.empty());
  EXPECT_TRUE(fs::exists(req_ + "/OQSmuquc01req_1.xml"));
}

}  // namespace
}  // namespace madoguchi::handoff
