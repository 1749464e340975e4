// CloudWatch's operations, one function each: a request as an object in, its answer out. Thread-safe.
#pragma once

#include "api/cloudwatch/members.h"

namespace eyrie::api::cloudwatch {

struct Backend {
  monitor::TimeSeries& series;
  monitor::Alarms& alarms;
  const monitor::AlarmActions& actions;
  const Clock& clock;
};

using Operation = JsonResult (*)(Backend& backend, const Call& call);

// metric_data.cc
JsonResult put_metric_data(Backend& backend, const Call& call);
JsonResult list_metrics(Backend& backend, const Call& call);
// statistics.cc
JsonResult get_metric_statistics(Backend& backend, const Call& call);
JsonResult get_metric_data(Backend& backend, const Call& call);
// alarm_definitions.cc
JsonResult put_metric_alarm(Backend& backend, const Call& call);
JsonResult delete_alarms(Backend& backend, const Call& call);
JsonResult enable_alarm_actions(Backend& backend, const Call& call);
JsonResult disable_alarm_actions(Backend& backend, const Call& call);
JsonResult set_alarm_state(Backend& backend, const Call& call);
// alarm_listing.cc
JsonResult describe_alarms(Backend& backend, const Call& call);
JsonResult describe_alarms_for_metric(Backend& backend, const Call& call);
JsonResult describe_alarm_history(Backend& backend, const Call& call);
// tags.cc
JsonResult tag_resource(Backend& backend, const Call& call);
JsonResult untag_resource(Backend& backend, const Call& call);
JsonResult list_tags_for_resource(Backend& backend, const Call& call);

// metric_queries.cc: MetricDataQueries of GetMetricData, Metrics of PutMetricAlarm, and back.
Wire<std::vector<monitor::MetricQuery>> queries_member(const json::object& request, std::string_view name);
json::array json_of_queries(const std::vector<monitor::MetricQuery>& queries);

}  // namespace eyrie::api::cloudwatch
