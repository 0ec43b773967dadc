import { existsSync } from 'node:fs';
import type { Machine } from './machine.ts';

/** Where Debian and others put libfaketime. */
const libraries = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib64/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
];

/** The library that gives programs another clock; undefined where there is none. */
export function findFakeClock({ platform }: Machine): string | undefined {
  return platform === 'linux' ? libraries.find((file) => existsSync(file)) : undefined;
}

/** What makes a program read its clock from a file, over and over; what it measures spans of time with stays the true one. */
export function fakeClockEnv(library: string, file: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

/** What the file holds for a clock that is so many seconds ahead, or behind. */
export const fakeTime = (seconds: number) => `${seconds < 0 ? '' : '+'}${seconds}\n`;
