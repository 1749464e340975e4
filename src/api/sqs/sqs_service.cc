#include "api/sqs/sqs_service.h"

#include "api/sqs/operations.h"
#include "api/sqs/query_form.h"

namespace eyrie::api::sqs {
namespace {

// A batch of 1 MiB, whose bytes may be escaped: as \u00XX in JSON, or as %XX in a form.
constexpr std::size_t kMaxBody = 6 * notify::kMaxMessageBytes + (64 << 10);
constexpr std::size_t kMaxValues = 2000;

struct Row {
  const char* name;
  Operation run;
  bool answers = true;      // whether it has a Result in XML
  const char* action = "";  // where it is not the operation's name
};

constexpr Row kOperations[] = {
    {"AddPermission", add_permission, false},
    {"ChangeMessageVisibility", change_message_visibility, false},
    {"ChangeMessageVisibilityBatch", change_message_visibility_batch, true, "ChangeMessageVisibility"},
    {"CreateQueue", create_queue},
    {"DeleteMessage", delete_message, false},
    {"DeleteMessageBatch", delete_message_batch, true, "DeleteMessage"},
    {"DeleteQueue", delete_queue, false},
    {"GetQueueAttributes", get_queue_attributes},
    {"GetQueueUrl", get_queue_url},
    {"ListDeadLetterSourceQueues", list_dead_letter_source_queues},
    {"ListQueueTags", list_queue_tags},
    {"ListQueues", list_queues},
    {"PurgeQueue", purge_queue, false},
    {"ReceiveMessage", receive_message},
    {"RemovePermission", remove_permission, false},
    {"SendMessage", send_message},
    {"SendMessageBatch", send_message_batch, true, "SendMessage"},
    {"SetQueueAttributes", set_queue_attributes, false},
    {"TagQueue", tag_queue, false},
    {"UntagQueue", untag_queue, false},
};

// Source: service authorization reference, "Actions, resources, and condition keys for Amazon SQS".
std::vector<Need> needs_of(notify::LocalQueues& queues, const Row& row, const json::object& request) {
  const std::string action = "sqs:" + std::string(*row.action != '\0' ? row.action : row.name);
  if (row.run == list_queues) return {{.action = action, .resource = "*"}};
  const bool by_name = row.run == create_queue || row.run == get_queue_url;
  const std::string name = by_name ? text_of(request, "QueueName") : name_of_url(text_of(request, "QueueUrl")).value_or("");
  Need need{.action = action, .resource = name.empty() ? "*" : notify::queue_arn(name)};
  if (const auto queue = queues.find(name); queue && row.run != create_queue) need.policy = (*queue)->definition.policy;
  std::vector<Need> needed{need};
  if (row.run == create_queue && (request.contains("tags") || request.contains("Tags")))
    needed.push_back({.action = "sqs:TagQueue", .resource = need.resource});
  return needed;
}

const Row* row_of(std::string_view operation) {
  for (const Row& row : kOperations) {
    if (operation == row.name) return &row;
  }
  return nullptr;
}

// A form may leave out what the path says: http://HOST/ACCOUNT/NAME.
JsonResult request_of_form(const QueryCall& call) {
  auto request = object_of_form(call.parameters);
  if (request && !request->contains("QueueUrl") && name_of_url(call.context.head.path)) (*request)["QueueUrl"] = call.context.head.path;
  return request;
}

}  // namespace

class SqsService::Json final : public JsonService {
 public:
  Json(notify::LocalQueues& queues, const Door& door, net::MemoryBudget& budget) : JsonService(options(queues), door, budget) {
    for (const Row& row : kOperations) {
      add(row.name, [&queues, run = row.run](const JsonCall& call) { return run(queues, Call{call.request, call.context}); });
    }
  }

 private:
  static JsonServiceOptions options(notify::LocalQueues& queues) {
    return {.name = "sqs",
            .target_prefix = "AmazonSQS.",
            .content_type = "application/x-amz-json-1.0",
            .flavour = aws::JsonFlavour::kSqs,
            .max_body = kMaxBody,
            .max_values = kMaxValues,
            .needs = [&queues](const std::string& operation, const json::object& request) { return needs_of(queues, *row_of(operation), request); },
            .unknown_operation = {400, "UnknownOperationException", "This operation is not known."},
            .too_large = {413, "RequestEntityTooLarge", "The request is too long."},
            .busy = {503, "ServiceUnavailable", "No memory is left for this request now. Try again."},
            .serialization = {400, "SerializationException", "The request body is not the JSON of this operation."}};
  }
};

class SqsService::Query final : public QueryService {
 public:
  Query(notify::LocalQueues& queues, const Door& door, net::MemoryBudget& budget)
      : QueryService({.name = "sqs",
                      .xmlns = "http://queue.amazonaws.com/doc/2012-11-05/",
                      .version = "2012-11-05",
                      .max_body = kMaxBody,
                      .code_of = [](std::string_view exception) { return aws::sqs::query_code(exception); }},
                     door, budget) {
    for (const Row& row : kOperations) {
      add(row.name, {.run = [&queues, row](const QueryCall& call, XmlWriter& xml) -> QueryResult {
                       EYRIE_TRY(const json::object request, request_of_form(call));
                       EYRIE_TRY(const json::object answer, row.run(queues, Call{request, call.context}));
                       write_answer(row.name, answer, xml);
                       return {};
                     },
                     .answers = row.answers,
                     .needs =
                         [&queues, row](const QueryCall& call) {
                           const auto request = request_of_form(call);
                           return needs_of(queues, row, request ? *request : json::object());
                         }});
    }
  }
};

SqsService::SqsService(notify::LocalQueues& queues, const Door& door, net::MemoryBudget& budget)
    : json_(std::make_unique<Json>(queues, door, budget)), query_(std::make_unique<Query>(queues, door, budget)) {}

SqsService::~SqsService() = default;

BeginResult SqsService::begin(ContextPtr context) {
  const net::Headers& headers = context->head.headers;
  const bool json = headers.has("X-Amz-Target") || headers.get("Content-Type").starts_with("application/x-amz-json");
  return json ? json_->begin(std::move(context)) : query_->begin(std::move(context));
}

}  // namespace eyrie::api::sqs
