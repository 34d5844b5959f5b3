export { type Ignore, type ReadIgnores, readIgnores } from './ignore';
export { Judge, type Judged, type Judgement, type Suppressed } from './judge';
export { normalPattern } from './pattern';
export {
  isSettingsFile,
  type ReadSettings,
  type RuleSetting,
  readParsedSettings,
  readSettings,
  SETTINGS_FILE,
  type Settings,
} from './read';
