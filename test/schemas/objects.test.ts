import { describe, expect, test } from 'vitest';
import { validateAgentConfig } from '../../core/schema/generated/validator-agent-config';
import { validateAnthosNetworkGateway } from '../../core/schema/generated/validator-anthosnetworkgateway-v1alpha1';
import { validateAnthosNetworkGatewayNode } from '../../core/schema/generated/validator-anthosnetworkgatewaynode-v1alpha1';
import { validateEgressNATPolicyV1 } from '../../core/schema/generated/validator-egressnatpolicy-v1';
import { validateEgressNATPolicyV1Alpha1 } from '../../core/schema/generated/validator-egressnatpolicy-v1alpha1';
import { validateNetworkGatewayGroup } from '../../core/schema/generated/validator-networkgatewaygroup-v1';
import type { SchemaValidator } from '../../core/schema/validator';
import { errorsOf, fixtures } from './fixtures';

const VALIDATORS: Readonly<Record<string, SchemaValidator>> = {
  'networking.gke.io/v1 EgressNATPolicy': validateEgressNATPolicyV1,
  'networking.gke.io/v1alpha1 EgressNATPolicy': validateEgressNATPolicyV1Alpha1,
  'networking.gke.io/v1alpha1 AnthosNetworkGateway': validateAnthosNetworkGateway,
  'networking.gke.io/v1alpha1 AnthosNetworkGatewayNode': validateAnthosNetworkGatewayNode,
  'networking.gke.io/v1 NetworkGatewayGroup': validateNetworkGatewayGroup,
};

function validatorFor(document: unknown): SchemaValidator {
  const { apiVersion, kind } = document as { apiVersion: string; kind: string };
  const validator = VALIDATORS[`${apiVersion} ${kind}`];
  if (validator === undefined) throw new Error(`no validator for ${apiVersion} ${kind}`);
  return validator;
}

describe('objects', () => {
  test.each(fixtures('objects/valid'))('valid: $file', ({ documents }) => {
    for (const document of documents) expect(errorsOf(validatorFor(document), document)).toEqual([]);
  });

  test.each(fixtures('objects/invalid'))('invalid: $file', ({ documents, errors }) => {
    const found = documents.flatMap(document => errorsOf(validatorFor(document), document));
    expect(found.sort()).toEqual([...errors].sort());
    expect(found).not.toEqual([]);
  });

  test('each kind refuses the objects of every other', () => {
    for (const document of fixtures('objects/valid').flatMap(fixture => fixture.documents)) {
      const accepting = Object.values(VALIDATORS).filter(validator => validator(document));
      expect(accepting).toEqual([validatorFor(document)]);
    }
  });
});

describe('the file of ip-masq-agent', () => {
  test.each(fixtures('agent-config/valid'))('valid: $file', ({ documents }) => {
    for (const document of documents) expect(errorsOf(validateAgentConfig, document)).toEqual([]);
  });

  test.each(fixtures('agent-config/invalid'))('invalid: $file', ({ documents, errors }) => {
    const found = documents.flatMap(document => errorsOf(validateAgentConfig, document));
    expect(found.sort()).toEqual([...errors].sort());
    expect(found).not.toEqual([]);
  });
});
