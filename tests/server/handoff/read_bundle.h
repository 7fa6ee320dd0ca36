// SPDX-License-Identifier: Apache-2.0
// For tests: a handing's FHIR bundle, read back.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/handoff/fhir_bundle.h"

namespace madoguchi::handoff::test {

using Json = nlohmann::json;

class Bundle {
 public:
  explicit Bundle(const Handing& handing) : json_(Json::parse(FhirBundle(handing))) {}
  const Json& json() const { return json_; }
  std::vector<Json> All(const std::string& type) const {
    std::vector<Json> found;
    for (const Json& entry : json_["entry"]) {
      if (entry["resource"]["resourceType"] == type) found.push_back(entry["resource"]);
    }
    return found;
  }
  Json Only(const std::string& type) const {
    const std::vector<Json> found = All(type);
    EXPECT_EQ(found.size(), 1U) << type;
    return found.empty() ? Json() : found.front();
  }
  Json At(const Json& reference) const {
    for (const Json& entry : json_["entry"]) {
      if (entry["fullUrl"] == reference.at("reference")) return entry["resource"];
    }
    ADD_FAILURE() << "a reference leads nowhere";
    return {};
  }

 private:
  Json json_;
};

}  // namespace madoguchi::handoff::test
