// SPDX-License-Identifier: Apache-2.0
// madoguchi-admin. No decisions here: admin.h has them.
#include "admin/cli/admin.h"
#include "contract/channel_credentials.h"

int main(int argc, char** argv) {
  const madoguchi::wire::Library library;
  return madoguchi::cli::RunAdmin(argc, argv);
}
