#include "api/cloudwatch/cloudwatch_service.h"

#include "api/cloudwatch/documents.h"
#include "api/cloudwatch/form.h"

namespace eyrie::api::cloudwatch {
namespace {

// What an operation is on, for policies.
enum class On {
  kNothing,
  kNamespace,  // its name as the condition cloudwatch:namespace
  kAlarm,      // AlarmName
  kAlarms,     // AlarmNames
  kResource,   // ResourceARN
};

struct Row {
  const char* name;
  Operation run;
  On on;
  bool answers = true;  // whether it has a Result in XML
};

constexpr Row kOperations[] = {
    {"DeleteAlarms", delete_alarms, On::kAlarms, false},
    {"DescribeAlarmHistory", describe_alarm_history, On::kAlarm},
    {"DescribeAlarms", describe_alarms, On::kNothing},
    {"DescribeAlarmsForMetric", describe_alarms_for_metric, On::kNothing},
    {"DisableAlarmActions", disable_alarm_actions, On::kAlarms, false},
    {"EnableAlarmActions", enable_alarm_actions, On::kAlarms, false},
    {"GetMetricData", get_metric_data, On::kNothing},
    {"GetMetricStatistics", get_metric_statistics, On::kNothing},
    {"ListMetrics", list_metrics, On::kNothing},
    {"ListTagsForResource", list_tags_for_resource, On::kResource},
    {"PutMetricAlarm", put_metric_alarm, On::kAlarm, false},
    {"PutMetricData", put_metric_data, On::kNamespace, false},
    {"SetAlarmState", set_alarm_state, On::kAlarm, false},
    {"TagResource", tag_resource, On::kResource},
    {"UntagResource", untag_resource, On::kResource},
};

const Row* row_of(std::string_view operation) {
  for (const Row& row : kOperations) {
    if (operation == row.name) return &row;
  }
  return nullptr;
}

std::vector<std::string> resources_of(On on, const json::object& request) {
  switch (on) {
    case On::kAlarm: {
      const std::string name = text_of(request, "AlarmName");
      return {monitor::alarm_arn(name.empty() ? "*" : name)};
    }
    case On::kAlarms: {
      std::vector<std::string> arns;
      for (const std::string& name : one_or_more_texts(request.if_contains("AlarmNames"))) arns.push_back(monitor::alarm_arn(name));
      if (arns.empty()) arns.push_back(monitor::alarm_arn("*"));
      return arns;
    }
    case On::kResource:
      return {text_of(request, "ResourceARN")};
    default:
      return {"*"};
  }
}

// An alarm acts by itself once it is there: whoever makes one must be allowed to do what it will do.
void add_needs_of_actions(Backend& backend, const json::object& request, std::vector<Need>& needs) {
  for (const char* member : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    for (const std::string& action : one_or_more_texts(request.if_contains(member))) {
      if (auto need = backend.actions.needs(action)) needs.push_back({.action = std::move(need->action), .resource = std::move(need->resource)});
    }
  }
}

// Source: service authorization reference, "Actions, resources, and condition keys for Amazon CloudWatch".
std::vector<Need> needs_of(Backend& backend, std::string_view operation, const json::object& request) {
  const Row& row = *row_of(operation);
  std::vector<Need> needs;
  for (std::string& resource : resources_of(row.on, request)) {
    Need need{.action = "cloudwatch:" + std::string(row.name), .resource = resource.empty() ? "*" : std::move(resource)};
    if (row.on == On::kNamespace) need.values.add("cloudwatch:namespace", text_of(request, "Namespace"));
    needs.push_back(std::move(need));
  }
  if (row.run != put_metric_alarm) return needs;
  add_needs_of_actions(backend, request, needs);
  if (request.contains("Tags")) needs.push_back({.action = "cloudwatch:TagResource", .resource = needs.front().resource});
  return needs;
}

std::map<std::string, Operation, std::less<>> all_operations() {
  std::map<std::string, Operation, std::less<>> operations;
  for (const Row& row : kOperations) operations[row.name] = row.run;
  return operations;
}

}  // namespace

class CloudWatchService::Query final : public QueryService {
 public:
  Query(Backend& backend, const Door& door, net::MemoryBudget& budget)
      : QueryService({.name = "monitoring",
                      .xmlns = "http://monitoring.amazonaws.com/doc/2010-08-01/",
                      .version = "2010-08-01",
                      .max_body = kMaxBody,
                      .code_of = [](std::string_view exception) { return query_code(exception); },
                      .max_parameters = 30'000,
                      .takes_gzip = true},
                     door, budget) {
    for (const Row& row : kOperations) {
      add(row.name, {.run = [&backend, run = row.run](const QueryCall& call, XmlWriter& xml) -> QueryResult {
                       EYRIE_TRY(const json::object request, object_of_form(call.parameters));
                       EYRIE_TRY(const json::object answer, run(backend, {request, call.context}));
                       write_answer(answer, xml);
                       return {};
                     },
                     .answers = row.answers,
                     .needs =
                         [&backend, name = row.name](const QueryCall& call) {
                           const auto request = object_of_form(call.parameters);
                           return needs_of(backend, name, request ? *request : json::object());
                         }});
    }
  }
};

struct CloudWatchService::Parts {
  Parts(const Backend& of, const Door& door, net::MemoryBudget& budget) : backend(of), query(backend, door, budget), documents(backend, operations, needs_of, door, budget) {}

  Backend backend;
  const std::map<std::string, Operation, std::less<>> operations = all_operations();
  Query query;
  Documents documents;
};

CloudWatchService::CloudWatchService(const Backend& backend, const Door& door, net::MemoryBudget& budget) : parts_(std::make_unique<Parts>(backend, door, budget)) {}

CloudWatchService::~CloudWatchService() = default;

BeginResult CloudWatchService::begin(ContextPtr context) {
  if (Documents::takes(context->head)) return parts_->documents.begin(std::move(context));
  return parts_->query.begin(std::move(context));
}

}  // namespace eyrie::api::cloudwatch
