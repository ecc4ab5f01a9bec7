// SPDX-License-Identifier: LGPL-3.0-only
//
// The frame of a binary COPY stream: a header, rows of fields, a trailer.
// PostgreSQL's manual, COPY, "Binary Format".
#include <algorithm>
#include <array>
#include <new>

#include "copy_field.h"

namespace ats {
namespace {

using internal::load;

constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
constexpr std::size_t kHeaderSize = 19;  // the signature, the flags, the length of the extension
constexpr std::int16_t kTrailer = -1;
constexpr std::int32_t kNullLength = -1;

[[nodiscard]] std::string message(CopyErrorCode code, std::optional<std::size_t> row,
                                  const std::optional<std::string>& column) {
  std::string text(copy_error_meaning(code));
  if (row) text += " (row " + std::to_string(*row) + (column ? ", column " + *column : "") + ")";
  return text;
}

struct CodeEntry final {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array kCodes = {
#define ATS_COPY_ERROR_ENTRY(name, meaning) CodeEntry{#name, meaning},
    ATS_COPY_ERROR_CODES(ATS_COPY_ERROR_ENTRY)
#undef ATS_COPY_ERROR_ENTRY
};

}  // namespace

std::string_view copy_error_name(CopyErrorCode code) { return kCodes[static_cast<std::size_t>(code)].name; }
std::string_view copy_error_meaning(CopyErrorCode code) { return kCodes[static_cast<std::size_t>(code)].meaning; }

CopyError::CopyError(CopyErrorCode code, std::optional<std::size_t> row, std::optional<std::string> column)
    : std::invalid_argument(message(code, row, column)), code_(code), row_(row), column_(std::move(column)) {}

CopyTable::CopyTable(std::vector<CopyColumn> columns, std::size_t row_bytes_max)
    : columns_(std::move(columns)), values_(columns_.size()), row_bytes_max_(row_bytes_max) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].type == CopyType::length) values_[i].wide.push_back(0);
  }
}

void CopyTable::write(std::string_view bytes) {
  if (refused_) throw CopyError(*refused_);
  if (finished_ && !bytes.empty()) refuse(CopyErrorCode::trailing_bytes);
  try {
    consume(bytes);
  } catch (const std::bad_alloc&) {
    // A row may be half in the columns.
    refused_.emplace(CopyErrorCode::too_large, rows_, std::nullopt);
    values_.clear();
    throw;
  }
}

void CopyTable::finish() {
  if (refused_) throw CopyError(*refused_);
  if (place_ != Place::end) refuse(CopyErrorCode::truncated);
  finished_ = true;
}

std::span<const std::int64_t> CopyTable::wide(std::size_t column) const {
  if (refused_) throw CopyError(*refused_);
  if (!finished_) throw CopyError(CopyErrorCode::unfinished, std::nullopt, std::nullopt);
  return values_[column].wide;
}

std::span<const std::int8_t> CopyTable::narrow(std::size_t column) const {
  if (refused_) throw CopyError(*refused_);
  if (!finished_) throw CopyError(CopyErrorCode::unfinished, std::nullopt, std::nullopt);
  return values_[column].narrow;
}

void CopyTable::refuse(CopyErrorCode code, std::optional<std::string> column) {
  const bool in_row = place_ == Place::rows;
  refused_.emplace(code, in_row ? std::optional(rows_) : std::nullopt, std::move(column));
  pending_ = std::string();
  values_.clear();  // nobody can ask for them any more
  throw CopyError(*refused_);
}

void CopyTable::consume(std::string_view bytes) {
  while (!bytes.empty()) {
    if (place_ == Place::end) refuse(CopyErrorCode::trailing_bytes);
    if (place_ == Place::extension) {
      const std::size_t skipped = std::min(extension_left_, bytes.size());
      extension_left_ -= skipped;
      bytes.remove_prefix(skipped);
      if (extension_left_ == 0) place_ = Place::rows;
    } else if (place_ == Place::header || !pending_.empty()) {
      consume_piece(&bytes);
    } else {
      bytes.remove_prefix(consume_rows(bytes));
      if (place_ != Place::rows) continue;
      pending_.assign(bytes);
      return;
    }
  }
}

