// SPDX-License-Identifier: Apache-2.0
// Store: what app needs of this module, in one header without pqxx. Migrations (migrations.h) and desks (desk_seed.h)
// take the owner's connection and are commands of their own; a serving process opens one Store with the server's role
// and hands out its seams. Thread: Open and the destructor on one thread; the seams from any. The Store owns two
// threads (the trail's writer, the answer limit) and up to `pool_connections` + 1 connections. Ownership: the seams
// live as long as the Store; every call into them has returned before it ends.
#pragma once
#include <memory>
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/audit/trail.h"
#include "server/desk/directory.h"
#include "server/identity/token_book.h"
#include "server/store/desk_seed.h"
#include "server/store/migrations.h"
#include "server/store/schema.h"

namespace madoguchi::store {

class AnswerLimit;
class PgDirectory;
class PgPool;
class PgTokenBook;
class PgTrail;

struct StoreOptions {
  std::string server_url;            // libpq connection string or URI; logs in as kServerRole
  std::string owner;                 // this server process, as it stands in the trail
  std::size_t pool_connections = 8;  // kPoolConnectionsDefault; at most kPoolConnectionsMax
};

class Store {
 public:
  // Refuses what CheckSchema refuses.
  static Result<std::unique_ptr<Store>> Open(const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  audit::Trail& trail();
  desk::Directory& directory();
  identity::TokenBook& token_book();
  // One trip to the database and back, for health. DATABASE_BUSY · DATABASE_UNREACHABLE.
  Result<void> Ping(Deadline deadline);

 private:
  explicit Store(const StoreOptions& options);
  std::unique_ptr<AnswerLimit> limit_;
  std::unique_ptr<PgPool> pool_;
  std::unique_ptr<PgDirectory> directory_;
  std::unique_ptr<PgTokenBook> token_book_;
  std::unique_ptr<PgTrail> trail_;
};

}  // namespace madoguchi::store
