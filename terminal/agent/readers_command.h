// SPDX-License-Identifier: Apache-2.0
// `madoguchi-terminal readers` and `watch`: what is plugged in, whether it suits, and what comes and goes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "terminal/agent/options.h"
#include "terminal/reader/reader_state.h"

namespace madoguchi::agent {

int ReadersCommand(const Options& options);
int WatchCommand(const Options& options);  // until it is ended by a signal

// What one look at a reader gave. extended: nothing = not known without a My Number Card on it.
struct ReaderLine {
  reader::ReaderState state;
  std::optional<bool> extended;
  bool held_by_other_program = false;
};
std::string ReadersJson(const std::vector<ReaderLine>& lines);
std::string ReadersText(const std::vector<ReaderLine>& lines);

// One line per change from one sight of the readers to the next.
std::vector<std::string> Changes(const reader::ReadersSeen& before, const reader::ReadersSeen& now, bool json);

}  // namespace madoguchi::agent
