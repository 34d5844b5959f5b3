import { MasqApp } from '../../constructs';
import { addFleet } from './fleet';

const app = new MasqApp();
addFleet(app);
app.synth();
