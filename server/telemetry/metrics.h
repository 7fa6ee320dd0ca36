// SPDX-License-Identifier: Apache-2.0
// Metrics: the numbers of this process, in Prometheus text form (text format 0.0.4). Each has a help text that says
// what a value means. Thread: any, never blocks for long. Ownership: app owns it; it outlives everything that counts.
// Holds no data about a person.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace madoguchi::telemetry {

// Where the time of one check went.
struct Phases {
  std::chrono::microseconds detect{
      0};  // reader saw the card → opening answers ready, before the press; 0: not measured
  std::chrono::microseconds card{0};      // on the card, as the desk measured it, after the press
  std::chrono::microseconds desk{0};      // the desk's own time in card trips
  std::chrono::microseconds link{0};      // card trips without card and desk: network and queues
  std::chrono::microseconds server{0};    // here, without all the others
  std::chrono::microseconds database{0};  // waiting for the trail
  std::chrono::microseconds national{0};  // waiting for the national service
  std::chrono::microseconds total{0};     // press received to answer sent
};

// Where a check was made. Desks are as many as there are; more than kPlacesMax of them are counted together as "other".
struct Place {
  std::string desk;    // its name
  std::string reader;  // model; empty: none, or not told
};
inline constexpr std::size_t kPlacesMax = 256;

// How far the trail is under its signatures.
struct TrailState {
  std::uint64_t size = 0, waiting = 0;  // rows with and without their place
  std::chrono::seconds oldest{0};       // age of the oldest one without
  std::uint64_t signed_size = 0;
  std::chrono::seconds signed_ago{0};
  bool forked = false;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // code: 0 = answered, else the number of the ErrorCode. There are as many series as the catalogue has codes.
  void CheckEnded(int code, const Phases& phases, const Place& place = {});
  void StreamOpened();
  void StreamClosed();
  void PressReceived();
  void PressBusy();
  void PolicyRefused();
  void StreamSuperseded();
  void StreamsAlternated();
  void StreamSilent();
  void ProtocolBroken();
  void EventNotRecorded();
  void BreakGlassUsed();
  // channel: "oqs_folder", "webhook", "pull", "requests". code: 0 = it left, else the number of the ErrorCode.
  void HandoffTried(const std::string& channel, int code);
  void HandoffWaiting(const std::string& channel, std::size_t results);
  // A request to the national service has ended. kind, outcome: words of the table service_call.
  void NationalCallEnded(const std::string& kind, const std::string& outcome, std::chrono::microseconds took);
  void NationalCallRetried();
  void NationalBreaker(int state);  // 0 closed, 1 half open, 2 open
  void CallsNotRecorded(std::size_t records);
  // The trail's second sink: rows of the tree it has not got, and the age of the first of them.
  void SinkLag(std::uint64_t rows, std::chrono::seconds oldest);
  void SinkFailed(int times);  // 0: from now on it is counted
  // which: "server", "national", "facility_ca".
  void CertificateEnds(const std::string& which, std::chrono::system_clock::time_point end);

  // Until then every row of the trail has a month partition to lie in.
  void TrailPartitionsUntil(std::chrono::system_clock::time_point until);

  // The tree over the trail, as the last look at it found it.
  void TrailTree(const TrailState& state);
  // What came of giving a witness a checkpoint: the size it holds; code as above.
  void TrailWitness(const std::string& witness, std::uint64_t size, int code);

  std::string Text() const;

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

}  // namespace madoguchi::telemetry
