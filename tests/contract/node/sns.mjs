// SNS by the JavaScript SDK. Arguments: URL of an endpoint that takes POSTs.
import assert from "node:assert/strict";
import {CreateTopicCommand, DeleteTopicCommand, GetSubscriptionAttributesCommand, GetTopicAttributesCommand, ListTagsForResourceCommand, PublishBatchCommand, PublishCommand,
        SNSClient, SubscribeCommand, UnsubscribeCommand, paginateListSubscriptionsByTopic} from "@aws-sdk/client-sns";
import {print, refused, settings} from "./common.mjs";

const [Endpoint] = process.argv.slice(2);
const sns = new SNSClient(settings);
const Name = `eyrie-test-${process.pid}-${Date.now()}`;

const {TopicArn} = await sns.send(new CreateTopicCommand({Name, Attributes: {DisplayName: "Pictures"}, Tags: [{Key: "a", Value: "b"}]}));
assert.equal((await sns.send(new GetTopicAttributesCommand({TopicArn}))).Attributes.DisplayName, "Pictures");
assert.deepEqual((await sns.send(new ListTagsForResourceCommand({ResourceArn: TopicArn}))).Tags, [{Key: "a", Value: "b"}]);
await refused(sns.send(new CreateTopicCommand({Name: "a b"})), "InvalidParameterException");
print({step: "topic"});

const filter = JSON.stringify({animal: ["cat"]});
const {SubscriptionArn} = await sns.send(new SubscribeCommand({TopicArn, Protocol: "http", Endpoint, ReturnSubscriptionArn: true, Attributes: {FilterPolicy: filter}}));
const {Attributes} = await sns.send(new GetSubscriptionAttributesCommand({SubscriptionArn}));
assert.deepEqual([Attributes.PendingConfirmation, Attributes.FilterPolicy], ["true", filter]);
const listed = [];
for await (const page of paginateListSubscriptionsByTopic({client: sns}, {TopicArn})) listed.push(...page.Subscriptions);
assert.deepEqual(listed.map((one) => one.SubscriptionArn), ["PendingConfirmation"]);
print({step: "subscription"});

const sent = await sns.send(new PublishCommand({TopicArn, Message: "x", MessageAttributes: {n: {DataType: "Number", StringValue: "1"}, b: {DataType: "Binary", BinaryValue: new Uint8Array([0, 1])}}}));
assert.match(sent.MessageId, /^[0-9a-f-]{36}$/);
const batch = await sns.send(new PublishBatchCommand({TopicArn, PublishBatchRequestEntries: [{Id: "a", Message: "x"}, {Id: "b", Message: "x", Subject: "\n"}]}));
assert.deepEqual([batch.Successful.map((one) => one.Id), batch.Failed.map((one) => one.Code)], [["a"], ["InvalidParameter"]]);
await refused(sns.send(new PublishBatchCommand({TopicArn, PublishBatchRequestEntries: [{Id: "a", Message: "x"}, {Id: "a", Message: "x"}]})), "BatchEntryIdsNotDistinctException");
await refused(sns.send(new PublishCommand({TopicArn: `${TopicArn}x`, Message: "x"})), "NotFoundException");
print({step: "publish"});

await sns.send(new UnsubscribeCommand({SubscriptionArn}));
await sns.send(new DeleteTopicCommand({TopicArn}));
await refused(sns.send(new GetTopicAttributesCommand({TopicArn})), "NotFoundException");
print({step: "gone"});
