import { relative } from 'node:path';
import { intentsFromFile, MasqApp } from '../constructs';
import { addFleet } from './fleet-typescript/fleet';
import { intentFiles } from './intents';

const app = new MasqApp();
for (const file of intentFiles(__dirname)) intentsFromFile(app, relative(process.cwd(), file));
addFleet(app);
app.synth();
