// SPDX-License-Identifier: Apache-2.0
// Vectors: RFC 6234 §8.5 (SHA-256), RFC 4231 §4 (HMAC), RFC 4648 §10 (base64).
#include "contract/crypto/digest.h"

#include <gtest/gtest.h>

#include <numeric>

namespace madoguchi::crypto {
namespace {

std::string Sha(std::string_view text) {
  return ToHex(Sha256(AsBytes(text)));
}
std::string Hmac(const Bytes& key, std::string_view text) {
  return ToHex(HmacSha256(key, AsBytes(text)));
}
std::string Hmac(const Bytes& key, const Bytes& data) {
  return ToHex(HmacSha256(key, data));
}

TEST(Sha256, GivesTheDigestsOfTheRfc) {
  EXPECT_EQ(Sha(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(HmacSha256, GivesTheCodesOfTheRfc) {
  Bytes counting(25);
  std::iota(counting.begin(), counting.end(), std::uint8_t{1});
  const Bytes long_key(131, 0xAA);
  EXPECT_EQ(Hmac(Bytes(20, 0x0B), "Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hmac(Bytes{'J', 'e', 'f', 'e'}, "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hmac(Bytes(20, 0xAA), Bytes(50, 0xDD)), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(Hmac(counting, Bytes(50, 0xCD)), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(Hmac(long_key, "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(
      Hmac(long_key,
           "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
           "hashed before being used by the HMAC algorithm."),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, WorksWithoutKeyAndWithoutInput) {
  EXPECT_EQ(Hmac({}, ""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Base64, WritesAndReadsTheVectorsOfTheRfc) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(ToBase64(AsBytes(plain)), encoded);
    const auto decoded = FromBase64(encoded);
    ASSERT_TRUE(decoded) << encoded;
    EXPECT_EQ(AsText(*decoded), plain);
  }
}

TEST(Base64, GoesThereAndBackForEveryByteOnOneLine) {
  Bytes bytes(256);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  const std::string text = ToBase64(bytes);
  EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(FromBase64(text), bytes);
}

TEST(Base64, RefusesMissingPaddingWhiteSpaceAndForeignCharacters) {
  for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm9v\n", " Zm9v", "Zm 9",
                                      "Zm9v\r\n\r\n", "Zm-v", "Zm_v", "Zg==Zg==", "Zm=v", "Z\0==", "窓a"}) {
    EXPECT_EQ(FromBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace madoguchi::crypto
