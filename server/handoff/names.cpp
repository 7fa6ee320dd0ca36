// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/names.h"

#include <algorithm>

#include "contract/log.h"

namespace madoguchi::handoff {
namespace {

constexpr const char* kComponent = "handoff";

std::string About(const std::string& person_hash) {
  return std::string("name") + '\0' + person_hash;
}

// Received texts hold no NUL, so no two persons have the same bytes.
std::string PersonHash(const eligibility::QualificationResult& result, const audit::KeyedHash& keyed_hash) {
  std::string person = "person";
  for (const auto* text : {&result.insurer_number, &result.symbol, &result.number, &result.branch,
                           &result.birthdate_raw, &result.name_kana, &result.name}) {
    person += '\0' + text->value_or("");
  }
  return keyed_hash.Of(AsBytes(person));
}

}  // namespace

std::vector<std::string> PersonHashes(const eligibility::Answer& answer, const audit::KeyedHash& keyed_hash) {
  std::vector<std::string> hashes;
  for (const eligibility::QualificationResult& result : answer.results) {
    const bool usable = !result.name || eligibility::NotesOn(*result.name).empty();
    hashes.push_back(usable ? std::string() : PersonHash(result, keyed_hash));
  }
  return hashes;
}

std::vector<eligibility::KnownName> Names::Of(const eligibility::Answer& answer, Deadline deadline) const {
  std::vector<eligibility::KnownName> names(answer.results.size());
  const std::vector<std::string> hashes = PersonHashes(answer, keyed_hash_);
  std::vector<std::string> asked;
  std::copy_if(hashes.begin(), hashes.end(), std::back_inserter(asked), [](const auto& hash) { return !hash.empty(); });
  if (asked.empty()) return names;
  const Result<std::vector<SealedName>> found = book_.Find(asked, deadline);
  if (!found) {
    log::Report(kComponent, "names_not_looked_up", found.error());
    return names;
  }
  for (const SealedName& known : *found) {
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      if (hashes[i] == known.person_hash)
        names[i] = {Open(known.person_hash, known.confirmed), Open(known.person_hash, known.proposal)};
    }
  }
  return names;
}

Result<void> Names::Propose(const NameSubject& subject, const std::string& name, Deadline deadline) const {
  TRY_ASSIGN(const SealedName known, book_.Subject(subject, deadline));
  TRY_ASSIGN(const Bytes sealed, seal_.Close(AsBytes(name), About(known.person_hash)));
  return book_.Propose(subject, known.person_hash, sealed, deadline);
}

Result<void> Names::Confirm(const NameSubject& subject, const std::string& name, Deadline deadline) const {
  TRY_ASSIGN(const SealedName known, book_.Subject(subject, deadline));
  // Nothing waits, or by oneself: the book refuses, and that it was tried is in the trail.
  if (known.proposal.empty() || known.by_self)
    return book_.Confirm(subject, known.person_hash, known.proposal, deadline);
  if (name.empty() && !known.shown) return Error{ErrorCode::kResultGone, "the proposal is newer than the result", {}};
  if (!name.empty() && Open(known.person_hash, known.proposal) != name)
    return Error{ErrorCode::kChangedMeanwhile, "another name is proposed", {}};
  return book_.Confirm(subject, known.person_hash, known.proposal, deadline);
}

Result<void> Names::Remove(const NameSubject& subject, Deadline deadline) const {
  TRY_ASSIGN(const SealedName known, book_.Subject(subject, deadline));
  return book_.Remove(subject, known.person_hash, deadline);
}

std::optional<std::string> Names::Open(const std::string& person_hash, ByteView sealed) const {
  if (sealed.empty()) return {};
  const Result<SecretBytes> name = seal_.Open(sealed, About(person_hash));
  if (name) return std::string(AsText(name->view()));
  log::Report(kComponent, "name_not_opened", name.error());  // sealed with another key
  return {};
}

}  // namespace madoguchi::handoff
