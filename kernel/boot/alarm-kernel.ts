// What the build makes alarm-kernel.js of: a classic script that leaves the alarm's kernel for the service worker to find.
import { wake } from './alarm.ts';

Object.assign(self, { allodAlarm: { wake } });
