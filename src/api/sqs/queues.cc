#include "api/sqs/operations.h"

namespace eyrie::api::sqs {

JsonResult create_queue(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, required_text(call.request, "QueueName"));
  EYRIE_TRY(const auto attributes, map_member(call.request, "Attributes"));
  EYRIE_TRY(auto tags, map_member(call.request, "tags"));
  EYRIE_TRY(const auto more_tags, map_member(call.request, "Tags"));  // of forms
  tags.insert(more_tags.begin(), more_tags.end());
  EYRIE_CHECK_OK(wire(queues.create(name, attributes, tags)));
  return json::object{{"QueueUrl", queue_url(call.context, name)}};
}

JsonResult get_queue_url(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, required_text(call.request, "QueueName"));
  EYRIE_TRY(const auto owner, text_member(call.request, "QueueOwnerAWSAccountId"));
  if (owner && !owner->empty() && *owner != kAccount) return std::unexpected(wire_error(notify::no_such_queue()));
  EYRIE_CHECK_OK(wire(queues.find(name)));
  return json::object{{"QueueUrl", queue_url(call.context, name)}};
}

JsonResult list_queues(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const auto prefix, text_member(call.request, "QueueNamePrefix"));
  std::vector<notify::QueuePtr> listed = queues.list();
  std::erase_if(listed, [&](const notify::QueuePtr& queue) { return prefix && !queue->definition.name.starts_with(*prefix); });
  return page_of_urls(call, listed, "QueueUrls");
}

JsonResult list_dead_letter_source_queues(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_CHECK_OK(wire(queues.find(name)));
  EYRIE_TRY(json::object answer, page_of_urls(call, queues.dead_letter_sources(name), "queueUrls"));
  if (!answer.contains("queueUrls")) answer["queueUrls"] = json::array();  // the model requires it
  return answer;
}

JsonResult delete_queue(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_CHECK_OK(wire(queues.remove(name)));
  return json::object{};
}

JsonResult purge_queue(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_CHECK_OK(wire(queues.purge(name)));
  return json::object{};
}

}  // namespace eyrie::api::sqs
