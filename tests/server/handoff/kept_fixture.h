// SPDX-License-Identifier: Apache-2.0
// KeptTest: the real store, real keys in a directory of their own, and checks that were answered and kept.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "server/handoff/outbox.h"
#include "server/handoff/row_keys.h"
#include "server/store/store.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/handoff/test_handing.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::handoff::test {

class KeptTest : public store::StoreTest {
 protected:
  KeptTest() {
    std::filesystem::create_directory(directory_);
    auto opened = store::Store::Open({.server_url = server_url(), .owner = "server-one"});
    EXPECT_TRUE(opened.ok());
    store_ = std::move(*opened);
  }
  // A check that was answered; → its press.
  Bytes Answered(const audit::CheckIntent& intent, const Channels& channels, bool held,
                 const std::string& name = kName) {
    const auto receipt = store_->trail().RecordIntent(intent, store::Soon());
    EXPECT_TRUE(receipt.ok());
    Handing handing = TestHanding(intent.desk_id);
    handing.press_id = intent.press_id;
    handing.answer.results.at(0).name = name;
    audit::CheckOutcome outcome = OutcomeOf(intent, receipt->epoch);
    auto kept = Outbox(channels, keys_).Keep(handing, held);
    EXPECT_TRUE(kept.ok());
    outcome.kept = std::move(*kept);
    EXPECT_TRUE(store_->trail().RecordOutcome(outcome, store::Soon()).ok());
    return intent.press_id;
  }
  Bytes Answered(const Channels& channels, bool held = false, const std::string& name = kName) {
    return Answered(Intent(), channels, held, name);
  }

  TestFolder folder_;
  const std::string directory_ = folder_.File("keys");
  const RowKeys keys_{directory_};
  std::unique_ptr<store::Store> store_;
};

}  // namespace madoguchi::handoff::test
