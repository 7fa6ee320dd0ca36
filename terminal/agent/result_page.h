// SPDX-License-Identifier: Apache-2.0
// One page of text: lines of label and value under headings, written as the described screens write them. Lines without
// a value are left out; nothing is replaced or invented, but what cannot be seen (contract/full_width.h) stands as
// U+FFFD. Source: reference/system-described.md S17. Thread: one.
#pragma once
#include <string>
#include <string_view>

namespace madoguchi::agent {

// "2023年04月01日" of "2023-04-01"; nothing else is a date.
std::string JapaneseDate(const std::string& iso);
// "10,000円" of "10000"; other texts stay as they are.
std::string Yen(const std::string& digits);

class Page {
 public:
  void Heading(const std::string& text);
  void Banner(const std::string& text);
  // A sentence for the person at the desk, Japanese and English.
  void Advice(std::string_view ja, std::string_view en);
  // A remark about the line above.
  void Note(const std::string& text);
  void Line(const std::string& label, const std::string& value);
  // A name may hold ●, which stands for a character that the service could not send; its kana says how it is read.
  void Name(const std::string& label, const std::string& value, const std::string& kana = {});
  // `iso` when the received text is a date, else as it was received.
  void Date(const std::string& label, const std::string& iso, const std::string& raw);
  // The meaning of a code; the code as it came when its meaning is not known.
  void Meaning(const std::string& label, const std::string& meaning, const std::string& code);
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace madoguchi::agent
