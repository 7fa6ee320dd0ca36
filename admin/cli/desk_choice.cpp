// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/desk_choice.h"

#include <vector>

#include "admin/cli/client.h"
#include "contract/bytes.h"
#include "madoguchi/v1/desk_admin_service.grpc.pb.h"

namespace madoguchi::cli {

Done FillDesk(Shell& shell, std::string* desk) {
  if (UuidFromText(*desk)) return {};
  v1::ListDesksResponse all;
  if (Done failed = shell.client->Call(&v1::DeskAdminService::Stub::List, {}, all)) return failed;
  std::vector<std::string> ids;
  for (const v1::Desk& one : all.desks()) {
    if (one.name() == *desk && one.status() != "revoked") ids.push_back(one.desk_id());
  }
  if (ids.empty()) return Because(ErrorCode::kNotFoundHere, "no desk of this name");
  if (ids.size() > 1)
    return Usage("同じ名前の窓口端末がいくつかあります。ID で指定してください",
                 "several desks have this name: give the id");
  *desk = ids.front();
  return {};
}

}  // namespace madoguchi::cli
