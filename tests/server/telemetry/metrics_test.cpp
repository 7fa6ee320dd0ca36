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
  metrics.CheckEnded(0, {milliseconds(500), milliseconds(125), milliseconds(250), milliseconds(1000)});
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"card\"} 0.5\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"server\"} 0.125\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"national\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_sum{phase=\"total\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi_check_phase_seconds_bucket{phase=\"card\",le=\"0.5\"} 1\n"));
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
  EXPECT_EQ(helps, 12);
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
