// The part of the console's API that admins alone may use; fetched with their pages.
import { api, ask } from "../../api";

export interface Key {
  id: string;
  active: boolean;
  created: string;
  used: { time: string; service: string; region: string } | null;
}
export interface RootKey {
  arn: string;
  key: string;
  created: string | null; // older ones do not say it
  used: Key["used"];
}
export interface NewKey extends Key {
  secret: string;
}
export interface Identity {
  name: string;
  id: string;
  arn: string;
  created: string;
  keys: Key[];
  attached: { name: string; arn: string }[];
  own: string[];
}
export interface Policy {
  name: string;
  arn: string;
  description: string;
  version: string;
  created: string;
  updated: string;
  attachments: number;
}
export interface PolicyWithDocument extends Policy {
  document: string;
}

export type When = { label: string } | { moderation: string } | { face: string } | { text: { contains: string } | { matches: string } };
export interface AlertRule {
  name: string;
  topic: string;
  when: When;
  threshold: number;
  quiet_seconds: number;
  enabled: boolean;
  configured: boolean; // in the settings: not to be changed here
}
export interface Topic {
  name: string;
  arn: string;
  confirmed: number;
  pending: number;
  subscriptions: { id: string; protocol: string; endpoint: string; confirmed: boolean }[];
}

export interface AuditEntry {
  time: string;
  request: string;
  source_ip: string;
  principal: string;
  access_key: string;
  action: string;
  resource: string;
  reason: string; // why it was denied; empty: it was done
}

interface BuiltIn {
  name: string;
  arn: string;
  built_in: true;
}
interface Created {
  name: string;
  arn: string;
  built_in: false;
  description: string;
  runtime: string;
  handler: string;
  role: string;
  memory_mb: number;
  timeout_s: number;
  created: string;
  modified: string;
}
export type Deployed = BuiltIn | Created;
export type FunctionDetail =
  | BuiltIn
  | (Created & {
      reserved: number | null;
      dead_letter: string;
      variables: string[]; // names: their values are nobody's
      versions: { version: string; description: string; modified: string; sha256: string; bytes: number }[]; // the newest first
      aliases: { name: string; version: string; description: string; weights: Record<string, number> }[];
    });
export interface Trial {
  failed: boolean;
  version: string;
  payload: string;
  log: string;
  duration_ms: number;
  init_ms: number;
  memory_mb: number;
}

export interface Model {
  id: string;
  title: string;
  task: string;
  role: string;
  set: string;
  licence: string;
  package: string;
  bytes: number;
  installed: boolean;
  selected: boolean;
  loaded: boolean;
  needed_by: string; // operations; empty: nothing asks it
  runs: number;
  mean_ms: number | null;
}

export interface Setting {
  name: string;
  value: string | number | boolean | number[] | null; // of a secret: null
  secret: boolean;
  set: boolean;
  from: "default" | "file" | "command line" | "machine";
}
export interface SettingsAnswer {
  version: string;
  data: string;
  file: string;
  settings: Setting[];
}

export interface Bucket {
  name: string;
  created: string;
  rules: number;
}
interface LifecycleFilter {
  Prefix?: string;
  Tag?: { Key: string; Value: string };
  Tags?: { Key: string; Value: string }[];
  ObjectSizeGreaterThan?: number;
  ObjectSizeLessThan?: number;
}
// As the aws CLI has it.
export interface LifecycleRule {
  ID: string;
  Status: "Enabled" | "Disabled";
  Prefix?: string;
  Filter?: LifecycleFilter & { And?: LifecycleFilter };
  Transitions?: { Days?: number; Date?: string; StorageClass: string }[];
  Expiration?: { Days?: number; Date?: string };
  AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number };
  NoncurrentVersionExpiration?: unknown;
  NoncurrentVersionTransitions?: unknown[];
}
export interface Lifecycle {
  bucket: string;
  small: boolean; // whether small objects are moved too
  document: { Rules: LifecycleRule[] } | null;
}

