// SPDX-License-Identifier: Apache-2.0
// The adapter against a real TLS server in this process: what is repeated, what is not, and what is said at the end.
#include "server/eligibility/https_national_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/trace.h"
#include "server/eligibility/xml_text.h"
#include "tests/server/eligibility/test_server.h"
#include "tests/server/eligibility/xml_writer.h"

namespace madoguchi::eligibility::test {
namespace {

using std::chrono::milliseconds;

const Caller kCaller{
    .institution_code = kInstitution, .account_id = "W0000001", .desk_id = "0b0b0b0b-0000-4000-8000-000000000001"};

Question OurQuestion() {
  return {.caller = kCaller,
          .press_id = *FromHex(kPressHex),
          .method = "pin",
          .challenge_id = "0c0c0c0c-0000-4000-8000-000000000001",
          .certificate = Bytes(1500, 0x30),
          .signature = Bytes(256, 0x11)};
}

std::string ValidXml() {
  Answer answer;
  answer.segment_of_result_code = "1";
  answer.validity_code = "1";
  answer.results.emplace_back().name = "架空　花子";
  return WriteXml(OurEnvelope(), answer);
}

Reaction Xml(const std::string& text) {
  return Answered(200, "application/xml", text);
}
Reaction Problem(int status, const std::string& type) {
  return Answered(status, "application/problem+json", "{\"type\":\"" + type + "\",\"title\":\"x\"}");
}
Reaction Silence() {
  return {.bytes = {}, .then = Then::kStaySilent};
}
Reaction HangUp() {
  return {.bytes = {}, .then = Then::kClose};
}
Reaction CutMidway() {
  Reaction reaction = Xml(ValidXml());
  reaction.bytes.resize(reaction.bytes.size() - 40);
  reaction.then = Then::kClose;
  return reaction;
}

Deadline Soon() {
  return Deadline::In(milliseconds{8000});
}

// Asks once; the server reacts to the first request with the first reaction and so on, the last one repeated.
struct Asked {
  Result<Answer> answer;
  std::vector<Request> requests;
};

Asked Ask(std::vector<Reaction> reactions, Deadline deadline = Soon()) {
  TlsServer server(Ours().files(), [&](const Request&, std::size_t ordinal) {
    return reactions[std::min(ordinal, reactions.size()) - 1];
  });
  HttpsNationalService service(server.url(), Ours().files());
  Result<Answer> answer = service.Ask(OurQuestion(), deadline);
  return {std::move(answer), server.requests()};
}

void ExpectRefused(const Asked& asked, ErrorCode code, std::size_t requests) {
  ASSERT_FALSE(asked.answer.ok()) << "answered";
  EXPECT_EQ(asked.answer.error().code, code) << asked.answer.error().detail;
  EXPECT_EQ(asked.requests.size(), requests);
}

void ExpectAnsweredByTheIdenticalRequest(const Asked& asked, std::size_t requests) {
  ASSERT_TRUE(asked.answer.ok()) << asked.answer.error().detail;
  EXPECT_EQ(asked.answer->validity_code, "1");
  ASSERT_EQ(asked.requests.size(), requests);
  for (const Request& request : asked.requests) {
    EXPECT_EQ(request.head, asked.requests[0].head);
    EXPECT_EQ(request.body, asked.requests[0].body);
  }
}

// W3C Trace Context §3.2: one trace for the question, in every attempt.
TEST(HttpsNationalService, NamesTheTraceOfWhatItWorksOn) {
  EXPECT_THAT(Ask({Xml(ValidXml())}).requests.at(0).head, ::testing::Not(::testing::HasSubstr("traceparent")));
  const TraceScope trace("4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_THAT(Ask({Xml(ValidXml())}).requests.at(0).head,
              ::testing::ContainsRegex("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]*-01\r\n"));
}

TEST(HttpsNationalService, AsksUnderThePressId) {
  const Asked asked = Ask({Xml(ValidXml())});
  ExpectAnsweredByTheIdenticalRequest(asked, 1);
  EXPECT_EQ(asked.requests[0].path, "/v1/checks");
  EXPECT_THAT(asked.requests[0].head,
              ::testing::HasSubstr("Idempotency-Key: 00112233-4455-6677-8899-aabbccddeeff\r\n"));
  EXPECT_THAT(asked.requests[0].head, ::testing::HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(asked.requests[0].body, ::testing::HasSubstr("\"press\":\"00112233-4455-6677-8899-aabbccddeeff\""));
  ASSERT_EQ(asked.answer->results.size(), 1u);
  EXPECT_EQ(asked.answer->results[0].name, "架空　花子");
}

TEST(HttpsNationalService, RepeatsTheIdenticalCheckAfterServerErrors) {
  ExpectAnsweredByTheIdenticalRequest(
      Ask({Answered(503, "text/plain", ""), Answered(500, "text/plain", ""), Xml(ValidXml())}), 3);
}

TEST(HttpsNationalService, RepeatsTheIdenticalCheckAfterABrokenConnection) {
  ExpectAnsweredByTheIdenticalRequest(Ask({HangUp(), Xml(ValidXml())}), 2);
  ExpectAnsweredByTheIdenticalRequest(Ask({CutMidway(), Xml(ValidXml())}), 2);
}

TEST(HttpsNationalService, RepeatsTheIdenticalCheckWhenTheServiceHangs) {
  ExpectAnsweredByTheIdenticalRequest(Ask({Silence(), Xml(ValidXml())}, Deadline::In(milliseconds{5000})), 2);
}

TEST(HttpsNationalService, LeavesTheOutcomeUnknownAfterLastingTrouble) {
  ExpectRefused(Ask({Answered(503, "text/plain", "")}), ErrorCode::kNationalOutcomeUnknown, kAttemptsMax);
  ExpectRefused(Ask({HangUp()}), ErrorCode::kNationalOutcomeUnknown, kAttemptsMax);
  ExpectRefused(Ask({CutMidway()}), ErrorCode::kNationalOutcomeUnknown, kAttemptsMax);
}

TEST(HttpsNationalService, LeavesTheOutcomeUnknownAfterSilence) {
  const auto start = std::chrono::steady_clock::now();
  ExpectRefused(Ask({Silence()}, Deadline::In(milliseconds{1500})), ErrorCode::kNationalOutcomeUnknown, 1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds{15000});
}

TEST(HttpsNationalService, DoesNotForgetAnAttemptThatMayHaveBeenActedOn) {
  ExpectRefused(Ask({Answered(503, "text/plain", ""), Problem(429, "slow_down")}), ErrorCode::kNationalOutcomeUnknown,
                kAttemptsMax);
}

TEST(HttpsNationalService, SaysUnavailableWhenItWasOnlyToldToSlowDown) {
  ExpectRefused(Ask({Problem(429, "slow_down")}), ErrorCode::kNationalUnavailable, kAttemptsMax);
}

TEST(HttpsNationalService, SaysUnreachableWhenNothingWasSent) {
  HttpsNationalService service(ClosedUrl(), Ours().files());
  EXPECT_EQ(service.Ask(OurQuestion(), Soon()).error().code, ErrorCode::kNationalUnreachable);
  EXPECT_EQ(service.IssueChallenge(kCaller, Soon()).error().code, ErrorCode::kNationalUnreachable);
  EXPECT_EQ(service.Ask(OurQuestion(), Deadline::In(milliseconds{0})).error().code, ErrorCode::kNationalUnreachable);
}

TEST(HttpsNationalService, SaysThatTheServerIsNotTheOneItTrusts) {
  const Authority other;
  TlsServer server(other.files(), [](const Request&, std::size_t) { return Xml(ValidXml()); });
  HttpsNationalService service(server.url(), Ours().files());
  EXPECT_EQ(service.Ask(OurQuestion(), Soon()).error().code, ErrorCode::kNationalTlsRefused);
  EXPECT_EQ(service.IssueChallenge(kCaller, Soon()).error().code, ErrorCode::kNationalTlsRefused);
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpsNationalService, TakesARefusalAtOnce) {
  ExpectRefused(Ask({Problem(400, "request_invalid")}), ErrorCode::kNationalRequestRefused, 1);
  ExpectRefused(Ask({Problem(403, "account_not_usable")}), ErrorCode::kNationalRefusedAccount, 1);
  ExpectRefused(Ask({Problem(403, "account_not_activated_for_desk")}), ErrorCode::kNationalRefusedAccount, 1);
  ExpectRefused(Ask({Problem(409, "idempotency_conflict")}), ErrorCode::kNationalKeyConflict, 1);
  ExpectRefused(Ask({Problem(422, "challenge_invalid")}), ErrorCode::kNationalRefusedChallenge, 1);
  ExpectRefused(Ask({Problem(422, "certificate_untrusted")}), ErrorCode::kCertificateUntrusted, 1);
  ExpectRefused(Ask({Problem(422, "certificate_expired")}), ErrorCode::kCertificateExpired, 1);
  ExpectRefused(Ask({Problem(422, "certificate_revoked")}), ErrorCode::kCertificateRevoked, 1);
  ExpectRefused(Ask({Problem(422, "signature_invalid")}), ErrorCode::kNationalRefusedSignature, 1);
  ExpectRefused(Ask({Problem(422, "not_registered_for_insurance")}), ErrorCode::kNotRegisteredForInsurance, 1);
  ExpectRefused(Ask({Problem(422, "new_word")}), ErrorCode::kNationalRequestRefused, 1);
}

TEST(HttpsNationalService, DoesNotAskAgainForAnAnswerItCannotRead) {
  ExpectRefused(Ask({Xml("<XmlMsg>")}), ErrorCode::kNationalAnswerMalformed, 1);
  ExpectRefused(Ask({Answered(200, "text/html", ValidXml())}), ErrorCode::kNationalAnswerMalformed, 1);
  ExpectRefused(Ask({Answered(302, "application/xml", ValidXml())}), ErrorCode::kNationalAnswerMalformed, 1);
  ExpectRefused(Ask({Xml("<!DOCTYPE x><XmlMsg/>")}), ErrorCode::kNationalAnswerForbiddenXml, 1);
  ExpectRefused(Ask({Xml(ToCp932(ValidXml()))}), ErrorCode::kNationalAnswerEncoding, 1);
  ExpectRefused(Ask({Xml(std::string(kXmlBytesMax + 1, 'x'))}), ErrorCode::kNationalAnswerTooLarge, 1);
}

TEST(HttpsNationalService, NeverTakesTheAnswerOfAnotherCheck) {
  Envelope envelope = OurEnvelope();
  envelope.file_identifier = "ffeeddccbbaa99887766554433221100";
  Answer answer;
  answer.segment_of_result_code = "1";
  ExpectRefused(Ask({Xml(WriteXml(envelope, answer))}), ErrorCode::kNationalAnswerOfOtherCheck, 1);
}

TEST(HttpsNationalService, ReportsAFailedProcessing) {
  Answer answer;
  answer.segment_of_result_code = "9";
  ExpectRefused(Ask({Xml(WriteXml(OurEnvelope(), answer))}), ErrorCode::kNationalProcessingFailed, 1);
}

constexpr char kChallengeJson[] =
    "{\"challenge_id\":\"0c0c0c0c-0000-4000-8000-000000000001\","
    "\"challenge\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"expires_in_ms\":120000}";

Result<Challenge> GetChallenge(std::vector<Reaction> reactions, Deadline deadline = Soon()) {
  TlsServer server(Ours().files(), [&](const Request& request, std::size_t ordinal) {
    EXPECT_EQ(request.path, "/v1/challenges");
    return reactions[std::min(ordinal, reactions.size()) - 1];
  });
  HttpsNationalService service(server.url(), Ours().files());
  return service.IssueChallenge(kCaller, deadline);
}

TEST(HttpsNationalService, BringsAChallenge) {
  const Result<Challenge> challenge = GetChallenge({HangUp(), Answered(200, "application/json", kChallengeJson)});
  ASSERT_TRUE(challenge.ok()) << challenge.error().detail;
  EXPECT_EQ(challenge->id, "0c0c0c0c-0000-4000-8000-000000000001");
  EXPECT_EQ(challenge->bytes, Bytes(32, 0));
}

TEST(HttpsNationalService, NeverLeavesTheOutcomeOfAChallengeUnknown) {
  const auto code = [](std::vector<Reaction> reactions, Deadline deadline = Soon()) {
    return GetChallenge(std::move(reactions), deadline).error().code;
  };
  EXPECT_EQ(code({Answered(500, "text/plain", "")}), ErrorCode::kNationalUnavailable);
  EXPECT_EQ(code({Problem(429, "slow_down")}), ErrorCode::kNationalUnavailable);
  EXPECT_EQ(code({Silence()}, Deadline::In(milliseconds{2000})), ErrorCode::kNationalUnavailable);
  EXPECT_EQ(code({Problem(403, "account_not_usable")}), ErrorCode::kNationalRefusedAccount);
  EXPECT_EQ(code({Answered(200, "application/json", "{}")}), ErrorCode::kNationalUnavailable);
  EXPECT_EQ(code({Answered(200, "text/html", kChallengeJson)}), ErrorCode::kNationalUnavailable);
}

// One call of each kind to one server, and the records it left.
class RecordedTest : public ::testing::Test {
 protected:
  void Serve(std::function<Reaction(const Request&, std::size_t)> react) {
    server_ = std::make_unique<TlsServer>(Ours().files(), std::move(react));
    service_ = std::make_unique<HttpsNationalService>(
        server_->url(), Ours().files(), [this](CallRecord record) { records_.push_back(std::move(record)); });
  }
  void ExpectEnd(const std::string& outcome, ErrorCode code, int status, int attempts) {
    ASSERT_EQ(records_.size(), 2u);
    EXPECT_FALSE(records_[0].ended);
    EXPECT_TRUE(records_[1].ended);
    EXPECT_EQ(records_[0].call_id, records_[1].call_id);
    EXPECT_EQ(records_[1].outcome, outcome);
    EXPECT_EQ(records_[1].code, static_cast<int>(code));
    EXPECT_EQ(records_[1].status, status);
    EXPECT_EQ(records_[1].attempts, attempts);
  }
  std::vector<CallRecord> records_;
  std::unique_ptr<TlsServer> server_;
  std::unique_ptr<HttpsNationalService> service_;
};

TEST_F(RecordedTest, ACheckLeavesItsKeyDeskAndCodesAndNothingOfThePerson) {
  Serve([](const Request&, std::size_t) { return Xml(ValidXml()); });
  ASSERT_TRUE(service_->Ask(OurQuestion(), Soon()).ok());
  ASSERT_EQ(records_.size(), 2u);
  const CallRecord& end = records_[1];
  EXPECT_EQ(end.kind, "check");
  EXPECT_EQ(end.key, "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(end.caller.desk_id, kCaller.desk_id);
  EXPECT_EQ(end.outcome, "answered");
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.status, 200);
  EXPECT_EQ(end.attempts, 1);
  EXPECT_GT(end.took.count(), 0);
  EXPECT_EQ(end.processing_code, "1//");
  EXPECT_FALSE(end.reconcile);
}

TEST_F(RecordedTest, ARefusalIsRecordedAsOne) {
  Serve([](const Request&, std::size_t) { return Problem(422, "certificate_revoked"); });
  ASSERT_FALSE(service_->Ask(OurQuestion(), Soon()).ok());
  ExpectEnd("refused", ErrorCode::kCertificateRevoked, 422, 1);
}

TEST_F(RecordedTest, WhatMayHaveHappenedIsUnknownAndAskedAboutLater) {
  Serve([](const Request&, std::size_t) { return HangUp(); });
  ASSERT_FALSE(service_->Ask(OurQuestion(), Soon()).ok());
  ExpectEnd("unknown", ErrorCode::kNationalOutcomeUnknown, 0, kAttemptsMax);
  EXPECT_TRUE(records_[1].reconcile);
}

TEST_F(RecordedTest, AChallengeThatDoesNotComeHasFailedAndIsNotAskedAbout) {
  Serve([](const Request&, std::size_t) { return Answered(503, "text/plain", ""); });
  ASSERT_FALSE(service_->IssueChallenge(kCaller, Soon()).ok());
  ExpectEnd("failed", ErrorCode::kNationalUnavailable, 503, kAttemptsMax);
  EXPECT_FALSE(records_[1].reconcile);
}

TEST_F(RecordedTest, TheCodesOfAFailedProcessingAreKept) {
  Answer answer;
  answer.segment_of_result_code = "9";
  answer.processing_code = "E0001";
  Serve([&](const Request&, std::size_t) { return Xml(WriteXml(OurEnvelope(), answer)); });
  ASSERT_FALSE(service_->Ask(OurQuestion(), Soon()).ok());
  ExpectEnd("refused", ErrorCode::kNationalProcessingFailed, 200, 1);
  EXPECT_EQ(records_[1].processing_code, "9//E0001");
}

TEST_F(RecordedTest, TheCodeOfARefusalToProcessIsKept) {
  Envelope envelope = OurEnvelope();
  envelope.error_code = "EX001";
  Answer answer;
  answer.segment_of_result_code = "9";
  Serve([&](const Request&, std::size_t) { return Xml(WriteXml(envelope, answer)); });
  ASSERT_FALSE(service_->Ask(OurQuestion(), Soon()).ok());
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_EQ(records_[1].processing_code, "9//EX001");
}

// Half a character at the limit made the database refuse this record and all that were written with it.
TEST_F(RecordedTest, TextInThePlaceOfACodeIsNotKept) {
  Answer answer;
  answer.segment_of_result_code = "1";
  answer.processing_code = "架空花子さんの証明書はまもなく失効します";
  Serve([&](const Request&, std::size_t) { return Xml(WriteXml(OurEnvelope(), answer)); });
  ASSERT_TRUE(service_->Ask(OurQuestion(), Soon()).ok());
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_EQ(records_[1].processing_code, "1//(no code)");
}

TEST_F(RecordedTest, AWholeCheckUsesOneConnection) {
  Serve([](const Request& request, std::size_t) {
    return request.path == "/v1/challenges" ? Answered(200, "application/json", kChallengeJson) : Xml(ValidXml());
  });
  ASSERT_TRUE(service_->IssueChallenge(kCaller, Soon()).ok());
  ASSERT_TRUE(service_->Ask(OurQuestion(), Soon()).ok());
  EXPECT_EQ(server_->connections(), 1u);
}

constexpr char kSightJson[] =
    "{\"challenge_id\":\"0c0c0c0c-0000-4000-8000-000000000001\","
    "\"challenge\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"proof\":\"MAYCAQECAQE=\",\"expires_in_ms\":"
    "120000}";

Reaction OfSimulator(Reaction reaction) {
  reaction.bytes.insert(reaction.bytes.find("\r\n") + 2, "X-Madoguchi-National-Service: simulator\r\n");
  return reaction;
}

TEST_F(RecordedTest, BringsThePermitForACheckBySight) {
  Serve([](const Request&, std::size_t) { return OfSimulator(Answered(200, "application/json", kSightJson)); });
  const Result<SightPermit> permit = service_->PermitSight(kCaller, Bytes(3, 1), Bytes(16, 2), Soon());
  ASSERT_TRUE(permit.ok()) << permit.error().detail;
  EXPECT_EQ(permit->challenge.bytes, Bytes(32, 0));
  EXPECT_EQ(permit->challenge.good_for, milliseconds(120'000));
  EXPECT_EQ(permit->proof, *FromHex("3006020101020101"));
  ASSERT_EQ(server_->requests().size(), 1u);
  EXPECT_EQ(server_->requests()[0].path, "/v1/sights");
  EXPECT_THAT(server_->requests()[0].body, ::testing::HasSubstr("\"certificate\":\"AQEB\""));
  EXPECT_THAT(server_->requests()[0].body, ::testing::HasSubstr("\"card_challenge\":\"AgICAgICAgICAgICAgICAg==\""));
  EXPECT_EQ(records_[1].kind, "sight");
}

TEST_F(RecordedTest, TakesSightFromNobodyButTheSimulator) {
  Serve([](const Request&, std::size_t ordinal) {
    return ordinal == 1 ? Answered(200, "application/json", kSightJson) : Problem(404, "unknown");
  });
  for (int i = 0; i < 2; ++i) {
    const Result<SightPermit> permit = service_->PermitSight(kCaller, Bytes(3, 1), Bytes(16, 2), Soon());
    ASSERT_FALSE(permit.ok());
    EXPECT_EQ(permit.error().code, ErrorCode::kSightOnlySimulated);
  }
}

TEST_F(RecordedTest, SaysThatSightWasRefused) {
  Serve([](const Request&, std::size_t) { return OfSimulator(Problem(403, "sight_not_allowed")); });
  EXPECT_EQ(service_->PermitSight(kCaller, Bytes(3, 1), Bytes(16, 2), Soon()).error().code,
            ErrorCode::kNationalRefusedSight);
}

TEST_F(RecordedTest, APermitThatIsNotWholeIsNone) {
  Serve([](const Request&, std::size_t) {
    return OfSimulator(Answered(200, "application/json", kChallengeJson));  // without a proof
  });
  EXPECT_EQ(service_->PermitSight(kCaller, Bytes(3, 1), Bytes(16, 2), Soon()).error().code,
            ErrorCode::kNationalUnavailable);
}

Inquiry OurInquiry() {
  return {.caller = kCaller,
          .press_id = *FromHex(kPressHex),
          .insurer_number = "  138123",
          .symbol = "12",
          .number = "345",
          .branch = "01",
          .birthdate = "19800102"};
}

TEST_F(RecordedTest, AsksByNumbersInTheWordsOfTheVocabulary) {
  Serve([](const Request&, std::size_t) { return Xml(ValidXml()); });
  const Result<Answer> answer = service_->Inquire(OurInquiry(), Soon());
  ASSERT_TRUE(answer.ok()) << answer.error().detail;
  ASSERT_EQ(server_->requests().size(), 1u);
  const Request request = server_->requests()[0];
  EXPECT_EQ(request.path, "/v1/inquiries");
  for (const char* header :
       {"Content-Type: application/xml\r\n", "Idempotency-Key: 00112233-4455-6677-8899-aabbccddeeff\r\n",
        "Madoguchi-Device-Account: W0000001\r\n", "Madoguchi-Desk: 0b0b0b0b-0000-4000-8000-000000000001\r\n"}) {
    EXPECT_THAT(request.head, ::testing::HasSubstr(header));
  }
  for (const char* element : {"<QualificationConfirmSearchInfo>", "<InsurerNumber>  138123</InsurerNumber>",
                              "<Birthdate>19800102</Birthdate>",
                              "<ArbitraryFileIdentifier>00112233445566778899aabbccddeeff</ArbitraryFileIdentifier>"}) {
    EXPECT_THAT(request.body, ::testing::HasSubstr(element));
  }
  EXPECT_EQ(records_[1].kind, "inquiry");
}

TEST_F(RecordedTest, AnInquiryIsRepeatedUnderOneKeyAndMayStayUnknown) {
  Serve([](const Request&, std::size_t) { return HangUp(); });
  EXPECT_EQ(service_->Inquire(OurInquiry(), Soon()).error().code, ErrorCode::kNationalOutcomeUnknown);
  ASSERT_EQ(server_->requests().size(), static_cast<std::size_t>(kAttemptsMax));
  for (const Request& request : server_->requests()) EXPECT_EQ(request.head, server_->requests()[0].head);
  EXPECT_TRUE(records_[1].reconcile);
}

TEST_F(RecordedTest, AsksWhatBecameOfACallWithoutAskingTheQuestionAgain) {
  Serve([](const Request&, std::size_t ordinal) {
    return Answered(200, "application/json", ordinal == 1 ? "{\"state\":\"answered\"}" : "{\"state\":\"not_seen\"}");
  });
  const UnknownCall call{"c", "check", "00112233-4455-6677-8899-aabbccddeeff", kCaller};
  EXPECT_EQ(*service_->WhatBecame(call, Soon()), Became::kAnswered);
  EXPECT_EQ(*service_->WhatBecame(call, Soon()), Became::kNotSeen);
  EXPECT_EQ(server_->requests()[0].path, "/v1/outcomes");
  EXPECT_THAT(server_->requests()[0].body, ::testing::HasSubstr("\"key\":\"00112233-4455-6677-8899-aabbccddeeff\""));
  EXPECT_EQ(records_[1].kind, "outcome");
  EXPECT_EQ(records_[1].key, call.key);
}

TEST_F(RecordedTest, OutcomesThatAreNotToldKeepNoDeskFromAsking) {
  Serve([](const Request& request, std::size_t) {
    return request.path == "/v1/outcomes" ? Answered(503, "text/plain", "") : Xml(ValidXml());
  });
  const UnknownCall call{"c", "check", "k", kCaller};
  for (int i = 0; i < kBreakerFailures; ++i)
    EXPECT_EQ(service_->WhatBecame(call, Soon()).error().code, ErrorCode::kNationalUnavailable);
  EXPECT_EQ(server_->requests().size(), static_cast<std::size_t>(kBreakerFailures)) << "the next round asks again";
  EXPECT_TRUE(service_->Ask(OurQuestion(), Soon()).ok());
}

TEST_F(RecordedTest, AnOutcomeItDoesNotUnderstandIsNone) {
  Serve([](const Request&, std::size_t) { return Answered(200, "application/json", "{\"state\":\"perhaps\"}"); });
  const UnknownCall call{"c", "check", "k", kCaller};
  EXPECT_EQ(service_->WhatBecame(call, Soon()).error().code, ErrorCode::kNationalUnavailable);
  ExpectEnd("failed", ErrorCode::kNationalUnavailable, 200, 1);
}

}  // namespace
}  // namespace madoguchi::eligibility::test
