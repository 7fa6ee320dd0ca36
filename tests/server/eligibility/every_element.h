// SPDX-License-Identifier: Apache-2.0
// For tests: one message that holds every element of reference/eligibility-result.md §1 that is kept, and some that are not.
#pragma once

namespace madoguchi::eligibility::test {

// Every element of the published tree, its names written out by hand and its value different from its neighbours', so
// that a name misspelt in result_fields.h is found. In the order of a face reader's file: Address first, the list
// before the status.
inline constexpr char kEverything[] =
    "<ResultList><ResultOfQualificationConfirmation><Address>窓口県</Address>"
    "<InsuredCardClassification>01</InsuredCardClassification><InsurerNumber>  123456</InsurerNumber>"
    "<InsuredCardSymbol>記号</InsuredCardSymbol><InsuredIdentificationNumber>0012</InsuredIdentificationNumber>"
    "<InsuredBranchNumber>02</InsuredBranchNumber><PersonalFamilyClassification>2</PersonalFamilyClassification>"
    "<InsuredName>架空　一郎</InsuredName><Name>架空　花子</Name><NameOfOther>他名</NameOfOther>"
    "<NameKana>ｶｸｳ ﾊﾅｺ</NameKana><NameOfOtherKana>ﾎｶ</NameOfOtherKana><Sex1>2</Sex1><Sex2>3</Sex2>"
    "<Birthdate>19600229</Birthdate><PostNumber>999-9999</PostNumber><QualificationDate>20200401</QualificationDate>"
    "<DisqualificationDate>20270331</DisqualificationDate>"
    "<InsuredCertificateIssuanceDate>20200402</InsuredCertificateIssuanceDate>"
    "<InsuredCardValidDate>20200403</InsuredCardValidDate><InsuredCardExpirationDate>20270330</"
    "InsuredCardExpirationDate>"
    "<InsuredPartialContributionRatio>010</InsuredPartialContributionRatio>"
    "<PreschoolClassification>1</PreschoolClassification><ReasonOfLoss>99</ReasonOfLoss><InsurerName>架空市</"
    "InsurerName>"
    "<ElderlyRecipientCertificateInfo><ElderlyRecipientCertificateDate>20200404</ElderlyRecipientCertificateDate>"
    "<ElderlyRecipientValidStartDate>20200405</ElderlyRecipientValidStartDate>"
    "<ElderlyRecipientValidEndDate>20200406</ElderlyRecipientValidEndDate>"
    "<ElderlyRecipientContributionRatio>020</ElderlyRecipientContributionRatio></ElderlyRecipientCertificateInfo>"
    "<LimitApplicationCertificateRelatedConsFlg>1</LimitApplicationCertificateRelatedConsFlg>"
    "<LimitApplicationCertificateRelatedConsTime>20261122085900</LimitApplicationCertificateRelatedConsTime>"
    "<LimitApplicationCertificateRelatedInfo>"
    "<LimitApplicationCertificateClassification>02</LimitApplicationCertificateClassification>"
    "<LimitApplicationCertificateClassificationFlag>B09</LimitApplicationCertificateClassificationFlag>"
    "<LimitApplicationCertificateDate>20200407</LimitApplicationCertificateDate>"
    "<LimitApplicationCertificateValidStartDate>20200408</LimitApplicationCertificateValidStartDate>"
    "<LimitApplicationCertificateValidEndDate>20200409</LimitApplicationCertificateValidEndDate>"
    "<LimitApplicationCertificateLongTermDate>20200410</LimitApplicationCertificateLongTermDate>"
    "</LimitApplicationCertificateRelatedInfo>"
    "<SpecificDiseasesCertificateRelatedConsFlg>1</SpecificDiseasesCertificateRelatedConsFlg>"
    "<SpecificDiseasesCertificateRelatedConsTime>20261122085901</SpecificDiseasesCertificateRelatedConsTime>"
    "<SpecificDiseasesCertificateList><SpecificDiseasesCertificateInfo>"
    "<SpecificDiseasesDiseaseCategory>1</SpecificDiseasesDiseaseCategory>"
    "<SpecificDiseasesCertificateDate>20200411</SpecificDiseasesCertificateDate>"
    "<SpecificDiseasesValidStartDate>20200412</SpecificDiseasesValidStartDate>"
    "<SpecificDiseasesValidEndDate>20200413</SpecificDiseasesValidEndDate>"
    "<SpecificDiseasesSelfPay>10000</SpecificDiseasesSelfPay></SpecificDiseasesCertificateInfo>"
    "</SpecificDiseasesCertificateList><PublicExpenseResultList><MedicalTicketInfo><TicketType>01</TicketType>"
    "<MedicalTicketValidDate>20200414</MedicalTicketValidDate>"
    "<MedicalTicketExpirationDate>20200415</MedicalTicketExpirationDate><IssueNumber>77</IssueNumber>"
    "<MedicalTreatmentMonth>202611</MedicalTreatmentMonth>"
    "<DesignatedMedicalInstitutionCode>1311234567</DesignatedMedicalInstitutionCode>"
    "<DesignatedMedicalInstitutionFlag>0</DesignatedMedicalInstitutionFlag>"
    "<DesignatedMedicalInstitutionName>窓口医院</DesignatedMedicalInstitutionName>"
    "<PrescriptionIssuerMedicalInstitutionCode>1311234568</PrescriptionIssuerMedicalInstitutionCode>"
    "<PrescriptionIssuerMedicalInstitutionName>処方医院</PrescriptionIssuerMedicalInstitutionName>"
    "<InjuryName1>傷一</InjuryName1><InjuryName2>傷二</InjuryName2><InjuryName3>傷三</InjuryName3>"
    "<MedicalTreatmentType>02</MedicalTreatmentType><SelfPayAmount>0</SelfPayAmount>"
    "<DistrictContactName>地区</DistrictContactName><HandlingContactName>取扱</HandlingContactName>"
    "<SingleOrCombinedUse>01</SingleOrCombinedUse><StatusOfSocialInsurance>02</StatusOfSocialInsurance>"
    "<ConsistencyFlag>1</ConsistencyFlag><StatusOfInfecton>02</StatusOfInfecton>"
    "<StatusOfElderlyMedicalCare>01</StatusOfElderlyMedicalCare>"
    "<StatusOfPrefecturalExpenses>02</StatusOfPrefecturalExpenses><Remarks1>備一</Remarks1><Remarks2>備二</Remarks2>"
    "<Remarks3>備三</Remarks3></MedicalTicketInfo></PublicExpenseResultList>"
    "<SpecificHealthCheckupsInfoConsFlg>0</SpecificHealthCheckupsInfoConsFlg>"
    "<PharmacistsInfoAvailableTime>20261122085902</PharmacistsInfoAvailableTime>"
    "<ReferenceNumber>R-1</ReferenceNumber><QualificationConfirmationKey>K-1</QualificationConfirmationKey>"
    "<PrescriptionIssueSelect>2</PrescriptionIssueSelect></ResultOfQualificationConfirmation></ResultList>"
    "<PrescriptionIssueSelect>1</PrescriptionIssueSelect><ProcessingResultStatus>1</ProcessingResultStatus>"
    "<ProcessingResultCode>X1</ProcessingResultCode><ProcessingResultMessage>知らせ</ProcessingResultMessage>"
    "<QualificationValidity>1</QualificationValidity>"
    "<QualificationConfirmSearchInfo><InsurerNumber>1</InsurerNumber></QualificationConfirmSearchInfo>";

inline constexpr char kFullHeader[] =
    "<MessageHeader><ProcessExecutionTime>20261122090000</ProcessExecutionTime>"
    "<QualificationConfirmationDate>20261121</QualificationConfirmationDate>"
    "<MedicalInstitutionCode>1311234567</MedicalInstitutionCode>"
    "<ArbitraryFileIdentifier>00112233445566778899aabbccddeeff</ArbitraryFileIdentifier>"
    "<ReferenceClassification>1</ReferenceClassification><SegmentOfResult>1</SegmentOfResult>"
    "<ErrorCode>E1</ErrorCode><ErrorMessage>誤り</ErrorMessage><CharacterCodeIdentifier>0</CharacterCodeIdentifier></"
    "MessageHeader>";

}  // namespace madoguchi::eligibility::test
