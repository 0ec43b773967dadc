import { z } from 'zod';
import { purposeNames } from './purpose-names.ts';

export const doctorSchema = 'pgattest.doctor/1';

/** How to get a tool: a command, a line for a file of a CI service, or an address where there is no package. */
export const Install = z.strictObject({
  debian: z.string(),
  fedora: z.string(),
  macos: z.string(),
  /** A step of a job on ubuntu-latest. */
  githubActions: z.string(),
  /** A line of `before_script`, or keys of a job, on image node:22-bookworm. */
  gitlabCi: z.string(),
});
export type Install = z.infer<typeof Install>;

/** A program, a server or an image that pgattest can make use of. */
export const Tool = z.strictObject({
  name: z.string(),
  /** It is there and of use. */
  present: z.boolean(),
  /** It is not there at all: `install` would help. */
  missing: z.boolean(),
  /** What it says of its version; of no use does not mean that it says none. */
  version: z.string().nullable(),
  /** Absolute path of the program, of the folder of programs, or address of the daemon. */
  path: z.string().nullable(),
  /** Why it is not there or of no use; null when present. */
  problem: z.string().nullable(),
  /** Of use, but for this. */
  note: z.string().nullable(),
  /** What it can prove. */
  enables: z.string(),
  install: Install,
});
export type Tool = z.infer<typeof Tool>;

/** Something that the machine has so much of. */
export const Limit = z.strictObject({
  name: z.string(),
  /** Null: it cannot be told here. */
  value: z.union([z.number(), z.string()]).nullable(),
  unit: z.enum(['bytes', 'count', 'name']),
  /** Below this something does not work well; null where it is no matter of more or less. */
  wanted: z.number().nullable(),
  /** Null: it cannot be told. */
  enough: z.boolean().nullable(),
  /** What it is for. */
  says: z.string(),
  /** Where the value comes from, or what else belongs to it. */
  detail: z.string().nullable(),
  /** How to get more of it. */
  raise: z.string().nullable(),
});
export type Limit = z.infer<typeof Limit>;

/** As whom things run. */
export const Account = z.strictObject({
  uid: z.int(),
  root: z.boolean(),
  /** The account that servers run as; null when there is none. */
  servers: z.string().nullable(),
  problem: z.string().nullable(),
});
export type Account = z.infer<typeof Account>;

/** The daemon that containers are asked of. */
export const DockerDaemon = z.strictObject({
  /** `unix:///var/run/docker.sock` */
  address: z.string(),
  answers: z.boolean(),
  /** Which accounts the socket lets in; null when it is not a socket of this machine. */
  access: z.string().nullable(),
  /** Its folder of images, containers and volumes. */
  root: z.string().nullable(),
});
export type DockerDaemon = z.infer<typeof DockerDaemon>;

/** Whether everything is here that a family of claims, or something else that one asks for, needs. */
export const Readiness = z.strictObject({
  purpose: z.enum(purposeNames),
  ready: z.boolean(),
  /** What is not here, and why. */
  missing: z.array(z.strictObject({ name: z.string(), why: z.string() })),
});
export type Readiness = z.infer<typeof Readiness>;

export const DoctorFacts = z.strictObject({
  system: z.strictObject({
    platform: z.string(),
    arch: z.string(),
    /** `Debian GNU/Linux 12 (bookworm)` */
    release: z.string().nullable(),
    /** Which of `install` is for here. */
    family: z.enum(['debian', 'fedora', 'macos']).nullable(),
    ci: z.enum(['githubActions', 'gitlabCi']).nullable(),
  }),
  account: Account,
  docker: DockerDaemon.nullable(),
  tools: z.array(Tool),
  limits: z.array(Limit),
  readiness: z.array(Readiness),
});
export type DoctorFacts = z.infer<typeof DoctorFacts>;

/** Which claims of a design would stay unproved on this machine. */
export const DesignOutlook = z.strictObject({
  name: z.string(),
  claims: z.int(),
  /** No check is there for them: no matter of this machine. */
  withoutCheck: z.int(),
  hindered: z.array(z.strictObject({ claim: z.string(), needs: z.array(z.string()) })),
  /** What hinders no claim, and is good to know before a run. */
  notes: z.array(z.string()),
});
export type DesignOutlook = z.infer<typeof DesignOutlook>;

/** What `pgattest doctor --json` prints. */
export const DoctorReport = DoctorFacts.extend({
  schema: z.literal(doctorSchema),
  tool: z.strictObject({ name: z.literal('pgattest'), version: z.string() }),
  /** What was asked for, by `--for`. */
  asked: z.array(z.enum(purposeNames)),
  design: DesignOutlook.nullable(),
  /** A PostgreSQL can be used, and all that was asked for is there: exit code 0, else 3. */
  ready: z.boolean(),
});
export type DoctorReport = z.infer<typeof DoctorReport>;
