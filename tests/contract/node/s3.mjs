// S3 as the JavaScript SDK speaks it since 2025: a CRC32 with every upload, as a trailer where the body is a stream.
// Arguments: BUCKET (exists, empty).
import assert from "node:assert/strict";
import {Readable} from "node:stream";
import {DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
        paginateListObjectsV2} from "@aws-sdk/client-s3";
import {getSignedUrl} from "@aws-sdk/s3-request-presigner";
import {print, refused, settings} from "./common.mjs";

const [Bucket] = process.argv.slice(2);
const s3 = new S3Client({...settings, forcePathStyle: true});
const text = async (answer) => answer.Body.transformToString();

// Small body, default checksum.
const put = await s3.send(new PutObjectCommand({Bucket, Key: "a b+ü.txt", Body: "hello", ContentType: "text/plain", Metadata: {colour: "red"}}));
assert.equal(put.ChecksumCRC32, "NhCmhg==");
const got = await s3.send(new GetObjectCommand({Bucket, Key: "a b+ü.txt"}));
assert.equal(await text(got), "hello");
assert.equal(got.ContentType, "text/plain");
assert.deepEqual(got.Metadata, {colour: "red"});
print({step: "put and get"});

// A stream of known length goes as aws-chunked with the checksum in the trailer.
const big = Buffer.alloc(3_000_001, "0123456789abcdef");
for (const ChecksumAlgorithm of [undefined, "CRC32", "CRC32C", "SHA1", "SHA256"]) {
  const pieces = Array.from({length: 31}, (_, i) => big.subarray(i * 100_000, (i + 1) * 100_000));
  await s3.send(new PutObjectCommand({Bucket, Key: "stream", Body: Readable.from(pieces), ContentLength: big.length, ChecksumAlgorithm}));
  const answer = await s3.send(new GetObjectCommand({Bucket, Key: "stream"}));
  assert.equal(answer.ContentLength, big.length);
  assert.ok(Buffer.from(await answer.Body.transformToByteArray()).equals(big), `${ChecksumAlgorithm}: bytes differ`);
  print({step: "stream", algorithm: ChecksumAlgorithm ?? "default"});
}

// A checksum that is not the body's.
await refused(s3.send(new PutObjectCommand({Bucket, Key: "wrong", Body: "hello", ChecksumCRC32: "AAAAAA=="})), "BadDigest");
await refused(s3.send(new GetObjectCommand({Bucket, Key: "wrong"})), "NoSuchKey");
await refused(s3.send(new HeadObjectCommand({Bucket, Key: "wrong"})), "NotFound");
await refused(s3.send(new ListObjectsV2Command({Bucket: "eyrie-test-no-such-bucket"})), "NoSuchBucket");
print({step: "refusals"});

// Ranges, conditions.
const part = await s3.send(new GetObjectCommand({Bucket, Key: "stream", Range: "bytes=16-31"}));
assert.equal(await text(part), "0123456789abcdef");
await refused(s3.send(new PutObjectCommand({Bucket, Key: "stream", Body: "x", IfNoneMatch: "*"})), "PreconditionFailed");
print({step: "ranges and conditions"});

// Listing.
for (let i = 0; i < 12; ++i) await s3.send(new PutObjectCommand({Bucket, Key: `list/${i % 4}/${i}`, Body: String(i)}));
const keys = [];
for await (const page of paginateListObjectsV2({client: s3, pageSize: 5}, {Bucket, Prefix: "list/"})) {
  keys.push(...page.Contents.map((item) => item.Key));
}
assert.deepEqual(keys, Array.from({length: 12}, (_, i) => `list/${i % 4}/${i}`).sort());
const folders = await s3.send(new ListObjectsV2Command({Bucket, Prefix: "list/", Delimiter: "/"}));
assert.deepEqual(folders.CommonPrefixes.map((item) => item.Prefix), ["list/0/", "list/1/", "list/2/", "list/3/"]);
assert.ok((await s3.send(new ListBucketsCommand({}))).Buckets.some((bucket) => bucket.Name === Bucket));
print({step: "listing"});

// Presigned by the SDK, used by plain fetch.
const url = await getSignedUrl(s3, new PutObjectCommand({Bucket, Key: "by url"}), {expiresIn: 60});
const uploaded = await fetch(url, {method: "PUT", body: "by url"});
assert.equal(uploaded.status, 200, await uploaded.text());
const link = await getSignedUrl(s3, new GetObjectCommand({Bucket, Key: "by url"}), {expiresIn: 60});
assert.equal(await (await fetch(link)).text(), "by url");
assert.equal((await fetch(link.replace("by%20url", "stream"))).status, 403);
print({step: "presigned"});

await s3.send(new DeleteObjectCommand({Bucket, Key: "stream"}));
await refused(s3.send(new GetObjectCommand({Bucket, Key: "stream"})), "NoSuchKey");
print({step: "delete"});
