// SPDX-License-Identifier: Apache-2.0
// KeptAnswers: what a card answered, kept at the desk in locked memory until the press ends (design §4 "Press").
// Errors: SECRET_MEMORY_UNAVAILABLE.
#pragma once
#include "contract/card_script.h"
#include "contract/secret_bytes.h"

namespace madoguchi::link {

class KeptAnswers {
 public:
  // Takes the answers over; the memory they came in is wiped.
  static Result<KeptAnswers> Keep(ScriptAnswers answers);
  Result<ScriptAnswers> Read() const;
  ByteView serialized() const { return bytes_.view(); }  // of the message ScriptAnswers

 private:
  explicit KeptAnswers(SecretBytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes bytes_;
};

}  // namespace madoguchi::link
