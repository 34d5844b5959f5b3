import { version } from '../version';

/** The hooks of pre-commit. They run the package that is installed: nothing else is fetched. */
export const PRE_COMMIT_CONFIG = `# Hooks of pre-commit (https://pre-commit.com); "pre-commit install" puts them in place.
# They run the masq of "npm install". masq's own repository has the same hooks, which need no npm where no app is run:
#   - repo: URL of masq's repository
#     rev: v${version}
#     hooks: [{ id: masq-validate }, { id: masq-synth-check }]
repos:
  - repo: local
    hooks:
      - id: masq-validate
        name: masq validate
        entry: node_modules/.bin/masq validate --quiet --changed
        language: system
        types_or: [yaml, json]
        require_serial: true
      - id: masq-synth-check
        name: masq synth --check
        entry: node_modules/.bin/masq synth --check --quiet
        language: system
        pass_filenames: false
        always_run: true # a commit that only deletes has no files to check
`;

/** The workflow of GitHub: findings stand as annotations at their lines. */
export const WORKFLOW = `# What the hooks ask, asked of every pull request and every push to main: findings stand at their lines.
# It installs from package-lock.json, so commit that too.
name: masq

on:
  push:
    branches: [main]
  pull_request:

permissions: {}

concurrency:
  group: \${{ github.workflow }}-\${{ github.ref }}
  cancel-in-progress: true

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with:
          node-version: 22
          cache: npm
      - name: install
        run: npm ci --ignore-scripts
      - name: masq validate
        run: npx --no-install masq validate --format github
      - name: masq synth --check
        if: \${{ !cancelled() }}
        run: npx --no-install masq synth --check --format github
`;

/** The pipeline of GitLab: findings stand as a test report. */
export const PIPELINE = `# What the hooks ask, asked of every merge request and every push to the default branch.
# It installs from package-lock.json, so commit that too.
masq:
  image: node:22-slim
  stage: test
  interruptible: true
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
    - npm ci --ignore-scripts
  script:
    - npx --no-install masq validate --format junit > masq-junit.xml || status=$?
    - npx --no-install masq validate || true
    - npx --no-install masq synth --check || status=$?
    - exit "\${status:-0}"
  artifacts:
    when: always
    reports:
      junit: masq-junit.xml
`;
