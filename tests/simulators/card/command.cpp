// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/command.h"

namespace madoguchi::simulators {
namespace {

std::size_t Number16(ByteView bytes) {
  return static_cast<std::size_t>(bytes[0]) << 8 | bytes[1];
}
std::size_t ShortExpected(std::uint8_t le) {
  return le == 0 ? 256 : le;
}
std::size_t ExtendedExpected(ByteView le) {
  return Number16(le) == 0 ? 65536 : Number16(le);
}

}  // namespace

std::optional<Command> ParseCommand(ByteView bytes) {
  if (bytes.size() < 4) return std::nullopt;
  Command command{.cla = bytes[0], .ins = bytes[1], .p1 = bytes[2], .p2 = bytes[3], .data = {}};
  const ByteView body = bytes.subspan(4);
  if (body.empty()) return command;
  if (body.size() == 1) {
    command.expected = ShortExpected(body[0]);
    return command;
  }
  if (body[0] != 0) {
    const std::size_t length = body[0];
    if (body.size() != 1 + length && body.size() != 2 + length) return std::nullopt;
    command.data = body.subspan(1, length);
    if (body.size() == 2 + length) command.expected = ShortExpected(body[1 + length]);
    return command;
  }
  command.extended = true;
  if (body.size() < 3) return std::nullopt;
  if (body.size() == 3) {
    command.expected = ExtendedExpected(body.subspan(1));
    return command;
  }
  const std::size_t length = Number16(body.subspan(1));
  if (length == 0 || (body.size() != 3 + length && body.size() != 5 + length)) return std::nullopt;
  command.data = body.subspan(3, length);
  if (body.size() == 5 + length) command.expected = ExtendedExpected(body.subspan(3 + length));
  return command;
}

}  // namespace madoguchi::simulators
