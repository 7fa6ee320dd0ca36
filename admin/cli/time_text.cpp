// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/time_text.h"

#include <cstdio>

namespace madoguchi::cli {

Done ReadTime(const char* option, std::string& text) {
  if (text.empty()) return {};
  int used = 0;
  const auto whole = [&text, &used](const char* format) {
    used = 0;
    std::sscanf(text.c_str(), format, &used);
    return used > 0 && static_cast<std::size_t>(used) == text.size();
  };
  std::string time = text;
  if (time.size() > 10 && time[10] == ' ') time[10] = 'T';
  text = time;
  if (whole("%*4[0-9]-%*2[0-9]-%*2[0-9]%n")) {
    text += "T00:00:00+09:00";
  } else if (whole("%*4[0-9]-%*2[0-9]-%*2[0-9]T%*2[0-9]:%*2[0-9]%n")) {
    text += ":00+09:00";
  } else if (whole("%*4[0-9]-%*2[0-9]-%*2[0-9]T%*2[0-9]:%*2[0-9]:%*2[0-9]%n")) {
    text += "+09:00";
  } else if (time.size() < 20 || time[10] != 'T') {
    return Usage(std::string(option) + " は 2026-11-23 か \"2026-11-23 09:00\" のように指定してください",
                 std::string(option) + " is a day or a time, such as 2026-11-23 or \"2026-11-23 09:00\"");
  }
  return {};
}

}  // namespace madoguchi::cli
