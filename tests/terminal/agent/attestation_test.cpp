// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/attestation.h"

#include <gtest/gtest.h>

#include "contract/deadline.h"
#include "tests/terminal/agent/at_keyboard.h"

namespace madoguchi::agent {
namespace {

using link::Attestation, link::PhotoCheck, link::Presenter;

constexpr std::chrono::milliseconds kMillisecond{1};

TEST(Attestation, AsksNobodyWhenItIsWhole) {
  const Attestation whole{Presenter::kAssisted, PhotoCheck::kCompared};
  EXPECT_EQ(CompleteAttestation(whole, false).value(), whole);
}

TEST(Attestation, IsMissingWhereNobodyCanBeAsked) {
  for (const Attestation& part : {Attestation(), Attestation{Presenter::kHolder, PhotoCheck::kNotLooked},
                                  Attestation{Presenter::kNotSaid, PhotoCheck::kCompared}}) {
    EXPECT_EQ(CompleteAttestation(part, false).error().code, ErrorCode::kAttestationMissing);
  }
}

TEST(Attestation, IsAskedForPartByPartAtTheKeyboard) {
  const auto [shown, exit] = AtKeyboard({"2", "1"}, [] {
    const Result<Attestation> said = CompleteAttestation({}, true);
    return said && said->presenter == Presenter::kGuardian && said->photo == PhotoCheck::kCompared ? 0 : 1;
  });
  EXPECT_EQ(exit, 0);
  EXPECT_NE(shown.find("顔を見比べてください"), std::string::npos);
  EXPECT_NE(shown.find("guardian"), std::string::npos);
  EXPECT_EQ(AtKeyboard({"3"},
                       [] {
                         const Result<Attestation> said = CompleteAttestation({Presenter::kHolder, {}}, true);
                         return said && said->photo == PhotoCheck::kAnother ? 0 : 1;
                       })
                .second,
            0);
}

TEST(Attestation, SaysHowLongThePersonLookedWhenItWasAskedHere) {
  EXPECT_EQ(AtKeyboard({"1", "1"},
                       [] {
                         const Stopwatch all;
                         const Result<Attestation> said = CompleteAttestation({}, true);
                         return said && said->looked.count() > 0 && said->looked <= all.elapsed() + kMillisecond ? 0 : 1;
                       })
                .second,
            0);
  const Attestation stated{Presenter::kNotSaid, PhotoCheck::kCompared};
  EXPECT_EQ(AtKeyboard({"1"},
                       [&stated] {
                         const Result<Attestation> said = CompleteAttestation(stated, true);
                         return said && said->looked.count() == 0 ? 0 : 1;
                       })
                .second,
            0)
      << "nobody was asked about the photo";
}

TEST(Attestation, IsMissingWhenThePersonGivesUp) {
  EXPECT_EQ(AtKeyboard({"1", "\x1B"},
                       [] {
                         const Result<Attestation> said = CompleteAttestation({}, true);
                         return !said && said.error().code == ErrorCode::kAttestationMissing ? 0 : 1;
                       })
                .second,
            0);
}

}  // namespace
}  // namespace madoguchi::agent
