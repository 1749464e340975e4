// CloudWatch by the JavaScript SDK. Argument: NAMESPACE (of metrics to be).
import assert from "node:assert/strict";
import {CloudWatchClient, DeleteAlarmsCommand, DescribeAlarmsCommand, GetMetricDataCommand, GetMetricStatisticsCommand, paginateListMetrics, PutMetricAlarmCommand, PutMetricDataCommand,
        SetAlarmStateCommand} from "@aws-sdk/client-cloudwatch";
import {print, refused, settings} from "./common.mjs";

const [Namespace] = process.argv.slice(2);
const client = new CloudWatchClient(settings);
const StartTime = new Date(Date.now() - 3600e3), EndTime = new Date(Date.now() + 60e3);

// So many that the SDK compresses them.
const MetricData = Array.from({length: 200}, (_, i) => ({MetricName: "m", Value: i, Dimensions: [{Name: "Index", Value: String(i % 2)}]}));
await client.send(new PutMetricDataCommand({Namespace, MetricData}));
const metrics = [];
for await (const page of paginateListMetrics({client}, {Namespace})) metrics.push(...page.Metrics);
assert.equal(metrics.length, 2);
const Metric = {Namespace, MetricName: "m", Dimensions: [{Name: "Index", Value: "1"}]};
const {Datapoints} = await client.send(new GetMetricStatisticsCommand({...Metric, StartTime, EndTime, Period: 86400, Statistics: ["Maximum", "SampleCount"]}));
assert.equal(Math.max(...Datapoints.map((point) => point.Maximum)), 199);
assert.ok(Datapoints[0].Timestamp instanceof Date);
print({step: "statistics"});

const {MetricDataResults} = await client.send(new GetMetricDataCommand({StartTime, EndTime, MetricDataQueries: [
  {Id: "m", MetricStat: {Metric, Period: 3600, Stat: "Sum"}, ReturnData: false}, {Id: "half", Expression: "m / 2"}]}));
assert.equal(MetricDataResults[0].Values.reduce((a, b) => a + b), 5000);
await refused(client.send(new GetMetricDataCommand({StartTime, EndTime, MetricDataQueries: [{Id: "x", Expression: "y"}]})), "ValidationError");
print({step: "math"});

const AlarmName = Namespace.replaceAll("/", "-");
await client.send(new PutMetricAlarmCommand({AlarmName, ...Metric, Statistic: "Sum", Period: 60, EvaluationPeriods: 2, Threshold: 0.5, ComparisonOperator: "GreaterThanThreshold"}));
await client.send(new SetAlarmStateCommand({AlarmName, StateValue: "ALARM", StateReason: "ü"}));
const {MetricAlarms} = await client.send(new DescribeAlarmsCommand({AlarmNames: [AlarmName]}));
assert.deepEqual([MetricAlarms[0].StateValue, MetricAlarms[0].StateReason, MetricAlarms[0].Threshold], ["ALARM", "ü", 0.5]);
await client.send(new DeleteAlarmsCommand({AlarmNames: [AlarmName]}));
const error = await refused(client.send(new SetAlarmStateCommand({AlarmName, StateValue: "OK", StateReason: ""})), "ResourceNotFound");
assert.equal(error.$metadata.httpStatusCode, 404);
print({step: "gone"});
