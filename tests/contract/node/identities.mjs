// IAM, STS and KMS by the JavaScript SDK. Arguments: BUCKET (exists).
import assert from "node:assert/strict";
import {AttachUserPolicyCommand, CreateAccessKeyCommand, CreatePolicyCommand, CreateUserCommand, DeleteAccessKeyCommand, DeletePolicyCommand,
        DeleteUserCommand, DetachUserPolicyCommand, GetPolicyVersionCommand, GetUserCommand, IAMClient, paginateListUsers} from "@aws-sdk/client-iam";
import {CreateKeyCommand, DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient, ScheduleKeyDeletionCommand} from "@aws-sdk/client-kms";
import {ListObjectsV2Command, PutObjectCommand, S3Client} from "@aws-sdk/client-s3";
import {GetCallerIdentityCommand, STSClient} from "@aws-sdk/client-sts";
import {print, refused, settings} from "./common.mjs";

const [Bucket] = process.argv.slice(2);
const iam = new IAMClient(settings);
const UserName = `eyrie-test-${process.pid}-${Date.now()}`;
const statement = {Effect: "Allow", Action: ["s3:PutObject", "kms:Decrypt"], Resource: "*"};

const {User} = await iam.send(new CreateUserCommand({UserName, Path: "/js/"}));
assert.ok(User.CreateDate instanceof Date);
assert.equal((await iam.send(new GetUserCommand({UserName}))).User.Arn, User.Arn);
await refused(iam.send(new CreateUserCommand({UserName})), "EntityAlreadyExistsException");
const {AccessKey} = await iam.send(new CreateAccessKeyCommand({UserName}));
const {Policy} = await iam.send(new CreatePolicyCommand({PolicyName: UserName, PolicyDocument: JSON.stringify({Version: "2012-10-17", Statement: statement})}));
await iam.send(new AttachUserPolicyCommand({UserName, PolicyArn: Policy.Arn}));
const {PolicyVersion} = await iam.send(new GetPolicyVersionCommand({PolicyArn: Policy.Arn, VersionId: Policy.DefaultVersionId}));
assert.deepEqual(JSON.parse(decodeURIComponent(PolicyVersion.Document)).Statement, statement);
await refused(iam.send(new CreatePolicyCommand({PolicyName: "x", PolicyDocument: "{}"})), "MalformedPolicyDocumentException");
const names = [];
for await (const page of paginateListUsers({client: iam, pageSize: 1}, {PathPrefix: "/js/"})) names.push(...page.Users.map((one) => one.UserName));
assert.ok(names.includes(UserName));
print({step: "identities"});

const own = {...settings, credentials: {accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey}};
assert.equal((await new STSClient(own).send(new GetCallerIdentityCommand({}))).Arn, User.Arn);
const s3 = new S3Client({...own, forcePathStyle: true});
await s3.send(new PutObjectCommand({Bucket, Key: "by-a-user", Body: "x"}));
await refused(s3.send(new ListObjectsV2Command({Bucket})), "AccessDenied");
print({step: "as the user"});

const root = new KMSClient(settings), kms = new KMSClient(own);
const {KeyMetadata} = await root.send(new CreateKeyCommand({}));
const EncryptionContext = {of: "a test"};
const {CiphertextBlob} = await root.send(new EncryptCommand({KeyId: KeyMetadata.KeyId, Plaintext: new Uint8Array([0, 255]), EncryptionContext}));
const {Plaintext} = await kms.send(new DecryptCommand({CiphertextBlob, EncryptionContext}));
assert.deepEqual([...Plaintext], [0, 255]);
await refused(kms.send(new DecryptCommand({CiphertextBlob})), "InvalidCiphertextException");
await refused(kms.send(new GenerateDataKeyCommand({KeyId: KeyMetadata.KeyId, KeySpec: "AES_256"})), "AccessDeniedException");
await root.send(new ScheduleKeyDeletionCommand({KeyId: KeyMetadata.KeyId, PendingWindowInDays: 7}));
print({step: "keys"});

await iam.send(new DetachUserPolicyCommand({UserName, PolicyArn: Policy.Arn}));
await iam.send(new DeletePolicyCommand({PolicyArn: Policy.Arn}));
await refused(iam.send(new DeleteUserCommand({UserName})), "DeleteConflictException");
await iam.send(new DeleteAccessKeyCommand({UserName, AccessKeyId: AccessKey.AccessKeyId}));
await iam.send(new DeleteUserCommand({UserName}));
await refused(iam.send(new GetUserCommand({UserName})), "NoSuchEntityException");
print({step: "gone"});
