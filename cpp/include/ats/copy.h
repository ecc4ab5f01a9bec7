// SPDX-License-Identifier: LGPL-3.0-only
//
// From PostgreSQL's binary COPY to flat columns, without a text or an object
// in between: what `COPY (SELECT ...) TO STDOUT (FORMAT binary)` sends goes in,
// columns of int64 and flags come out, ready to be bound to a World.
//
//   ats::CopyTable table({{"product", ats::CopyType::integer}, {"quantity", ats::CopyType::floor}});
//   while (...) table.write(bytes);  // split anywhere
//   table.finish();
//   world.supply.quantity.bind(table.wide(1));
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ats {

// Every way in which a stream can be refused: X(code, "what it means").
#define ATS_COPY_ERROR_CODES(X)                                                                     \
  X(bad_signature, "the bytes do not start as a binary COPY stream does")                           \
  X(unsupported_flags, "the stream's header asks for something that this reader lacks")             \
  X(malformed, "lengths within the stream contradict each other, or a value is none at all")        \
  X(truncated, "the stream ends before its trailer")                                                \
  X(trailing_bytes, "there are bytes after the stream's trailer")                                   \
  X(too_large, "a row is longer than the limit")                                                    \
  X(wrong_fields, "a row has another number of fields than there are columns")                      \
  X(wrong_type, "a field is of another SQL type than the column reads (arrays are declared by [])") \
  X(wrong_dimensions, "an array of more than one dimension")                                        \
  X(null, "NULL in a column that cannot hold it")                                                   \
  X(out_of_range, "a value beyond int64 (quantities: int64 millionths)")                            \
  X(too_fine, "a quantity with more than six decimal places in a column of exact ones")             \
  X(nan, "a numeric that is not a number")                                                          \
  X(infinite, "an infinite quantity, or the time before all times")                                 \
  X(negative, "a length below zero")                                                                \
  X(unfinished, "the columns were asked for before the stream was finished")

enum class CopyErrorCode {
#define ATS_COPY_ERROR_CODE(name, meaning) name,
  ATS_COPY_ERROR_CODES(ATS_COPY_ERROR_CODE)
#undef ATS_COPY_ERROR_CODE
};

// The code as callers see it ("wrong_type") and its one-line meaning.
[[nodiscard]] std::string_view copy_error_name(CopyErrorCode code);
[[nodiscard]] std::string_view copy_error_meaning(CopyErrorCode code);

// A stream that is refused. row() counts from 0; both row and column are absent
// where the fault is not in a row, or not in one field of it.
class CopyError final : public std::invalid_argument {
 public:
  CopyError(CopyErrorCode code, std::optional<std::size_t> row, std::optional<std::string> column);
  [[nodiscard]] CopyErrorCode code() const { return code_; }
  [[nodiscard]] std::optional<std::size_t> row() const { return row_; }
  [[nodiscard]] const std::optional<std::string>& column() const { return column_; }

 private:
  CopyErrorCode code_;
  std::optional<std::size_t> row_;
  std::optional<std::string> column_;
};

// How the fields of a column are read.
//   integer  smallint, integer, bigint
//   flag     boolean; the only narrow column, and NULL is refused in it
//   floor    numeric to millionths: first to nine places, half away from zero
//            (the noise of binary floating point), then down (M2: supply)
//   ceil     the same, then up (M2: demand)
//   exact    numeric to millionths; more than six places are refused
//   time     timestamp, with time zone or without, to seconds since 1970 UTC,
//            rounded down; infinity is absent
//   length   smallint, integer, bigint: counts, stored as offsets that start
//            with 0; NULL counts 0, which is what array_length() says of {}
// Arrays know the type of their elements, so floor, ceil and exact also read
// arrays of integers. Scalars do not: eight bytes of a bigint could be read as
// a numeric, and are. Cast such a column to numeric in the query.
enum class CopyType : std::uint8_t { integer, flag, floor, ceil, exact, time, length };

// An array column takes one-dimensional arrays and concatenates them over the
// rows: a NULL array adds nothing. NULL as a scalar or as an element is kNone.
struct CopyColumn final {
  std::string name;
  CopyType type = CopyType::integer;
  bool array = false;
};

// Thread safety: as a standard container's.
//
// Invariants:
//   1. Memory is bounded by what is stored plus one row, and a row by
//      row_bytes_max.
//   2. Time is linear in the bytes written, however they are split.
//   3. After an error the table stays refused: every later call but the
//      destructor throws the same error.
class CopyTable final {
 public:
  static constexpr std::size_t kRowBytesMax = std::size_t{256} << 20;  // bytes, the default

  explicit CopyTable(std::vector<CopyColumn> columns, std::size_t row_bytes_max = kRowBytesMax);

  // Reads the next bytes of the stream. It is not an error if they end within a
  // row or a field. Throws CopyError.
  void write(std::string_view bytes);
  // Says that all bytes were written. Throws CopyError `truncated` if the
  // trailer has not been seen.
  void finish();

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] const std::vector<CopyColumn>& columns() const { return columns_; }
  // The values of one column; they belong to this table and no longer move.
  // Throws CopyError `unfinished` before finish(). REQUIRES: a column that is a
  // flag (narrow), or is not (wide).
  [[nodiscard]] std::span<const std::int64_t> wide(std::size_t column) const;
  [[nodiscard]] std::span<const std::int8_t> narrow(std::size_t column) const;

 private:
  enum class Place : std::uint8_t { header, extension, rows, end };
  // What is known of the row that is being received.
  struct Scan final {
    bool counted = false;         // its number of fields has been read
    std::size_t fields_left = 0;  // whose lengths have not been read
    std::size_t size = 2;         // bytes up to the end of the last field whose length is known
    [[nodiscard]] bool complete() const { return counted && fields_left == 0; }
    [[nodiscard]] std::size_t wanted() const { return fields_left > 0 ? size + 4 : size; }
  };
  struct Values final {
    std::vector<std::int64_t> wide;
    std::vector<std::int8_t> narrow;
  };

  void consume(std::string_view bytes);
  [[nodiscard]] std::size_t consume_rows(std::string_view bytes);
  void consume_piece(std::string_view* bytes);
  [[nodiscard]] bool scan(std::string_view row);
  void read_header(std::string_view header);
  void read_row(std::string_view row);
  [[noreturn]] void refuse(CopyErrorCode code, std::optional<std::string> column = std::nullopt);

  std::vector<CopyColumn> columns_;
  std::vector<Values> values_;
  std::size_t row_bytes_max_;
  std::size_t rows_ = 0;
  Place place_ = Place::header;
  std::size_t extension_left_ = 0;
  Scan scan_;
  std::string pending_;  // the start of a header or row whose rest has not come yet
  bool finished_ = false;
  std::optional<CopyError> refused_;
};

}  // namespace ats
