// The walls: common ← platform ← modules ← app.module ← bootstrap. See docs/architecture.md and CONTRIBUTING.md.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'common-stands-alone',
      comment: 'common is pure: it knows neither what carries the product nor the product.',
      severity: 'error',
      from: { path: '^src/common/' },
      to: { path: '^src/', pathNot: '^src/common/' },
    },
    {
      name: 'platform-knows-no-module',
      comment: 'platform carries the product and may import common only.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: '^src/(common|platform)/' },
    },
    {
      name: 'modules-know-no-root',
      comment: 'A module may import other modules (through their index), platform and common.',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/', pathNot: '^src/(common|platform|modules)/' },
    },
    {
      name: 'module-through-its-index',
      comment:
        'Another module is imported through its index.ts alone. What it does not export there is its own business.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/([^/]+)/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'module-through-its-index-from-outside',
      comment: 'The same for whoever is not a module: app.module, bootstrap, main, migrations, bench and e2e journeys.',
      severity: 'error',
      from: { path: '^(src|test|bench|migrations)/', pathNot: ['^src/modules/', '^test/support/'] },
      to: { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'no-import-of-own-index',
      comment: 'index.ts is the door for others. Inside, it makes cycles.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: '\\.(spec|db-spec)\\.ts$' },
      to: { path: '^src/modules/$1/index\\.ts$' },
    },
    {
      name: 'users-knows-nobody',
      comment: 'auth, posts and jobs build on users, so users builds on none of them.',
      severity: 'error',
      from: { path: '^src/modules/users/' },
      to: { path: '^src/modules/', pathNot: '^src/modules/users/' },
    },
    {
      name: 'no-circular',
      comment:
        'A cycle means that two parts are one, or that a third is missing. There is no forwardRef here. (Types count.)',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'typeorm-stays-in-repositories',
      comment: 'Only repositories, entities, platform/database, migrations and their command know TypeORM.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '\\.(repository|entity)\\.ts$',
          '\\.(spec|db-spec)\\.ts$',
          '^src/platform/database/',
          '^src/bootstrap/migration-cli\\.ts$',
        ],
      },
      to: { path: 'node_modules/typeorm/' },
    },
    {
      name: 'nest-typeorm-stays-in-modules',
      comment:
        'A module registers its entities with TypeOrmModule.forFeature; its repository injects them. Nobody else.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.(repository|module|spec|db-spec)\\.ts$', '^src/platform/database/'] },
      to: { path: 'node_modules/@nestjs/typeorm/' },
    },
    {
      name: 'no-test-code-in-src',
      comment: 'What ships does not import tests, scripts or the benchmark.',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '\\.(spec|db-spec)\\.ts$' },
      to: { path: ['^(test|scripts|bench)/', '\\.(spec|db-spec|e2e-spec)\\.ts$'] },
    },
    {
      name: 'no-dev-dependency-in-src',
      comment: 'The image is installed without devDependencies.',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '\\.(spec|db-spec)\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'A package that is imported stands in package.json; another package may drop it tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere. (The benchmark measures the build, which may not be there.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\.\\./dist/' },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that imports nobody is forgotten.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '\\.(spec|db-spec|e2e-spec)\\.ts$', '^migrations/', '^bench/', '^src/main\\.ts$'],
      },
      to: {},
    },
    {
      name: 'no-unreachable-code',
      comment: 'A file in src/ that neither an entry point nor an e2e test leads to is dead code.',
      severity: 'error',
      from: { path: ['^src/(main|bootstrap/[^/]+)\\.ts$', '^(test|bench)/'] },
      to: {
        path: '^src/',
        pathNot: ['^src/(main|bootstrap/[^/]+)\\.ts$', '\\.(spec|db-spec)\\.ts$'],
        reachable: false,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^src/metadata\\.ts$', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'import', 'default', 'types'],
      extensions: ['.ts', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
