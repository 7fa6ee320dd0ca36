// SPDX-License-Identifier: Apache-2.0
// madoguchi-trail-bench: what tests/bench/run trail measures with. Each command prints one JSON document.
//   load   fills an empty database with a seeded trail of years, and writes the same trail as an export
//   append rows per second through the server's writer and by a plain INSERT of the same rows
//   search milliseconds of a page, for each thing the review can ask for, in two trails in turns
//   raw    SHA-256 of the same bytes as an export's rows
// Database URLs are libpq's. Exit status: 0 done, 3 something did not work (standard error says what).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "server/store/migrations.h"
#include "tests/bench/trail_append.h"
#include "tests/bench/trail_export.h"
#include "tests/bench/trail_load.h"
#include "tests/bench/trail_search.h"

namespace {

using namespace madoguchi;

void Print(const nlohmann::json& document) {
  std::cout << document.dump(2) << '\n';
}

void LoadTrail(const bench::LoadOrder& order) {
  const auto migrated = store::Migrate(order.owner_url, MADOGUCHI_MIGRATIONS);
  if (!migrated) throw std::runtime_error("the database was not made: " + migrated.error().detail);
  nlohmann::json loaded = bench::Load(order);
  loaded["size"] = bench::Sizes(order.owner_url);
  Print(loaded);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures the trail; see tests/bench/run trail.");
  app.require_subcommand(1);
  bench::LoadOrder load;
  bench::AppendOrder append;
  bench::SearchOrder search;
  std::string directory;
  std::int64_t last_day = 0;

  CLI::App* to_load = app.add_subcommand("load", "fill an empty database");
  to_load->add_option("--owner-url", load.owner_url)->required();
  to_load->add_option("--seed", load.seed);
  to_load->add_option("--rows", load.rows)->required();
  to_load->add_option("--last-day", last_day, "days since 1970")->required();
  to_load->add_option("--export", load.export_directory);
  to_load->callback([&] {
    load.last_day = std::chrono::sys_days(std::chrono::days(last_day));
    LoadTrail(load);
  });

  CLI::App* to_append = app.add_subcommand("append", "write rows");
  to_append->add_option("--owner-url", append.owner_url)->required();
  to_append->add_option("--server-url", append.server_url)->required();
  to_append->add_option("--seed", append.seed);
  to_append->add_option("--rows", append.rows)->required();
  to_append->add_option("--rounds", append.rounds)->required();
  to_append->add_option("--callers", append.callers)->required();
  to_append->callback([&] { Print(bench::Append(append)); });

  CLI::App* to_search = app.add_subcommand("search", "ask for pages");
  to_search->add_option("--small-url", search.small_url)->required();
  to_search->add_option("--large-url", search.large_url)->required();
  to_search->add_option("--seed", search.seed);
  to_search->add_option("--searches", search.searches)->required();
  to_search->callback([&] { Print(bench::Search(search)); });

  CLI::App* to_hash = app.add_subcommand("raw", "hash the rows of an export");
  to_hash->add_option("directory", directory)->required();
  to_hash->callback([&] { Print(bench::RawHashing(directory)); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "%s\n", thrown.what());
    return 3;
  }
  return 0;
}
