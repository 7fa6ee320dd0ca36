// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/pages.h"

#include <gmock/gmock.h>

namespace madoguchi::telemetry {
namespace {

using testing::HasSubstr;

TEST(Pages, ShowMetricsInPrometheusTextForm) {
  Metrics metrics;
  const std::atomic<bool> ready{true};
  metrics.PressReceived();
  const web::Response page = Pages(metrics, ready)({.path = "/metrics"});
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.content_type, HasSubstr("version=0.0.4"));
  EXPECT_THAT(page.body, HasSubstr("madoguchi_desk_presses_total 1"));
}

TEST(Pages, SayWhetherTheServerTakesPresses) {
  const Metrics metrics;
  std::atomic<bool> ready{false};
  const web::Handler pages = Pages(metrics, ready);
  EXPECT_EQ(pages({.path = "/healthz"}).status, 503);
  ready = true;
  EXPECT_EQ(pages({.path = "/healthz"}).status, 200);
  EXPECT_THAT(pages({.path = "/healthz"}).body, HasSubstr("\"ready\":true"));
}

TEST(Pages, TellOfAForkedTrailWhilePressesAreTaken) {
  const Metrics metrics;
  const std::atomic<bool> ready{true};
  bool forked = false;
  const web::Handler pages = Pages(metrics, ready, {.forked = [&forked] { return forked; }});
  EXPECT_THAT(pages({.path = "/healthz"}).body, testing::Not(HasSubstr("forked")));
  forked = true;
  EXPECT_EQ(pages({.path = "/healthz"}).status, 200);
  EXPECT_EQ(pages({.path = "/healthz"}).body, "{\"live\":true,\"ready\":true,\"trail_forked\":true}\n");
}

TEST(Pages, TellOfASecondSinkThatIsBehindWhilePressesAreTaken) {
  const Metrics metrics;
  const std::atomic<bool> ready{true};
  bool behind = true;
  const web::Handler pages = Pages(metrics, ready, {.sink_behind = [&behind] { return behind; }});
  EXPECT_EQ(pages({.path = "/healthz"}).status, 200);
  EXPECT_EQ(pages({.path = "/healthz"}).body, "{\"live\":true,\"ready\":true,\"trail_sink_behind\":true}\n");
  behind = false;
  EXPECT_EQ(pages({.path = "/healthz"}).body, "{\"live\":true,\"ready\":true}\n");
}

TEST(Pages, KnowNothingElse) {
  const Metrics metrics;
  const std::atomic<bool> ready{true};
  EXPECT_EQ(Pages(metrics, ready)({.path = "/"}).status, 404);
  EXPECT_EQ(Pages(metrics, ready)({.path = "/metrics/../x"}).status, 404);
}

}  // namespace
}  // namespace madoguchi::telemetry
