// SPDX-License-Identifier: Apache-2.0
#include "server/store/store.h"

#include "server/store/answer_limit.h"
#include "server/store/pg_directory.h"
#include "server/store/pg_pool.h"
#include "server/store/pg_token_book.h"
#include "server/store/pg_trail.h"

namespace madoguchi::store {

Store::Store(const StoreOptions& options)
    : limit_(std::make_unique<AnswerLimit>()),
      pool_(std::make_unique<PgPool>(options.server_url, options.pool_connections, *limit_)),
      directory_(std::make_unique<PgDirectory>(*pool_, options.owner)),
      token_book_(std::make_unique<PgTokenBook>(*pool_)),
      trail_(std::make_unique<PgTrail>(options.server_url, options.owner, *limit_)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  TRY_VOID(CheckSchema(options.server_url));
  return std::unique_ptr<Store>(new Store(options));
}

audit::Trail& Store::trail() {
  return *trail_;
}
desk::Directory& Store::directory() {
  return *directory_;
}
identity::TokenBook& Store::token_book() {
  return *token_book_;
}

Result<void> Store::Ping(Deadline deadline) {
  return pool_->Run(deadline, [](pqxx::work& transaction) -> Result<void> {
    transaction.exec("SELECT 1");
    return {};
  });
}

}  // namespace madoguchi::store
