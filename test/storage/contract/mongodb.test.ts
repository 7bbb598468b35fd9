import { freshMongodb } from '../../support/mongodb.ts';
import { describeStorageContract } from './suite.ts';

describeStorageContract('MongoDB', freshMongodb);
