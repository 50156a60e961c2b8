import { uuidv7 } from '../src/common/uuid';
import { createTestApp, type TestApp, type TestUser } from './support/app';

interface Job {
  id: string;
  queue: string;
  name: string;
  state: string;
  attempts: number;
  error: string | null;
}

let app: TestApp;
let admin: TestUser;
let author: TestUser;
let welcome: Job;

beforeAll(async () => {
  app = await createTestApp();
  admin = await app.loginAs('admin');
  author = await app.loginAs('author');
  await app.drain();
  [welcome] = (await admin.get<Job[]>('/jobs?queue=auth-mail&limit=1')).data as [Job];
});

afterAll(() => app.close());

const unknown = uuidv7();
const set = (id: string, assignment: string) => app.database.query(`UPDATE jobs SET ${assignment} WHERE id = $1`, [id]);

describe('GET /jobs', () => {
  it('lists the jobs of a queue, newest first, with nothing but what the contract names', async () => {
    const { status, data, meta, links } = await admin.get<Job[]>('/jobs?queue=auth-mail&state=completed&limit=1');
    expect([status, data.length]).toEqual([200, 1]);
    expect(data[0]).toEqual({
      id: expect.any(String),
      queue: 'auth-mail',
      name: 'auth.welcome-mail',
      state: 'completed',
      progress: 100,
      attempts: 1,
      maxAttempts: 10,
      data: expect.objectContaining({ name: 'user.registered', payload: { userId: author.id } }),
      result: null,
      error: null,
      createdAt: expect.any(String),
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
    });
    expect(meta.page).toMatchObject({ limit: 1, hasMore: true });
    const next = await admin.get<Job[]>(`/${links.next!.replace('/api/v1/', '')}`);
    expect(next.data).toHaveLength(1);
    expect(next.data[0]!.id < data[0]!.id).toBe(true);
    expect(next.meta.page).toMatchObject({ hasMore: false, nextCursor: null });
  });

  it('counts in offset paging', async () => {
    const { data, meta } = await admin.get<Job[]>('/jobs?queue=auth-mail&page=2&limit=1');
    expect(data).toHaveLength(1);
    expect(meta.page).toEqual({ limit: 1, page: 2, total: 2, totalPages: 2, hasMore: false });
  });

  it.each(['state=gone', 'state[]=dead', 'queue[]=a', 'limit=0', 'limit=abc', 'cursor=forged', 'secret=1'])(
    'refuses ?%s',
    async (query) => {
      const { status, error } = await admin.get(`/jobs?${query}`);
      expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );

  it('refuses a cursor of another filter', async () => {
    const { meta } = await admin.get('/jobs?queue=auth-mail&limit=1');
    expect((await admin.get(`/jobs?limit=1&cursor=${meta.page.nextCursor}`)).status).toBe(400);
  });

  it('is for admins', async () => {
    expect((await app.anonymous.get('/jobs')).status).toBe(401);
    expect((await author.get('/jobs')).status).toBe(403);
  });
});

describe('GET /jobs/:id', () => {
  it('shows a job to admins and to the person who started it', async () => {
    expect((await admin.get<Job>(`/jobs/${welcome.id}`)).data).toEqual(welcome);
    expect((await author.get(`/jobs/${welcome.id}`)).status).toBe(404);
    await set(welcome.id, `started_by = '${author.id}'`);
    expect((await author.get<Job>(`/jobs/${welcome.id}`)).data).toEqual(welcome);
  });

  it('answers 401, 404 and 400', async () => {
    expect((await app.anonymous.get(`/jobs/${welcome.id}`)).status).toBe(401);
    expect((await admin.get(`/jobs/${unknown}`)).error.code).toBe('NOT_FOUND');
    expect((await admin.get('/jobs/1')).error.code).toBe('VALIDATION_ERROR');
  });
});

describe('POST /jobs/:id/retry', () => {
  it('runs a dead job again, and no other', async () => {
    expect((await admin.post(`/jobs/${welcome.id}/retry`)).error.code).toBe('CONFLICT');
    await set(welcome.id, `state = 'dead', error = 'The mail server was away.', attempts = 10`);
    const { status, data } = await admin.post<Job>(`/jobs/${welcome.id}/retry`);
    expect(status).toBe(200);
    expect(data).toMatchObject({ id: welcome.id, state: 'waiting', attempts: 0, error: null });
    await app.drain();
    expect((await admin.get<Job>(`/jobs/${welcome.id}`)).data).toMatchObject({ state: 'completed', attempts: 1 });
  });

  it('answers 401, 403, 404 and 400', async () => {
    expect((await app.anonymous.post(`/jobs/${welcome.id}/retry`)).status).toBe(401);
    // Not even the person who started it.
    expect((await author.post(`/jobs/${welcome.id}/retry`)).status).toBe(403);
    expect((await admin.post(`/jobs/${unknown}/retry`)).status).toBe(404);
    expect((await admin.post('/jobs/1/retry')).status).toBe(400);
  });
});

describe('DELETE /jobs/:id', () => {
  it('cancels a job that has not run yet, and no other', async () => {
    await admin.post('/jobs/queues/auth-mail/pause');
    await app.loginAs('viewer');
    const [waiting] = (await admin.get<Job[]>('/jobs?queue=auth-mail&state=waiting')).data as [Job];
    expect((await admin.delete(`/jobs/${waiting.id}`)).status).toBe(204);
    expect((await admin.get<Job>(`/jobs/${waiting.id}`)).data).toMatchObject({ state: 'dead', error: 'Cancelled.' });
    await admin.post('/jobs/queues/auth-mail/resume');
    expect((await admin.delete(`/jobs/${waiting.id}`)).error.code).toBe('CONFLICT');
    expect((await admin.delete(`/jobs/${welcome.id}`)).error.code).toBe('CONFLICT');
  });

  it('answers 401, 403, 404 and 400', async () => {
    expect((await app.anonymous.delete(`/jobs/${welcome.id}`)).status).toBe(401);
    expect((await author.delete(`/jobs/${welcome.id}`)).status).toBe(403);
    expect((await admin.delete(`/jobs/${unknown}`)).status).toBe(404);
    expect((await admin.delete('/jobs/1')).status).toBe(400);
  });
});

describe('/jobs/queues', () => {
  it('counts jobs by state, and shows queues without any', async () => {
    const { status, data } = await admin.get<{ name: string; paused: boolean; counts: object }[]>('/jobs/queues');
    expect(status).toBe(200);
    expect(data.map(({ name }) => name)).toEqual(expect.arrayContaining(['auth-mail', 'events', 'maintenance']));
    const mail = data.find(({ name }) => name === 'auth-mail');
    expect(mail).toMatchObject({ paused: false, counts: { completed: 2, dead: 1, waiting: 0, active: 0 } });
  });

  it('pauses and resumes', async () => {
    expect((await admin.post('/jobs/queues/maintenance/pause')).data).toMatchObject({ paused: true });
    expect((await admin.post('/jobs/queues/maintenance/resume')).data).toMatchObject({ paused: false });
  });

  it.each(['pause', 'resume'])('%s answers 401, 403 and 404', async (action) => {
    expect((await app.anonymous.post(`/jobs/queues/maintenance/${action}`)).status).toBe(401);
    expect((await author.post(`/jobs/queues/maintenance/${action}`)).status).toBe(403);
    expect((await admin.post(`/jobs/queues/nowhere/${action}`)).status).toBe(404);
  });

  it('is for admins', async () => {
    expect((await app.anonymous.get('/jobs/queues')).status).toBe(401);
    expect((await author.get('/jobs/queues')).status).toBe(403);
  });
});
