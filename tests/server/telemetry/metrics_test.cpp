// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/metrics.h"

#include <gmock/gmock.h>

#include <sstream>

namespace madoguchi::telemetry {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

TEST(Metrics, CountChecksByCode) {
  Metrics metrics;
  metrics.CheckEnded(0, {});
  metrics.CheckEnded(0, {});
  metrics.CheckEnded(1211, {});
  EXPECT_THAT(metrics.Text(), HasSubstr("madoguchi_check_ended_total{code=\"0\"} 2\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("madoguchi_check_ended_total{code=\"1211\"} 1\n"));
}

TEST(Metrics, GiveEachPhaseOfACheckInSeconds) {
  Metrics metrics;
  Phases phases;
  phases.card = milliseconds(500);
  phases.link = milliseconds(62);
  phases.server = milliseconds(125);
  phases.database = milliseconds(31);
  phases.national = milliseconds(250);
  phases.total = milliseconds(1000);
  metrics.CheckEnded(0, phases);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"card\"} 0.5\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"server\"} 0.125\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"national\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"link\"} 0.062\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"database\"} 0.031\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"total\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_bucket{phase=\"card\",le=\"0.5\"} 1\n"));
}

TEST(Metrics, TellDesksAndReaderModelsApartUpToALimit) {
  Metrics metrics;
  Phases phases;
  phases.card = milliseconds(500);
  metrics.CheckEnded(0, phases, {"受付1", "Model A"});
  EXPECT_THAT(metrics.Text(),
              HasSubstr("madoguchi_check_desk_seconds_sum{desk=\"受付1\",phase=\"card\",reader=\"Model A\"} 0.5\n"));
  for (std::size_t i = 0; i < kPlacesMax + 10; ++i) metrics.CheckEnded(0, phases, {std::to_string(i), ""});
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("desk=\"other\",phase=\"card\",reader=\"other\""));
  EXPECT_THAT(text, Not(HasSubstr("desk=\"" + std::to_string(kPlacesMax + 9) + "\"")));
}

TEST(Metrics, ShowHowManyStreamsAreOpenNow) {
  Metrics metrics;
  metrics.StreamOpened();
  metrics.StreamOpened();
  metrics.StreamClosed();
  EXPECT_THAT(metrics.Text(), HasSubstr("madoguchi_desk_streams 1\n"));
}

TEST(Metrics, KeepEveryKindOfTroubleApart) {
  Metrics metrics;
  metrics.PressReceived();
  metrics.PressBusy();
  metrics.PolicyRefused();
  metrics.StreamSuperseded();
  metrics.StreamsAlternated();
  metrics.StreamSilent();
  metrics.ProtocolBroken();
  metrics.EventNotRecorded();
  for (const char* name : {"presses", "presses_busy", "policy_refusals", "streams_superseded", "streams_alternated",
                           "streams_silent", "protocol_errors", "events_unrecorded"}) {
    EXPECT_THAT(metrics.Text(), HasSubstr("madoguchi_desk_" + std::string(name) + "_total 1\n"));
  }
}

TEST(Metrics, SayWhatAValueMeans) {
  Metrics metrics;
  metrics.CheckEnded(0, {});
  std::istringstream lines(metrics.Text());
  int helps = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# HELP ")) continue;
    ++helps;
    EXPECT_GT(line.size(), 60U) << line;
  }
  EXPECT_EQ(helps, 18);
}

TEST(Metrics, CountWhatIsHandedOnByChannelAndCode) {
  Metrics metrics;
  metrics.HandoffTried("webhook", 0);
  metrics.HandoffTried("webhook", 2007);
  metrics.HandoffWaiting("webhook", 3);
  metrics.HandoffWaiting("webhook", 2);
  EXPECT_THAT(metrics.Text(), HasSubstr("madoguchi_handoff_tried_total{channel=\"webhook\",code=\"2007\"} 1\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("madoguchi_handoff_waiting{channel=\"webhook\"} 2\n"));
}

TEST(Metrics, CountCallsOfTheNationalServiceByKindAndOutcome) {
  Metrics metrics;
  metrics.NationalCallEnded("check", "answered", std::chrono::milliseconds(400));
  metrics.NationalCallEnded("check", "unknown", std::chrono::seconds(13));
  metrics.NationalCallRetried();
  metrics.NationalBreaker(2);
  metrics.CallsNotRecorded(7);
  for (const char* line :
       {"madoguchi_eligibility_calls_total{kind=\"check\",outcome=\"unknown\"} 1\n",
        "madoguchi_eligibility_call_seconds_bucket{kind=\"check\",le=\"0.5\"} 1\n",
        "madoguchi_eligibility_call_seconds_count{kind=\"check\"} 2\n", "madoguchi_eligibility_retries_total 1\n",
        "madoguchi_eligibility_breaker_state 2\n", "madoguchi_eligibility_calls_unrecorded_total 7\n"}) {
    EXPECT_THAT(metrics.Text(), HasSubstr(line));
  }
}

TEST(Metrics, SayWhenACertificateEnds) {
  Metrics metrics;
  metrics.CertificateEnds("server", std::chrono::system_clock::from_time_t(1900000000));
  metrics.CertificateEnds("server", std::chrono::system_clock::from_time_t(1900000001));
  EXPECT_THAT(metrics.Text(),
              testing::HasSubstr("madoguchi_certificate_not_after_seconds{certificate=\"server\"} 1900000001"));
}

}  // namespace
}  // namespace madoguchi::telemetry
