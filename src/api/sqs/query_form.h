// SQS's query protocol over its JSON one: forms as the request objects that they mean, answers as XML.
//
//   Attribute.1.Name=DelaySeconds&Attribute.1.Value=5   {"Attributes": {"DelaySeconds": "5"}}
//   {"QueueUrls": ["http://..."]}                       <QueueUrl>http://...</QueueUrl>
//
// Numbers of lists and maps order their entries; gaps do not matter. Source: the service description of SQS of 2012-11-05 for the query protocol.
// Thread-safe: pure functions.
#pragma once

#include "api/common/json_service.h"
#include "api/common/query_service.h"

namespace eyrie::api::sqs {

// What is no member of SQS's is left out. An error where names are nested too deep.
JsonResult object_of_form(const Parameters& parameters);

// `operation` names the entries of batches.
void write_answer(std::string_view operation, const json::object& answer, XmlWriter& xml);

}  // namespace eyrie::api::sqs
