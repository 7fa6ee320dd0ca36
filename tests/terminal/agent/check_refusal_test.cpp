// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/check_refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace madoguchi::agent {
namespace {

using link::Method;
using testing::HasSubstr;
using testing::Not;

const std::vector<Method> kBoth = {Method::kSight, Method::kPin};

Error Of(ErrorCode code) {
  return {code, {}, {}};
}

TEST(CheckRefusal, OffersSightWhereThePinCannotHelpAndSightIsAllowed) {
  for (const ErrorCode code : {ErrorCode::kPinDisabled, ErrorCode::kPinBlocked, ErrorCode::kPinWrong,
                               ErrorCode::kPinLastTry, ErrorCode::kPinCancelled}) {
    EXPECT_EQ(OtherMethods(code, Method::kPin, kBoth), std::vector{Method::kSight});
    EXPECT_TRUE(OtherMethods(code, Method::kPin, {Method::kPin}).empty());
  }
  EXPECT_TRUE(OtherMethods(ErrorCode::kCertificateExpired, Method::kPin, kBoth).empty()) << "sight would not help";
}

TEST(CheckRefusal, OffersThePinWhereSightDidNotWork) {
  for (const ErrorCode code :
       {ErrorCode::kCardWithoutPhoto, ErrorCode::kSightRefusedByCard, ErrorCode::kNationalRefusedSight,
        ErrorCode::kSightOnlySimulated, ErrorCode::kMethodNotAllowed, ErrorCode::kMethodNotAllowedHere}) {
    EXPECT_EQ(OtherMethods(code, Method::kSight, kBoth), std::vector{Method::kPin});
  }
  EXPECT_TRUE(OtherMethods(ErrorCode::kPhotoDiffers, Method::kSight, kBoth).empty()) << "another person's card";
}

TEST(CheckRefusal, SaysTheOtherWayInWordsAndInJson) {
  EXPECT_THAT(CheckRefusalText(Of(ErrorCode::kPinDisabled), {Method::kSight}), HasSubstr("目視で確認できます"));
  EXPECT_THAT(CheckRefusalText(Of(ErrorCode::kPinDisabled), {}), Not(HasSubstr("別の方法")));
  const auto json = nlohmann::json::parse(CheckRefusalJson(Of(ErrorCode::kCardWithoutPhoto), {Method::kPin}));
  EXPECT_EQ(json["error"]["other_methods"], nlohmann::json{"pin"});
  EXPECT_EQ(json["error"]["code"], 1410);
}

TEST(CheckRefusal, HasAPageOfItsOwnForACardThatIsNotRegisteredForInsurance) {
  const Error error = Of(ErrorCode::kNotRegisteredForInsurance);
  const std::string text = CheckRefusalText(error, {});
  for (const char* known : {"利用登録", "顔認証付きカードリーダー", "マイナポータル", "セブン銀行 ATM", "資格確認書",
                            "資格情報のお知らせ（マイナンバーカードと一緒に）", "被保険者資格申立書", "1313",
                            "登録を受け付けていない時間帯"})
    EXPECT_THAT(text, HasSubstr(known));
  EXPECT_THAT(text, Not(HasSubstr("エラー")));
  const auto json = nlohmann::json::parse(CheckRefusalJson(error, {}));
  EXPECT_EQ(json["error"]["ways_to_register"].size(), 3U);
  EXPECT_TRUE(json["error"]["substitutes"].contains("text_en"));
}

}  // namespace
}  // namespace madoguchi::agent
