// SPDX-License-Identifier: Apache-2.0
// EnrolmentService: the listener for desks that have no certificate yet, or none any more (proto
// enrolment_service.proto). It asks for no client certificate; everything it takes is bounded: calls for the whole
// listener (CallBucket), calls at work at once, the size of a message, the time of a call. Thread: gRPC's synchronous
// threads, at most kEnrolmentThreadsMax; most of them only wait for one of kEnrolmentWorkersMax places. Refusals go
// into the trail, but for those of the bucket and the places; of a flood some, and how many there were between (anybody
// in the building's network can call here). Errors on the wire: contract/call_status.h.
#pragma once
#include <chrono>
#include <semaphore>
#include <string>

#include "madoguchi/v1/enrolment_service.grpc.pb.h"
#include "server/account/activation.h"
#include "server/audit/trail.h"
#include "server/identity/call_bucket.h"
#include "server/identity/renewal.h"

namespace madoguchi::identity {

inline constexpr int kEnrolmentThreadsMax =
    32;  // twenty desks at once wait here for a place instead of being sent away
inline constexpr int kEnrolmentWorkersMax = 4;
inline constexpr std::chrono::milliseconds kEnrolmentCallEvery{100};
inline constexpr int kEnrolmentCallsBurst = 60;              // twenty desks at once, each call of theirs and one more
inline constexpr std::chrono::seconds kRefusalRowEvery{10};  // at most 8 640 rows a day, whoever calls
inline constexpr int kRefusalRowsBurst = 20;
inline constexpr std::chrono::seconds kRecordWithin{3};
inline constexpr std::size_t kTokenHexLength = 64;  // 32 bytes
inline constexpr int kEnrolmentMessageBytesMax = 16 * 1024;
inline constexpr std::chrono::seconds kEnrolmentDeadline{15};

class EnrolmentService final : public v1::EnrolmentService::Service {
 public:
  // All outlive the service. desk_listener: host:port that desks connect to once they are activated.
  EnrolmentService(account::Activation& activation, const Renewal& renewal, audit::Trail& trail,
                   std::string desk_listener)
      : activation_(activation), renewal_(renewal), trail_(trail), desk_listener_(std::move(desk_listener)) {}
  grpc::Status BeginActivation(grpc::ServerContext* context, const v1::BeginActivationRequest* request,
                               v1::BeginActivationResponse* response) override;
  grpc::Status FinishActivation(grpc::ServerContext* context, const v1::FinishActivationRequest* request,
                                v1::FinishActivationResponse* response) override;
  grpc::Status RenewLate(grpc::ServerContext* context, const v1::RenewLateRequest* request,
                         v1::RenewLateResponse* response) override;

 private:
  // What a refusal says besides its code.
  struct Refusal {
    const char* method;
    const char* action;
    std::chrono::milliseconds retry_after{0};
  };
  template <class Act>
  grpc::Status Serve(const grpc::ServerContext& context, Refusal refusal, const Act& act);
  Result<account::Begun> Begin(const v1::BeginActivationRequest& request, std::chrono::milliseconds& locked_for,
                               Deadline deadline);
  grpc::Status Refuse(const Refusal& refusal, const Error& error, bool record);
  account::Activation& activation_;
  const Renewal& renewal_;
  audit::Trail& trail_;
  const std::string desk_listener_;
  CallBucket calls_{kEnrolmentCallEvery, kEnrolmentCallsBurst, CallBucket::Clock::now()};
  CountedRows rows_{kRefusalRowEvery, kRefusalRowsBurst, CallBucket::Clock::now()};
  std::counting_semaphore<kEnrolmentWorkersMax> places_{kEnrolmentWorkersMax};
};

}  // namespace madoguchi::identity
