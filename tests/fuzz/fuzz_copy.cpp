// SPDX-License-Identifier: LGPL-3.0-only
//
// A stream of binary COPY: any bytes are columns or a CopyError, and the same
// however the stream is split. The first byte says where to split, the next
// ones up to a zero which columns there are.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ats/copy.h"

namespace {

constexpr std::size_t kRowBytesMax = 4096;

// How a stream ended, and what it said.
struct Outcome final {
  std::optional<ats::CopyErrorCode> refused;
  std::optional<std::size_t> row;
  std::vector<std::vector<std::int64_t>> wide;
  std::vector<std::vector<std::int8_t>> narrow;
  bool operator==(const Outcome&) const = default;
};

[[nodiscard]] Outcome read(const std::vector<ats::CopyColumn>& columns, std::string_view stream, std::size_t piece) {
  Outcome out;
  try {
    ats::CopyTable table(columns, kRowBytesMax);
    for (std::size_t at = 0; at < stream.size(); at += piece) table.write(stream.substr(at, piece));
    table.finish();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const bool flag = columns[i].type == ats::CopyType::flag;
      if (flag) out.narrow.emplace_back(table.narrow(i).begin(), table.narrow(i).end());
      if (!flag) out.wide.emplace_back(table.wide(i).begin(), table.wide(i).end());
    }
  } catch (const ats::CopyError& error) {
    out.refused = error.code();
    out.row = error.row();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const std::size_t piece = 1 + static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  std::vector<ats::CopyColumn> columns;
  while (!input.empty() && input.front() != 0) {
    const auto code = static_cast<std::uint8_t>(input.front());
    columns.push_back({std::to_string(columns.size()), static_cast<ats::CopyType>(code % 7), code >= 128});
    input.remove_prefix(1);
  }
  if (!input.empty()) input.remove_prefix(1);
  if (read(columns, input, piece) != read(columns, input, input.size() + 1)) __builtin_trap();
  return 0;
}
