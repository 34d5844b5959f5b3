export { type Ignore, type ReadIgnores, readIgnores } from './ignore';
export { Judge, type Judged, type Judgement, type Suppressed } from './judge';
export {
  isSettingsFile,
  type ReadSettings,
  type RuleSetting,
  readParsedSettings,
  readSettings,
  SETTINGS_FILE,
  type Settings,
} from './read';
