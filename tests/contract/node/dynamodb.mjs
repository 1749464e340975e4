// DynamoDB by the JavaScript SDK. Arguments: TABLE (exists; partition key p: S, sort key s: N).
import assert from "node:assert/strict";
import {DescribeTableCommand, DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand, ScanCommand, paginateQuery,
        paginateScan} from "@aws-sdk/client-dynamodb";
import {print, refused, settings} from "./common.mjs";

const [TableName] = process.argv.slice(2);
const client = new DynamoDBClient(settings);
const send = (command) => client.send(command);

assert.ok((await send(new ListTablesCommand({}))).TableNames.includes(TableName));
const {Table} = await send(new DescribeTableCommand({TableName}));
assert.equal(Table.TableStatus, "ACTIVE");
assert.ok(Table.CreationDateTime instanceof Date);
print({step: "tables"});

const item = {p: {S: "a"}, s: {N: "1"}, list: {L: [{S: "ü"}, {NULL: true}]}, map: {M: {yes: {BOOL: true}}}, bytes: {B: new Uint8Array([0, 255])}};
await send(new PutItemCommand({TableName, Item: item, ConditionExpression: "attribute_not_exists(p)"}));
const {Item} = await send(new GetItemCommand({TableName, Key: {p: {S: "a"}, s: {N: "1"}}, ConsistentRead: true}));
assert.deepEqual({...Item, bytes: {B: new Uint8Array(Item.bytes.B)}}, item);
const failed = await refused(send(new PutItemCommand({TableName, Item: item, ConditionExpression: "attribute_not_exists(p)",
                                                      ReturnValuesOnConditionCheckFailure: "ALL_OLD"})), "ConditionalCheckFailedException");
assert.equal(failed.Item?.s?.N, "1");
print({step: "items"});

for (let i = 2; i <= 9; ++i) await send(new PutItemCommand({TableName, Item: {p: {S: "a"}, s: {N: String(i)}, even: {BOOL: i % 2 === 0}}}));
const sorts = [];
for await (const page of paginateQuery({client, pageSize: 3}, {
  TableName, KeyConditionExpression: "p = :p AND s BETWEEN :low AND :high", FilterExpression: "even = :yes", ScanIndexForward: false,
  ExpressionAttributeValues: {":p": {S: "a"}, ":low": {N: "2"}, ":high": {N: "8"}, ":yes": {BOOL: true}},
})) {
  sorts.push(...page.Items.map((found) => found.s.N));
}
assert.deepEqual(sorts, ["8", "6", "4", "2"]);
let count = 0;
for await (const page of paginateScan({client, pageSize: 4}, {TableName})) count += page.Count;
assert.equal(count, 9);
print({step: "query and scan"});

await refused(send(new ScanCommand({TableName: "eyrie-test-absent"})), "ResourceNotFoundException");
await refused(send(new ScanCommand({TableName, FilterExpression: "nonsense"})), "ValidationException");
print({step: "refusals"});
