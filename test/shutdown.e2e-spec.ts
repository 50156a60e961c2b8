import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './support/client';
import { buildService, TestService } from './support/service';

const LINES = 3_000;

let service: TestService;
let admin: ApiClient;

beforeAll(async () => {
  await buildService();
  service = await TestService.create();
}, 180_000);
beforeEach(async () => {
  await service.start();
  admin = await service.admin();
});
afterEach(async () => {
  service.signal('SIGTERM');
  await service.ended();
});
afterAll(() => service.dispose());

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function open(): Promise<Socket> {
  const socket = connect(service.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** An upload of which a part has arrived; `finish()` sends the rest and resolves with the answer. */
async function beginUpload(): Promise<{ finish: () => Promise<string> }> {
  const socket = await open();
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const line = (slug: string) => `${JSON.stringify({ slug, title: slug, content: 'Text.' })}\n`;
  socket.write(
    'POST /api/v1/posts/imports HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n' +
      `Authorization: Bearer ${admin.accessToken}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(line('first'))}`,
  );
  await delay(200);
  return {
    finish: async () => {
      socket.write(`${chunk(line('second'))}0\r\n\r\n`);
      await once(socket, 'close');
      return answer;
    },
  };
}

type Seen = { status: number; retryAfter: string | null } | 'refused';

async function ask(path: string): Promise<Seen> {
  try {
    const response = await fetch(`${service.url}${path}`);
    await response.arrayBuffer();
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  } catch {
    return 'refused';
  }
}

describe('SIGTERM', () => {
  it('lets a request end, takes no other, and leaves nothing running', async () => {
    const postgres = service.postgresPid;
    const idle = await open();
    const upload = await beginUpload();
    expect(await ask('/health/ready')).toMatchObject({ status: 200 });

    service.signal('SIGTERM');
    const seen: Seen[] = [];
    for (const deadline = Date.now() + 1_000; Date.now() < deadline; await delay(20)) {
      seen.push(await ask('/health/ready'), await ask('/api/v1/posts'));
    }
    // A load balancer that asks a moment later is sent elsewhere; whoever comes before is served.
    for (const answer of seen.slice(20)) expect(answer === 'refused' || answer.status === 503).toBe(true);
    for (const answer of seen) {
      if (answer === 'refused' || answer.status < 500) continue;
      expect(answer).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    }

    const answer = await upload.finish();
    expect(answer).toMatch(/^HTTP\/1\.1 202 /);
    expect(answer).toMatch(/^location: \/api\/v1\/jobs\//im);
    expect(answer).toMatch(/^connection: close/im);
    expect(await service.ended()).toBe(0);
    expect(isRunning(postgres)).toBe(false);
    idle.destroy();
  });

  it('lets a job end, or gives it back: it is done once after the next start', async () => {
    const file = Array.from(
      { length: LINES },
      (_, index) =>
        `${JSON.stringify({ slug: `job-${index}`, title: `Post ${index}`, content: 'Text. '.repeat(50) })}\n`,
    ).join('');
    const { data: job } = await admin.send<{ id: string }>('POST', '/posts/imports', file, {
      'content-type': 'application/x-ndjson',
    });
    for (;;) {
      const { data } = await admin.get<{ state: string }>(`/jobs/${job.id}`);
      expect(['waiting', 'active']).toContain(data.state);
      if (data.state === 'active') break;
    }
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);

    await service.start();
    for (;;) {
      const { data } = await admin.get<{ state: string; result: unknown; error: unknown }>(`/jobs/${job.id}`);
      expect(['waiting', 'active', 'completed', 'failed']).toContain(data.state);
      if (data.state !== 'completed') {
        await delay(50);
        continue;
      }
      expect(data.error).toBeNull();
      break;
    }
    const { meta } = await admin.get('/posts?status=draft&page=1&limit=1');
    expect(meta.page.total).toBeGreaterThanOrEqual(LINES);
    expect(meta.page.total).toBeLessThanOrEqual(LINES + 2);
  });

  it('ends at once where nothing runs, whoever keeps a connection', async () => {
    const silent = await open();
    const kept = await open();
    kept.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(kept, 'data');
    const began = performance.now();
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);
    expect(performance.now() - began).toBeLessThan(4_000);
    silent.destroy();
    kept.destroy();
  });
});
