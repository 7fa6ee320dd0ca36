// SPDX-License-Identifier: Apache-2.0
// The folder behind simulated cards: the test CAs, the keys of the cards and what each card remembers. Everything
// private is mode 0600. Several programs may use one folder at a time: a lock file orders the making of keys.
//   ca/*.pem ca/*.key   anchors.pem   crl.pem   sight-verifier.pem   cards/<person>.{auth,sign}.key
//   cards/<person>.memory   lock
// Errors: CONFIG_FILE_UNREADABLE, CONFIG_FILE_UNWRITABLE, CONFIG_VALUE_INVALID.
#pragma once
#include <string>
#include <vector>

#include "contract/result.h"
#include "tests/simulators/card/jpki_card.h"
#include "tests/simulators/card/person.h"

namespace madoguchi::simulators {

class CardStore {
 public:
  explicit CardStore(std::string folder) : folder_(std::move(folder)) {}

  // Makes the CAs that are missing, and writes anchors.pem (both generations of the user-authentication CA) and crl.pem
  // (a list of each). May be called again at any time: keys stay, lists are signed anew.
  Result<void> Init(const std::vector<Person>& persons) const;

  // From now on every card is made with this verifier: the PEM file of a P-256 public key (jpki_card.h,
  // sight_verifier). Without it, cards know no sight.
  Result<void> SetSightVerifier(const std::string& file) const;

  // The person's card: keys are made at the first time, certificates are issued for today, the memory is as it was
  // left.
  Result<CardOptions> Load(const Person& person) const;
  Result<void> SaveMemory(const Person& person, const CardMemory& memory) const;

 private:
  std::string PathOf(const Person& person, const char* suffix) const;

  std::string folder_;
};

}  // namespace madoguchi::simulators
