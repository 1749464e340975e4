// CloudWatch's query protocol over one of objects: forms as the request objects that they mean, answers as XML.
//
//   Dimensions.member.1.Name=a&Dimensions.member.1.Value=b   {"Dimensions": [{"Name": "a", "Value": "b"}]}
//   {"Timestamps": [1763973600]}                             <Timestamps><member>2025-11-24T08:40:00Z</member></Timestamps>
//
// Of a form every value is a text; operations take texts for numbers, too. Source: the service description of CloudWatch of 2010-08-01. Thread-safe: pure functions.
#pragma once

#include "api/common/json_service.h"
#include "api/common/query_service.h"

namespace eyrie::api::cloudwatch {

// An error where names are nested too deep.
JsonResult object_of_form(const Parameters& parameters);

void write_answer(const json::object& answer, XmlWriter& xml);

}  // namespace eyrie::api::cloudwatch
