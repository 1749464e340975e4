#include "api/sqs/query_form.h"

#include "api/common/form_tree.h"
#include "base/encoding.h"

namespace eyrie::api::sqs {
namespace {

// A number where it is one, so that operations need not know of texts.
json::value number_or_text(const std::string& text) {
  if (const auto number = whole_number<std::int64_t>(text)) return *number;
  return json::string(text);
}

constexpr std::string_view kTexts[] = {"QueueUrl", "QueueName", "QueueOwnerAWSAccountId", "QueueNamePrefix", "NextToken", "MessageBody", "ReceiptHandle",
                                       "Label", "Id", "MessageDeduplicationId", "MessageGroupId", "ReceiveRequestAttemptId"};
constexpr std::string_view kNumbers[] = {"MaxResults", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds", "DelaySeconds"};
constexpr std::pair<std::string_view, std::string_view> kLists[] = {{"AttributeName", "AttributeNames"},
                                                                    {"MessageSystemAttributeName", "MessageSystemAttributeNames"},
                                                                    {"MessageAttributeName", "MessageAttributeNames"},
                                                                    {"TagKey", "TagKeys"},
                                                                    {"AWSAccountId", "AWSAccountIds"},
                                                                    {"ActionName", "Actions"}};
struct MapRow {
  std::string_view form, member, key;
};
// Tags of CreateQueue and of TagQueue have two names in JSON: `tags` is read there too.
constexpr MapRow kMaps[] = {{"Attribute", "Attributes", "Name"}, {"Tag", "Tags", "Key"}, {"Tags", "Tags", "Key"}};
constexpr std::pair<std::string_view, std::string_view> kMessageMaps[] = {{"MessageAttribute", "MessageAttributes"},
                                                                          {"MessageSystemAttribute", "MessageSystemAttributes"}};
constexpr std::string_view kEntries[] = {"SendMessageBatchRequestEntry", "DeleteMessageBatchRequestEntry", "ChangeMessageVisibilityBatchRequestEntry"};

json::object object_of(const FormTree& node, bool entry) {
  json::object made;
  for (const std::string_view name : kTexts) {
    if (const FormTree* found = node.find(name); found != nullptr && found->value) made[name] = *found->value;
  }
  for (const std::string_view name : kNumbers) {
    if (const FormTree* found = node.find(name); found != nullptr && found->value) made[name] = number_or_text(*found->value);
  }
  for (const auto& [form, member] : kLists) {
    const FormTree* found = node.find(form);
    if (found == nullptr) continue;
    json::array list;
    for (const FormTree* one : found->entries()) list.emplace_back(one->value.value_or(""));
    made[member] = std::move(list);
  }
  for (const MapRow& row : kMaps) {
    const FormTree* found = node.find(row.form);
    if (found == nullptr) continue;
    json::object map;
    for (const FormTree* one : found->entries()) map[one->text(row.key)] = one->text("Value");
    made[row.member] = std::move(map);
  }
  for (const auto& [form, member] : kMessageMaps) {
    const FormTree* found = node.find(form);
    if (found == nullptr) continue;
    json::object map;
    for (const FormTree* one : found->entries()) {
      json::object value;
      if (const FormTree* parts = one->find("Value")) {
        for (const auto& [name, part] : parts->below) {
          if (part.value) value[name] = *part.value;
        }
      }
      map[one->text("Name")] = std::move(value);
    }
    made[member] = std::move(map);
  }
  for (const std::string_view name : kEntries) {
    const FormTree* found = entry ? nullptr : node.find(name);
    if (found == nullptr) continue;
    json::array list;
    for (const FormTree* one : found->entries()) list.push_back(object_of(*one, true));
    made["Entries"] = std::move(list);
  }
  return made;
}

std::string scalar(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  return write_json(value);
}

void write_members(std::string_view operation, const json::object& object, XmlWriter& xml);

void write_map(const json::object& map, std::string_view element, std::string_view key, std::string_view operation, XmlWriter& xml) {
  for (const auto& [name, value] : map) {
    xml.open(element).text(key, name);
    if (value.is_object()) {
      xml.open("Value");
      write_members(operation, value.get_object(), xml);
      xml.close("Value");
    } else {
      xml.text("Value", scalar(value));
    }
    xml.close(element);
  }
}

std::string element_of_list(std::string_view operation, std::string_view member) {
  if (member == "QueueUrls" || member == "queueUrls") return "QueueUrl";
  if (member == "Messages") return "Message";
  if (member == "Failed") return "BatchResultErrorEntry";
  return std::string(operation) + "ResultEntry";  // Successful
}

void write_members(std::string_view operation, const json::object& object, XmlWriter& xml) {
  for (const auto& [name, value] : object) {
    if (const auto* map = value.if_object()) {
      const bool tags = name == "Tags";
      write_map(*map, tags ? "Tag" : name == "MessageAttributes" ? "MessageAttribute" : "Attribute", tags ? "Key" : "Name", operation, xml);
    } else if (const auto* list = value.if_array()) {
      const std::string element = element_of_list(operation, name);
      for (const json::value& one : *list) {
        if (!one.is_object()) {
          xml.text(element, scalar(one));
          continue;
        }
        xml.open(element);
        write_members(operation, one.get_object(), xml);
        xml.close(element);
      }
    } else {
      xml.text(name, scalar(value));
    }
  }
}

}  // namespace

JsonResult object_of_form(const Parameters& parameters) {
  const auto root = form_tree(parameters);
  if (!root) return std::unexpected(aws::WireError{400, "MalformedInput", "A parameter's name has too many parts."});
  return object_of(*root, false);
}

void write_answer(std::string_view operation, const json::object& answer, XmlWriter& xml) { write_members(operation, answer, xml); }

}  // namespace eyrie::api::sqs
