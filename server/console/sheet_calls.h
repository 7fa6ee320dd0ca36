// SPDX-License-Identifier: Apache-2.0
// SheetCalls: the two streams of AccountService about settings sheets, through Guard: import (preview or
// all-or-nothing) and print. Here is only their translation; the acts are account/sheet_import.h and
// account/sheets/sheet_print.h. Thread: gRPC's synchronous threads. Ownership: all parts outlive it. Errors on the
// wire: wire_error.h; SERVER_BUSY while kImportsAtOnce imports run.
#pragma once
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <semaphore>

#include "madoguchi/v1/account_service.grpc.pb.h"
#include "server/account/sheet_import.h"
#include "server/account/sheets/sheet_print.h"
#include "server/console/guard.h"

namespace madoguchi::console {

inline constexpr int kImportsAtOnce = 2;  // each holds one file and its text in memory
inline constexpr std::chrono::seconds kImportWithin{
    120};  // the whole stream; 200 files and their hashes take about 20 s
inline constexpr std::chrono::seconds kFirstMessageWithin{10};  // before it, nobody has asked who calls
inline constexpr std::chrono::seconds kPrintWithin{120};        // until the caller has taken everything
inline constexpr std::size_t kPrintChunkBytesMax = 32 * 1024;

class SheetCalls {
 public:
  struct Parts {
    Guard& guard;
    account::SheetBook& book;
    audit::Trail& trail;
    const crypto::Seal& seal;
    const audit::KeyedHash& key;
    std::chrono::milliseconds first_message_within = kFirstMessageWithin;
  };
  explicit SheetCalls(const Parts& parts) : parts_(parts) {}

  grpc::Status ImportSheets(grpc::ServerContext* context, grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                            v1::ImportSheetsResponse* response);
  grpc::Status PrintSheets(grpc::ServerContext* context, const v1::PrintSheetsRequest* request,
                           grpc::ServerWriter<v1::PrintSheetsResponse>* writer);

 private:
  Result<void> Import(grpc::ServerReader<v1::ImportSheetsRequest>& reader, account::ImportRequest request,
                      Deadline deadline, v1::ImportSheetsResponse& response);
  const Parts parts_;
  std::counting_semaphore<kImportsAtOnce> free_{kImportsAtOnce};
};

}  // namespace madoguchi::console
