// SPDX-License-Identifier: Apache-2.0
// The vocabulary of a result, each element once: its name, its member, its kind, in the order of the published table.
// The structs (answer.h), the tables that XML, JSON and FHIR go through (field_tables.h) and the message
// (server/desk/answer_wire.cpp) are all made from these lists. Source: reference/eligibility-result.md §1–2.
//
// A list is a macro that takes one macro per kind. The member holds the text exactly as received:
//   TEXT(x, element)         member x
//   CODE(x, element, table)  member x_code; its meaning is looked up in the code table
//   DATE(x, element)         member x_raw; yyyyMMdd when it is a date
//   TIME(x, element)         member x_raw; yyyyMMddHHmmss, Japan time
//   RATIO(x, element)        member x_raw; percent in three digits
#pragma once

// What the message itself says: whose question it answers, and in which bytes. Read first, never shown.
#define MADOGUCHI_ENVELOPE_FIELDS(TEXT, CODE, DATE, TIME, RATIO) \
  TEXT(institution_code, "MedicalInstitutionCode")               \
  TEXT(file_identifier, "ArbitraryFileIdentifier")               \
  TEXT(error_code, "ErrorCode")                                  \
  TEXT(error_message, "ErrorMessage")                            \
  TEXT(character_code, "CharacterCodeIdentifier")

#define MADOGUCHI_HEADER_FIELDS(TEXT, CODE, DATE, TIME, RATIO)                        \
  TIME(executed_at, "ProcessExecutionTime")                                           \
  DATE(confirmation_date, "QualificationConfirmationDate")                            \
  CODE(reference_classification, "ReferenceClassification", kReferenceClassification) \
  CODE(segment_of_result, "SegmentOfResult", kSegmentOfResult)

#define MADOGUCHI_BODY_FIELDS(TEXT, CODE, DATE, TIME, RATIO)           \
  CODE(processing_status, "ProcessingResultStatus", kProcessingStatus) \
  TEXT(processing_code, "ProcessingResultCode")                        \
  TEXT(processing_message, "ProcessingResultMessage")                  \
  CODE(validity, "QualificationValidity", kValidity)                   \
  CODE(prescription_issue, "PrescriptionIssueSelect", kPrescriptionIssue)

// QualificationConfirmSearchInfo: what was asked for, in an inquiry by numbers and in the echo of its answer.
#define MADOGUCHI_SEARCH_INFO_FIELDS(TEXT, CODE, DATE, TIME, RATIO)               \
  TEXT(insurer_number, "InsurerNumber")                                           \
  TEXT(symbol, "InsuredCardSymbol")                                               \
  TEXT(number, "InsuredIdentificationNumber")                                     \
  TEXT(branch, "InsuredBranchNumber")                                             \
  DATE(birthdate, "Birthdate")                                                    \
  CODE(limit_consent, "LimitApplicationCertificateRelatedConsFlg", kLimitConsent) \
  TEXT(arbitrary_identifier, "ArbitraryIdentifier")

#define MADOGUCHI_QUALIFICATION_FIELDS(TEXT, CODE, DATE, TIME, RATIO)                    \
  CODE(card_classification, "InsuredCardClassification", kCardClassification)            \
  TEXT(insurer_number, "InsurerNumber")                                                  \
  TEXT(symbol, "InsuredCardSymbol")                                                      \
  TEXT(number, "InsuredIdentificationNumber")                                            \
  TEXT(branch, "InsuredBranchNumber")                                                    \
  CODE(relationship, "PersonalFamilyClassification", kRelationship)                      \
  TEXT(insured_name, "InsuredName")                                                      \
  TEXT(name, "Name")                                                                     \
  TEXT(name_other, "NameOfOther")                                                        \
  TEXT(name_kana, "NameKana")                                                            \
  TEXT(name_other_kana, "NameOfOtherKana")                                               \
  CODE(sex, "Sex1", kSex)                                                                \
  CODE(sex_other, "Sex2", kSex)                                                          \
  DATE(birthdate, "Birthdate")                                                           \
  TEXT(address, "Address")                                                               \
  TEXT(postal_code, "PostNumber")                                                        \
  DATE(qualification_date, "QualificationDate")                                          \
  DATE(disqualification_date, "DisqualificationDate")                                    \
  DATE(issuance_date, "InsuredCertificateIssuanceDate")                                  \
  DATE(valid_from, "InsuredCardValidDate")                                               \
  DATE(valid_until, "InsuredCardExpirationDate")                                         \
  RATIO(contribution_ratio, "InsuredPartialContributionRatio")                           \
  CODE(preschool, "PreschoolClassification", kPreschool)                                 \
  CODE(loss_reason, "ReasonOfLoss", kLossReason)                                         \
  TEXT(insurer_name, "InsurerName")                                                      \
  CODE(limit_consent, "LimitApplicationCertificateRelatedConsFlg", kLimitConsent)        \
  TEXT(limit_consent_at_raw, "LimitApplicationCertificateRelatedConsTime")               \
  CODE(specific_diseases_consent, "SpecificDiseasesCertificateRelatedConsFlg", kConsent) \
  TEXT(specific_diseases_consent_at_raw, "SpecificDiseasesCertificateRelatedConsTime")   \
  TEXT(reference_number, "ReferenceNumber")                                              \
  TEXT(qualification_confirmation_key, "QualificationConfirmationKey")                   \
  CODE(prescription_issue, "PrescriptionIssueSelect", kPrescriptionIssue)

