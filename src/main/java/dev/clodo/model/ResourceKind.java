package dev.clodo.model;

/**
 * What kind of thing a look at Cloudflare lists. Where the comment names something after "of", each
 * one of those has a list of its own; the others are listed once for the account.
 */
public enum ResourceKind {
  /** Of an account, where there are several: its {@code workers.dev} name, or none. */
  WORKERS_DEV,
  /** Scripts: when and from where each was last deployed, its handlers and migration tag. */
  WORKERS,
  /** Of a service: what its live version is bound to; id is the binding, name its type. */
  BINDINGS,
  /** Of a service: the live cron schedules. */
  SCHEDULES,
  /** Classes that hold Durable Objects, with the script they belong to. */
  DURABLE_OBJECTS,
  /** Hosts attached to Workers; id is the host, name the Worker. */
  DOMAINS,
  /** Zones, with their status. */
  ZONES,
  /** Of a zone: routes; id is the pattern, name the Worker. */
  ROUTES,
  /** Of a host: the address records that answer for it, a wildcard's included. */
  DNS_RECORDS,
  /** Of a zone: load balancers; id is the host that one answers for without a DNS record. */
  LOAD_BALANCERS,
  /** Of a zone: certificates at the edge, with the hosts they cover. */
  CERTIFICATES,
  /** Of a zone: whether mail to it is routed. */
  EMAIL_ROUTING,
  /** Verified and unverified addresses that mail may be forwarded to. */
  EMAIL_ADDRESSES,
  /** Of a zone: what becomes of mail; name is the rule's own, not the address. */
  EMAIL_RULES,
  /** Models that Workers AI runs; id is what a program calls. */
  AI_MODELS,
  QUEUES,
  /** Of a jurisdiction ({@code eu}, {@code fedramp}): its R2 buckets, which no other list shows. */
  BUCKETS,
  HYPERDRIVE,
  VECTORIZE,
  /** Vectorize indexes of the first generation. */
  VECTORIZE_V1,
  WORKFLOWS,
  DISPATCH_NAMESPACES,
  MTLS_CERTIFICATES,
  PIPELINES,
  STREAMS,
  /** Of a store: the names of the secrets in a Secrets Store. */
  STORE_SECRETS,
  VPC_SERVICES,
  CONTAINERS,
  AI_SEARCH,
  FLAGSHIP,
  LOGPUSH,
  /** Of a Pages project: itself, or nothing when there is no such project. */
  PAGES_PROJECT,
  /** All Pages projects with their domains. */
  PAGES_PROJECTS,
  /** What the account pays for; id is the plan. */
  SUBSCRIPTIONS,
  /** The credentials in use: their kind, status and end. */
  TOKEN,
  /** What the credentials may do, where they may tell that. */
  PERMISSIONS,
  /** What the API refused during the look; id is its code, name its message. */
  REFUSALS,
  /** The zone whose id stands where an account's belongs; name is that of the zone. */
  ZONE_AS_ACCOUNT,
  /** Variables of the environment that wrangler reads; ids are names, values never appear. */
  ENVIRONMENT
}
