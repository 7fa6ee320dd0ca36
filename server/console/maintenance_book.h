// SPDX-License-Identifier: Apache-2.0
// MaintenanceBook: the seam to work of the vendor on this system: opened with a plan, closed with what was done. store/
// implements it; each change is one transaction with its row in the trail. Times are RFC 3339 in UTC, by the database's
// clock. Thread: any; calls block up to their deadline. Errors besides those named: DATABASE_….
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::console {

inline constexpr int kMaintenanceListed = 200;  // open ones first, then the newest
inline constexpr int kMaintenanceOpenMax = 20;
inline constexpr std::size_t kCompanyCharactersMax = 100;
inline constexpr std::size_t kPlanCharactersMax = 400;
inline constexpr std::chrono::minutes kMaintenanceMin{5}, kMaintenanceMax{7 * 24 * 60};

struct MaintenanceFacts {
  std::int64_t number = 0;
  std::string company, plan, opened_by, opened_at, expected_until;
  std::string closed_by, closed_at, done;  // empty: it is open
  bool overdue = false;
};

class MaintenanceBook {
 public:
  virtual ~MaintenanceBook() = default;
  virtual Result<std::vector<MaintenanceFacts>> List(Deadline deadline) = 0;
  // → its number. SERVER_BUSY: kMaintenanceOpenMax are open.
  virtual Result<std::int64_t> Open(const std::string& company, const std::string& plan, std::chrono::minutes expected,
                                    const std::string& by, Deadline deadline) = 0;
  // MAINTENANCE_NOT_OPEN.
  virtual Result<void> Close(std::int64_t number, const std::string& done, const std::string& by,
                             Deadline deadline) = 0;
  // Those whose time has passed are said once: a notice to the administrators and a row of the trail. → how many.
  virtual Result<int> RemindOfOverdue(Deadline deadline) = 0;
};

}  // namespace madoguchi::console
