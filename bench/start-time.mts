import { Child, freePort } from './child.mts';
import { type Lab, removeDataDir } from './lab.mts';
import { median } from './load.mts';
import type { Options } from './options.mts';

const EMPTY_LIMIT_SECONDS = 10;
const EXISTING_LIMIT_SECONDS = 5;

export interface StartTime {
  title: string;
  /** The median. */
  seconds: number;
  limitSeconds: number;
}

/** Times the way from `npm start` on a built project to the first 200 of the readiness probe. */
export async function measureStarts(lab: Lab, { starts }: Options): Promise<StartTime[]> {
  const empty: number[] = [];
  const existing: number[] = [];
  for (let time = 0; time < starts; time++) {
    const dataDir = lab.path(`start-${time}`);
    const undo = lab.defer(() => removeDataDir(dataDir));
    empty.push(await startOnce(lab, dataDir));
    existing.push(await startOnce(lab, dataDir));
    await undo();
  }
  return [
    { title: 'npm start, empty folder', seconds: median(empty), limitSeconds: EMPTY_LIMIT_SECONDS },
    { title: 'npm start, existing database', seconds: median(existing), limitSeconds: EXISTING_LIMIT_SECONDS },
  ];
}

async function startOnce(lab: Lab, dataDir: string): Promise<number> {
  const port = await freePort();
  const npm = process.env.npm_execpath;
  const child = new Child(lab, {
    command: npm ? process.execPath : 'npm',
    args: [...(npm ? [npm] : []), 'start'],
    logFile: lab.path('start.log'),
    env: { PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir },
  });
  const milliseconds = await child.ready(`http://127.0.0.1:${port}/health/ready`);
  await child.stop();
  return milliseconds / 1_000;
}
