// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <set>
#include <utility>

namespace madoguchi::telemetry {
namespace {

// Seconds. A check with a real card takes about a second, most of it on the card; the deadline is 15 s.
const prometheus::Histogram::BucketBoundaries& PhaseBuckets() {
  static const prometheus::Histogram::BucketBoundaries buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                               0.25,  0.5,    1,     2.5,  5,     10,   15};
  return buckets;
}

double Seconds(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

prometheus::Counter& Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

struct Metrics::Series {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& ended =
      prometheus::BuildCounter()
          .Name("madoguchi_check_ended_total")
          .Help("Checks that ended, by code: 0 = answered; any other code is a line of docs/failure-codes.md.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& phases =
      prometheus::BuildHistogram()
          .Name("madoguchi_check_phase_seconds")
          .Help(
              "Seconds of a check by phase: detect (card seen until read, before the press), card (on the card), desk, "
              "link (network and queues of card trips), server (here), database, national (waiting for the national "
              "service), total. A slow phase names who to ask.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& places = prometheus::BuildHistogram()
                                                          .Name("madoguchi_check_desk_seconds")
                                                          .Help(
                                                              "Seconds of a check by desk and reader model: card, "
                                                              "link, total. One slow desk: its reader or its network. "
                                                              "One slow model everywhere: the reader.")
                                                          .Register(registry);
  std::mutex mutex;
  std::set<std::pair<std::string, std::string>> known_places;  // guarded by mutex
  prometheus::Gauge& streams =
      prometheus::BuildGauge()
          .Name("madoguchi_desk_streams")
          .Help("Desk streams that are open now; fewer than the desks in use: some are cut off.")
          .Register(registry)
          .Add({});
  prometheus::Counter& presses =
      Counter(registry, "madoguchi_desk_presses_total", "Presses received; a value is normal work.");
  prometheus::Counter& busy = Counter(registry, "madoguchi_desk_presses_busy_total",
                                      "Presses refused because every check thread and the queue were taken; not 0: "
                                      "raise check.workers or find what is slow.");
  prometheus::Counter& policy =
      Counter(registry, "madoguchi_desk_policy_refusals_total",
              "Card commands a desk refused to run; not 0: this server or its version does not "
              "match the desk, or somebody changed it. Look into the trail.");
  prometheus::Counter& superseded =
      Counter(registry, "madoguchi_desk_streams_superseded_total",
              "Streams closed because the same desk opened a newer one; some after network trouble are normal.");
  prometheus::Counter& alternated =
      Counter(registry, "madoguchi_desk_streams_alternated_total",
              "Desks whose streams took turns and were closed; not 0: one desk certificate is "
              "used in two places. Look into the trail.");
  prometheus::Counter& silent = Counter(
      registry, "madoguchi_desk_streams_silent_total",
      "Streams closed because the desk sent nothing for three heartbeats; many: the network loses connections.");
  prometheus::Counter& break_glass =
      Counter(registry, "madoguchi_console_break_glass_total",
              "Break-glass codes that were used; not 0: an account was unlocked by one person alone. A review is due.");
  prometheus::Family<prometheus::Counter>& handed =
      prometheus::BuildCounter()
          .Name("madoguchi_handoff_tried_total")
          .Help(
              "Attempts to hand a result on, by channel and code: 0 = it left; any other code is a line of "
              "docs/failure-codes.md and says what to mend.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& waiting =
      prometheus::BuildGauge()
          .Name("madoguchi_handoff_waiting")
          .Help(
              "Results of all servers that wait for their receiver, by channel, counted once a minute; growing: the "
              "receiver is away. Each is destroyed after 24 hours.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& calls = prometheus::BuildCounter()
                                                       .Name("madoguchi_eligibility_calls_total")
                                                       .Help(
                                                           "Requests to the national service by kind and outcome: "
                                                           "answered, refused, failed (nothing happened), unknown "
                                                           "(asked about later). madoguchi-admin calls shows each.")
                                                       .Register(registry);
  prometheus::Family<prometheus::Histogram>& call_seconds =
      prometheus::BuildHistogram()
          .Name("madoguchi_eligibility_call_seconds")
          .Help("Seconds of a request to the national service by kind, with its retries and its wait for a free place.")
          .Register(registry);
  prometheus::Counter& retries =
      Counter(registry, "madoguchi_eligibility_retries_total",
              "Attempts at the national service that were repeated; more than a tenth of the calls are not allowed.");
  prometheus::Gauge& breaker = prometheus::BuildGauge()
                                   .Name("madoguchi_eligibility_breaker_state")
                                   .Help(
                                       "0: the national service is asked. 2: it could not be reached several times in "
                                       "a row, checks are refused at "
                                       "once (1320). 1: one call finds out whether it is back.")
                                   .Register(registry)
                                   .Add({});
  prometheus::Counter& calls_unrecorded = Counter(
      registry, "madoguchi_eligibility_calls_unrecorded_total",
      "Records of service calls that could not be written; not 0: the database was away or too slow. Checks and "
      "the trail do not depend on them.");
  prometheus::Counter& broken = Counter(
      registry, "madoguchi_desk_protocol_errors_total",
      "Streams closed because of a message that breaks the protocol; not 0: a wrong version or a hostile desk.");
  prometheus::Family<prometheus::Gauge>& certificates =
      prometheus::BuildGauge()
          .Name("madoguchi_certificate_not_after_seconds")
          .Help(
              "When a certificate ends (Unix time): server renews itself, national comes from outside and is replaced "
              "by people, facility_ca is the root.")
          .Register(registry);
  prometheus::Gauge& partitions =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_partitions_until_seconds")
          .Help(
              "Until then (Unix time) the trail has month partitions; made 13 months ahead once an hour. Less than six "
              "months away: they are not being made, see partitions_not_made in the log; past: no check is possible.")
          .Register(registry)
          .Add({});
  // Without audit.sink these three have no value.
  prometheus::Family<prometheus::Gauge>& sink_rows =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_sink_lag_rows")
          .Help(
              "Rows of the trail's tree that its second sink has not got; growing: look for event=sink_behind in the log "
              "(1615). Checks go on, and nothing is lost.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& sink_seconds =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_sink_lag_seconds")
          .Help("Age of the first of these rows; 0: it has got them all. More than 300 is trouble.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& sink_failures =
      prometheus::BuildCounter()
          .Name("madoguchi_audit_sink_failures_total")
          .Help("Attempts of this server to feed the trail's second sink that failed; a value that stays is over.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& tree_rows =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_tree_rows")
          .Help(
              "Rows of the trail by state: placed (in the tree), signed (under the newest checkpoint), waiting (without a "
              "place, counted up to 10,000). Waiting for minutes: event=trail_behind in the log (1611) says why.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& tree_seconds =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_tree_seconds")
          .Help(
              "Seconds: oldest (age of the oldest row without a place; more than 60 is trouble), checkpoint (since the newest "
              "one was signed; grows while nothing is recorded).")
          .Register(registry);
  prometheus::Gauge& forked =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_tree_forked")
          .Help("1: the tree does not go on from what was signed, and nothing more is signed (1610). Look at once.")
          .Register(registry)
          .Add({});
  prometheus::Family<prometheus::Gauge>& witness_sizes =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_witness_rows")
          .Help("Rows under the newest checkpoint that a witness holds.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& witness_codes =
      prometheus::BuildGauge()
          .Name("madoguchi_audit_witness_trouble")
          .Help("0: the last checkpoint reached the witness; else the code of docs/failure-codes.md.")
          .Register(registry);
  prometheus::Counter& unrecorded =
      Counter(registry, "madoguchi_desk_events_unrecorded_total",
              "Events of desks that could not be written to the trail; not 0: the database was away or too slow.");
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::CheckEnded(int code, const Phases& phases, const Place& place) {
  series_->ended.Add({{"code", std::to_string(code)}}).Increment();
  const auto observe = [&](const char* phase, std::chrono::microseconds time) {
    series_->phases.Add({{"phase", phase}}, PhaseBuckets()).Observe(Seconds(time));
  };
  if (phases.detect.count() > 0) observe("detect", phases.detect);
  observe("card", phases.card);
  observe("desk", phases.desk);
  observe("link", phases.link);
  observe("server", phases.server);
  observe("database", phases.database);
  observe("national", phases.national);
  observe("total", phases.total);
  Place where = place;
  {
    const std::lock_guard lock(series_->mutex);
    auto& known = series_->known_places;
    if (!known.contains({where.desk, where.reader}) && known.size() >= kPlacesMax) where = {"other", "other"};
    known.insert({where.desk, where.reader});
  }
  for (const auto& [phase, time] : {std::pair{"card", phases.card}, {"link", phases.link}, {"total", phases.total}}) {
    series_->places.Add({{"phase", phase}, {"desk", where.desk}, {"reader", where.reader}}, PhaseBuckets())
        .Observe(Seconds(time));
  }
}

void Metrics::SinkLag(std::uint64_t rows, std::chrono::seconds oldest) {
  series_->sink_rows.Add({}).Set(static_cast<double>(rows));
  series_->sink_seconds.Add({}).Set(static_cast<double>(oldest.count()));
}

void Metrics::SinkFailed(int times) {
  series_->sink_failures.Add({}).Increment(times);
}

void Metrics::TrailTree(const TrailState& state) {
  series_->tree_rows.Add({{"state", "placed"}}).Set(static_cast<double>(state.size));
  series_->tree_rows.Add({{"state", "signed"}}).Set(static_cast<double>(state.signed_size));
  series_->tree_rows.Add({{"state", "waiting"}}).Set(static_cast<double>(state.waiting));
  series_->tree_seconds.Add({{"of", "oldest"}}).Set(static_cast<double>(state.oldest.count()));
  series_->tree_seconds.Add({{"of", "checkpoint"}}).Set(static_cast<double>(state.signed_ago.count()));
  series_->forked.Set(state.forked ? 1 : 0);
}

void Metrics::TrailWitness(const std::string& witness, std::uint64_t size, int code) {
  series_->witness_sizes.Add({{"witness", witness}}).Set(static_cast<double>(size));
  series_->witness_codes.Add({{"witness", witness}}).Set(code);
}

void Metrics::HandoffTried(const std::string& channel, int code) {
  series_->handed.Add({{"channel", channel}, {"code", std::to_string(code)}}).Increment();
}

void Metrics::HandoffWaiting(const std::string& channel, std::size_t results) {
  series_->waiting.Add({{"channel", channel}}).Set(static_cast<double>(results));
}

void Metrics::NationalCallEnded(const std::string& kind, const std::string& outcome, std::chrono::microseconds took) {
  series_->calls.Add({{"kind", kind}, {"outcome", outcome}}).Increment();
  series_->call_seconds.Add({{"kind", kind}}, PhaseBuckets()).Observe(Seconds(took));
}

void Metrics::NationalCallRetried() {
  series_->retries.Increment();
}

void Metrics::NationalBreaker(int state) {
  series_->breaker.Set(state);
}

void Metrics::CallsNotRecorded(std::size_t records) {
  series_->calls_unrecorded.Increment(static_cast<double>(records));
}

void Metrics::CertificateEnds(const std::string& which, std::chrono::system_clock::time_point end) {
  series_->certificates.Add({{"certificate", which}})
      .Set(std::chrono::duration<double>(end.time_since_epoch()).count());
}

void Metrics::TrailPartitionsUntil(std::chrono::system_clock::time_point until) {
  series_->partitions.Set(std::chrono::duration<double>(until.time_since_epoch()).count());
}

void Metrics::StreamOpened() {
  series_->streams.Increment();
}
void Metrics::StreamClosed() {
  series_->streams.Decrement();
}
void Metrics::PressReceived() {
  series_->presses.Increment();
}
void Metrics::PressBusy() {
  series_->busy.Increment();
}
void Metrics::PolicyRefused() {
  series_->policy.Increment();
}
void Metrics::BreakGlassUsed() {
  series_->break_glass.Increment();
}
void Metrics::StreamSuperseded() {
  series_->superseded.Increment();
}
void Metrics::StreamsAlternated() {
  series_->alternated.Increment();
}
void Metrics::StreamSilent() {
  series_->silent.Increment();
}
void Metrics::ProtocolBroken() {
  series_->broken.Increment();
}
void Metrics::EventNotRecorded() {
  series_->unrecorded.Increment();
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(series_->registry.Collect());
}

}  // namespace madoguchi::telemetry