#define MADOGUCHI_ELDERLY_RECIPIENT_FIELDS(TEXT, CODE, DATE, TIME, RATIO) \
  DATE(issued_on, "ElderlyRecipientCertificateDate")                      \
  DATE(valid_from, "ElderlyRecipientValidStartDate")                      \
  DATE(valid_until, "ElderlyRecipientValidEndDate")                       \
  RATIO(contribution_ratio, "ElderlyRecipientContributionRatio")

#define MADOGUCHI_LIMIT_CERTIFICATE_FIELDS(TEXT, CODE, DATE, TIME, RATIO)                 \
  CODE(classification, "LimitApplicationCertificateClassification", kLimitClassification) \
  CODE(category, "LimitApplicationCertificateClassificationFlag", kLimitCategory)         \
  DATE(issued_on, "LimitApplicationCertificateDate")                                      \
  DATE(valid_from, "LimitApplicationCertificateValidStartDate")                           \
  DATE(valid_until, "LimitApplicationCertificateValidEndDate")                            \
  DATE(long_term_from, "LimitApplicationCertificateLongTermDate")

#define MADOGUCHI_SPECIFIC_DISEASE_FIELDS(TEXT, CODE, DATE, TIME, RATIO)      \
  CODE(disease_category, "SpecificDiseasesDiseaseCategory", kDiseaseCategory) \
  DATE(issued_on, "SpecificDiseasesCertificateDate")                          \
  DATE(valid_from, "SpecificDiseasesValidStartDate")                          \
  DATE(valid_until, "SpecificDiseasesValidEndDate")                           \
  TEXT(self_pay_limit, "SpecificDiseasesSelfPay")

#define MADOGUCHI_MEDICAL_TICKET_FIELDS(TEXT, CODE, DATE, TIME, RATIO)                              \
  CODE(ticket_type, "TicketType", kTicketType)                                                      \
  DATE(valid_from, "MedicalTicketValidDate")                                                        \
  DATE(valid_until, "MedicalTicketExpirationDate")                                                  \
  TEXT(issue_number, "IssueNumber")                                                                 \
  TEXT(treatment_month, "MedicalTreatmentMonth")                                                    \
  TEXT(designated_institution_code, "DesignatedMedicalInstitutionCode")                             \
  CODE(designated_institution_flag, "DesignatedMedicalInstitutionFlag", kDesignatedInstitutionFlag) \
  TEXT(designated_institution_name, "DesignatedMedicalInstitutionName")                             \
  TEXT(prescriber_institution_code, "PrescriptionIssuerMedicalInstitutionCode")                     \
  TEXT(prescriber_institution_name, "PrescriptionIssuerMedicalInstitutionName")                     \
  TEXT(injury_name1, "InjuryName1")                                                                 \
  TEXT(injury_name2, "InjuryName2")                                                                 \
  TEXT(injury_name3, "InjuryName3")                                                                 \
  CODE(treatment_type, "MedicalTreatmentType", kTreatmentType)                                      \
  TEXT(self_pay_amount, "SelfPayAmount")                                                            \
  TEXT(district_contact_name, "DistrictContactName")                                                \
  TEXT(handling_contact_name, "HandlingContactName")                                                \
  CODE(single_or_combined, "SingleOrCombinedUse", kSingleOrCombined)                                \
  CODE(social_insurance, "StatusOfSocialInsurance", kSocialInsurance)                               \
  CODE(consistency, "ConsistencyFlag", kConsistency)                                                \
  CODE(infection, "StatusOfInfecton", kInfection) /* the published name is misspelt */              \
  CODE(elderly_medical_care, "StatusOfElderlyMedicalCare", kElderlyMedicalCare)                     \
  CODE(prefectural_expenses, "StatusOfPrefecturalExpenses", kPrefecturalExpenses)                   \
  TEXT(remarks1, "Remarks1")                                                                        \
  TEXT(remarks2, "Remarks2")                                                                        \
  TEXT(remarks3, "Remarks3")