// For examples that do something. null: none was analyzed yet.
export const newestPicture = () => api.pictures(new URLSearchParams({ limit: "1", status: "COMPLETED", archived: "any" })).then((page) => page.pictures[0] ?? null);

// A name as a part of a path.
const part = encodeURIComponent;

let directory: Promise<string> | undefined;

export const admin = {
  identities: () => ask<{ root: RootKey; users: Identity[] }>("GET", "identities"),
  createIdentity: (name: string) => ask<Identity>("POST", "identities", { name }),
  deleteIdentity: (name: string) => ask<null>("DELETE", `identities/${part(name)}`),
  createKey: (user: string) => ask<NewKey>("POST", `identities/${part(user)}/keys`, {}),
  setKeyActive: (id: string, active: boolean) => ask<Key>("PATCH", `keys/${part(id)}`, { active }),
  deleteKey: (id: string) => ask<null>("DELETE", `keys/${part(id)}`),
  attach: (user: string, policy: string) => ask<Identity>("POST", `identities/${part(user)}/attach`, { policy }),
  detach: (user: string, policy: string) => ask<Identity>("POST", `identities/${part(user)}/detach`, { policy }),
  policies: () => ask<{ policies: Policy[] }>("GET", "policies").then((answer) => answer.policies),
  policy: (name: string) => ask<PolicyWithDocument>("GET", `policies/${part(name)}`),
  createPolicy: (policy: { name: string; description: string; document: string }) => ask<PolicyWithDocument>("POST", "policies", policy),
  setPolicy: (name: string, document: string) => ask<PolicyWithDocument>("PUT", `policies/${part(name)}`, { document }),
  deletePolicy: (name: string) => ask<null>("DELETE", `policies/${part(name)}`),
  alerts: () => ask<{ alerts: AlertRule[] }>("GET", "alerts").then((answer) => answer.alerts),
  putAlert: (rule: Omit<AlertRule, "configured">) => ask<AlertRule>("PUT", `alerts/${part(rule.name)}`, rule),
  deleteAlert: (name: string) => ask<null>("DELETE", `alerts/${part(name)}`),
  testAlert: (name: string) => ask<null>("POST", `alerts/${part(name)}/test`),
  audit: (query: URLSearchParams, signal: AbortSignal) => ask<{ entries: AuditEntry[]; next: string }>("GET", "audit?" + query, undefined, signal),
  functions: () => ask<{ functions: Deployed[] }>("GET", "functions").then((answer) => answer.functions),
  function: (name: string) => ask<FunctionDetail>("GET", `functions/${part(name)}`),
  functionLog: (name: string) => ask<{ lines: string[] }>("GET", `functions/${part(name)}/log`).then((answer) => answer.lines),
  tryFunction: (name: string, event: string, qualifier: string) => ask<Trial>("POST", `functions/${part(name)}/test`, { event, ...(qualifier ? { qualifier } : {}) }),
  models: () => ask<{ models: Model[] }>("GET", "models").then((answer) => answer.models),
  settings: () => ask<SettingsAnswer>("GET", "settings"),
  // What the program's commands are told by --data; asked once, until it is told.
  dataDirectory: () =>
    (directory ??= admin.settings().then(
      (answer) => answer.data,
      (error: unknown) => {
        directory = undefined;
        throw error;
      },
    )),
  buckets: () => ask<{ buckets: Bucket[] }>("GET", "buckets").then((answer) => answer.buckets),
  lifecycle: (bucket: string) => ask<Lifecycle>("GET", `buckets/${part(bucket)}/lifecycle`),
  setLifecycle: (bucket: string, document: string, small: boolean) => ask<Lifecycle>("PUT", `buckets/${part(bucket)}/lifecycle`, { document, small }),
  deleteLifecycle: (bucket: string) => ask<null>("DELETE", `buckets/${part(bucket)}/lifecycle`),
  topics: () => ask<{ topics: Topic[] }>("GET", "topics").then((answer) => answer.topics),
};
