// SQS by the JavaScript SDK, which speaks the JSON protocol and checks the digests of bodies. Argument: NAME (of a queue to be).
import assert from "node:assert/strict";
import {ChangeMessageVisibilityCommand, CreateQueueCommand, DeleteMessageBatchCommand, DeleteQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, paginateListQueues,
        ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient} from "@aws-sdk/client-sqs";
import {print, refused, settings} from "./common.mjs";

const [QueueName] = process.argv.slice(2);
const client = new SQSClient(settings);

const {QueueUrl} = await client.send(new CreateQueueCommand({QueueName, Attributes: {VisibilityTimeout: "30"}, tags: {a: "b"}}));
assert.equal((await client.send(new GetQueueUrlCommand({QueueName}))).QueueUrl, QueueUrl);
const urls = [];
for await (const page of paginateListQueues({client, pageSize: 1}, {QueueNamePrefix: QueueName})) urls.push(...(page.QueueUrls ?? []));
assert.deepEqual(urls, [QueueUrl]);
await refused(client.send(new CreateQueueCommand({QueueName, Attributes: {VisibilityTimeout: "31"}})), "QueueNameExists");
print({step: "made"});

const MessageAttributes = {text: {DataType: "String", StringValue: "ü"}, bytes: {DataType: "Binary", BinaryValue: new Uint8Array([0, 255])}};
const sent = await client.send(new SendMessageCommand({QueueUrl, MessageBody: "body ü", MessageAttributes}));
const received = await client.send(new ReceiveMessageCommand({QueueUrl, MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"], WaitTimeSeconds: 5}));
const [message] = received.Messages;
assert.deepEqual([message.MessageId, message.Body, message.MD5OfMessageAttributes], [sent.MessageId, "body ü", sent.MD5OfMessageAttributes]);
assert.deepEqual([...message.MessageAttributes.bytes.BinaryValue], [0, 255]);
assert.equal(message.Attributes.ApproximateReceiveCount, "1");
await client.send(new ChangeMessageVisibilityCommand({QueueUrl, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0}));
print({step: "message"});

const batch = await client.send(new SendMessageBatchCommand({QueueUrl, Entries: [{Id: "a", MessageBody: "1"}, {Id: "b", MessageBody: "\ufffe"}]}));
assert.deepEqual([batch.Successful.map((one) => one.Id), batch.Failed.map((one) => one.Code)], [["a"], ["InvalidMessageContents"]]);
const {Messages} = await client.send(new ReceiveMessageCommand({QueueUrl, MaxNumberOfMessages: 10}));
assert.equal(Messages.length, 2);
const gone = await client.send(new DeleteMessageBatchCommand({QueueUrl, Entries: Messages.map((one, i) => ({Id: String(i), ReceiptHandle: one.ReceiptHandle}))}));
assert.equal(gone.Successful.length, 2);
const {Attributes} = await client.send(new GetQueueAttributesCommand({QueueUrl, AttributeNames: ["All"]}));
assert.deepEqual([Attributes.ApproximateNumberOfMessages, Attributes.ApproximateNumberOfMessagesNotVisible], ["0", "0"]);
print({step: "batches"});

await client.send(new DeleteQueueCommand({QueueUrl}));
await refused(client.send(new ReceiveMessageCommand({QueueUrl})), "QueueDoesNotExist");
print({step: "gone"});
