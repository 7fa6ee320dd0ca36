// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_text.h"

#include <algorithm>

#include "madoguchi/v1/result.pb.h"
#include "terminal/agent/result_blocks.h"
#include "terminal/agent/result_outcome.h"
#include "terminal/agent/result_page.h"

namespace madoguchi::agent {

std::string AccountText(const std::string& institution_code, const std::string& account_id) {
  return "医療機関コード / institution code：" + institution_code + "（" + account_id + "）";
}

std::string ResultText(const v1::EligibilityAnswer& answer) {
  Page page;
  page.Banner("資格確認結果 / eligibility result");
  ShowOutcome(answer, page);
  page.Date("確認日 / confirmed on", answer.confirmation_date(), answer.confirmation_date_raw());
  page.Meaning("資格の有効性 / validity", answer.validity(), answer.validity_code());
  page.Meaning("処方箋発行形態 / form of prescription", answer.prescription_issue(), answer.prescription_issue_code());
  page.Line("処理結果コード / result code", answer.processing_code());
  page.Line("お知らせ / notice", answer.processing_message());
  if (answer.has_search_info()) ShowSearch(answer.search_info(), page);
  for (const v1::QualificationResult& result : answer.results()) {
    ShowInsurance(result, page);
    ShowBackOfCard(result, page);
    ShowElderly(result, page);
    ShowLimit(result, page);
    ShowSpecificDiseases(result, page);
    ShowTickets(result, page);
  }
  std::string unknown;
  for (const std::string& element : answer.unknown_elements()) unknown += (unknown.empty() ? "" : ", ") + element;
  if (!unknown.empty()) {
    page.Heading("この版で表示できない項目があります / items that this version cannot show");
    page.Line("項目名 / items", unknown);
  }
  return page.Take();
}

std::vector<link::ResultBlock> BlocksOf(const v1::EligibilityAnswer& answer) {
  using Block = link::ResultBlock;
  const auto any = [&answer](auto has) { return std::any_of(answer.results().begin(), answer.results().end(), has); };
  using One = v1::QualificationResult;
  std::vector<Block> blocks = {Block::kOutcome};
  const auto add = [&blocks](bool has, Block block) {
    if (has) blocks.push_back(block);
  };
  add(answer.has_search_info(), Block::kSearch);
  add(answer.results_size() > 0, Block::kInsurance);
  add(any([](const One& one) { return HasBackOfCard(one); }), Block::kBackOfCard);
  add(any([](const One& one) { return one.has_elderly_recipient_certificate(); }), Block::kElderly);
  add(any([](const One& one) { return one.has_limit_certificate(); }), Block::kLimit);
  add(any([](const One& one) { return one.specific_diseases_certificates_size() > 0; }), Block::kSpecificDiseases);
  add(any([](const One& one) { return one.medical_tickets_size() > 0; }), Block::kTickets);
  return blocks;
}

}  // namespace madoguchi::agent