// Reads the rows that are there whole, where they lie; returns their size.
std::size_t CopyTable::consume_rows(std::string_view bytes) {
  std::size_t used = 0;
  while (place_ == Place::rows && scan(bytes.substr(used))) {
    if (place_ == Place::end) return used + sizeof kTrailer;
    read_row(bytes.substr(used, scan_.size));
    used += scan_.size;
    scan_ = Scan();
  }
  return used;
}

// Takes as much as the pending header or row still lacks, and reads it if it
// is whole then.
void CopyTable::consume_piece(std::string_view* bytes) {
  const bool header = place_ == Place::header;
  const std::size_t wanted = header ? kHeaderSize : scan_.wanted();
  const std::size_t taken = std::min(wanted - pending_.size(), bytes->size());
  pending_.append(bytes->substr(0, taken));
  bytes->remove_prefix(taken);
  if (header) {
    if (pending_.size() < kHeaderSize) return;
    read_header(pending_);
  } else {
    if (!scan(pending_)) return;
    if (place_ == Place::rows) read_row(pending_);
    scan_ = Scan();
  }
  pending_.clear();
}

void CopyTable::read_header(std::string_view header) {
  if (!header.starts_with(kSignature)) refuse(CopyErrorCode::bad_signature);
  // The lower half of the flags may be ignored by who does not know them.
  if (load<std::uint32_t>(header.data() + 11) >> 16 != 0) refuse(CopyErrorCode::unsupported_flags);
  const auto extension = load<std::int32_t>(header.data() + 15);
  if (extension < 0) refuse(CopyErrorCode::malformed);
  extension_left_ = static_cast<std::size_t>(extension);
  place_ = extension > 0 ? Place::extension : Place::rows;
}

// Follows the lengths of a row's fields as far as its bytes are there. Returns
// whether the row is there whole; the trailer is, and moves to the end.
bool CopyTable::scan(std::string_view row) {
  if (!scan_.counted) {
    if (row.size() < sizeof kTrailer) return false;
    const auto fields = load<std::int16_t>(row.data());
    if (fields == kTrailer) {
      place_ = Place::end;
      return true;
    }
    if (fields < 0 || static_cast<std::size_t>(fields) != columns_.size()) refuse(CopyErrorCode::wrong_fields);
    scan_.counted = true;
    scan_.fields_left = columns_.size();
  }
  while (scan_.fields_left > 0 && row.size() >= scan_.size + 4) {
    const auto length = load<std::int32_t>(row.data() + scan_.size);
    const CopyColumn& column = columns_[columns_.size() - scan_.fields_left];
    if (length < kNullLength) refuse(CopyErrorCode::malformed, column.name);
    scan_.size += 4 + static_cast<std::size_t>(length == kNullLength ? 0 : length);
    if (scan_.size > row_bytes_max_) refuse(CopyErrorCode::too_large, column.name);
    --scan_.fields_left;
  }
  return scan_.complete() && row.size() >= scan_.size;
}

// REQUIRES: a row that scan() found whole.
void CopyTable::read_row(std::string_view row) {
  std::size_t at = 2;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto length = load<std::int32_t>(row.data() + at);
    at += 4;
    std::optional<std::string_view> field;
    if (length != kNullLength) field = row.substr(at, static_cast<std::size_t>(length));
    if (field) at += field->size();
    try {
      internal::append_field(columns_[i], field, &values_[i].wide, &values_[i].narrow);
    } catch (const internal::CopyFault& fault) {
      refuse(fault.code, columns_[i].name);
    }
  }
  ++rows_;
}

}  // namespace ats
