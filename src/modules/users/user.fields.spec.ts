import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { CreateUserDto } from './dto/create-user.dto';
import { UpdateMeDto } from './dto/update-me.dto';

const valid = { email: 'ada@example.com', name: 'Ada', role: 'author', password: 'long enough' };

function wrongFields(type: new () => object, body: object): string[] {
  const errors = validateSync(plainToInstance(type, body), { whitelist: true, forbidNonWhitelisted: true });
  return errors.map(({ property }) => property);
}

describe('fields of an account', () => {
  it('are all right together', () => {
    expect(wrongFields(CreateUserDto, valid)).toEqual([]);
    expect(wrongFields(CreateUserDto, { ...valid, password: undefined })).toEqual([]);
  });

  it('are normalised', () => {
    const dto = plainToInstance(CreateUserDto, { ...valid, email: ' ADA@example.com', name: '  Ada  ' });
    expect(dto).toMatchObject({ email: 'ada@example.com', name: 'Ada' });
  });

  it.each([
    [
      'email',
      [
        'no address',
        'a@b',
        'a@@example.com',
        '"a b"@example.com',
        '',
        5,
        null,
        ['ada@example.com'],
        { $ne: '' },
        `${'x'.repeat(250)}@a.example`,
      ],
    ],
    ['name', ['', '   ', 5, null, 'two\nlines', 'bell\u0007', 'line\u2028separator', 'x'.repeat(101), ['Ada']]],
    ['role', ['root', '', null, 'Admin', ['admin'], undefined]],
    ['password', ['short', null, 12_345_678, '🔑🔑🔑🔑', 'x'.repeat(129), {}]],
  ])('%s refuses what it is not', (field, values: unknown[]) => {
    for (const value of values)
      expect([value, wrongFields(CreateUserDto, { ...valid, [field]: value })]).toEqual([value, [field]]);
  });

  it('may be left out of a change, and are not null', () => {
    expect(wrongFields(UpdateMeDto, {})).toEqual([]);
    expect(wrongFields(UpdateMeDto, { name: null, email: null })).toEqual(['email', 'name']);
    expect(wrongFields(UpdateMeDto, { role: 'admin' })).toEqual(['role']);
  });
});
